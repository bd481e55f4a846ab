// SPDX-License-Identifier: Apache-2.0
// Opening plugins and giving them complete options: the part of the host that reads schemas.
#include <dlfcn.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>

#include "harness.hpp"

namespace teranga::test {

namespace {

std::string widest_isa() {
  if (const char* chosen = std::getenv("TERANGA_TEST_ISA")) return std::string(chosen) == "base" ? "" : chosen;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) return "x86-64-v4";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "x86-64-v3";
  return "";
}

const trg_library& open(const std::string& plugin) {
  static std::map<std::string, const trg_library*> opened;
  const trg_library*& library = opened[plugin];
  if (library) return *library;
  const std::filesystem::path folder = std::filesystem::path(TERANGA_BUILD_FOLDER) / "lib/teranga/plugins";
  std::filesystem::path file = folder / widest_isa() / (plugin + ".so");
  if (!std::filesystem::exists(file)) file = folder / (plugin + ".so");
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw std::runtime_error(dlerror());
  const auto entry = reinterpret_cast<trg_open_library>(dlsym(handle, TRG_OPEN_LIBRARY_SYMBOL));
  if (!entry) throw std::runtime_error(file.string() + " exports no " TRG_OPEN_LIBRARY_SYMBOL);
  library = entry(&host_table());
  if (!library) throw std::runtime_error(file.string() + " gave no library");
  return *library;
}

[[noreturn]] void refuse(const std::string& option, const std::string& text) { throw Failure{TRG_BAD_OPTION, text, option, ""}; }

}  // namespace

std::vector<const trg_item*> items_of(const std::string& plugin) {
  const trg_library& library = open(plugin);
  std::vector<const trg_item*> items;
  for (std::size_t i = 0; i < library.item_count; ++i)
    items.push_back(reinterpret_cast<const trg_item*>(reinterpret_cast<const char*>(library.items) + i * library.item_stride));
  return items;
}

const trg_item& find_item(const std::string& plugin, const std::string& item, std::int32_t kind) {
  for (const trg_item* candidate : items_of(plugin))
    if (candidate->kind == kind && item == candidate->name) return *candidate;
  throw std::runtime_error("the library " + plugin + " has no item " + item + " of kind " + std::to_string(kind));
}

Value list(std::vector<Value> values) { return Value(std::move(values)); }

// Deques: what is pointed to must stay where it is.
struct BoundOptions::Store {
  std::deque<std::string> texts;
  std::deque<std::vector<trg_value>> lists;
  std::deque<std::vector<trg_option>> tables;
  std::vector<trg_option> top;

  const char* text(const std::string& s) { return texts.emplace_back(s).c_str(); }

  trg_value native(const Value& value) {
    trg_value out{};
    if (const bool* b = std::get_if<bool>(&value.held)) {
      out.kind = TRG_BOOLEAN, out.integer = *b;
    } else if (const std::int64_t* i = std::get_if<std::int64_t>(&value.held)) {
      out.kind = TRG_INTEGER, out.integer = *i, out.real = static_cast<double>(*i);
    } else if (const double* d = std::get_if<double>(&value.held)) {
      out.kind = TRG_REAL, out.real = *d;
    } else if (const std::string* s = std::get_if<std::string>(&value.held)) {
      out.kind = TRG_TEXT, out.text = text(*s);
    } else if (const auto* l = std::get_if<std::vector<Value>>(&value.held)) {
      std::vector<trg_value> items;
      for (const Value& item : *l) items.push_back(native(item));
      const std::vector<trg_value>& kept = lists.emplace_back(std::move(items));
      out.kind = TRG_LIST, out.items = kept.data(), out.count = static_cast<std::int32_t>(kept.size());
    } else if (const Component* c = std::get_if<Component>(&value.held)) {
      std::vector<trg_option> options;
      for (const auto& [name, option] : c->options) options.push_back({text(name), native(option)});
      const std::vector<trg_option>& kept = tables.emplace_back(std::move(options));
      out.kind = TRG_COMPONENT, out.text = text(c->type), out.options = kept.data(), out.count = static_cast<std::int32_t>(kept.size());
    }
    return out;
  }

  static void check_range(const trg_option_spec& spec, const trg_value& value) {
    if (value.kind != TRG_REAL && value.kind != TRG_INTEGER) return;
    if (value.real < spec.minimum || (value.real == spec.minimum && (spec.flags & TRG_MINIMUM_OPEN))) refuse(spec.name, "is below its range");
    if (value.real > spec.maximum || (value.real == spec.maximum && (spec.flags & TRG_MAXIMUM_OPEN))) refuse(spec.name, "is above its range");
  }

  // The value in the form that the schema asks for; refuses what is out of range.
  trg_value checked(const trg_option_spec& spec, const Value& given) {
    trg_value value = native(given);
    if (value.kind == TRG_NONE) return value;
    if (spec.kind == TRG_REAL && value.kind == TRG_INTEGER) value.kind = TRG_REAL;
    if (spec.kind == TRG_COMPONENT && value.kind == TRG_TEXT) value.kind = TRG_COMPONENT;
    if (spec.kind == TRG_PATH && value.kind == TRG_TEXT) return value;
    if (spec.kind == TRG_LIST && value.kind != TRG_LIST && (spec.flags & TRG_SCALAR_EXPANDS)) {
      const auto& kept = lists.emplace_back(static_cast<std::size_t>(spec.most_items), value);
      value = {};
      value.kind = TRG_LIST, value.items = kept.data(), value.count = static_cast<std::int32_t>(kept.size());
    }
    if (value.kind != spec.kind) refuse(spec.name, "is of another kind");
    if (value.kind == TRG_LIST && (value.count < spec.least_items || value.count > spec.most_items)) refuse(spec.name, "has another number of items");
    check_range(spec, value);
    for (std::int32_t i = 0; value.kind == TRG_LIST && i < value.count; ++i) check_range(spec, value.items[i]);
    if (value.kind == TRG_TEXT && spec.choice_count > 0) {
      bool known = false;
      for (std::int32_t i = 0; i < spec.choice_count; ++i) known = known || std::string(spec.choices[i]) == value.text;
      if (!known) refuse(spec.name, "is no choice");
    }
    return value;
  }
};

BoundOptions::BoundOptions(const trg_item& item, const Options& given) : store_(nullptr) {
  auto store = std::make_unique<Store>();  // what is refused leaves nothing behind
  std::map<std::string, const Value*> left;
  for (const auto& [name, value] : given) left[name] = &value;
  for (std::size_t i = 0; i < item.option_count; ++i) {
    const auto& spec = *reinterpret_cast<const trg_option_spec*>(reinterpret_cast<const char*>(item.options) + i * item.option_stride);
    const auto found = left.find(spec.name);
    if (found == left.end()) {
      if (spec.flags & TRG_REQUIRED) refuse(spec.name, "is required");
      trg_value value = spec.default_value;
      if (value.kind == TRG_COMPONENT) value.text = store->text("teranga." + std::string(value.text));
      if (value.kind != TRG_NONE) store->top.push_back({spec.name, value});
      else if (!(spec.flags & TRG_NULLABLE)) refuse(spec.name, "has neither a default nor is it nullable");
    } else {
      store->top.push_back({spec.name, store->checked(spec, *found->second)});
      left.erase(found);
    }
  }
  if (!left.empty()) refuse(left.begin()->first, "is no option of this item");
  store_ = store.release();
  options_ = {sizeof(trg_options), store_->top.size(), store_->top.data()};
}

BoundOptions::~BoundOptions() { delete store_; }

}  // namespace teranga::test
