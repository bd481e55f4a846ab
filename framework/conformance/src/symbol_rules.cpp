// SPDX-License-Identifier: Apache-2.0
// Rules of the library file as it lies on the disk: its note, what it shows and needs, and how its memory is to be mapped.
#include <teranga/conformance/rule.hpp>

#include "elf_facts.hpp"
#include "item_tables.hpp"

#include <teranga/core/error.hpp>
#include <teranga/host/elf_note.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr std::size_t most_told = 12;  // symbols by name

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most_told); ++i) text += (i ? ", " : "") + names[i];
  if (names.size() > most_told) text += fmt::format(" and {} more", names.size() - most_told);
  return text;
}

void note(const Subject& subject, Findings& findings) {
  std::optional<host::BorderNote> found;
  try {
    found = host::read_border_note(subject.path);
  } catch (const Error& failure) {
    return findings.error(failure.what(), subject.path, failure.hint());
  }
  if (!found)
    return findings.error("the file has no border note, so no host opens it", "section .note.teranga",
                          "TERANGA_PLUGIN(...) makes one in C++, TRG_DECLARE_BORDER(); in C; where --gc-sections takes it away, link with -Wl,--undefined or without that option");
  if (found->major != TRG_BORDER_MAJOR || found->least_minor > TRG_BORDER_MINOR)
    return findings.error(fmt::format("it was built for the border {}.{} and needs at least {}.{}, this Teranga offers {}.{}", found->major, found->minor, found->major, found->least_minor, TRG_BORDER_MAJOR, TRG_BORDER_MINOR), "section .note.teranga",
                          "build it with the sdk of this installation");
  if (found->least_minor > found->minor) findings.error(fmt::format("it says that it was built for minor version {} and needs at least {}", found->minor, found->least_minor), "section .note.teranga", "least_minor is at most minor");
}

bool is_of_the_linker(std::string_view name) {
  constexpr std::array<std::string_view, 5> names = {"_init", "_fini", "_edata", "_end", "__bss_start"};
  return std::ranges::find(names, name) != names.end();
}

// Of the standard library: instances of its templates are visible whatever the compiler is told, and equal in all libraries. Seen by how names are mangled: _ZNSt6vector..., _ZTIN9__gnu_cxx...
bool is_of_the_standard_library(const ElfSymbol& symbol) {
  std::string_view name = symbol.name;
  const auto strip = [&](std::initializer_list<std::string_view> beginnings) {
    for (const std::string_view one : beginnings)
      if (name.starts_with(one)) return name.remove_prefix(one.size()), true;
    return false;
  };
  if (!symbol.weak || !strip({"_ZTV", "_ZTI", "_ZTS", "_ZTT", "_ZGVZ", "_ZGV", "_ZZ", "_Z"})) return false;
  strip({"N"});
  strip({"K"});
  return strip({"St", "Sa", "Ss", "Sb", "Si", "So", "Sd", "9__gnu_cxx", "10__cxxabiv1"});
}

void exports(const Subject& subject, Findings& findings) {
  bool has_entry = false;
  std::vector<std::string> more;
  for (const ElfSymbol& symbol : read_elf_facts(subject.path).symbols) {
    if (!symbol.defined) continue;
    if (symbol.name == TRG_OPEN_LIBRARY_SYMBOL) has_entry = true;
    else if (!is_of_the_linker(symbol.name) && !is_of_the_standard_library(symbol)) more.push_back(demangled(symbol.name));
  }
  if (!has_entry) findings.error(fmt::format("the file does not show {}", TRG_OPEN_LIBRARY_SYMBOL), "dynamic symbols", "TERANGA_PLUGIN(...) makes the entry in C++; in C it is a function with TRG_EXPORT, in Rust with #[no_mangle]");
  if (!more.empty())
    findings.error(fmt::format("the file shows {} more than {}: {}; symbols of two plugins, or of a plugin and a library of the host, could be taken for one another", more.size() == 1 ? "one symbol" : fmt::format("{} symbols", more.size()), TRG_OPEN_LIBRARY_SYMBOL, joined(more)), "dynamic symbols",
                   "compile with -fvisibility=hidden (teranga_add_plugin does), or link with a version script: { global: teranga_open_library; local: *; };");
}

// Where a plugin's library comes from that no plugin may need: MPI and threads are the host's, and so is all of Teranga.
const char* owner_of(std::string_view library) {
  if (library.starts_with("libmpi") || library.starts_with("libopen-rte") || library.starts_with("libopen-pal") || library.starts_with("libpmi")) return "MPI";
  if (library.starts_with("libtbb")) return "TBB";
  if (library.starts_with("libteranga")) return "Teranga";
  return nullptr;
}

const char* owner_of_symbol(const std::string& name) {
  if (name.starts_with("MPI_") || name.starts_with("PMPI_") || name.starts_with("ompi_") || name.starts_with("PMIx_")) return "MPI";
  if (name.starts_with("_Z")) {
    const std::string words = demangled(name);
    if (words.starts_with("tbb::") || words.starts_with("oneapi::tbb::")) return "TBB";
    if (words.starts_with("teranga::")) return "Teranga";
  }
  if (name.starts_with("TBB_")) return "TBB";
  return nullptr;
}

bool always_allowed(std::string_view library) {
  constexpr std::array<std::string_view, 13> names = {"libc.so", "libm.so", "libmvec.so", "libstdc++.so", "libgcc_s.so", "ld-linux", "libpthread.so", "libdl.so", "librt.so", "libgfortran.so", "libquadmath.so", "libatomic.so", "libgomp.so"};
  return std::ranges::any_of(names, [&](std::string_view name) { return library.starts_with(name); });
}

// "libhdf5_serial.so.103", "hdf5_serial" and "libhdf5_serial.so" all allow the first.
bool is_allowed(const std::string& library, const std::vector<std::string>& allowed) {
  return std::ranges::any_of(allowed, [&](const std::string& one) {
    const std::string file = one.starts_with("lib") || one.find(".so") != std::string::npos ? one : "lib" + one;
    return library == file || library.starts_with(file + ".so") || (file.ends_with(".so") && library.starts_with(file + "."));
  });
}

void needs(const Subject& subject, Findings& findings) {
  const ElfFacts facts = read_elf_facts(subject.path);
  const bool built_in = is_of_the_installation(subject.path);  // those come with the packages that they need
  for (const std::string& library : facts.needed) {
    if (const char* const owner = owner_of(library))
      findings.error(fmt::format("the file needs {}, a library of {}", library, owner), "needed libraries", "leave it out: threads, ranks and sums over them are the host's; declare what is to be reduced, and ask for parallel_for of the host's table");
    else if (!always_allowed(library) && !built_in && !is_allowed(library, subject.allowed_libraries))
      findings.error(fmt::format("the file needs {}, which may be another one on each machine, or none", library), "needed libraries", fmt::format("link it statically and hidden, or say that it is meant: --allow {}", library));
  }
  std::vector<std::string> foreign;
  const char* owner = nullptr;
  for (const ElfSymbol& symbol : facts.symbols)
    if (const char* const whose = symbol.defined ? nullptr : owner_of_symbol(symbol.name)) foreign.push_back(demangled(symbol.name)), owner = whose;
  if (!foreign.empty()) findings.error(fmt::format("the file needs symbols of {}: {}", owner, joined(foreign)), "dynamic symbols", "a plugin links nothing of the host: what it needs is in the table that teranga_open_library is given");
  for (const std::string& folder : facts.search)
    if (!folder.starts_with("$ORIGIN") && !folder.starts_with("${ORIGIN}"))
      findings.warning(fmt::format("the file looks for libraries in {}, a folder of the machine that it was built on", folder), "RUNPATH", "link without -rpath (SKIP_BUILD_RPATH in CMake), or with -rpath '$ORIGIN'");
}

void stack(const Subject& subject, Findings& findings) {
  const ElfFacts facts = read_elf_facts(subject.path);
  constexpr const char* mend = "link with -Wl,-z,noexecstack; assembler files need a line .section .note.GNU-stack,\"\",@progbits; nested functions of GNU C whose address is taken need to go";
  if (facts.executable_stack) findings.error("the file asks for an executable stack, and makes that of the whole process one", "segment PT_GNU_STACK", mend);
  else if (!facts.stack_is_stated) findings.error("the file does not say that its stack is not to be executable, so that of the whole process becomes executable", "segment PT_GNU_STACK", mend);
}

void writable(const Subject& subject, Findings& findings) {
  const ElfFacts facts = read_elf_facts(subject.path);
  for (const std::string& place : facts.writable_code) findings.error("a segment is writable and executable at once", fmt::format("at {}", place), "link without -N (--omagic) and without a linker script that joins code and data");
  if (facts.text_relocations) findings.error("code is changed when the file is loaded (TEXTREL), so that each process has its own copy, and security modules refuse it", "dynamic table", "compile all of it, assembler and static libraries too, with -fPIC");
}

}  // namespace

std::vector<Rule> symbol_rules() {
  return {{"symbols/note", "the file has the border note of a version that this host carries", quick, {}, note, Scope::file},
          {"symbols/exports", "the file shows teranga_open_library and nothing else", quick, {}, exports, Scope::file},
          {"symbols/needs", "the file needs no MPI, TBB or Teranga, and no other library that is not allowed", quick, {}, needs, Scope::file},
          {"symbols/stack", "the file asks for no executable stack", quick, {}, stack, Scope::file},
          {"symbols/writable", "no code of the file is writable", quick, {}, writable, Scope::file}};
}

}  // namespace teranga::conformance
