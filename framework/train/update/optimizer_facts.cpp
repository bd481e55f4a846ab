// SPDX-License-Identifier: Apache-2.0
#include "update/optimizer_facts.hpp"

#include <teranga/host/item_names.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::int64_t most_state = 1 << 20;  // doubles, of a schedule or of an optimizer as a whole

template <class Owner, class... T>
void require(bool holds, const Owner& owner, fmt::format_string<T...> text, T&&... values) {
  if (!holds) throw Error(ExitCode::plugin, fmt::format("{}: {}", owner.who(), fmt::format(text, std::forward<T>(values)...)));
}

}  // namespace

trg_optimizer_facts facts_of(const host::Optimizer& optimizer) {
  trg_optimizer_facts facts{};
  facts.size = sizeof(facts);
  optimizer.guard("facts", [&](trg_error* error) { return optimizer.calls().facts(optimizer.self(), &facts, error); });
  require(facts.slot_count >= 0 && facts.slot_count <= TRG_MOST_SLOTS, optimizer, "says that it has {} slots; expected 0 to {}", facts.slot_count, +TRG_MOST_SLOTS);
  require(facts.scalar_count >= 0 && facts.scalar_count <= most_state, optimizer, "says that it has {} scalars; expected 0 to {}", facts.scalar_count, most_state);
  require(facts.slot_count == 0 || facts.slot_names, optimizer, "gives its {} slots no names", facts.slot_count);
  std::set<std::string> seen;
  for (std::int32_t s = 0; s < facts.slot_count; ++s) {
    const char* const name = facts.slot_names[s];
    require(name != nullptr, optimizer, "gives its slot {} no name", s);
    const std::string fault = host::fault_of_part_name(name);
    require(fault.empty(), optimizer, "calls its slot {} \"{}\"; {}", s, host::shown_name(name), fault);
    require(seen.insert(name).second, optimizer, "has two slots \"{}\"", name);
    require(!facts.slot_initial || std::isfinite(facts.slot_initial[s]), optimizer, "begins the slot \"{}\" with {}; expected a finite number", name, facts.slot_initial ? facts.slot_initial[s] : 0.0);
  }
  for (std::int32_t s = 0; facts.scalar_initial && s < facts.scalar_count; ++s)
    require(std::isfinite(facts.scalar_initial[s]), optimizer, "begins its scalar {} with {}; expected a finite number", s, facts.scalar_initial[s]);
  return facts;
}

std::vector<double> first_state_of(const host::Schedule& schedule) {
  std::int64_t count = 0;
  schedule.guard("state_count", [&](trg_error*) { return count = schedule.calls().state_count(schedule.self()), TRG_OK; });
  require(count >= 0 && count <= most_state, schedule, "says that its state has {} numbers; expected 0 to {}", count, most_state);
  return std::vector<double>(static_cast<std::size_t>(count));
}

void end_epoch(const host::Schedule& schedule, std::int64_t epoch, std::span<const trg_measure> measures, std::vector<double>& state) {
  constexpr std::size_t guard = 8;
  constexpr double untouched = -0x1.7A5A5A5A5A5A5p900;  // whoever writes behind the end changes it
  std::vector<double> own = state;
  own.resize(state.size() + guard, untouched);
  schedule.guard("epoch_end", [&](trg_error* error) { return schedule.calls().epoch_end(schedule.self(), epoch, measures.data(), measures.size(), sizeof(trg_measure), own.data(), error); });
  const auto end = own.begin() + static_cast<std::ptrdiff_t>(state.size());
  require(std::all_of(end, own.end(), [](double number) { return number == untouched; }), schedule, "its call epoch_end has written behind the end of its {} numbers", state.size());
  std::copy(own.begin(), end, state.begin());
}

double rate_of(const host::Schedule& schedule, std::int64_t step, std::int64_t epoch, const std::vector<double>& state) {
  double rate = 0;
  schedule.guard("rate", [&](trg_error* error) { return schedule.calls().rate(schedule.self(), step, epoch, state.data(), &rate, error); });
  require(std::isfinite(rate), schedule, "gives the learning rate {} after {} steps; expected a finite number", rate, step);
  return rate;
}

}  // namespace teranga::train
