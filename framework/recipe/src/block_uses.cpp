// SPDX-License-Identifier: Apache-2.0
// One use of a block: its keys, its values, its repetitions.
#include "block_layout.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layer_names.hpp"
#include "sections.hpp"
#include "typed_options.hpp"

namespace teranga::recipe {
namespace {

constexpr std::size_t most_blocks_deep = 32;

// The name with the next number that makes none of the others.
std::string numbered(const std::string& name, std::int64_t& number, const std::set<std::string>& others) {
  const char* const between = std::isdigit(static_cast<unsigned char>(name.back())) != 0 ? "_" : "";
  std::string out;
  do out = fmt::format("{}{}{}", name, between, ++number);
  while (others.contains(out));
  return out;
}

const Options& options_in(const Value& table) { return table.as<Value::Component>().options; }

}  // namespace

void BlockLayout::add_use(const Value& filled, const std::string& name, Scope& scope) {
  Use use;
  use.name = name;
  use.table = filled;
  take_context(std::get<Value::Component>(use.table.data).options, scope);
  use.position = find_option(options_in(use.table), "type")->position;
  scope.later.erase(name);
  const std::string* network = text_of(use.table, "network");
  const auto ends_with = [&](const Place& output) { scope.ends[scope.block == nullptr && network != nullptr ? *network : ""] = scope.places[name] = output; };
  std::vector<Input> inputs;
  if (!find_block(use) || !read_keys(use) || !read_inputs(use, scope, inputs)) {
    ends_with({{}, name, {}});  // so that what uses it is no fault of its own
    return;
  }
  const auto by = by_use(use, name, scope);
  Variables names(&variables_, allowance_, found_);
  for (const Option& option : use.block->parameters) names.define(option.name, option.value, by);
  for (const Option& option : options_in(use.table))
    if (use.block->has_parameter(option.name)) names.give(option.name, option.value);
  const std::size_t first = made_.size();
  const bool several = find_option(options_in(use.table), "repeat") != nullptr;
  std::int64_t number = 0;
  for (std::int64_t i = 0; i < use.repeat && !allowance_.is_used_up() && made_.size() <= most_layers; ++i)
    add_once(use, names, several ? numbered(name, number, scope.names) : name, inputs, scope);
  ends_with(inputs.front().place);
  const Range own{first, made_.size() - first, use.block->name};
  share_weights(use, own, scope);
  scope.uses[name] = own;
}

std::shared_ptr<const Detour> BlockLayout::by_use(const Use& use, const std::string& local, const Scope& scope) {
  return std::make_shared<const Detour>(Detour{fmt::format("in block \"{}\", used as \"{}\"", use.block->name, full_name(local, scope)), use.position});
}

bool BlockLayout::find_block(Use& use) {
  const std::string block(block_of(use.table));
  const auto at = blocks_.find(block);
  if (at == blocks_.end()) {
    std::vector<std::string> names;
    for (const auto& [one, unused] : blocks_) names.push_back(one);
    const auto near = nearest_name(block, names);
    found_.add(use.position, fmt::format("there is no block \"{}\"", block),
               near ? fmt::format("did you mean \"{}{}\"?", block_prefix, *near) : names.empty() ? fmt::format("[[block.{}.layer]] for each of its layers", block) : fmt::format("the blocks are: {}", fmt::join(names, ", ")));
    return false;
  }
  use.block = &at->second;
  const auto around = std::find(open_.begin(), open_.end(), use.block);
  if (around != open_.end()) {
    std::vector<std::string> circle;
    for (auto one = around; one != open_.end(); ++one) circle.push_back((*one)->name);
    found_.add(use.position, fmt::format("the block \"{}\" uses itself: {} -> {}", block, fmt::join(circle, " -> "), block));
    return false;
  }
  if (open_.size() >= most_blocks_deep) found_.add(use.position, fmt::format("blocks use each other more than {} deep", most_blocks_deep));
  return open_.size() < most_blocks_deep;
}

bool BlockLayout::read_keys(Use& use) {
  const std::size_t before = found_.size();
  const Block& block = *use.block;
  use.owner = {fmt::format("layer \"{}\" ({}{})", use.name, block_prefix, block.name), use.position};
  Options keys;
  for (const Option& option : options_in(use.table))
    if (option.name != "type" && !block.has_parameter(option.name)) keys.push_back(option);
  use.own = checker_.check(keys, use_keys(), use.owner, block.parameter_names());
  take(use.own, "repeat", use.repeat);
  use.inputs_given = find_option(use.own, "input") != nullptr;
  if (const Value* name = find_option(use.own, "name"); name != nullptr && name->is<std::string>() && !is_name(use.name)) found_.add(name->position, fmt::format("{} is no name for a layer", to_toml(*name)), what_names_are);
  for (const std::string& name : block.required)
    if (find_option(options_in(use.table), name) == nullptr) found_.add(use.position, fmt::format("{} needs \"{}\"", use.owner.name, name), fmt::format("{} = VALUE: the block \"{}\" has no default value for it", name, block.name));
  return found_.size() == before;
}

bool BlockLayout::read_inputs(const Use& use, Scope& scope, std::vector<Input>& inputs) {
  const std::vector<std::string>& wanted = use.block->inputs;
  if (!use.inputs_given) {
    const std::string* network = text_of(use.table, "network");
    inputs = {{end_of(network == nullptr ? "" : *network, scope), use.position}};
    if (wanted.size() == 1) return true;
    found_.add(use.position, fmt::format("{} needs \"input\": {} layers, for {}", use.owner.name, wanted.size(), fmt::join(wanted, ", ")), fmt::format("input = [{}]", fmt::join(std::vector<std::string>(wanted.size(), "\"LAYER\""), ", ")));
    return false;
  }
  const Value& given = *find_option(use.own, "input");
  for (const Value& item : given.as<Value::List>())
    if (auto place = find(item.as<std::string>(), item.position, scope)) inputs.push_back({*place, item.position});
    else return false;
  if (inputs.size() == wanted.size()) return true;
  found_.add(given.position, fmt::format("\"input\" of {}: expected {} {}, for {}, found {}", use.owner.name, wanted.size(), wanted.size() == 1 ? "layer" : "layers", fmt::join(wanted, ", "), inputs.size()));
  return false;
}

void BlockLayout::add_once(const Use& use, const Variables& names, const std::string& local, std::vector<Input>& inputs, Scope& scope) {
  Scope inner;
  inner.block = use.block;
  inner.prefix = full_name(local, scope);
  inner.network = find_option(options_in(use.table), "network");
  if (const Value* trainable = find_option(options_in(use.table), "trainable"); trainable != nullptr && !trainable->as<bool>()) inner.frozen = trainable;
  inner.by = by_use(use, local, scope);
  inner.used.resize(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) inner.places[use.block->inputs[i]] = inputs[i].place;
  open_.push_back(use.block);
  Value::List filled;
  for (const Value& layer : use.block->layers) filled.push_back(names.fill(layer, inner.by));
  lay_out_list(filled, inner);
  open_.pop_back();
  std::optional<Place> output = end_of("", inner);
  if (use.block->output) {
    const Value name = names.fill(*use.block->output, inner.by);
    if (name.is<std::string>()) output = find(name.as<std::string>(), name.position, inner);
  }
  check_inputs_are_used(use, inner);
  if (output) inputs.front() = {*output, use.position};
  for (const auto& [name, place] : inner.places)
    if (scope.block != nullptr && std::find(use.block->inputs.begin(), use.block->inputs.end(), name) == use.block->inputs.end()) scope.places[fmt::format("{}_{}", local, name)] = place;
  scope.places[local] = inputs.front().place;
}

void BlockLayout::check_inputs_are_used(const Use& use, const Scope& inner) {
  for (std::size_t i = 0; i < inner.used.size() && use.inputs_given; ++i)
    if (!inner.used[i]) found_.add(find_option(use.own, "input")->position, fmt::format("\"{}\" of the block \"{}\" enters none of its layers", use.block->inputs[i], use.block->name), fmt::format("input = [\"{}\"] in a layer of the block", use.block->inputs[i]));
}

// Each layer has the weights of its counterpart in the other use; a use that is repeated has them again and again.
void BlockLayout::share_weights(const Use& use, const Range& own, const Scope& scope) {
  const Value* given = find_option(use.own, "weights_of");
  if (given == nullptr || !given->is<std::string>()) return;
  const std::string& name = given->as<std::string>();
  const auto other = scope.uses.find(name);
  if (other == scope.uses.end() || other->second.block != own.block) {
    found_.add(given->position, fmt::format("\"weights_of\" of {}: expected an earlier use of the block \"{}\", found {}", use.owner.name, own.block, to_toml(*given)));
    return;
  }
  if (other->second.count == 0 || own.count % other->second.count != 0) {
    found_.add(given->position, fmt::format("\"weights_of\" of {}: it has {} layers, and \"{}\" has {}", use.owner.name, own.count, name, other->second.count));
    return;
  }
  for (std::size_t i = 0; i < own.count; ++i)
    if (auto& weights = made_[own.first + i].weights_of; !weights && !is_input_layer(made_[own.first + i].table)) weights = other->second.first + i % other->second.count;
}

}  // namespace teranga::recipe
