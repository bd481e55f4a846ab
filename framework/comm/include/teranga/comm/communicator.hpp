// SPDX-License-Identifier: Apache-2.0
// The group of processes (ranks) that train one model, and what they can say to each other. One process alone is a group of one. Every
// collective is blocking, in place, and must be called by all ranks in the same order; one thread at a time may be in a call.
// Failures throw Error(failure) naming the operation and its count; a rank that throws leaves the others waiting until the launcher
// or abort() ends them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <teranga/core/error.hpp>

namespace teranga {

// Messages between two ranks that travel while the ranks compute. Sender and receiver name the same tag; messages of one tag between two ranks arrive in their order. The memory of
// a message stays as it is until all_done(). Open MPI goes on with messages only inside of calls such as all_done(): call it now and then.
class Messages {
 public:
  static constexpr int tags = 32768;  // 0 to tags - 1, as every MPI has them
  static constexpr std::size_t most_bytes_found = std::size_t{1} << 30;  // of a message for receive_found()

  virtual ~Messages() = default;
  virtual void send(int to, int tag, std::span<const std::byte> bytes) = 0;
  virtual void receive(int from, int tag, std::span<std::byte> bytes) = 0;
  // Receives a message whose size the receiver does not know, if one has come: `bytes` gets its size.
  virtual bool receive_found(int from, int tag, std::vector<std::byte>& bytes) = 0;
  // Whether all messages that were sent or received through this object have come to their end.
  virtual bool all_done() = 0;
};

// MPI refuses: mostly because another rank has ended.
class CommunicationError : public Error {
 public:
  using Error::Error;
};

class Communicator {
 public:
  // Joins the group that the launcher started, or forms a group of one. At most one communicator in the life of a process may join a
  // launched group. Checks the collectives against known answers and throws where they are wrong.
  static std::unique_ptr<Communicator> connect();

  virtual ~Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  int rank() const noexcept { return rank_; }
  int size() const noexcept { return size_; }
  int local_rank() const noexcept { return local_rank_; }  // among the ranks on this node
  int local_size() const noexcept { return local_size_; }
  int first_on_node() const noexcept { return first_on_node_; }  // the rank whose local rank is 0, of the ranks on this node
  bool is_root() const noexcept { return rank_ == 0; }

  // For people: "rank 3", or "rank 3 on node2" where the ranks run on several hosts.
  std::string named(int rank) const;
  // What the hosts of the ranks call themselves, in the order of the ranks; empty for a group of one.
  const std::vector<std::string>& hosts() const noexcept { return hosts_; }

  // Elementwise over ranks. All ranks give the same count and get the same bits back.
  virtual void sum(std::span<float> values) = 0;
  virtual void sum(std::span<double> values) = 0;
  virtual void sum(std::span<std::int64_t> values) = 0;
  virtual void maximum(std::span<float> values) = 0;
  virtual void maximum(std::span<double> values) = 0;
  virtual void maximum(std::span<std::int64_t> values) = 0;

  virtual void broadcast(void* bytes, std::size_t count, int root) = 0;  // all ranks give the same count
  virtual void barrier() = 0;

  // Ends all ranks with this exit code, from whatever state.
  [[noreturn]] virtual void abort(int code) noexcept = 0;

  void broadcast(std::string& text, int root = 0);

  // Nothing is left to this rank but to wait for messages, for which it has looked so many times in this wait.
  virtual void idle(int looks);

  // All ranks make the same exchanges with what they get here.
  virtual std::unique_ptr<Messages> messages() = 0;

  // The text of every rank, in rank order: `gather` gives them to rank 0 (and nothing to the others), `allgather` to all.
  std::vector<std::string> gather(const std::string& text);
  std::vector<std::string> allgather(const std::string& text);

 protected:
  struct Place {
    int rank = 0, size = 1;
    int local_rank = 0, local_size = 1, first_on_node = 0;
  };
  explicit Communicator(const Place& place) noexcept
      : rank_(place.rank), size_(place.size), local_rank_(place.local_rank), local_size_(place.local_size), first_on_node_(place.first_on_node) {}

  void learn_hosts();  // collective

 private:
  // The texts of all ranks one behind the other, `sizes` bytes each: on all ranks, or on rank 0 (and empty on the others).
  virtual std::string collect(const std::string& own, const std::vector<std::int64_t>& sizes, bool to_all) = 0;
  virtual std::vector<std::string> texts(const std::string& own, bool to_all);

  int rank_;
  int size_;
  int local_rank_;
  int local_size_;
  int first_on_node_;
  std::vector<std::string> hosts_;
  bool several_hosts_ = false;
};

}  // namespace teranga
