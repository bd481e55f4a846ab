// SPDX-License-Identifier: Apache-2.0
#include <teranga/checkpoint/averages.hpp>

namespace teranga::checkpoint {

namespace {

// The parameter of a slot, or null. The name of a phase may stand before that of the slot, and a part of a layer ("both/forward_layer") may be called as another layer is: the longest name counts.
NamedTensor* parameter_of(const std::string& slot, std::vector<NamedTensor>& parameters) {
  NamedTensor* found = nullptr;
  for (NamedTensor& parameter : parameters) {
    const std::string name = parameter.name + average_slot;
    const bool fits = slot.ends_with(name) && (slot.size() == name.size() || slot[slot.size() - name.size() - 1] == '/');
    if (fits && (found == nullptr || parameter.name.size() > found->name.size())) found = &parameter;
  }
  return found;
}

}  // namespace

void take_averages(Snapshot& snapshot) {
  for (const NamedTensor& slot : snapshot.slots) {
    if (!slot.name.ends_with(average_slot)) continue;
    NamedTensor* const parameter = parameter_of(slot.name, snapshot.parameters);
    if (parameter != nullptr && slot.tensor.shape() == parameter->tensor.shape() && slot.tensor.type() == parameter->tensor.type()) parameter->tensor = slot.tensor;
  }
}

}  // namespace teranga::checkpoint
