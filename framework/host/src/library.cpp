// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/library.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/core/value.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/foreign_call.hpp>
#include <teranga/host/host_table.hpp>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>

#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace teranga::host {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& hint = {}) {
  throw Error(ExitCode::plugin, fmt::format("plugin {}: {}", path, why), hint);
}

// Like sudo's plugin loader: whoever can write the file or a folder above it can run code as this user.
void check_owner(const std::string& path) {
  if (std::getenv("TERANGA_UNSAFE_PLUGINS")) return;
  for (fs::path at = path; ; at = at.parent_path()) {
    struct stat status {};
    if (stat(at.c_str(), &status) != 0) refuse(path, fmt::format("cannot look at {}: {}", at.string(), std::strerror(errno)));
    const bool sticky_folder = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX);
    if ((status.st_mode & S_IWOTH) && !sticky_folder)
      refuse(path, fmt::format("{} is writable by everyone (mode {:o})", at.string(), status.st_mode & 07777), fmt::format("chmod o-w {}", at.string()));
    if ((status.st_mode & S_IWGRP) && !sticky_folder && status.st_gid != getegid() && status.st_gid != 0)
      refuse(path, fmt::format("{} is writable by the foreign group {}", at.string(), status.st_gid), fmt::format("chmod g-w {}", at.string()));
    if (status.st_uid != 0 && status.st_uid != geteuid())
      refuse(path, fmt::format("{} belongs to user {}; expected root or the user who runs (uid {})", at.string(), status.st_uid, geteuid()),
             "copy the plugin to a folder of your own");
    if (at == at.root_path()) return;
  }
}

// The library in the same folder whose name is nearest.
std::string likely_name(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder.empty() ? "." : folder, error); !error && at != fs::directory_iterator(); at.increment(error))
    if (at->path().extension() == ".so") names.push_back(at->path().filename().string());
  const auto nearest = nearest_name(fs::path(path).filename().string(), names);
  return nearest ? fmt::format("did you mean {}?", (folder / *nearest).string()) : "";
}

BorderNote check_border(const std::string& path) {
  const auto note = read_border_note(path);
  if (!note) throw NoPlugin(path, "has no Teranga border note, so it is no plugin", "a plugin has one TERANGA_PLUGIN(...) line; see framework/sdk/README.md");
  if (note->major != TRG_BORDER_MAJOR || note->least_minor > TRG_BORDER_MINOR)
    refuse(path, fmt::format("was built for plugin border {}.{} and needs at least {}.{}; this Teranga offers {}.{}", note->major, note->minor, note->major,
                             note->least_minor, TRG_BORDER_MAJOR, TRG_BORDER_MINOR),
           "build the plugin with the sdk of this installation");
  return *note;
}

bool cpu_runs(std::string_view level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (level == "x86-64-v4")
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  if (level == "x86-64-v3")
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#endif
  static_cast<void>(level);
  return false;
}

// Runs the library's static initializers, and then its one function.
void load(const std::string& path, Library& library) {
  // Kept for good on purpose: threads and thread-locals of a library outlive any moment at which it could be closed.
  static auto* const handles = new std::deque<boost::dll::shared_library>;
  boost::dll::shared_library* const handle = &handles->emplace_back();
  boost::dll::fs::error_code code;
  if (const std::string thrown = thrown_by([&] { handle->load(path, code, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local); }); !thrown.empty())
    refuse(path, fmt::format("one of its static initializers {}", thrown));
  if (code || !handle->is_loaded()) {
    const char* reason = dlerror();
    refuse(path, fmt::format("cannot be opened: {}", reason ? reason : code.message()));
  }
  if (!handle->has(TRG_OPEN_LIBRARY_SYMBOL)) refuse(path, fmt::format("does not export {}", TRG_OPEN_LIBRARY_SYMBOL));
  const auto open = handle->get<const trg_library*(const trg_host*)>(TRG_OPEN_LIBRARY_SYMBOL);
  if (const std::string thrown = thrown_by([&] { library.native = open(&host_table()); }); !thrown.empty()) refuse(path, fmt::format("its function {} {}", TRG_OPEN_LIBRARY_SYMBOL, thrown));
  if (!library.native) refuse(path, "says that it cannot work here");
}

}  // namespace

std::string instruction_set() {
  static const std::string widest = [] {
    const char* wish = std::getenv("TERANGA_ISA");
    for (const char* level : {"x86-64-v4", "x86-64-v3"})
      if (cpu_runs(level) && (!wish || std::string_view(wish) >= level)) return std::string(level);
    return std::string();
  }();
  return widest;
}

std::string best_variant(const std::string& path) {
  const fs::path file(path);
  for (const char* level : {"x86-64-v4", "x86-64-v3"}) {
    if (instruction_set() < level) continue;
    const fs::path variant = file.parent_path() / level / file.filename();
    std::error_code ignored;
    if (fs::exists(variant, ignored)) return variant.string();
  }
  return path;
}

std::string Library::hash() const { return file_hash(path); }

Library open_library(const std::string& path) {
  std::error_code error;
  const std::string canonical = fs::canonical(path, error).string();
  if (error) refuse(path, "there is no such file", likely_name(path));
  static std::map<std::string, Library> opened;
  if (const auto found = opened.find(canonical); found != opened.end()) return found->second;

  check_owner(canonical);
  Library library;
  library.path = canonical;
  library.name = fs::path(canonical).stem().string();
  library.border = check_border(canonical);
  const Breadcrumb crumb(library.path.c_str(), nullptr, "open");
  load(canonical, library);
  return opened.emplace(canonical, library).first->second;
}

}  // namespace teranga::host
