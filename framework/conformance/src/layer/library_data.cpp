// SPDX-License-Identifier: Apache-2.0
#include "layer/library_data.hpp"

#include <cstring>

#include <dlfcn.h>
#include <link.h>

#include <fmt/format.h>

namespace teranga::conformance {

LibraryData::LibraryData(const void* address_within) {
  Dl_info info{};
  if (!dladdr(address_within, &info)) return;
  struct Find {
    LibraryData* self;
    const void* base;
  } find{this, info.dli_fbase};
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* context) {
        Find& wanted = *static_cast<Find*>(context);
        const char* const load = reinterpret_cast<const char*>(object->dlpi_addr);
        const void* lowest = nullptr;
        std::uintptr_t relro_begin = 0, relro_end = 0;
        for (int i = 0; i < object->dlpi_phnum; ++i) {
          const ElfW(Phdr)& p = object->dlpi_phdr[i];
          if (p.p_type == PT_LOAD && !lowest) lowest = load + (p.p_vaddr & ~static_cast<ElfW(Addr)>(4095));
          if (p.p_type == PT_GNU_RELRO) relro_begin = p.p_vaddr, relro_end = (p.p_vaddr + p.p_memsz) & ~static_cast<std::uintptr_t>(4095);
        }
        if (lowest != wanted.base) return 0;
        for (int i = 0; i < object->dlpi_phnum; ++i) {
          const ElfW(Phdr)& p = object->dlpi_phdr[i];
          if (p.p_type == PT_LOAD && (p.p_flags & PF_W)) {
            std::uintptr_t begin = p.p_vaddr;
            if (relro_begin <= begin && begin < relro_end) begin = relro_end;
            if (begin < p.p_vaddr + p.p_memsz) wanted.self->statics_.push_back({load + begin, std::vector<char>(load + begin, load + p.p_vaddr + p.p_memsz)});
          }
          if (p.p_type == PT_TLS && object->dlpi_tls_data) {
            const char* const at = static_cast<const char*>(object->dlpi_tls_data);
            wanted.self->thread_locals_.push_back({at, std::vector<char>(at, at + p.p_memsz)});
          }
        }
        return 1;
      },
      &find);
}

std::string LibraryData::changed(const std::vector<Segment>& segments) {
  for (const Segment& s : segments)
    for (std::size_t i = 0; i < s.bytes.size(); ++i) {
      if (s.at[i] == s.bytes[i]) continue;
      Dl_info info{};
      const bool named = dladdr(s.at + i, &info) && info.dli_sname;
      return named ? fmt::format("{}", info.dli_sname) : fmt::format("{} bytes into its variables", i);
    }
  return {};
}

std::string LibraryData::changed_statics() const { return changed(statics_); }
std::string LibraryData::changed_thread_locals() const { return changed(thread_locals_); }

}  // namespace teranga::conformance
