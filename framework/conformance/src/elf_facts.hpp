// SPDX-License-Identifier: Apache-2.0
// What a shared library file says of itself, read as bytes: symbols, needed libraries, segments.
#pragma once

#include <string>
#include <vector>

namespace teranga::conformance {

struct ElfSymbol {
  std::string name;
  bool defined = false;  // by this file; else it needs it from elsewhere
  bool weak = false;     // or unique: one of a template or an inline function
};

struct ElfFacts {
  std::vector<ElfSymbol> symbols;   // that other files can see, or that this one asks for
  std::vector<std::string> needed;  // "libm.so.6"
  std::vector<std::string> search;  // folders of RPATH and RUNPATH
  bool executable_stack = false;
  bool stack_is_stated = false;
  bool text_relocations = false;    // code is written to when it is loaded
  std::vector<std::string> writable_code;  // segments, by their place: "0x1000"
};

// Throws Error(plugin) for what is no such file.
ElfFacts read_elf_facts(const std::string& path);

std::string demangled(const std::string& name);

}  // namespace teranga::conformance
