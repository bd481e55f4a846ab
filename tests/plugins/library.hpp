// SPDX-License-Identifier: Apache-2.0
// A built plugin opened by hand, with a small host table of its own (naive products, a simple counter-based stream), so that losses, optimizers, metrics,
// schedules and initializers can be called through their C tables alone.
#pragma once

#include <dlfcn.h>

#include <cmath>
#include <cstring>
#include <deque>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <teranga/sdk/c/library.h>
#include <teranga/sdk/c/training.h>

namespace teranga::tests {

inline std::string& last_log() {
  static std::string text;
  return text;
}

namespace small_host {

inline double uniform_draw(trg_stream stream, std::uint64_t i) {
  std::uint64_t h = stream.key * 0xD1342543DE82EF95u + stream.row * 0x9E3779B97F4A7C15u + i * 0xBF58476D1CE4E5B9u + 0x94D049BB133111EBu;
  for (int round = 0; round < 3; ++round) h = (h ^ (h >> 31)) * 0xD6E8FEB86659FD93u;
  return static_cast<double>((h ^ (h >> 32)) >> 11) * 0x1p-53;
}
inline double normal_draw(trg_stream stream, std::uint64_t i) {
  const double u = 1 - uniform_draw(stream, 2 * i), v = uniform_draw(stream, 2 * i + 1);
  return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
}
inline void store(void* out, std::int32_t type, std::int64_t i, double value) {
  if (type == TRG_F64) static_cast<double*>(out)[i] = value;
  else static_cast<float*>(out)[i] = static_cast<float>(value);
}
inline double load(const void* from, std::int32_t type, std::int64_t i) {
  return type == TRG_F64 ? static_cast<const double*>(from)[i] : static_cast<double>(static_cast<const float*>(from)[i]);
}
inline void log(std::int32_t, const char* text) { last_log() = text; }
inline void uniform(trg_stream s, std::uint64_t first, std::int64_t count, std::int32_t type, void* out) {
  for (std::int64_t i = 0; i < count; ++i) store(out, type, i, uniform_draw(s, first + static_cast<std::uint64_t>(i)));
}
inline void normal(trg_stream s, std::uint64_t first, std::int64_t count, std::int32_t type, void* out) {
  for (std::int64_t i = 0; i < count; ++i) store(out, type, i, normal_draw(s, first + static_cast<std::uint64_t>(i)));
}
inline std::int32_t gemm(const trg_gemm* g) {
  for (std::int64_t i = 0; i < g->m; ++i)
    for (std::int64_t j = 0; j < g->n; ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < g->k; ++k)
        sum += load(g->a, g->type, g->transpose_a ? k * g->lda + i : i * g->lda + k) * load(g->b, g->type, g->transpose_b ? j * g->ldb + k : k * g->ldb + j);
      store(g->c, g->type, i * g->ldc + j, g->alpha * sum + (g->beta != 0 ? g->beta * load(g->c, g->type, i * g->ldc + j) : 0));
    }
  return TRG_OK;
}
inline void parallel_for(std::int64_t count, std::int64_t, void (*body)(void*, std::int64_t, std::int64_t), void* context) { body(context, 0, count); }

inline const void* extension(const char*) { return nullptr; }

inline const trg_host* table() {
  static trg_host host = [] {
    trg_host h{};
    h.size = sizeof(h);
    h.border_major = TRG_BORDER_MAJOR, h.border_minor = TRG_BORDER_MINOR;
    h.version = "test";
    h.log = log, h.gemm = gemm, h.uniform = uniform, h.normal = normal, h.parallel_for = parallel_for, h.extension = extension;
    return h;
  }();
  return &host;
}

}  // namespace small_host

// What a recipe would say: name = value.
using Setting = std::variant<bool, std::int64_t, double, std::string, std::vector<double>, std::vector<std::string>>;
using Settings = std::vector<std::pair<std::string, Setting>>;

// Options of one instance: what is said, over the defaults of the schema. An unknown name throws.
class Given {
 public:
  Given(const trg_item& item, const Settings& settings) {
    const char* specs = reinterpret_cast<const char*>(item.options);
    for (std::size_t i = 0; i < item.option_count; ++i, specs += item.option_stride) {
      const auto& spec = *reinterpret_cast<const trg_option_spec*>(specs);
      trg_option option{spec.name, spec.default_value};
      for (const auto& [name, setting] : settings)
        if (name == spec.name) option.value = value_of(setting);
      if (option.value.kind == TRG_NONE && !(spec.flags & TRG_NULLABLE)) throw std::runtime_error(std::string(spec.name) + " is required");
      items_.push_back(option);
    }
    for (const auto& [name, setting] : settings) {
      bool known = false;
      for (const trg_option& option : items_) known |= name == option.name;
      if (!known) throw std::runtime_error("no option " + name);
    }
    options_ = {sizeof(options_), items_.size(), items_.data()};
  }
  Given(const Given&) = delete;
  const trg_options* native() const { return &options_; }

 private:
  trg_value value_of(const Setting& setting) {
    trg_value v{};
    if (const bool* b = std::get_if<bool>(&setting)) v.kind = TRG_BOOLEAN, v.integer = *b;
    if (const std::int64_t* n = std::get_if<std::int64_t>(&setting)) v.kind = TRG_INTEGER, v.integer = *n, v.real = static_cast<double>(*n);
    if (const double* x = std::get_if<double>(&setting)) v.kind = TRG_REAL, v.real = *x;
    if (const std::string* t = std::get_if<std::string>(&setting)) v.kind = TRG_TEXT, v.text = texts_.emplace_back(*t).c_str();
    if (const auto* list = std::get_if<std::vector<double>>(&setting)) {
      std::vector<trg_value>& items = lists_.emplace_back();
      for (const double x : *list) {
        trg_value item{};
        item.kind = TRG_REAL, item.real = x, item.integer = static_cast<std::int64_t>(x);
        items.push_back(item);
      }
      v.kind = TRG_LIST, v.items = items.data(), v.count = static_cast<std::int32_t>(items.size());
    }
    if (const auto* list = std::get_if<std::vector<std::string>>(&setting)) {
      std::vector<trg_value>& items = lists_.emplace_back();
      for (const std::string& text : *list) {
        trg_value item{};
        item.kind = TRG_TEXT, item.text = texts_.emplace_back(text).c_str();
        items.push_back(item);
      }
      v.kind = TRG_LIST, v.items = items.data(), v.count = static_cast<std::int32_t>(items.size());
    }
    return v;
  }
  std::vector<trg_option> items_;
  std::deque<std::string> texts_;
  std::deque<std::vector<trg_value>> lists_;
  trg_options options_{};
};

// A refusal by the plugin, with the whole error record.
struct Refused : std::runtime_error {
  explicit Refused(const trg_error& e) : std::runtime_error(e.text), record(e) {}
  trg_error record;
};

inline void need_ok(std::int32_t status, const trg_error& error) {
  if (status != TRG_OK) throw Refused(error);
}

class Library {
 public:
  // The variant for the widest instruction set of this CPU, as the host takes it.
  explicit Library(const std::string& name) {
    const std::string folder = std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins/";
    const char* wide = __builtin_cpu_supports("avx512vl") ? "x86-64-v4/" : __builtin_cpu_supports("avx2") ? "x86-64-v3/" : "";
    void* handle = dlopen((folder + wide + name + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) handle = dlopen((folder + name + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) throw std::runtime_error(dlerror());
    void* symbol = dlsym(handle, TRG_OPEN_LIBRARY_SYMBOL);
    if (!symbol) throw std::runtime_error(dlerror());
    trg_open_library open;
    std::memcpy(&open, &symbol, sizeof(open));
    library_ = open(small_host::table());
    if (!library_) throw std::runtime_error(name + " does not open");
  }
  const trg_item& item(std::string_view name) const {
    for (std::size_t i = 0; i < library_->item_count; ++i)
      if (at(i).name == name) return at(i);
    throw std::runtime_error("no item " + std::string(name));
  }
  std::size_t count() const { return library_->item_count; }
  const trg_item& at(std::size_t i) const { return *reinterpret_cast<const trg_item*>(reinterpret_cast<const char*>(library_->items) + i * library_->item_stride); }

 private:
  const trg_library* library_;
};

// A tensor that owns its elements, made from numbers of any kind.
class Tensor {
 public:
  Tensor(std::vector<std::int64_t> shape, std::int32_t type, const std::vector<double>& values = {}) : shape_(std::move(shape)), type_(type) {
    bytes_.resize(static_cast<std::size_t>(count()) * 8 + 8);
    for (std::int64_t i = 0; i < count(); ++i) set(i, values.empty() ? 0 : values[static_cast<std::size_t>(i)]);
  }
  std::int64_t count() const {
    std::int64_t n = 1;
    for (const std::int64_t extent : shape_) n *= extent;
    return n;
  }
  void set(std::int64_t i, double value) {
    switch (type_) {
      case TRG_F32: return put<float>(i, value);
      case TRG_F64: return put<double>(i, value);
      case TRG_I32: return put<std::int32_t>(i, value);
      case TRG_I64: return put<std::int64_t>(i, value);
      default: return put<std::uint8_t>(i, value);
    }
  }
  double get(std::int64_t i) const { return small_host::load(bytes_.data(), type_, i); }
  std::vector<double> values() const {
    std::vector<double> out;
    for (std::int64_t i = 0; i < count(); ++i) out.push_back(get(i));
    return out;
  }
  trg_tensor native(bool with_data = true) { return {with_data ? bytes_.data() : nullptr, shape_.data(), static_cast<std::int32_t>(shape_.size()), type_}; }
  const std::vector<std::int64_t>& shape() const { return shape_; }
  std::int32_t type() const { return type_; }
  void* data() { return bytes_.data(); }

 private:
  template <class U>
  void put(std::int64_t i, double value) {
    const U u = static_cast<U>(value);
    std::memcpy(bytes_.data() + static_cast<std::size_t>(i) * sizeof(U), &u, sizeof(U));
  }
  std::vector<std::int64_t> shape_;
  std::int32_t type_;
  std::vector<unsigned char> bytes_;
};

}  // namespace teranga::tests
