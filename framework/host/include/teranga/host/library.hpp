// SPDX-License-Identifier: Apache-2.0
// One plugin library: found, verified, opened, kept to the end of the process.
#pragma once

#include <string>

#include <teranga/host/elf_note.hpp>
#include <teranga/sdk/c/library.h>

namespace teranga::host {

struct Library {
  std::string path;  // canonical; of the variant that was opened
  std::string name;  // the file's stem
  BorderNote border;
  const trg_library* native = nullptr;

  std::string hash() const;  // of the file, which it reads anew
};

// Checks owner and permissions of the file and its folders, reads the border note, and only then opens the library (bind now, local
// scope, never unloaded). Throws Error(plugin) naming path, what was expected and what was found. Main thread.
Library open_library(const std::string& path);

// The widest instruction set level of the plugin variants that this CPU runs: "x86-64-v4", "x86-64-v3" or "". TERANGA_ISA names a narrower one
// ("x86-64-v3", "x86-64-v2").
std::string instruction_set();

// "<folder>/<level>/<file>" of the widest variant that there is and that the CPU runs, or the path itself.
std::string best_variant(const std::string& path);

}  // namespace teranga::host
