// SPDX-License-Identifier: Apache-2.0
#include "session/same_weights.hpp"

#include "session/agreement.hpp"

#include <teranga/core/hash.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

std::string hash_of(const std::vector<TensorView>& tensors) {
  ContentHash hash;
  for (const TensorView& tensor : tensors) hash.add(tensor.data, tensor.bytes());
  return hash.text();
}

// Those ranks whose text is not that of most; of two that are equally frequent, the one of the lower rank counts as that of most.
std::vector<int> odd_ranks(const std::vector<std::string>& texts) {
  const auto often = [&](const std::string& text) { return std::ranges::count(texts, text); };
  const std::string& usual = *std::ranges::max_element(texts, {}, often);
  std::vector<int> out;
  for (std::size_t rank = 0; rank < texts.size(); ++rank)
    if (texts[rank] != usual) out.push_back(static_cast<int>(rank));
  return out;
}

}  // namespace

void require_same_weights(const model::ParameterStore& store, std::int64_t step, Communicator& comm) {
  if (comm.size() == 1) return;
  std::vector<TensorView> own = store.parameter_views();
  const std::size_t parameters = own.size();
  for (TensorView& state : store.state_views()) own.push_back(std::move(state));
  if (odd_ranks(comm.allgather(hash_of(own))).empty()) return;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const TensorView& tensor = own[i];
    const std::vector<int> odd = odd_ranks(comm.allgather(content_hash(tensor.data, tensor.bytes())));
    if (odd.empty()) continue;
    std::vector<std::string> names;
    for (const int rank : odd) names.push_back(comm.named(rank));
    if (i >= parameters)
      throw AgreedError(ExitCode::failure,
                        fmt::format("the state of a layer should be the same on all ranks, and after step {} the state \"{}\" of {} differs from that of most, while all weights are the same. A layer that declares a state "
                                    "with TRG_MERGE_SAME must make it of sums over all ranks",
                                    step, tensor.name, fmt::join(names, ", ")),
                        "with the library of this layer: teranga plugin check --only state/merge LIBRARY");
    throw AgreedError(ExitCode::failure,
                      fmt::format("the weights of all ranks should be the same, and after step {} those of {} differ from those of most: the first that differ are those of \"{}\". Memory of that machine "
                                  "may be faulty, or a plugin computes something else there",
                                  step, fmt::join(names, ", "), tensor.name),
                      "start the same command again: all ranks go on with the weights of the last checkpoint");
  }
}

}  // namespace teranga::train
