// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/rehearsal.hpp>

#include <teranga/core/error.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace teranga {
namespace {

double seconds(std::chrono::steady_clock::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

// The messages of one exchange. All that are sent between two looks for arrivals leave together.
class Rehearsal::Channel final : public Messages {
 public:
  Channel(Rehearsal& group, std::size_t number) : group_(group), number_(number) {}

  void send(int to, int tag, std::span<const std::byte> bytes) override {
    if (!open_) leave();
    RankEvent& event = group_.events_.back();
    const bool near = group_.is_near(to);
    (near ? event.near_messages : event.far_messages) += 1;
    (near ? event.near_bytes : event.far_bytes) += static_cast<double>(bytes.size());
    own_ = bytes, tag_ = tag;
  }

  void receive(int, int, std::span<std::byte>) override {
    if (!open_) leave();
  }

  bool receive_found(int from, int tag, std::vector<std::byte>& bytes) override {
    open_ = false;
    if (state() != State::arrived) return group_.look(), false;
    bytes.assign(own_.begin(), own_.end());
    group_.of_other_(from, tag, bytes);
    return true;
  }

  bool all_done() override {
    open_ = false;
    if (state() == State::travelling) return group_.look(), false;
    group_.answering_ = -1;
    if (state() == State::arrived && !std::exchange(found_, true)) {
      group_.answering_ = static_cast<int>(number_);
      group_.found_at_ = Clock::now();
    }
    return true;
  }

 private:
  State& state() { return group_.channels_[number_]; }

  void leave() {
    RankEvent event;
    event.kind = RankEvent::Kind::messages;
    event.channel = static_cast<int>(number_);
    event.answers = group_.answering_ == event.channel;
    group_.add(event);
    state() = State::travelling;
    open_ = true, found_ = false;
  }

  Rehearsal& group_;
  std::size_t number_;
  std::span<const std::byte> own_;  // what was sent last
  int tag_ = 0;
  bool open_ = false, found_ = false;
};

Rehearsal::Rehearsal(const Cluster& cluster, OfOther of_other) : Communicator(Place{0, cluster.ranks, 0, std::min(cluster.ranks, cluster.ranks_on_node), 0}), of_other_(std::move(of_other)) { begin(); }
Rehearsal::~Rehearsal() = default;

void Rehearsal::begin() {
  events_.clear(), steps_.clear();
  answering_ = -1, gaps_ = 0;
  worked_from_ = looked_at_ = Clock::now();
}

void Rehearsal::end_of_step() {
  add({});
  events_.pop_back();
  steps_.push_back(std::exchange(events_, {}));
}

std::vector<std::vector<RankEvent>> Rehearsal::take() { return std::exchange(steps_, {}); }

RankEvent& Rehearsal::add(const RankEvent& event) {
  const Clock::time_point now = Clock::now(), worked_to = event.answers ? found_at_ : now;
  look();
  RankEvent work;
  work.seconds = std::max(0.0, seconds(worked_to - worked_from_));
  work.look = work.seconds > 0 ? std::min(work.seconds, gaps_ / (2 * work.seconds)) : 0;
  events_.push_back(work);
  events_.push_back(event);
  if (event.answers) events_.back().seconds = seconds(now - worked_to);
  answering_ = -1, gaps_ = 0;
  worked_from_ = looked_at_ = Clock::now();
  return events_.back();
}

void Rehearsal::look() {
  const Clock::time_point now = Clock::now();
  const double gap = seconds(now - looked_at_);
  gaps_ += gap * gap;
  looked_at_ = now;
}

void Rehearsal::idle(int) {
  if (std::ranges::find(channels_, State::travelling) == channels_.end()) throw Error(ExitCode::failure, "a rehearsal waits for messages, and none is on its way");
  RankEvent event;
  event.kind = RankEvent::Kind::wait;
  add(event);
  for (State& state : channels_)
    if (state == State::travelling) state = State::arrived;
}

void Rehearsal::collective(RankEvent::Kind kind, double bytes) {
  if (size() == 1) return;
  RankEvent event;
  event.kind = kind;
  event.bytes = bytes;
  add(event);
}

void Rehearsal::broadcast(void*, std::size_t count, int root) {
  if (root != 0) throw Error(ExitCode::failure, fmt::format("broadcast of {} bytes from rank {}, which is not there in a rehearsal", count, root));
  collective(RankEvent::Kind::sum, static_cast<double>(count));
}

void Rehearsal::abort(int code) noexcept { std::_Exit(code); }

std::unique_ptr<Messages> Rehearsal::messages() {
  channels_.push_back(State::none);
  return std::make_unique<Channel>(*this, channels_.size() - 1);
}

std::string Rehearsal::collect(const std::string& own, const std::vector<std::int64_t>&, bool) { return own; }

std::vector<std::string> Rehearsal::texts(const std::string& own, bool) {
  std::vector<std::string> out(static_cast<std::size_t>(size()), own);
  for (int rank = 1; rank < size(); ++rank) of_other_(rank, -1, std::as_writable_bytes(std::span(out[static_cast<std::size_t>(rank)])));
  collective(RankEvent::Kind::sum, 8.0 * size());
  collective(RankEvent::Kind::gather, static_cast<double>(own.size()));
  return out;
}

}  // namespace teranga
