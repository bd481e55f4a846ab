// SPDX-License-Identifier: Apache-2.0
// The thread of the watchdog never waits for anything but its clock and the network: what is logged, and what is written to files, another thread does, which may be held up by a terminal
// or by a disk.
#include <teranga/service/watchdog.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/terminal.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "heartbeats.hpp"
#include "process_look.hpp"
#include "stall_report.hpp"
#include "thread_stacks.hpp"

namespace teranga {
namespace {

constexpr int stalled_code = static_cast<int>(ExitCode::stalled);
constexpr double time_to_come = 15;      // s, for the first heartbeat
constexpr double time_for_reports = 3;   // s that the ranks have for their reports
constexpr auto time_of_terminal = std::chrono::milliseconds(500);  // for the words that still wait for standard error
constexpr double time_to_end = 8;        // s that MPI has for it
constexpr double time_to_be_ended = 20;  // s after which a rank that was told to end does so by itself
constexpr double time_of_each_rank = 0.25;  // s by which a rank waits longer than the one before it: where rank 0 is lost, one of them speaks

double now_in_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Runs aside, whatever it may have to wait for; not at all where the system gives no thread.
template <class F>
void aside(F&& work) noexcept {
  try {
    std::thread([work = std::forward<F>(work)]() mutable {
      try {
        work();
      } catch (const std::exception&) {  // no memory: the work is lost, and the process goes on
      }
    }).detach();
  } catch (const std::exception&) {  // nothing is left to try
  }
}

void end_after(double seconds) noexcept {
  aside([seconds] {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    terminal::settle(time_of_terminal);
    _exit(stalled_code);
  });
}

void say_aside(log::Level level, std::vector<std::string> lines) {
  aside([level, lines = std::move(lines)] {
    for (const std::string& line : lines) log::write(level, line);
  });
}

}  // namespace

struct Watchdog::State {
  const WatchOptions options;
  const End end;
  const double period;  // s between two looks
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay{context.get_executor()};
  boost::asio::steady_timer timer{context};
  Heartbeats heartbeats{context};
  const std::uint64_t key = new_key();
  std::thread thread;
  std::mutex folder_mutex;
  std::string folder;

  // Of the thread.
  OwnWatch own;
  CallWatch calls;
  std::vector<Member> members;  // all ranks, once they have met; this one until then
  double looked = now_in_seconds(), met_at = 0, last_met = -1e300;
  std::uint64_t met = 0;
  bool told_of_silence = false;
  std::optional<Finding> warned;
  bool ending = false;
  std::size_t reports_missing = 0;  // of ranks, and this rank's words on the terminal
  int leader = -1;                  // the rank that ends the job, where it is another one
  int other_host = -1;              // the rank that is lost, where it is on another host

  State(const WatchOptions& o, End e) : options(o), end(std::move(e)), period(o.limits.fixed > 0 ? std::clamp(o.limits.fixed / 10, 0.05, 1.0) : 1.0), own(o.limits) {
    members.push_back({options.rank, options.host, true, false, looked, {}});
    if (options.deadline > 0) own.set_deadline(looked + options.deadline);
  }

  Member& self() { return members.size() == 1 ? members[0] : members[static_cast<std::size_t>(options.rank)]; }
  bool judges_all() const { return options.rank == 0; }

  void run() {
    pthread_setname_np(pthread_self(), "watchdog");
    wait();
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception& error) {
        say_aside(log::Level::warning, {fmt::format("the watchdog met an error: {}", error.what())});
      }
    }
  }

  void wait() {
    timer.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(period)));
    timer.async_wait([this](const boost::system::error_code& error) {
      if (error || ending) return;
      try {
        look();
      } catch (const std::exception&) {  // the next look may have memory
        if (ending) finish();
      }
      if (!ending) wait();
    });
  }

  void look() {
    const double now = now_in_seconds();
    // Where this thread did not run, the others may not have run either.
    if (const double lost = now - looked - 2 * period; lost > 0) {
      own.grant(lost);
      last_met += lost;
      for (Member& member : members) member.heard += lost;
    }
    looked = now;
    look_at_self(now);
    beat();
    tell_of_silent_ranks(now);
    const GroupView group = view();
    heed(look_at(group, now), group);
  }

  void look_at_self(double now) {
    OwnWatch::Seen seen;
    seen.view = activity::look();
    calls.look(now);
    Member& mine = self();
    RankState& state = mine.state;
    seen.waits_for_output = state.quiet >= 2 * period && waits_for_output();
    seen.bytes_moved = bytes_moved();
    const OwnWatch::Verdict verdict = own.look(now, seen);
    const activity::View& view = seen.view;
    state.section = view.section;
    state.waits = view.waits, state.in_collective = view.in_collective, state.waits_for_output = seen.waits_for_output;
    state.step = view.step, state.epoch = view.epoch;
    state.quiet = verdict.quiet, state.limit = verdict.limit;
    state.met = view.met;
    state.number = view.collective.number, state.bytes = view.collective.bytes, state.fingerprint = view.collective.fingerprint;
    put(state.kind, view.collective.kind);
    if (state.quiet >= 2 * period) calls.show(now, 0.8 * state.quiet, state);
    else put(state.item, {}), put(state.layer, {}), put(state.call, {});
    if (view.met != met) met = view.met, last_met = now;
    mine.heard = now;
  }

  void beat() {
    if (members.size() > 1 && !judges_all()) heartbeats.send(0, Heartbeats::Kind::beat, self().state);
  }

  void hear(int rank, Heartbeats::Kind kind, const RankState& state, const std::string& text) {
    Member& member = members[static_cast<std::size_t>(rank)];
    if (kind == Heartbeats::Kind::end) {
      if (!ending) leader = rank;
      return end_as_told(text);
    }
    if (kind == Heartbeats::Kind::ended) return part_done();
    member.known = true;
    member.heard = now_in_seconds();
    member.state = state;
    if (kind == Heartbeats::Kind::goodbye) member.ended = true;
    if (kind == Heartbeats::Kind::beat) heartbeats.send(rank, Heartbeats::Kind::answer, self().state);
  }

  void tell_of_silent_ranks(double now) {
    if (told_of_silence || members.size() == 1 || !judges_all() || now - met_at < time_to_come) return;
    told_of_silence = true;
    std::vector<std::string> silent;
    for (const Member& member : members)
      if (!member.known) silent.push_back(name_of(member, options.ranks));
    if (silent.empty()) return;
    constexpr std::size_t most = 8;
    const std::string more = silent.size() > most ? fmt::format(" and {} more", silent.size() - most) : "";
    silent.resize(std::min(silent.size(), most));
    say_aside(log::Level::info, {fmt::format("heartbeats (UDP) from {}{} do not get through to rank 0: rank 0 cannot watch these processes. If one of them is stopped or its host is lost, this is noticed late, because the others wait for it", fmt::join(silent, ", "), more)});
  }

  // What this rank may judge.
  GroupView view() {
    GroupView group;
    group.watcher = options.rank;
    group.last_met = last_met;
    group.silence = options.limits.silence_limit();
    group.beat = period;
    group.unseen_wait = options.limits.unseen_wait();
    if (members.size() == 1 || judges_all()) {
      group.members = members;
      group.sees_all = std::ranges::all_of(members, [](const Member& member) { return member.known; }) && static_cast<int>(members.size()) == options.ranks;
      return group;
    }
    group.sees_all = false;
    group.members = {self()};
    if (Member first = members[0]; first.known && !first.ended) {  // rank 0 judges what both show of themselves, as long as it lives
      group.members[0].state.limit = first.state.limit = 0;
      group.members.insert(group.members.begin(), first);
      group.silence += std::min(time_of_each_rank * (options.rank - 1), 20.0);
    }
    return group;
  }

  void heed(const std::optional<Finding>& finding, const GroupView& group) {
    if (finding && finding->is_final()) return end_all(*finding, group);
    if (warned && (!finding || !finding->same_as(*warned))) {
      say_aside(log::Level::warning, {"there is progress again"});
      warned.reset();
    }
    if (!finding || warned) return;
    warned = finding;
    say_aside(log::Level::warning, {fmt::format("{}; the job ends with exit code {} if this lasts {:.0f} s longer", describe(*finding, group, options.ranks), stalled_code, std::max(1.0, finding->limit - finding->age))});
  }

  // From here on nothing but the end is left, and each part of it has its time.
  void end_all(const Finding& finding, const GroupView& group) {
    ending = true;
    const std::string why = describe(finding, group, options.ranks);
    std::vector<std::string> others = describe_others(finding, group, options.ranks);
    const Member* culprit = nullptr;
    for (const Member& member : members)
      if (member.rank == finding.rank) culprit = &member;
    if (finding.kind == Finding::Kind::lost && culprit && culprit->host != options.host) other_host = finding.rank;
    for (const Member& member : members) {
      if (member.rank == options.rank || member.ended) continue;
      heartbeats.send(member.rank, Heartbeats::Kind::end, self().state, why);
      const bool answers = (member.known || !judges_all()) && !(finding.kind == Finding::Kind::lost && member.rank == finding.rank);
      reports_missing += answers;
    }
    reports_missing += 2;  // this rank's own report and words
    timer.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(time_for_reports)));
    timer.async_wait([this](const boost::system::error_code& error) {
      if (!error) finish();
    });
    report(why, others);
    speak(why, std::move(others));
  }

  void end_as_told(const std::string& why) {
    if (std::exchange(ending, true)) return;
    timer.cancel();
    reports_missing = 0;
    report(why, {});
    end_after(time_to_be_ended);
  }

  void part_done() {
    if (ending && reports_missing > 0 && --reports_missing == 0) finish();
  }

  std::string report_folder() {
    const std::lock_guard lock(folder_mutex);
    return folder;
  }

  // Aside, as the terminal may take no text.
  void speak(const std::string& why, std::vector<std::string> others) {
    aside([this, why, others = std::move(others), place = report_folder()] {
      log::error(why);
      for (const std::string& line : others) log::error(line);
      std::error_code error;
      if (!place.empty() && std::filesystem::is_directory(place, error)) log::error(fmt::format("what each thread of rank N was doing is told in {}/stall-rank-N.txt", place));
      log::error("the checkpoints are intact: the same command continues from the newest one, if there is one");
      boost::asio::post(context, [this] { part_done(); });
    });
  }

  // Aside, as the disk may take no file.
  void report(const std::string& why, const std::vector<std::string>& others) {
    StallReport facts;
    facts.folder = report_folder();
    facts.why = why, facts.others = others;
    facts.member = self(), facts.ranks = options.ranks;
    facts.calls = calls.list(now_in_seconds());
    aside([this, facts = std::move(facts)] {
      write_report(facts);
      boost::asio::post(context, [this] {
        part_done();
        tell_of_end();
      });
    });
  }

  void tell_of_end() {
    if (leader >= 0) heartbeats.send(leader, Heartbeats::Kind::ended, self().state);
  }

  [[noreturn]] void finish() {
    end_after(other_host >= 0 ? time_to_be_ended : time_to_end);
    terminal::settle(time_of_terminal);
    end(other_host >= 0 && !heartbeats.host_answers(other_host));
    _exit(stalled_code);
  }

  void say_goodbye() {
    if (members.size() > 1)
      for (int times = 0; times < 3; ++times)
        for (const Member& member : members)
          if (member.rank != options.rank && (judges_all() || member.rank == 0)) heartbeats.send(member.rank, Heartbeats::Kind::goodbye, self().state);
    heartbeats.close();
    context.stop();
  }
};

Watchdog::Watchdog(const WatchOptions& options, End end) {
  if (options.limits.off) return;
  prepare_stacks();
  state_ = std::make_unique<State>(options, std::move(end));
  try {
    state_->thread = std::thread([state = state_.get()] { state->run(); });
  } catch (const std::exception& error) {
    log::warning(fmt::format("the system gives no thread to the watchdog ({}): nothing notices if the training stands still", error.what()));
    state_.reset();
  }
}

Watchdog::~Watchdog() {
  if (!state_) return;
  boost::asio::post(state_->context, [state = state_.get()] {
    if (!state->ending) state->say_goodbye();
  });
  state_->thread.join();
}

std::string Watchdog::address() const { return state_ ? fmt::format("{} {} {}", state_->key, state_->options.host, state_->heartbeats.address()) : std::string(); }

void Watchdog::meet(const std::vector<std::string>& addresses) {
  if (!state_ || addresses.size() < 2) return;
  std::vector<std::string> hosts, places;
  std::uint64_t key = 0;
  for (const std::string& text : addresses) {
    std::istringstream in(text);
    std::uint64_t own_key = 0;
    in >> own_key >> hosts.emplace_back() >> places.emplace_back();
    if (hosts.size() == 1) key = own_key;
  }
  boost::asio::post(state_->context, [state = state_.get(), hosts = std::move(hosts), places = std::move(places), key] {
    const double now = now_in_seconds();
    const Member mine = state->members[0];
    state->members.clear();
    for (std::size_t rank = 0; rank < hosts.size(); ++rank) state->members.push_back({static_cast<int>(rank), hosts[rank], false, false, now, {}});
    state->members[static_cast<std::size_t>(state->options.rank)] = mine;
    state->met_at = now;
    state->heartbeats.meet(state->options.rank, key, places, [state](int rank, Heartbeats::Kind kind, const RankState& shown, const std::string& text) { state->hear(rank, kind, shown, text); });
    state->beat();  // at once: who is stopped soon was heard of
  });
}

void Watchdog::report_to(const std::string& folder) {
  if (!state_) return;
  const std::lock_guard lock(state_->folder_mutex);
  state_->folder = folder;
}

}  // namespace teranga
