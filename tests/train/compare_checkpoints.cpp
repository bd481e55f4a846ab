// SPDX-License-Identifier: Apache-2.0
// compare_checkpoints [--weights] A B: whether two checkpoints hold the same bits in everything but provenance (or in parameters and states
// alone). Prints what differs; exit code 1 where something does.
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

using namespace teranga;

namespace {

int differences = 0;

void differs(const std::string& what) {
  std::printf("%s differs\n", what.c_str());
  ++differences;
}

void compare(const char* kind, const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
  if (a.size() != b.size()) return differs(std::string("the number of ") + kind);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].name != b[i].name || a[i].tensor.shape() != b[i].tensor.shape() || a[i].tensor.type() != b[i].tensor.type() ||
        (a[i].tensor.bytes() && std::memcmp(a[i].tensor.data(), b[i].tensor.data(), a[i].tensor.bytes()) != 0))
      differs(std::string(kind) + " " + a[i].name);
}

}  // namespace

int main(int argc, char** argv) {
  const bool weights = argc > 1 && std::string_view(argv[1]) == "--weights";
  if (argc != (weights ? 4 : 3)) return 2;
  try {
    const checkpoint::Snapshot a = checkpoint::read(argv[argc - 2]), b = checkpoint::read(argv[argc - 1]);
    compare("parameter", a.parameters, b.parameters);
    compare("state", a.states, b.states);
    if (!weights) {
      compare("slot", a.slots, b.slots);
      compare("run state", a.run, b.run);
      compare("phase state", a.phases, b.phases);
      if (a.rank_states.size() != b.rank_states.size()) differs("the number of ranks");
      for (std::size_t i = 0; i < std::min(a.rank_states.size(), b.rank_states.size()); ++i) {
        if (a.rank_states[i].rank != b.rank_states[i].rank) differs("the number of a rank");
        compare("rank state", a.rank_states[i].tensors, b.rank_states[i].tensors);
      }
      if (a.step != b.step || a.epoch != b.epoch || a.sample != b.sample || a.seed != b.seed) differs("a counter");
      if (a.data_state != b.data_state) differs("the data's state");
      if (a.recipe != b.recipe) differs("the recipe");
    }
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
  return differences ? 1 : 0;
}
