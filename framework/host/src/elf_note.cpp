// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/elf_note.hpp>

#include <teranga/core/absolute_path.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/sdk/c/library.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace teranga::host {
namespace {

class ElfFile {
 public:
  explicit ElfFile(const std::string& path) : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {  // a pipe would wait for a writer
    if (file_ < 0) throw Error(ExitCode::plugin, fmt::format("plugin {}: cannot be read: {}", path, std::strerror(errno)));
    struct stat status {};
    const bool ordinary = ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode);
    size_ = ordinary ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (ordinary) return;
    ::close(file_);
    throw NoLibrary(path, fmt::format("expected a shared library, found {}", S_ISDIR(status.st_mode) ? "a folder" : "no ordinary file"),
                S_ISDIR(status.st_mode) && !path.ends_with(".so") ? fmt::format("TERANGA_PLUGIN_PATH={} takes all plugins of the folder", shell_word(absolute_path(path).string())) : "remove it, or rename it so that it does not end in .so");
  }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;
  ~ElfFile() { ::close(file_); }

  template <class T>
  T at(std::uint64_t offset) {
    T value;
    read(offset, &value, sizeof(T));
    return value;
  }
  std::vector<char> bytes(std::uint64_t offset, std::uint64_t count) {
    require(offset, count);
    std::vector<char> out(count);
    read(offset, out.data(), count);
    return out;
  }
  // The loader maps what the headers name without a look at the size of the file: a page that is not there ends the process.
  void require(std::uint64_t offset, std::uint64_t count) const {
    if (offset > size_ || count > size_ - offset) cut();
  }

 private:
  void read(std::uint64_t offset, void* to, std::uint64_t count) {
    require(offset, count);
    for (auto* at = static_cast<char*>(to); count > 0;) {
      const ssize_t got = ::pread(file_, at, count, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) cut();
      at += got;
      offset += static_cast<std::uint64_t>(got);
      count -= static_cast<std::uint64_t>(got);
    }
  }
  [[noreturn]] void cut() const {
    throw Error(ExitCode::plugin, fmt::format("plugin {}: the file is cut short ({} bytes)", path_, size_), "build or copy it again");
  }

  std::string path_;
  int file_;
  std::uint64_t size_ = 0;
};

// Notes are padded to four bytes: owner size, note size, type, owner, note.
std::optional<BorderNote> find_note(const std::vector<char>& notes) {
  std::size_t at = 0;
  while (at + 12 <= notes.size()) {
    std::uint32_t head[3];
    std::memcpy(head, notes.data() + at, sizeof(head));
    const std::uint64_t owner_size = (std::uint64_t{head[0]} + 3) / 4 * 4, note_size = (std::uint64_t{head[1]} + 3) / 4 * 4;
    if (at + 12 + owner_size + note_size > notes.size()) return std::nullopt;
    const char* owner = notes.data() + at + 12;
    trg_note note;
    if (head[2] == TRG_NOTE_TYPE && head[0] == sizeof(TRG_NOTE_OWNER) && std::memcmp(owner, TRG_NOTE_OWNER, head[0]) == 0 && head[1] >= sizeof(note)) {
      std::memcpy(&note, owner + owner_size, sizeof(note));
      if (note.magic == TRG_NOTE_MAGIC) return BorderNote{note.major, note.minor, note.least_minor};
    }
    at += 12 + owner_size + note_size;
  }
  return std::nullopt;
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64: return "x86-64";
    case EM_AARCH64: return "AArch64";
    case EM_PPC64: return "PowerPC 64";
    case EM_RISCV: return "RISC-V";
    default: return fmt::format("number {} of ELF", machine);
  }
}

// Of the running program.
std::uint16_t own_machine() {
#if defined(__x86_64__)
  return EM_X86_64;
#elif defined(__aarch64__)
  return EM_AARCH64;
#else
  static const std::uint16_t own = ElfFile("/proc/self/exe").at<Elf64_Ehdr>(0).e_machine;
  return own;
#endif
}

}  // namespace

NoPlugin::NoPlugin(const std::string& path, const std::string& why, const std::string& hint) : Error(ExitCode::plugin, fmt::format("plugin {}: {}", path, why), hint) {}

std::optional<BorderNote> read_border_note(const std::string& path) {
  ElfFile file(path);
  const auto ident = file.bytes(0, EI_NIDENT);
  if (std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB)
    throw NoLibrary(path, "expected a shared library (64-bit ELF), found another kind of file");
  const auto header = file.at<Elf64_Ehdr>(0);
  if (header.e_type != ET_DYN) throw NoLibrary(path, fmt::format("expected a shared library, found an ELF file of type {}", header.e_type));
  if (header.e_machine != own_machine()) throw NoLibrary(path, fmt::format("was built for the processor {}; this Teranga runs on {}", machine_name(header.e_machine), machine_name(own_machine())));
  std::optional<BorderNote> found;
  file.require(header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize);  // it stands at the end, so it tells that the file is whole
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = file.at<Elf64_Phdr>(header.e_phoff + i * header.e_phentsize);
    file.require(segment.p_offset, segment.p_filesz);
    if (segment.p_type == PT_NOTE && !found) found = find_note(file.bytes(segment.p_offset, segment.p_filesz));
  }
  // A linker may put the note into a section without a segment of its own kind.
  for (std::uint64_t i = 0; i < header.e_shnum && !found; ++i) {
    const auto section = file.at<Elf64_Shdr>(header.e_shoff + i * header.e_shentsize);
    if (section.sh_type == SHT_NOTE) found = find_note(file.bytes(section.sh_offset, section.sh_size));
  }
  return found;
}

}  // namespace teranga::host
