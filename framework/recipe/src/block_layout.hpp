// SPDX-License-Identifier: Apache-2.0
// Lays out blocks: every use of one becomes its layers, so that those who read the layers know nothing of blocks.
//
// A layer with a name is called USE_NAME, by the use in which it lies; one without a name is called by its type, numbered through the whole recipe. A use that
// is repeated is called NAME1, NAME2, ... (NAME_1, ... where the name ends in a digit), without numbers that another name of its list has; each takes the output
// of the one before it as its first input.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/diagnostics.hpp>

#include "block_reader.hpp"
#include "option_checker.hpp"
#include "variables.hpp"

namespace teranga::recipe {

class BlockLayout {
 public:
  BlockLayout(const Blocks& blocks, const Variables& variables, Allowance& allowance, OptionChecker& checker, Diagnostics& found)
      : blocks_(blocks), variables_(variables), allowance_(allowance), checker_(checker), found_(found) {}

  // The layers of a recipe, blocks laid out and variables filled in.
  Value::List lay_out(const Value::List& layers);

  // The layer whose output is that of the use of that name, or the port of it: "s1b1" -> "s1b1_out"; other names stay as they are.
  std::string layer_of(const std::string& reference) const;

 private:
  // Where an output comes from: a layer that was made, or one that is known by its name alone; neither at the beginning of a network.
  struct Place {
    std::optional<std::size_t> layer;
    std::string name;
    std::string port;  // with its "."

    bool is_beginning() const { return !layer && name.empty(); }
  };
  struct Input {
    Place place;
    Position position;
  };
  struct Made {
    Value table;
    std::vector<Input> inputs;  // that must be said
    std::optional<std::size_t> weights_of;
  };
  struct Range {
    std::size_t first = 0, count = 0;
    std::string block;
  };
  // What names mean among the layers of one list: those of the recipe, or those of a block.
  struct Scope {
    const Block* block = nullptr;  // nullptr: the recipe
    std::map<std::string, Place> places;
    std::set<std::string> names;  // all of the list
    std::set<std::string> later;  // those not laid out yet
    std::map<std::string, Range> uses;
    std::vector<bool> used;  // of the block's inputs
    std::map<std::string, Place> ends;  // of each network: what a layer without "input" takes
    std::string prefix;  // of names in the recipe
    const Value* network = nullptr;  // that the use gives
    const Value* frozen = nullptr;   // trainable = false of the use, or of one around it
    std::shared_ptr<const Detour> by;
  };
  // One table with a type "block:...", checked.
  struct Use {
    const Block* block = nullptr;
    Value table;
    Options own;
    std::string name;  // in its scope
    Position position;
    Owner owner;
    std::int64_t repeat = 1;
    bool inputs_given = false;
  };

  void lay_out_list(const Value::List& filled, Scope& scope);
  void note_names(const Value::List& filled, const std::vector<std::string>& names, Scope& scope);
  void add_layer(const Value& filled, Scope& scope);
  void add_use(const Value& filled, const std::string& name, Scope& scope);
  // These give false, and an error, where the use is wrong.
  bool find_block(Use& use);
  bool read_keys(Use& use);
  bool read_inputs(const Use& use, Scope& scope, std::vector<Input>& inputs);
  // The use once, called `local` in its scope; takes the inputs, and leaves its output as the first of them.
  void add_once(const Use& use, const Variables& names, const std::string& local, std::vector<Input>& inputs, Scope& scope);
  static std::string full_name(const std::string& local, const Scope& scope) { return scope.prefix.empty() ? local : scope.prefix + "_" + local; }
  static std::shared_ptr<const Detour> by_use(const Use& use, const std::string& local, const Scope& scope);
  void check_inputs_are_used(const Use& use, const Scope& inner);
  void share_weights(const Use& use, const Range& own, const Scope& scope);

  void take_context(Options& options, const Scope& scope);
  std::vector<Input> inputs_of(const Value& given, Scope& scope);
  std::optional<Place> find(const std::string& reference, const Position& position, Scope& scope);
  void unknown_name(const std::string& name, const Position& position, const Scope& scope);
  // What a layer without "input" takes; nothing where that need not be said.
  std::optional<Input> implied(const std::string& network, const Position& position, Scope& scope);
  static bool is_input_layer(const Value& table);
  Place end_of(const std::string& network, Scope& scope);
  std::string text_of_place(const Place& place) const { return (place.layer ? names_[*place.layer] : place.name) + place.port; }

  static constexpr std::size_t most_layers = 10'000;

  const Blocks& blocks_;
  const Variables& variables_;
  Allowance& allowance_;
  OptionChecker& checker_;
  Diagnostics& found_;
  std::vector<Made> made_;
  std::map<std::string, std::size_t> last_;  // layer made, of each network
  std::vector<const Block*> open_;           // around the layer being made
  Scope recipe_;
  std::vector<std::string> names_;  // of the layers, in the end
};

}  // namespace teranga::recipe
