// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/registry.hpp>

#include "table_checks.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/option_tree.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

namespace teranga::host {
namespace fs = std::filesystem;
namespace {

constexpr std::array<const char*, 9> kind_names = {"layer", "activation", "loss", "optimizer", "metric", "schedule", "initializer", "dataset", "observer"};

std::string installed_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? std::string() : (program.parent_path().parent_path() / "lib/teranga/plugins").string();
}

std::string_view after_dot(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

bool is_kind(std::int32_t number) noexcept { return number >= 1 && number <= static_cast<std::int32_t>(kind_names.size()); }

const char* to_string(Kind kind) noexcept { return kind_names[static_cast<std::size_t>(kind) - 1]; }

Kind kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kind_names.size(); ++i)
    if (name == kind_names[i]) return static_cast<Kind>(i + 1);
  throw Error(ExitCode::usage, fmt::format("\"{}\" is no kind of plugin", name), fmt::format("the kinds are {}", fmt::join(kind_names, ", ")));
}

std::vector<std::string> plugin_folders() {
  std::vector<std::string> folders;
  if (const char* path = std::getenv("TERANGA_PLUGIN_PATH")) {
    std::string_view rest(path);
    while (!rest.empty()) {
      const std::string_view folder = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
      if (folder.empty()) continue;  // a colon too many
      if (folder.front() != '/')
        throw Error(ExitCode::plugin, fmt::format("TERANGA_PLUGIN_PATH: expected absolute folders separated by \":\", found \"{}\" in \"{}\"", folder, path));
      folders.emplace_back(folder);
    }
  }
  if (const std::string folder = installed_folder(); !folder.empty() && fs::is_directory(folder)) folders.push_back(folder);
  return folders;
}

Registry Registry::standard() {
  Registry registry;
  for (const std::string& folder : plugin_folders()) registry.add_folder(folder);
  return registry;
}

std::vector<std::string> plugin_files_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".so") files.push_back(entry.path().string());
  if (error) throw Error(ExitCode::plugin, fmt::format("the plugin folder {} cannot be read: {}", folder, error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

void Registry::add_folder(const std::string& folder) {
  const std::vector<std::string> files = plugin_files_in(folder);
  folders_.push_back(folder);
  for (const std::string& file : files) {
    try {
      add_file(file);
    } catch (const NoLibrary& other) {
      log::warning_of_all(fmt::format("{}; it is passed over", other.what()));
    } catch (const NoPlugin& other) {
      log::write_to_file(log::Level::info, fmt::format("{}; it is passed over", other.what()));
    }
  }
}

void Registry::add_file(const std::string& path) {
  Library opened = open_library(best_variant(path));
  for (const Library& known : libraries_)
    if (known.path == opened.path) return;
  {
    const Breadcrumb crumb(opened.path.c_str(), nullptr, "open");  // tables may point anywhere
    check_tables(opened.path, *opened.native);
  }
  const Library& library = libraries_.emplace_back(std::move(opened));
  const char* at = reinterpret_cast<const char*>(library.native->items);
  for (std::size_t i = 0; i < library.native->item_count; ++i, at += library.native->item_stride) {
    const trg_item& native = *reinterpret_cast<const trg_item*>(at);
    if (!is_kind(native.kind)) {
      log::warning_of_all(fmt::format("plugin {}: its item {} is of kind {}, which this Teranga does not know; it is passed over", library.path, i + 1, native.kind));
      continue;
    }
    auto item = std::make_unique<Item>(Item{static_cast<Kind>(native.kind), native.name, std::string(after_dot(native.name)), to_schema(native), &native, &library});
    const auto [place, fresh] = items_.emplace(std::pair(item->kind, item->name), nullptr);
    if (!fresh)
      throw Error(ExitCode::plugin, fmt::format("two plugins offer the {} \"{}\": {} and {}", to_string(item->kind), item->name, place->second->library->path, library.path),
                  "remove one of the two files");
    place->second = std::move(item);
  }
}

const Item* Registry::find(Kind kind, std::string_view name) const {
  if (const auto exact = items_.find({kind, std::string(name)}); exact != items_.end()) return exact->second.get();
  if (const auto own = items_.find({kind, "teranga." + std::string(name)}); own != items_.end()) return own->second.get();
  const Item* found = nullptr;
  for (const auto& [key, item] : items_) {
    if (key.first != kind || item->short_name != name) continue;
    if (found) return nullptr;
    found = item.get();
  }
  return found;
}

const Item& Registry::need(Kind kind, std::string_view name) const {
  if (const Item* item = find(kind, name)) return *item;
  throw Error(ExitCode::usage, fmt::format("no plugin, or several, offer the {} \"{}\"", to_string(kind), name));
}

std::vector<const Item*> Registry::items(Kind kind) const {
  std::vector<const Item*> out;
  for (const auto& [key, item] : items_)
    if (key.first == kind) out.push_back(item.get());
  return out;
}

std::vector<const Item*> Registry::items() const {
  std::vector<const Item*> out;
  for (const auto& [key, item] : items_) out.push_back(item.get());
  return out;
}

}  // namespace teranga::host
