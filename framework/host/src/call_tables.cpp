// SPDX-License-Identifier: Apache-2.0
#include "call_tables.hpp"

#include <teranga/sdk/c/dataset.h>
#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/observer.h>
#include <teranga/sdk/c/training.h>

#include <cstddef>
#include <vector>

#include <fmt/format.h>

namespace teranga::host {
namespace {

struct NeededCall {
  template <class Call>
  NeededCall(const char* named, Call call) : name(named), given(static_cast<bool>(call)) {}
  const char* name;
  bool given;
};

std::string missing(const std::vector<NeededCall>& calls, const char* otherwise = "") {
  for (const NeededCall& call : calls)
    if (!call.given) return fmt::format("its table of calls has no {}{}", call.name, otherwise);
  return {};
}

std::string fault(const trg_layer_calls& c) {
  if (c.expand) return missing({{"create", c.create}, {"destroy", c.destroy}});
  return missing({{"create", c.create}, {"destroy", c.destroy}, {"plan", c.plan}, {"destroy_plan", c.destroy_plan}, {"forward", c.forward}}, ", and no expand");
}

std::string fault(const trg_activation_calls& c) { return missing({{"create", c.create}, {"destroy", c.destroy}, {"needs", c.needs}, {"value", c.value}, {"gradient", c.gradient}}); }

std::string fault(const trg_loss_calls& c) { return missing({{"create", c.create}, {"destroy", c.destroy}, {"plan", c.plan}, {"destroy_plan", c.destroy_plan}, {"evaluate", c.evaluate}}); }

std::string fault(const trg_optimizer_calls& c) { return missing({{"create", c.create}, {"destroy", c.destroy}, {"facts", c.facts}}); }

std::string fault(const trg_metric_calls& c) {
  return missing({{"create", c.create}, {"destroy", c.destroy}, {"plan", c.plan}, {"destroy_plan", c.destroy_plan}, {"update", c.update}, {"value", c.value}});
}

std::string fault(const trg_schedule_calls& c) { return missing({{"create", c.create}, {"destroy", c.destroy}, {"state_count", c.state_count}, {"rate", c.rate}}); }

std::string fault(const trg_initializer_calls& c) { return missing({{"create", c.create}, {"destroy", c.destroy}, {"fill", c.fill}}); }

std::string fault(const trg_dataset_calls& c) { return missing({{"create", c.create}, {"destroy", c.destroy}, {"describe", c.describe}, {"fill", c.fill}}); }

std::string fault(const trg_observer_calls& c) { return missing({{"create", c.create}, {"destroy", c.destroy}}); }

// `last`: where the last call of revision 1 lies, whatever later ones append: nothing of that table may be left out.
template <class Calls>
std::string fault_of_table(const void* table, std::size_t last) {
  const Calls& calls = *static_cast<const Calls*>(table);
  const std::size_t least = last + sizeof(void*);
  if (calls.size < least) return fmt::format("its table of calls says that it is {} bytes long; expected at least {}", calls.size, least);
  return fault(calls);
}

}  // namespace

std::string fault_of_calls(Kind kind, const void* table) {
  switch (kind) {
    case Kind::layer: return fault_of_table<trg_layer_calls>(table, offsetof(trg_layer_calls, expand));
    case Kind::activation: return fault_of_table<trg_activation_calls>(table, offsetof(trg_activation_calls, gradient));
    case Kind::loss: return fault_of_table<trg_loss_calls>(table, offsetof(trg_loss_calls, target_count));
    case Kind::optimizer: return fault_of_table<trg_optimizer_calls>(table, offsetof(trg_optimizer_calls, slot_shape));
    case Kind::metric: return fault_of_table<trg_metric_calls>(table, offsetof(trg_metric_calls, value));
    case Kind::schedule: return fault_of_table<trg_schedule_calls>(table, offsetof(trg_schedule_calls, epoch_end));
    case Kind::initializer: return fault_of_table<trg_initializer_calls>(table, offsetof(trg_initializer_calls, fill));
    case Kind::dataset: return fault_of_table<trg_dataset_calls>(table, offsetof(trg_dataset_calls, extension));
    case Kind::observer: return fault_of_table<trg_observer_calls>(table, offsetof(trg_observer_calls, end));
  }
  return {};
}

}  // namespace teranga::host
