// SPDX-License-Identifier: Apache-2.0
#include "keras_order.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace teranga::exchange {

std::vector<std::size_t> keras_order(const std::vector<OrderedCall>& calls, const std::vector<std::size_t>& outputs) {
  // Back from the outputs, the inputs of a call before the next output.
  std::vector<std::size_t> finished;                // calls, those first that others take from
  std::map<std::size_t, std::size_t> met;           // layer -> when
  std::vector<bool> entered(calls.size(), false);
  for (const std::size_t output : outputs) {
    std::vector<std::pair<std::size_t, std::size_t>> way;  // call, and how many of its parents were seen
    const auto enter = [&](std::size_t call) {
      if (entered[call]) return;
      entered[call] = true;
      met.emplace(calls[call].layer, met.size());
      way.emplace_back(call, 0);
    };
    enter(output);
    while (!way.empty()) {
      const auto [call, seen] = way.back();
      if (seen == calls[call].parents.size()) {
        finished.push_back(call);
        way.pop_back();
        continue;
      }
      ++way.back().second;
      enter(calls[call].parents[seen]);
    }
  }
  std::map<std::size_t, std::size_t> depth_of_call, depth_of_layer;
  for (auto call = finished.rbegin(); call != finished.rend(); ++call) {
    const std::size_t depth = std::max(depth_of_call[*call], depth_of_layer[calls[*call].layer]);
    depth_of_call[*call] = depth, depth_of_layer[calls[*call].layer] = depth;
    for (const std::size_t parent : calls[*call].parents) depth_of_call[parent] = std::max(depth_of_call[parent], depth + 1);
  }
  std::vector<std::size_t> out;
  for (const auto& [layer, when] : met) out.push_back(layer);
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return std::pair(depth_of_layer[b], met[a]) < std::pair(depth_of_layer[a], met[b]); });
  return out;
}

}  // namespace teranga::exchange
