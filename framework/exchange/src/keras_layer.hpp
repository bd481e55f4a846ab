// SPDX-License-Identifier: Apache-2.0
// What a layer of Keras is in Teranga: its type with options, or the reasons why there is none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras_graph.hpp"
#include "keras_options.hpp"

namespace teranga::exchange {

class KerasLayers {
 public:
  explicit KerasLayers(const recipe::Catalogue& catalogue) : options_(catalogue) {}

  // Of a layer that is no InputLayer; nothing where faults were added.
  std::optional<KerasPart> part(const KerasCall& call, std::vector<std::string>& faults) const;
  // The name of an output of such a layer; empty: the first one.
  static std::string port_of(const KerasCall& call, int port);

  const KerasOptions& options() const noexcept { return options_; }

 private:
  std::optional<KerasPart> layer(const Json& written, std::size_t rank, std::vector<std::string>& faults) const;
  std::optional<KerasPart> wrapper(const Json& written, std::size_t rank, std::vector<std::string>& faults) const;
  std::optional<KerasPart> activation(const Json& written, std::vector<std::string>& faults) const;

  KerasOptions options_;
};

// Whether the masks that Keras hands to this call are those that Teranga's layers hand on by themselves: made of ids by an embedding, or by a masking layer.
bool masks_are_implied(const KerasGraph& graph, const KerasCall& call);

}  // namespace teranga::exchange
