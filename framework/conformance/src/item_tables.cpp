// SPDX-License-Identifier: Apache-2.0
#include "item_tables.hpp"

#include "readable_memory.hpp"

#include <teranga/host/registry.hpp>
#include <teranga/sdk/c/dataset.h>
#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/observer.h>
#include <teranga/sdk/c/training.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr std::size_t most_items = TRG_MOST_ITEMS, most_name = TRG_MOST_NAME;
constexpr const char* with_sdk = "fill it as framework/sdk/include/teranga/sdk/c/library.h says; TERANGA_PLUGIN(...) of the C++ layer does so";

// A call that the table of a kind must have: where it lies, in a row of pointers behind the size.
struct NeededCall {
  const char* name;
  std::size_t offset;
};

template <class Table, class Function>
NeededCall needed(const char* name, Function Table::*call) {
  static const Table table{};
  return {name, static_cast<std::size_t>(reinterpret_cast<const char*>(&(table.*call)) - reinterpret_cast<const char*>(&table))};
}

std::vector<NeededCall> needed_calls(std::int32_t kind) {
  switch (kind) {
    case TRG_LAYER: return {needed("create", &trg_layer_calls::create), needed("destroy", &trg_layer_calls::destroy)};
    case TRG_ACTIVATION: return {needed("create", &trg_activation_calls::create), needed("destroy", &trg_activation_calls::destroy), needed("needs", &trg_activation_calls::needs), needed("value", &trg_activation_calls::value), needed("gradient", &trg_activation_calls::gradient)};
    case TRG_LOSS: return {needed("create", &trg_loss_calls::create), needed("destroy", &trg_loss_calls::destroy), needed("plan", &trg_loss_calls::plan), needed("destroy_plan", &trg_loss_calls::destroy_plan), needed("evaluate", &trg_loss_calls::evaluate)};
    case TRG_OPTIMIZER: return {needed("create", &trg_optimizer_calls::create), needed("destroy", &trg_optimizer_calls::destroy), needed("facts", &trg_optimizer_calls::facts)};
    case TRG_METRIC: return {needed("create", &trg_metric_calls::create), needed("destroy", &trg_metric_calls::destroy), needed("plan", &trg_metric_calls::plan), needed("destroy_plan", &trg_metric_calls::destroy_plan), needed("update", &trg_metric_calls::update), needed("value", &trg_metric_calls::value)};
    case TRG_SCHEDULE: return {needed("create", &trg_schedule_calls::create), needed("destroy", &trg_schedule_calls::destroy), needed("state_count", &trg_schedule_calls::state_count), needed("rate", &trg_schedule_calls::rate)};
    case TRG_INITIALIZER: return {needed("create", &trg_initializer_calls::create), needed("destroy", &trg_initializer_calls::destroy), needed("fill", &trg_initializer_calls::fill)};
    case TRG_DATASET: return {needed("create", &trg_dataset_calls::create), needed("destroy", &trg_dataset_calls::destroy), needed("describe", &trg_dataset_calls::describe), needed("fill", &trg_dataset_calls::fill)};
    case TRG_OBSERVER: return {needed("create", &trg_observer_calls::create), needed("destroy", &trg_observer_calls::destroy)};
    default: return {};
  }
}

// Whether the table goes as far as this call, and has it. All members behind the size are pointers.
bool has_pointer(const void* table, std::size_t size, std::size_t offset) noexcept {
  return size >= offset + sizeof(void*) && *reinterpret_cast<void* const*>(static_cast<const char*>(table) + offset) != nullptr;
}

class ItemLook {
 public:
  explicit ItemLook(const trg_item& item) : item_(item) {}

  std::vector<TableFault> faults() {
    if (item_.size < sizeof(trg_item)) {
      fault(fmt::format("the item's size: expected {} bytes or more, found {}", sizeof(trg_item), item_.size), "size");
      return found_;
    }
    look_at_texts();
    if (known_kind(item_.kind)) look_at_calls();  // of another one, library/items speaks
    look_at_options();
    return found_;
  }

 private:
  void fault(std::string text, std::string where, std::string mend = with_sdk) { found_.push_back({std::move(text), std::move(where), std::move(mend)}); }

  void look_at_texts() {
    if (const auto name = readable_text(item_.name, most_name + 1); !name || name->empty() || name->size() > most_name) fault(fmt::format("the item's name: expected a text of 1 to {} bytes, found {}", most_name, item_.name ? "none that ends" : "null"), "name");
    const std::pair<const char*, const char*> facts[] = {{"version", item_.version}, {"licence", item_.licence}, {"author", item_.author}, {"summary", item_.summary}, {"formula", item_.formula}, {"source", item_.source}};
    for (const auto& [fact, text] : facts)
      if (!readable_text(text)) fault(fmt::format("{}: expected a text, found {}", fact, text ? "an address that holds none" : "null"), fact, "give a text, \"\" where there is nothing to say");
  }

  void look_at_calls() {
    if (!is_readable(item_.calls, sizeof(std::size_t)) || reinterpret_cast<std::uintptr_t>(item_.calls) % alignof(void*) != 0) return fault("the table of calls is missing", "calls");
    const std::size_t size = *static_cast<const std::size_t*>(item_.calls);
    if (size > 65536 || !is_readable(item_.calls, size)) return fault(fmt::format("the size of the table of calls: found {}", size), "calls", "the first member of the table is sizeof of its struct");
    for (const NeededCall& call : needed_calls(item_.kind))
      if (!has_pointer(item_.calls, size, call.offset)) missing(call.name);
    if (!found_.empty()) return;
    const auto has = [&](const NeededCall& call) { return has_pointer(item_.calls, size, call.offset); };
    if (item_.kind == TRG_LAYER && !has(needed("expand", &trg_layer_calls::expand)))
      for (const NeededCall& call : {needed("plan", &trg_layer_calls::plan), needed("destroy_plan", &trg_layer_calls::destroy_plan), needed("forward", &trg_layer_calls::forward)})
        if (!has(call)) missing(call.name);
    if (item_.kind == TRG_OPTIMIZER && !has(needed("update", &trg_optimizer_calls::update)) && !has(needed("update_tensor", &trg_optimizer_calls::update_tensor))) missing("update");
    if (item_.kind == TRG_DATASET && has(needed("fit", &trg_dataset_calls::fit)) && !has(needed("restore", &trg_dataset_calls::restore))) missing("restore");
  }

  void missing(const char* call) { fault(fmt::format("the call {} is missing", call), call, "every call is to be there that its header does not call optional"); }

  void look_at_options() {
    if (item_.option_count == 0) return;
    if (item_.option_count > most_items) return fault(fmt::format("{} options: at most {} are read", item_.option_count, most_items), "option_count");
    if (item_.option_stride < sizeof(trg_option_spec) || item_.option_stride % alignof(trg_option_spec) != 0 || item_.option_stride > 65536)
      return fault(fmt::format("the stride of the options: expected a multiple of {} from {} on, found {}", alignof(trg_option_spec), sizeof(trg_option_spec), item_.option_stride), "option_stride");
    if (!is_readable(item_.options, item_.option_count * item_.option_stride)) return fault(fmt::format("{} options are promised, but not there", item_.option_count), "options");
    for (std::size_t i = 0; i < item_.option_count; ++i) look_at_option(spec_at(item_, i), i);
  }

  void look_at_option(const trg_option_spec& spec, std::size_t index) {
    const auto name = readable_text(spec.name, most_name + 1);
    const std::string where = name && !name->empty() ? fmt::format("option {}", *name) : fmt::format("option number {}", index);
    if (spec.size < sizeof(trg_option_spec)) return fault(fmt::format("its size: expected {} bytes or more, found {}", sizeof(trg_option_spec), spec.size), where);
    if (!name || name->empty() || name->size() > most_name) fault(fmt::format("its name: expected a text of 1 to {} bytes, found {}", most_name, spec.name ? "none that ends" : "null"), where);
    if (spec.doc && !readable_text(spec.doc)) fault("its doc is no text", where);
    if (spec.component_kind && !readable_text(spec.component_kind)) fault("its component_kind is no text", where);
    const bool counted = spec.choice_count >= 0 && spec.choice_count <= static_cast<std::int32_t>(most_items);
    if (!counted) fault(fmt::format("{} choices", spec.choice_count), where);
    else if (spec.choice_count > 0 && !is_readable(spec.choices, static_cast<std::size_t>(spec.choice_count) * sizeof(char*))) fault(fmt::format("{} choices are promised, but not there", spec.choice_count), where);
    else
      for (std::int32_t i = 0; i < spec.choice_count; ++i)
        if (!readable_text(spec.choices[i])) fault(fmt::format("choice number {} is no text", i), where);
    look_at_value(spec.default_value, where, 0);
  }

  void look_at_value(const trg_value& value, const std::string& where, int depth) {
    if (value.kind < TRG_NONE || value.kind > TRG_PATH) return fault(fmt::format("its default: the kind {} is unknown", value.kind), where);
    if ((value.kind == TRG_TEXT || value.kind == TRG_PATH || value.kind == TRG_COMPONENT) && !readable_text(value.text)) return fault("its default is no text", where);
    if (value.kind != TRG_LIST && value.kind != TRG_COMPONENT) return;
    if (value.count < 0 || value.count > static_cast<std::int32_t>(most_items) || depth > 8) return fault(fmt::format("its default: {} items", value.count), where);
    const auto count = static_cast<std::size_t>(value.count);
    if (count == 0) return;
    if (value.kind == TRG_LIST) {
      if (!is_readable(value.items, count * sizeof(trg_value))) return fault(fmt::format("its default: {} items are promised, but not there", count), where);
      for (std::size_t i = 0; i < count; ++i) look_at_value(value.items[i], where, depth + 1);
    } else {
      if (!is_readable(value.options, count * sizeof(trg_option))) return fault(fmt::format("its default: {} options are promised, but not there", count), where);
      for (std::size_t i = 0; i < count; ++i) {
        if (!readable_text(value.options[i].name)) fault("its default: an option has no name", where);
        look_at_value(value.options[i].value, where, depth + 1);
      }
    }
  }

  const trg_item& item_;
  std::vector<TableFault> found_;
};

}  // namespace

bool known_kind(std::int32_t kind) noexcept { return kind >= 1 && kind <= static_cast<std::int32_t>(host::Kind::observer); }

bool is_of_the_installation(const std::string& path) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path folder = std::filesystem::canonical(program.parent_path().parent_path() / "lib/teranga/plugins", error);
  return !error && path.starts_with(folder.string() + "/");
}

std::string spoken_item(const trg_item& item) {
  const std::string kind = !known_kind(item.kind) ? "item" : item.kind == TRG_DATASET ? "data set" : host::to_string(static_cast<host::Kind>(item.kind));
  return fmt::format("{} {}", kind, readable_text(item.name, most_name + 1).value_or("without a name"));
}

const trg_item& item_at(const trg_library& library, std::size_t index) noexcept { return *reinterpret_cast<const trg_item*>(reinterpret_cast<const char*>(library.items) + index * library.item_stride); }

const trg_option_spec& spec_at(const trg_item& item, std::size_t index) noexcept { return *reinterpret_cast<const trg_option_spec*>(reinterpret_cast<const char*>(item.options) + index * item.option_stride); }

std::vector<TableFault> library_faults(const trg_library& library) {
  if (!is_readable(&library, sizeof(std::size_t)) || library.size < sizeof(trg_library) || !is_readable(&library, sizeof(trg_library)))
    return {{fmt::format("the library's table: expected {} bytes or more, found {}", sizeof(trg_library), is_readable(&library, sizeof(std::size_t)) ? library.size : 0), "size", with_sdk}};
  if (library.item_count == 0) return {};
  if (library.item_count > most_items) return {{fmt::format("{} items: at most {} are read", library.item_count, most_items), "item_count", with_sdk}};
  if (library.item_stride < sizeof(trg_item) || library.item_stride % alignof(trg_item) != 0 || library.item_stride > 65536)
    return {{fmt::format("the stride of the items: expected a multiple of {} from {} on, found {}", alignof(trg_item), sizeof(trg_item), library.item_stride), "item_stride", with_sdk}};
  if (reinterpret_cast<std::uintptr_t>(library.items) % alignof(trg_item) != 0 || !is_readable(library.items, library.item_count * library.item_stride))
    return {{fmt::format("{} items are promised, but not there", library.item_count), "items", with_sdk}};
  return {};
}

std::vector<TableFault> item_faults(const trg_item& item) { return ItemLook(item).faults(); }

}  // namespace teranga::conformance
