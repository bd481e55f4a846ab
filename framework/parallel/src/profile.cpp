// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/profile.hpp>

#include <algorithm>
#include <utility>

namespace teranga {

const char* to_string(Pass pass) {
  switch (pass) {
    case Pass::data: return "data";
    case Pass::prepare: return "prepare";
    case Pass::forward: return "forward";
    case Pass::loss: return "loss";
    case Pass::metrics: return "metrics";
    case Pass::backward: return "backward";
    case Pass::gradient: return "gradient";
    case Pass::averaging: return "averaging";
    case Pass::update: return "update";
    case Pass::wait: return "wait";
    default: return "other";
  }
}

Profile::Profile(int threads, Traced traced) : tracks_(static_cast<std::size_t>(threads)), wanted_(traced), kept_events_(static_cast<std::size_t>(threads)) {
  if (!traces()) return;
  for (Track& track : tracks_) track.events.reserve(wanted_.calls);
  const std::size_t steps = std::min(static_cast<std::size_t>(wanted_.last - wanted_.first) + 1, wanted_.calls);
  traced_steps_.reserve(steps);
  asides_.reserve(steps);
}

int Profile::row(const std::string& name, Pass pass) {
  const auto found = std::ranges::find_if(rows_, [&](const Row& row) { return row.pass == pass && row.name == name; });
  if (found != rows_.end()) return static_cast<int>(found - rows_.begin());
  rows_.push_back({name, pass});
  for (Track& track : tracks_) track.tallies.resize(rows_.size());
  return static_cast<int>(rows_.size()) - 1;
}

Ticks Profile::lap_ends(int thread, Ticks begin, const Work& work) noexcept {
  if (work.row < 0) return begin;
  const Ticks now = ticks_now();
  Track& track = tracks_[static_cast<std::size_t>(thread)];
  Tally& tally = track.tallies[static_cast<std::size_t>(work.row)];
  tally.ticks += now - begin;
  ++tally.calls;
  tally.flops += work.flops;
  tally.bytes += work.bytes;
  track.busy += now - begin;
  track.last = now;
  if (tracing_) {
    if (track.events.size() < track.events.capacity()) track.events.push_back({begin, now, work.row});
    else track.full = true;
  }
  return now;
}

Ticks Profile::busy() const noexcept {
  Ticks sum = 0;
  for (const Track& track : tracks_) sum += track.busy;
  return sum;
}

void Profile::loop_begins() noexcept {
  busy_before_ = busy();
  ++loop_;
  in_loop_ = true;
  loop_begin_ = ticks_now();
}

void Profile::loop_ends(int row) noexcept {
  in_loop_ = false;
  const Ticks whole = (ticks_now() - loop_begin_), worked = busy() - busy_before_;
  Tally& tally = tracks_[0].tallies[static_cast<std::size_t>(row)];
  const Ticks threads_time = std::max(whole * tracks_.size(), worked);
  tally.ticks += threads_time - worked;
  ++tally.calls;
  loop_ticks_ += whole;
  loop_busy_ += worked;
}

void Profile::aside(Ticks begin, Ticks end) noexcept {
  aside_ticks_ += end - begin;
  if (tracing_ && asides_.size() < asides_.capacity()) asides_.push_back({begin, end, -1});
}

void Profile::begin_step(std::int64_t number) {
  tracing_ = had_room_ && number >= wanted_.first && number <= wanted_.last;
  running_ = {number, ticks_now(), 0};
}

void Profile::end_step() {
  running_.end = ticks_now();
  step_ticks_ += running_.end - running_.begin;
  ++steps_;
  if (!std::exchange(tracing_, false)) return;
  had_room_ = traced_steps_.size() < traced_steps_.capacity() && std::ranges::none_of(tracks_, &Track::full);
  if (had_room_) traced_steps_.push_back(running_);
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    auto& events = tracks_[t].events;
    if (had_room_) kept_events_[t] = events.size();
    else events.resize(kept_events_[t]);
  }
}

void Profile::restart() {
  for (Track& track : tracks_) {
    std::ranges::fill(track.tallies, Tally());
    track.busy = 0;
  }
  steps_ = 0;
  aside_ticks_ = step_ticks_ = loop_ticks_ = loop_busy_ = 0;
}

std::vector<Profile::Row> Profile::rows() const {
  std::vector<Row> out = rows_;
  for (std::size_t r = 0; r < out.size(); ++r)
    for (const Track& track : tracks_) {
      const Tally& tally = track.tallies[r];
      out[r].seconds += seconds(tally.ticks);
      out[r].calls += tally.calls;
      out[r].flops += tally.flops;
      out[r].bytes += tally.bytes;
    }
  const Ticks alone = step_ticks_ - std::min(step_ticks_, loop_ticks_), named = busy() - loop_busy_;
  out.push_back({"while one works alone", Pass::wait, seconds(alone) * (threads() - 1), steps_});
  out.push_back({"between calls", Pass::other, seconds(alone - std::min(alone, named)), steps_});
  return out;
}

double Profile::seconds(Ticks ticks) const {
  const Ticks passed = ticks_now() - origin_;
  const double clock = std::chrono::duration<double>(std::chrono::steady_clock::now() - clock_origin_).count();
  return passed ? static_cast<double>(ticks) * clock / static_cast<double>(passed) : 0;
}

}  // namespace teranga
