// SPDX-License-Identifier: Apache-2.0
#include "interposer.hpp"

#include "watched_page.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string_view>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

namespace teranga::conformance {
namespace {

std::atomic<std::uint64_t> allocations{0}, allocated_bytes{0}, clock_reads{0}, random_draws{0};
std::atomic<const char*> last_clock{""}, last_source{""};

void* counted(std::size_t bytes, void* memory) noexcept {
  if (!within_a_call()) return memory;
  ++allocations;
  allocated_bytes += bytes;
  if (!memory && bytes > 0) memory_was_refused(bytes);
  return memory;
}

void clock_was_read(const char* name) noexcept {
  if (!within_a_call()) return;
  ++clock_reads;
  last_clock = name;
}

void random_was_drawn(const char* name) noexcept {
  if (!within_a_call()) return;
  ++random_draws;
  last_source = name;
}

void* our_malloc(std::size_t bytes) { return counted(bytes, ::malloc(bytes)); }
void* our_calloc(std::size_t count, std::size_t bytes) { return counted(count * bytes, ::calloc(count, bytes)); }
void* our_realloc(void* memory, std::size_t bytes) { return counted(bytes, ::realloc(memory, bytes)); }
void* our_aligned_alloc(std::size_t alignment, std::size_t bytes) { return counted(bytes, ::aligned_alloc(alignment, bytes)); }
void* our_memalign(std::size_t alignment, std::size_t bytes) { return counted(bytes, ::memalign(alignment, bytes)); }
int our_posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  const int error = ::posix_memalign(memory, alignment, bytes);
  counted(bytes, error ? nullptr : *memory);
  return error;
}

int our_rand() { return random_was_drawn("rand"), ::rand(); }
int our_rand_r(unsigned* seed) { return random_was_drawn("rand_r"), ::rand_r(seed); }
long our_random() { return random_was_drawn("random"), ::random(); }
double our_drand48() { return random_was_drawn("drand48"), ::drand48(); }
long our_lrand48() { return random_was_drawn("lrand48"), ::lrand48(); }
ssize_t our_getrandom(void* to, std::size_t bytes, unsigned flags) { return random_was_drawn("getrandom"), ::getrandom(to, bytes, flags); }
int our_getentropy(void* to, std::size_t bytes) { return random_was_drawn("getentropy"), ::getentropy(to, bytes); }
unsigned our_random_device(void*) {
  random_was_drawn("std::random_device");
  unsigned drawn = 0;
  return ::getentropy(&drawn, sizeof(drawn)), drawn;
}

std::time_t our_time(std::time_t* to) { return clock_was_read("time"), ::time(to); }
std::clock_t our_clock() { return clock_was_read("clock"), ::clock(); }
int our_gettimeofday(timeval* to, void* zone) { return clock_was_read("gettimeofday"), ::gettimeofday(to, static_cast<struct timezone*>(zone)); }
int our_clock_gettime(clockid_t clock, timespec* to) { return clock_was_read("clock_gettime"), ::clock_gettime(clock, to); }
std::int64_t our_system_clock() {
  timespec now{};
  return clock_was_read("std::chrono::system_clock::now"), ::clock_gettime(CLOCK_REALTIME, &now), now.tv_sec * 1'000'000'000 + now.tv_nsec;
}
std::int64_t our_steady_clock() {
  timespec now{};
  return clock_was_read("std::chrono::steady_clock::now"), ::clock_gettime(CLOCK_MONOTONIC, &now), now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// Files of the root folder, which only an empty folder before a name means.
std::atomic<bool> guards_root{false};
char refused_file[256];

bool refuses_to_open(const char* path, bool writes) noexcept {
  if (!guards_root || !within_a_call() || !writes || !path || path[0] != '/' || std::strchr(path + 1, '/')) return false;
  std::strncpy(refused_file, path, sizeof(refused_file) - 1);
  errno = EACCES;
  return true;
}
bool writes_by(int flags) noexcept { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0; }
bool writes_by(const char* mode) noexcept { return mode && std::strpbrk(mode, "wa+"); }

int our_open(const char* path, int flags, mode_t mode) { return refuses_to_open(path, writes_by(flags)) ? -1 : ::open(path, flags, mode); }
int our_creat(const char* path, mode_t mode) { return refuses_to_open(path, true) ? -1 : ::creat(path, mode); }
int our_openat(int folder, const char* path, int flags, mode_t mode) { return refuses_to_open(path, writes_by(flags)) ? -1 : ::openat(folder, path, flags, mode); }
std::FILE* our_fopen(const char* path, const char* mode) { return refuses_to_open(path, writes_by(mode)) ? nullptr : ::fopen(path, mode); }

struct Turned {
  std::string_view name;
  void* to;
};

template <class Function>
Turned turned(std::string_view name, Function* to) {
  return {name, reinterpret_cast<void*>(to)};
}

const Turned* find_turned(std::string_view name) {
  static const Turned all[] = {
      turned("malloc", our_malloc), turned("calloc", our_calloc), turned("realloc", our_realloc), turned("aligned_alloc", our_aligned_alloc), turned("memalign", our_memalign),
      turned("posix_memalign", our_posix_memalign), turned("rand", our_rand), turned("rand_r", our_rand_r), turned("random", our_random), turned("drand48", our_drand48), turned("lrand48", our_lrand48),
      turned("getrandom", our_getrandom), turned("getentropy", our_getentropy), turned("_ZNSt13random_device9_M_getvalEv", our_random_device), turned("time", our_time), turned("clock", our_clock),
      turned("gettimeofday", our_gettimeofday), turned("clock_gettime", our_clock_gettime), turned("_ZNSt6chrono3_V212system_clock3nowEv", our_system_clock),
      turned("_ZNSt6chrono3_V212steady_clock3nowEv", our_steady_clock), turned("open", our_open), turned("open64", our_open), turned("creat", our_creat), turned("creat64", our_creat),
      turned("openat", our_openat), turned("openat64", our_openat), turned("fopen", our_fopen), turned("fopen64", our_fopen)};
  for (const Turned& one : all)
    if (one.name == name) return &one;
  return nullptr;
}

// What the dynamic table of a loaded file says, as addresses in this process.
struct Relocations {
  const ElfW(Rela)* begin[2] = {};
  std::size_t count[2] = {};
  const ElfW(Sym)* symbols = nullptr;
  const char* texts = nullptr;
};

Relocations relocations_of(const dl_phdr_info& file, const ElfW(Dyn)* entry) {
  Relocations found;
  const auto address = [&](ElfW(Addr) value) { return value < file.dlpi_addr ? value + file.dlpi_addr : value; };  // some systems leave the file's own
  for (; entry->d_tag != DT_NULL; ++entry) {
    switch (entry->d_tag) {
      case DT_RELA: found.begin[0] = reinterpret_cast<const ElfW(Rela)*>(address(entry->d_un.d_ptr)); break;
      case DT_RELASZ: found.count[0] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
      case DT_JMPREL: found.begin[1] = reinterpret_cast<const ElfW(Rela)*>(address(entry->d_un.d_ptr)); break;
      case DT_PLTRELSZ: found.count[1] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
      case DT_SYMTAB: found.symbols = reinterpret_cast<const ElfW(Sym)*>(address(entry->d_un.d_ptr)); break;
      case DT_STRTAB: found.texts = reinterpret_cast<const char*>(address(entry->d_un.d_ptr)); break;
      default: break;
    }
  }
  return found;
}

void turn(void** place, void* to) {
  const std::uintptr_t page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE)), page = reinterpret_cast<std::uintptr_t>(place) & ~(page_size - 1);
  if (::mprotect(reinterpret_cast<void*>(page), page_size, PROT_READ | PROT_WRITE) == 0) *place = to;  // stays writable: the page may hold variables
}

void turn_calls_of(const dl_phdr_info& file, bool all_names) {
  for (int i = 0; i < file.dlpi_phnum; ++i) {
    if (file.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const Relocations found = relocations_of(file, reinterpret_cast<const ElfW(Dyn)*>(file.dlpi_addr + file.dlpi_phdr[i].p_vaddr));
    for (int table = 0; table < 2 && found.symbols && found.texts; ++table)
      for (std::size_t r = 0; r < found.count[table]; ++r) {
        const ElfW(Rela)& one = found.begin[table][r];
        const auto symbol = ELF64_R_SYM(one.r_info);
        if (symbol == 0 || one.r_addend != 0 || found.symbols[symbol].st_shndx != SHN_UNDEF) continue;
        const Turned* const known = find_turned(found.texts + found.symbols[symbol].st_name);
        if (known && (all_names || known->name.find("alloc") != std::string_view::npos || known->name.find("open") != std::string_view::npos || known->name.ends_with("memalign"))) turn(reinterpret_cast<void**>(file.dlpi_addr + one.r_offset), known->to);
      }
  }
}

template <class Take>
void each_loaded(Take&& take) {
  dl_iterate_phdr([](dl_phdr_info* file, std::size_t, void* context) { return (*static_cast<Take*>(context))(*file), 0; }, &take);
}

}  // namespace

Asked asked_by_the_plugin() noexcept { return {allocations, allocated_bytes, clock_reads, random_draws, last_clock, last_source}; }

void guard_root_folder(bool on) noexcept {
  refused_file[0] = '\0';
  guards_root = on;
}
std::string refused_in_root_folder() { return refused_file; }

std::set<std::string> loaded_files() {
  std::set<std::string> names;
  each_loaded([&](const dl_phdr_info& file) { names.insert(file.dlpi_name); });
  return names;
}

void watch_files_loaded_since(const std::set<std::string>& before) {
  each_loaded([&](const dl_phdr_info& file) {
    const bool known = before.contains(file.dlpi_name), makes_memory = std::filesystem::path(file.dlpi_name).filename().string().starts_with("libstdc++.so");
    if (!known || makes_memory) turn_calls_of(file, !known);
  });
}

}  // namespace teranga::conformance
