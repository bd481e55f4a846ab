// SPDX-License-Identifier: Apache-2.0
#include "program_facts.hpp"

#include <teranga/train/libraries_used.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "teranga_commit.hpp"

namespace teranga::launcher {
namespace {

std::string commit_words() { return *TERANGA_COMMIT == '\0' ? "unknown (built without git)" : TERANGA_COMMIT; }

std::string compiler_words() {
#if defined(__clang__)
  return fmt::format("Clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  return fmt::format("GCC {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
  return "unknown";
#endif
}

}  // namespace

std::string program_facts() { return fmt::format("Teranga {}, commit {}, {}, {}", TERANGA_VERSION, commit_words(), compiler_words(), TERANGA_BUILD_TYPE); }

std::string version_text(bool verbose) {
  std::string out = fmt::format("teranga {}\n", TERANGA_VERSION);
  if (!verbose) return out;
  const host::Registry registry = train::open_plugins();
  const auto fact = [&](const char* name, const std::string& text) { out += fmt::format("{:<16} {}\n", name, text); };
  fact("commit", commit_words());
  fact("compiler", fmt::format("{}, {}", compiler_words(), TERANGA_BUILD_TYPE));
  fact("libraries", train::libraries_used());
  fact("instruction set", train::instruction_set_used());
  fact("plugins", fmt::format("{} in {}", registry.items().size(), fmt::join(registry.folders(), ", ")));
  return out;
}

}  // namespace teranga::launcher
