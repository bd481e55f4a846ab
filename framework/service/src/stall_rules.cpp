// SPDX-License-Identifier: Apache-2.0
#include <teranga/service/stall_rules.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga {
namespace {

using activity::Section;

constexpr std::size_t kind_of_waits = activity::sections;
constexpr std::uint64_t bytes_of_progress = 65536;  // what the look itself reads stays far below

std::size_t kind_of(const activity::View& view) { return view.waits ? kind_of_waits : static_cast<std::size_t>(view.section); }

// Where files are read or written, their bytes are progress. A step moves none; the messages of a wait would count as such.
bool moves_files(const activity::View& view) { return !view.waits && view.section != Section::step; }

bool is_long(std::size_t kind) { return kind != kind_of_waits && kind != static_cast<std::size_t>(Section::step) && kind != static_cast<std::size_t>(Section::data); }

}  // namespace

OwnWatch::Verdict OwnWatch::look(double now, const Seen& seen) {
  const bool moved = moves_files(seen.view) && seen.bytes_moved >= before_.bytes_moved + bytes_of_progress;
  const bool goes_on = !began_ || seen.view.progress != before_.view.progress || seen.waits_for_output || moved;
  if (goes_on) {
    if (began_) {
      double& longest = longest_[kind_of(before_.view)];
      longest = std::max(longest, now - since_);
    }
    began_ = true;
    before_ = seen;
    since_ = now;
  }
  return {std::max(0.0, now - since_), limit_of(kind_of(seen.view), now, seen.view)};
}

double OwnWatch::limit_of(std::size_t kind, double now, const activity::View& view) const {
  if (limits_.off) return 0;
  if (limits_.fixed > 0) return limits_.fixed;
  double limit = is_long(kind) ? limits_.least_long : limits_.least;
  if (kind != kind_of_waits && !view.known) limit = limits_.least_first;
  if (deadline_ && now > *deadline_ && kind != kind_of_waits && !is_long(kind)) limit = std::min(limit, limits_.least_late);
  return std::max(limit, limits_.factor * longest_[kind]);
}

namespace {

double ratio(const Finding& finding) { return finding.age / finding.limit; }

bool is_watched(const Member& member) { return member.known && !member.ended; }

std::optional<Finding> longest_silence(const GroupView& group, double now) {
  std::optional<Finding> found;
  for (const Member& member : group.members) {
    if (!is_watched(member) || member.rank == group.watcher) continue;
    const Finding one{Finding::Kind::lost, member.rank, now - std::max(member.heard, group.last_met), group.silence};
    if (!found || one.age > found->age) found = one;
  }
  return found;
}

std::optional<Finding> worst_of_those_that_do_not_wait(const GroupView& group) {
  std::optional<Finding> found;
  for (const Member& member : group.members) {
    const RankState& state = member.state;
    if (!is_watched(member) || state.waits || state.limit <= 0) continue;
    const Finding one{Finding::Kind::stalled, member.rank, state.quiet, state.limit};
    if (!found || ratio(one) > ratio(*found)) found = one;
  }
  return found;
}

// All have to wait, and to have said so just now. Where not all can be seen, one of the others may be at work, or may be the cause and say so: they get more time.
std::optional<Finding> wait_of_all(const GroupView& group, double now) {
  std::optional<Finding> found;
  for (const Member& member : group.members) {
    if (member.ended) continue;
    if (!member.known) {
      if (group.sees_all) return std::nullopt;
      continue;
    }
    const RankState& state = member.state;
    const bool fresh = member.rank == group.watcher || now - member.heard < 3 * group.beat;
    if (!state.waits || state.limit <= 0 || !fresh) return std::nullopt;
    const Finding one{Finding::Kind::all_wait, member.rank, state.quiet, group.sees_all ? state.limit : std::max(1.5 * state.limit, group.unseen_wait)};
    if (!found || ratio(one) < ratio(*found)) found = one;
  }
  return found;
}

}  // namespace

std::optional<Finding> look_at(const GroupView& group, double now) {
  std::optional<Finding> worst;
  for (const std::optional<Finding>& one : {longest_silence(group, now), worst_of_those_that_do_not_wait(group), wait_of_all(group, now)})
    if (one && ratio(*one) >= 0.5 && (!worst || ratio(*one) > ratio(*worst))) worst = one;
  return worst;
}

namespace {

const Member* member_of(const GroupView& group, int rank) {
  const auto found = std::ranges::find(group.members, rank, &Member::rank);
  return found == group.members.end() ? nullptr : &*found;
}

// What the collectives of waiting ranks say of each other.
std::string ways_of(const GroupView& group) {
  const Member* first = nullptr;
  for (const Member& member : group.members) {
    if (!is_watched(member) || !member.state.in_collective) continue;
    if (!first) first = &member;
    const RankState &a = first->state, &b = member.state;
    if (a.number != b.number) return "they are in different collectives: one of them has left one out, or has made one more";
    if (a.fingerprint != b.fingerprint) return "they have gone different ways: the collectives that they have made are not the same";
  }
  return "all are in the same collective: messages between them do not arrive";
}

}  // namespace

std::string describe(const Finding& finding, const GroupView& group, int ranks) {
  const Member* const member = member_of(group, finding.rank);
  const std::string who = member ? name_of(*member, ranks) : fmt::format("rank {}", finding.rank);
  const std::string where = member ? place_of(member->state) : std::string();
  switch (finding.kind) {
    case Finding::Kind::lost: return fmt::format("{}: no sign of life for {:.0f} s; it was last {}", who, finding.age, where);
    case Finding::Kind::stalled: return fmt::format("{} has made no progress for {:.0f} s: it is {}", who, finding.age, where);
    case Finding::Kind::all_wait: break;
  }
  if (!group.sees_all) return fmt::format("{} has waited for other processes for {:.0f} s: it is {}; which process does not come is not known, because the heartbeats of the processes do not get through", who, finding.age, where);
  return fmt::format("all processes have waited for each other for {:.0f} s; {}", finding.age, ways_of(group));
}

std::vector<std::string> describe_others(const Finding& finding, const GroupView& group, int ranks) {
  constexpr std::size_t most = 16;
  std::vector<std::string> out;
  for (const Member& member : group.members) {
    if (!is_watched(member) || (member.rank == finding.rank && finding.kind != Finding::Kind::all_wait)) continue;
    if (out.size() == most) {
      out.push_back("...");
      break;
    }
    out.push_back(fmt::format("{} is {}", name_of(member, ranks), place_of(member.state)));
  }
  return out;
}

}  // namespace teranga
