// SPDX-License-Identifier: Apache-2.0
// A library of items and its one exported symbol: `TERANGA_PLUGIN(sdk::layer<Swish>(), sdk::loss<Focal>())` once a library, and the host's
// table within reach of every source of it.
#pragma once

#include <deque>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <teranga/sdk/c/library.h>
#include <teranga/sdk/options.hpp>

namespace teranga::sdk {

// Facts of an item; see trg_item.
struct Info {
  std::string name;
  std::string version = "1.0.0";
  std::string licence = "Apache-2.0";
  std::string author = {};
  std::string summary = {};
  std::string formula = {};
  std::string source = {};
  std::vector<OptionSpec> options = {};
};

struct Item {
  std::int32_t kind;
  Info info;
  const void* calls;
};

// The host's table, set when the library is opened; one variable a library.
inline __attribute__((visibility("hidden"))) const trg_host* host_table = nullptr;
inline const trg_host& host() noexcept { return *host_table; }

namespace detail {

// The border's form of a library's items; made once, never destroyed.
class Library {
 public:
  explicit Library(std::vector<Item> items) {
    for (Item& item : items) {
      Entry& entry = entries_.emplace_back();
      entry.item = std::move(item);
      for (OptionSpec& option : entry.item.info.options) entry.options.push_back(option.native());
    }
    for (const Entry& entry : entries_) {
      const Info& info = entry.item.info;
      trg_item item{};
      item.size = sizeof(item);
      item.kind = entry.item.kind;
      item.name = info.name.c_str();
      item.version = info.version.c_str();
      item.licence = info.licence.c_str();
      item.author = info.author.c_str();
      item.summary = info.summary.c_str();
      item.formula = info.formula.c_str();
      item.source = info.source.c_str();
      item.options = entry.options.data();
      item.option_count = entry.options.size();
      item.option_stride = sizeof(trg_option_spec);
      item.calls = entry.item.calls;
      items_.push_back(item);
    }
    library_ = {sizeof(trg_library), items_.data(), items_.size(), sizeof(trg_item)};
  }
  const trg_library* native() const { return &library_; }

 private:
  struct Entry {
    Item item{};
    std::vector<trg_option_spec> options;
  };
  std::deque<Entry> entries_;  // a deque: texts must stay where they are
  std::vector<trg_item> items_;
  trg_library library_{};
};

template <class F>
const trg_library* open_library(const trg_host* host_, F&& items) noexcept {
  host_table = host_;
  try {
    static const Library* library = new Library(items());
    return library->native();
  } catch (const std::exception& error) {
    host_->log(TRG_LOG_ERROR, error.what());
    return nullptr;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace detail
}  // namespace teranga::sdk

// Once a library, in one source, at namespace scope.
#define TERANGA_PLUGIN(...)                                                                                          \
  TRG_DECLARE_BORDER();                                                                                              \
  extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host) {                             \
    return ::teranga::sdk::detail::open_library(host, [] { return std::vector<::teranga::sdk::Item>{__VA_ARGS__}; }); \
  }
