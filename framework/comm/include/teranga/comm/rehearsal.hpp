// SPDX-License-Identifier: Apache-2.0
// A group of which this process is rank 0, and the other ranks are not there: what it does, and what it would send them, is recorded. The same code runs as in a real group, with the
// same plans. All messages come when nothing is left to do but to wait for them. The others add nothing: sums are what this rank has.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/step_record.hpp>

namespace teranga {

class Rehearsal final : public Communicator {
 public:
  // Makes of a copy of this rank's message or text what another rank would have said. `tag`: of a message; -1: of a text.
  using OfOther = std::function<void(int rank, int tag, std::span<std::byte> bytes)>;
  struct Cluster {
    int ranks = 1, ranks_on_node = 1;
  };
  Rehearsal(const Cluster& cluster, OfOther of_other);
  ~Rehearsal() override;

  // What is recorded from begin() on, one list of events for each end_of_step().
  void begin();
  void end_of_step();
  std::vector<std::vector<RankEvent>> take();

  void sum(std::span<float> values) override { collective(RankEvent::Kind::sum, static_cast<double>(values.size_bytes())); }
  void sum(std::span<double> values) override { collective(RankEvent::Kind::sum, static_cast<double>(values.size_bytes())); }
  void sum(std::span<std::int64_t> values) override { collective(RankEvent::Kind::sum, static_cast<double>(values.size_bytes())); }
  void maximum(std::span<float> values) override { collective(RankEvent::Kind::sum, static_cast<double>(values.size_bytes())); }
  void maximum(std::span<double> values) override { collective(RankEvent::Kind::sum, static_cast<double>(values.size_bytes())); }
  void maximum(std::span<std::int64_t> values) override { collective(RankEvent::Kind::sum, static_cast<double>(values.size_bytes())); }
  void broadcast(void* bytes, std::size_t count, int root) override;
  void barrier() override { collective(RankEvent::Kind::sum, 0); }
  [[noreturn]] void abort(int code) noexcept override;
  void idle(int looks) override;
  std::unique_ptr<Messages> messages() override;

 private:
  using Clock = std::chrono::steady_clock;
  class Channel;
  enum class State { none, travelling, arrived };

  std::string collect(const std::string& own, const std::vector<std::int64_t>& sizes, bool to_all) override;
  std::vector<std::string> texts(const std::string& own, bool to_all) override;
  void collective(RankEvent::Kind kind, double bytes);
  RankEvent& add(const RankEvent& event);  // behind the work until now
  void look();
  bool is_near(int rank) const noexcept { return rank < local_size(); }

  OfOther of_other_;
  std::vector<State> channels_;
  int answering_ = -1;  // the channel whose messages have just been found
  Clock::time_point worked_from_, looked_at_, found_at_;
  double gaps_ = 0;  // sum of the squares of the times between two looks, since worked_from_
  std::vector<RankEvent> events_;
  std::vector<std::vector<RankEvent>> steps_;
};

}  // namespace teranga
