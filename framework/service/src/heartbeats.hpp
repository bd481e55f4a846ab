// SPDX-License-Identifier: Apache-2.0
// Signs of life between ranks, by UDP and so without MPI: each rank sends its state to rank 0 every second, and rank 0 answers with its own. A message carries the key of its job, which
// rank 0 has drawn: others are not heeded. All calls, and all handlers, are those of one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <teranga/service/rank_state.hpp>

namespace teranga {

class Heartbeats {
 public:
  enum class Kind : std::uint32_t { beat, answer, goodbye, end, ended };
  // A message from a rank: its state, or with `end` and `ended` a text.
  using Heard = std::function<void(int rank, Kind kind, const RankState& state, const std::string& text)>;

  // Where this process listens cannot be foreseen: its own port, on all its addresses. Without a network it has no address, and is never heard.
  explicit Heartbeats(boost::asio::io_context& context);

  std::string address() const;  // for the other ranks: one word
  // The addresses of all ranks, and from now on their messages.
  void meet(int rank, std::uint64_t key, const std::vector<std::string>& addresses, Heard heard);
  void send(int to, Kind kind, const RankState& state, const std::string& text = {});
  // Whether the host of a rank answers anything at all; takes up to two seconds, where it does not.
  bool host_answers(int rank) const;
  void close();

 private:
  using Endpoint = boost::asio::ip::udp::endpoint;
  struct Peer {
    std::vector<Endpoint> places;  // that it gave
    Endpoint found;                // where its messages come from
    bool is_found = false;
    int unanswered = 0;            // messages since one came from there
  };
  void listen();
  void take(std::size_t bytes);

  boost::asio::ip::udp::socket socket_;
  int rank_ = 0;
  std::uint64_t key_ = 0;
  std::vector<Peer> peers_;
  Heard heard_;
  std::vector<char> buffer_;
  Endpoint from_;
};

std::uint64_t new_key();  // that others do not guess

}  // namespace teranga
