// SPDX-License-Identifier: Apache-2.0
#include "envelope.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>

namespace teranga::checkpoint {
namespace {

constexpr std::string_view magic = "TERANGA CHECKPOINT\n";
using Envelope = std::array<char, envelope_size>;

[[noreturn]] void refuse(const std::string& path, const std::string& why, std::string hint = {}) {
  throw Error(ExitCode::data, fmt::format("checkpoint '{}': {}", path, why), std::move(hint));
}

Envelope make_envelope(int version, std::uint64_t bytes, std::string_view hash) {
  Envelope envelope{};
  fmt::format_to_n(envelope.data(), envelope.size(), "{}format {}\nbytes {}\nxxh3-128 {}\n", magic, version, bytes, hash);
  return envelope;
}

// The number after `key`, or nothing.
bool number_after(std::string_view text, std::string_view key, std::uint64_t* number) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return false;
  const char* from = text.data() + at + key.size();
  const auto [end, code] = std::from_chars(from, text.data() + text.size(), *number);
  return code == std::errc() && end != text.data() + text.size() && *end == '\n';
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : id_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (id_ >= 0) ::close(id_);
  }
  int id() const noexcept { return id_; }

  // False at an error (errno) or the end of the file (errno 0).
  bool read(void* to, std::size_t size) const {
    auto* at = static_cast<char*>(to);
    while (size > 0) {
      const ssize_t got = ::read(id_, at, std::min<std::size_t>(size, std::size_t{1} << 30));
      if (got < 0 && errno == EINTR) continue;
      if (got == 0) errno = 0;
      if (got <= 0) return false;
      at += got;
      size -= static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  int id_;
};

std::string read_failure() { return errno == 0 ? "cut short while it was read" : fmt::format("cannot be read: {}", std::strerror(errno)); }

// Checks all that the envelope says but the hash; gives the bytes that follow it.
std::uint64_t check_claims(const std::string& path, const Envelope& envelope, std::uint64_t file_bytes) {
  const std::string_view text(envelope.data(), envelope.size());
  if (text.substr(0, magic.size()) != magic) refuse(path, "not a Teranga checkpoint: its first line is another");
  std::uint64_t version = 0;
  std::uint64_t bytes = 0;
  if (!number_after(text, "\nformat ", &version) || !number_after(text, "\nbytes ", &bytes)) refuse(path, "damaged: its first 512 bytes");
  if (version > static_cast<std::uint64_t>(format_version))
    refuse(path, fmt::format("has format {}, newer than this Teranga reads (up to {})", version, format_version),
           "use the Teranga that wrote it, or a newer one");
  if (bytes != file_bytes - envelope_size)
    refuse(path, fmt::format("damaged: wanted {} bytes after the first {}, found {}", bytes, envelope_size, file_bytes - envelope_size));
  return bytes;
}

// A file whose envelope makes sense; what it says of the rest is still to be proven.
class SealedFile {
 public:
  explicit SealedFile(const std::string& path) : path_(path), file_(path) {
    struct stat status {};
    if (file_.id() < 0 || ::fstat(file_.id(), &status) != 0) refuse(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
    if (!S_ISREG(status.st_mode)) refuse(path, S_ISDIR(status.st_mode) ? "a folder, not a file" : "not a regular file");
    const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
    if (file_bytes < envelope_size) refuse(path, fmt::format("damaged or no checkpoint: {} bytes are too few for one", file_bytes));
    read(envelope_.data(), envelope_.size());
    bytes_ = check_claims(path, envelope_, file_bytes);
  }

  int descriptor() const noexcept { return file_.id(); }

  // Reads it to its end, a block at a time, and compares the hash.
  void prove() const {
    std::vector<std::byte> block(std::min<std::uint64_t>(bytes_, 1 << 18));  // stays in the cache between the reading and the hash
    ContentHash hash;
    for (std::uint64_t left = bytes_; left > 0;) {
      const std::size_t size = std::min<std::uint64_t>(left, block.size());
      read(block.data(), size);
      hash.add(block.data(), size);
      left -= size;
    }
    // The envelope has no hash of its own: there is one way to write it, and it must be that.
    if (make_envelope(format_version, bytes_, hash.text()) != envelope_) refuse(path_, "damaged: its content does not match its hash");
  }

 private:
  void read(void* to, std::size_t size) const {
    if (!file_.read(to, size)) refuse(path_, read_failure());
  }

  const std::string& path_;
  OpenFile file_;
  Envelope envelope_{};
  std::uint64_t bytes_ = 0;
};

}  // namespace

void Seal::add(std::span<const std::byte> bytes) {
  const std::size_t front = bytes_ < envelope_size ? std::min<std::size_t>(envelope_size - bytes_, bytes.size()) : 0;
  bytes_ += bytes.size();
  hash_.add(bytes.data() + front, bytes.size() - front);
}

Envelope Seal::envelope() const { return make_envelope(format_version, bytes_ - envelope_size, hash_.text()); }

h5::File open_sealed(const std::string& path) {
  const SealedFile sealed(path);
  sealed.prove();
  return h5::File::open_descriptor(sealed.descriptor(), fmt::format("checkpoint '{}'", path));
}

void check_sealed(const std::string& path) { SealedFile(path).prove(); }

bool has_envelope(const std::string& path) {
  const OpenFile file(path);
  std::array<char, magic.size()> first;
  return file.id() >= 0 && file.read(first.data(), first.size()) && std::string_view(first.data(), first.size()) == magic;
}

}  // namespace teranga::checkpoint
