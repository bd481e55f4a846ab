// SPDX-License-Identifier: Apache-2.0
#include "elf_facts.hpp"

#include <teranga/core/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include <cxxabi.h>
#include <elf.h>
#include <fmt/format.h>

namespace teranga::conformance {
namespace {

class ElfBytes {
 public:
  explicit ElfBytes(const std::string& path) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    if (bytes_.size() < sizeof(Elf64_Ehdr) || bytes_.compare(0, SELFMAG, ELFMAG) != 0 || bytes_[EI_CLASS] != ELFCLASS64 || bytes_[EI_DATA] != ELFDATA2LSB) refuse("expected a shared library (64-bit ELF), found another kind of file");
  }

  template <class T>
  T at(std::uint64_t offset) const {
    if (offset > bytes_.size() || sizeof(T) > bytes_.size() - offset) refuse(fmt::format("the file is cut short ({} bytes)", bytes_.size()));
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  std::string text(std::uint64_t offset) const {
    const std::size_t end = offset < bytes_.size() ? bytes_.find('\0', offset) : std::string::npos;
    return end == std::string::npos ? std::string() : bytes_.substr(offset, end - offset);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const { throw Error(ExitCode::plugin, fmt::format("plugin {}: {}", path_, why)); }

  std::string path_, bytes_;
};

void split_folders(const std::string& text, std::vector<std::string>& folders) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    if (end > at) folders.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

class FactsReader {
 public:
  explicit FactsReader(const std::string& path) : file_(path), header_(file_.at<Elf64_Ehdr>(0)) {}

  ElfFacts read() {
    for (std::uint64_t i = 0; i < header_.e_phnum; ++i) look_at_segment(file_.at<Elf64_Phdr>(header_.e_phoff + i * header_.e_phentsize));
    for (std::uint64_t i = 0; i < header_.e_shnum; ++i) {
      const auto section = section_at(i);
      if (section.sh_type == SHT_DYNSYM) read_symbols(section);
    }
    return std::move(facts_);
  }

 private:
  Elf64_Shdr section_at(std::uint64_t index) const { return file_.at<Elf64_Shdr>(header_.e_shoff + index * header_.e_shentsize); }

  void look_at_segment(const Elf64_Phdr& segment) {
    if (segment.p_type == PT_GNU_STACK) {
      facts_.stack_is_stated = true;
      facts_.executable_stack = segment.p_flags & PF_X;
    }
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) && (segment.p_flags & PF_X)) facts_.writable_code.push_back(fmt::format("{:#x}", segment.p_vaddr));
    if (segment.p_type == PT_DYNAMIC) read_dynamic(segment);
  }

  // Where an address of the loaded library lies in the file.
  std::optional<std::uint64_t> file_offset(std::uint64_t address) const {
    for (std::uint64_t i = 0; i < header_.e_phnum; ++i) {
      const auto segment = file_.at<Elf64_Phdr>(header_.e_phoff + i * header_.e_phentsize);
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz) return segment.p_offset + (address - segment.p_vaddr);
    }
    return std::nullopt;
  }

  void read_dynamic(const Elf64_Phdr& segment) {
    std::vector<Elf64_Dyn> entries;
    std::optional<std::uint64_t> texts;
    for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment.p_filesz; at += sizeof(Elf64_Dyn)) {
      entries.push_back(file_.at<Elf64_Dyn>(segment.p_offset + at));
      if (entries.back().d_tag == DT_NULL) break;
      if (entries.back().d_tag == DT_STRTAB) texts = file_offset(entries.back().d_un.d_ptr);
    }
    for (const Elf64_Dyn& entry : entries) {
      const auto text = [&] { return texts ? file_.text(*texts + entry.d_un.d_val) : std::string(); };
      if (entry.d_tag == DT_NEEDED) facts_.needed.push_back(text());
      if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH) split_folders(text(), facts_.search);
      if (entry.d_tag == DT_TEXTREL || (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_TEXTREL))) facts_.text_relocations = true;
    }
  }

  void read_symbols(const Elf64_Shdr& section) {
    const auto texts = section_at(section.sh_link);
    const std::uint64_t each = section.sh_entsize ? section.sh_entsize : sizeof(Elf64_Sym);
    for (std::uint64_t at = each; at + each <= section.sh_size; at += each) {  // the first one is none
      const auto symbol = file_.at<Elf64_Sym>(section.sh_offset + at);
      const int binding = ELF64_ST_BIND(symbol.st_info), visibility = ELF64_ST_VISIBILITY(symbol.st_other), type = ELF64_ST_TYPE(symbol.st_info);
      if (binding == STB_LOCAL || type == STT_SECTION || type == STT_FILE || visibility == STV_HIDDEN || visibility == STV_INTERNAL) continue;
      facts_.symbols.push_back({file_.text(texts.sh_offset + symbol.st_name), symbol.st_shndx != SHN_UNDEF, binding != STB_GLOBAL});
    }
  }

  ElfBytes file_;
  Elf64_Ehdr header_;
  ElfFacts facts_;
};

}  // namespace

ElfFacts read_elf_facts(const std::string& path) { return FactsReader(path).read(); }

std::string demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return text ? std::string(text.get()) : name;
}

}  // namespace teranga::conformance
