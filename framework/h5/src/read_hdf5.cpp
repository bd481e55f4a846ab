// SPDX-License-Identifier: Apache-2.0
// The program teranga-read-hdf5: reads one HDF5 file for another process. Descriptor 0 is the socket to that process, 1 the file. It may fall over a
// damaged file, and costs no more than the file's size allows: its memory and its computing time are limited by the system.
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <new>

#include "answers.hpp"
#include "descriptor_driver.hpp"
#include "hdf5_content.hpp"
#include "object.hpp"

using namespace teranga;
using namespace teranga::h5;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t piece_bytes = 4 * mib;  // of numbers that are sent at a time

std::uint64_t times(std::uint64_t a, std::uint64_t b) { return a != 0 && b > UINT64_MAX / 4 / a ? UINT64_MAX / 4 : a * b; }

// What the process may use of the machine.
class Limits {
 public:
  void open(std::uint64_t file_bytes) {
    file_bytes_ = file_bytes;
    seconds_ += 1.0 + static_cast<double>(file_bytes) / mib;  // a sound file takes 3 ms
    std::ifstream("/proc/self/statm") >> own_bytes_;
    own_bytes_ *= static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    allow_memory(0);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
  }
  // Before each question.
  void allow_time(double seconds) {
    seconds_ += seconds;
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const double left = std::max(0.01, seconds_ - static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) - 1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec));
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(left);
    timer.it_value.tv_usec = static_cast<suseconds_t>(1e6 * (left - static_cast<double>(timer.it_value.tv_sec)));
    ::setitimer(ITIMER_PROF, &timer, nullptr);
  }
  // Beside what the structure of the file takes.
  void allow_memory(std::uint64_t bytes) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose own memory is larger than any limit
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) != 0) return;
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, own_bytes_ + 32 * mib + times(8, file_bytes_) + bytes);
    ::setrlimit(RLIMIT_AS, &limit);
#else
    (void)bytes;
#endif
  }

 private:
  std::uint64_t file_bytes_ = 0, own_bytes_ = 0;
  double seconds_ = 0;  // of computing, in all
};

bool receive(void* to, std::size_t bytes) {
  auto* at = static_cast<char*>(to);
  while (bytes > 0) {
    const ssize_t got = ::recv(0, at, bytes, MSG_WAITALL);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

void send_all(const void* from, std::size_t bytes) {
  const auto* at = static_cast<const char*>(from);
  while (bytes > 0) {
    const ssize_t sent = ::send(0, at, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) ::_exit(0);  // nobody listens
    at += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
}

void send_frame(FrameKind kind, const void* from, std::size_t bytes) {
  const FrameHead head{kind, 0, bytes};
  send_all(&head, sizeof head);
  send_all(from, bytes);
}

class Served {
 public:
  Packet answer(PacketReader& from) {
    const auto which = from.get<Question>();
    if (which == Question::open) return open(from);
    if (!content_) throw std::out_of_range("a question before the file is open");
    limits_.allow_time(0.001);
    if (which == Question::close) return close();
    Packet to;
    const std::string path = from.text();
    switch (which) {
      case Question::has: to.put(content_->has(path)); break;
      case Question::list: {
        const std::vector<Child> children = content_->list(path);
        to.put<std::uint64_t>(children.size());
        for (const Child& child : children) put_child(to, child);
        break;
      }
      case Question::describe: put_child(to, content_->describe(path)); break;
      case Question::read: read(path, from); break;
      case Question::has_attribute: to.put(content_->has_attribute(path, from.text())); break;
      case Question::attribute: put_attribute(to, content_->attribute(path, from.text())); break;
      case Question::attributes: {
        const std::vector<NamedAttribute> all = content_->attributes(path);
        to.put<std::uint64_t>(all.size());
        for (const NamedAttribute& one : all) put_attribute(to.put(one.name), one.value);
        break;
      }
      case Question::open: case Question::close: break;
    }
    return to;
  }

 private:
  Packet open(PacketReader& from) {
    const auto spoken = from.get<std::int64_t>();
    const auto bytes = from.get<std::uint64_t>();
    const std::string who = from.text();
    limits_.open(bytes);
    limits_.allow_time(0);
    if (spoken == protocol) {
      start_call();
      const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
      if (!access || !read_from(access, 1, bytes)) fail(ExitCode::failure, who, "cannot prepare to open");
      const hid_t id = H5Fopen("file", H5F_ACC_RDONLY, access);
      if (id < 0) fail(ExitCode::data, who, "cannot be opened");
      file_ = id;
      content_ = std::make_unique<Hdf5Content>(id, who, bytes);
    }
    return std::move(Packet().put(protocol));
  }

  // Memory that was written out of bounds is found by the C library when it is given back, which ends the process.
  Packet close() {
    content_.reset();
    H5Fclose(file_);
    H5close();
    return {};
  }

  // Sends the numbers, a piece of whole chunks at a time.
  void read(const std::string& path, PacketReader& from) {
    const auto type = from.get<Type>();
    RowRange rows;
    rows.first = from.get<std::int64_t>();
    rows.count = from.get<std::int64_t>();
    const Child child = content_->describe(path);
    std::uint64_t all = 0;
    if (child.kind != Kind::data_set || type > Type::u8 || !checked_bytes(child.shape, size_of(type), &all)) throw std::out_of_range("wanted a data set");
    if (all == 0) return;
    const std::int64_t extent = child.shape.empty() ? 1 : child.shape[0];
    if (rows.count < 0) rows = {0, extent};
    if (rows.first < 0 || rows.count > extent || rows.first > extent - rows.count) throw std::out_of_range("wanted rows that are there");
    const std::uint64_t row = all / static_cast<std::uint64_t>(extent);
    const std::int64_t chunks = std::max<std::int64_t>(1, static_cast<std::int64_t>(piece_bytes / row) / child.chunk_rows);
    for (std::int64_t at = rows.first, end = rows.first + rows.count; at < end;) {
      const std::int64_t next = std::min(end, (at / child.chunk_rows + chunks) * child.chunk_rows);
      const std::uint64_t bytes = static_cast<std::uint64_t>(next - at) * row;
      // Whole chunks are unpacked, whatever part of them is wanted.
      const std::uint64_t unpacked = bytes + static_cast<std::uint64_t>(child.chunk_rows) * row + child.chunk_bytes;
      limits_.allow_memory(times(2, bytes) + times(4, child.chunk_bytes));
      limits_.allow_time(0.02 + static_cast<double>(unpacked) / (4 * mib));
      numbers_.resize(bytes);
      content_->read(child, path, type, child.shape.empty() ? RowRange{} : RowRange{at, next - at}, numbers_.data(), bytes);
      send_frame(FrameKind::numbers, numbers_.data(), bytes);
      at = next;
    }
  }

  Limits limits_;
  hid_t file_ = -1;
  std::unique_ptr<Hdf5Content> content_;
  std::vector<std::byte> numbers_;
};

void send_error(ExitCode code, const std::string& message, const std::string& hint) {
  const Packet packet = std::move(Packet().put(static_cast<std::int32_t>(code)).put(message).put(hint));
  send_frame(FrameKind::error, packet.bytes().data(), packet.bytes().size());
}

}  // namespace

int main() {
  Served served;
  for (;;) {
    FrameHead head{};
    if (!receive(&head, sizeof head) || head.bytes > 64 * mib) return 0;
    try {
      std::string asked(head.bytes, '\0');
      if (!receive(asked.data(), asked.size())) return 0;
      PacketReader from(asked);
      const Packet answer = served.answer(from);
      send_frame(FrameKind::answer, answer.bytes().data(), answer.bytes().size());
    } catch (const Error& error) {
      send_error(error.code(), error.what(), error.hint());
    } catch (const std::bad_alloc&) {
      send_error(ExitCode::data, "HDF5 file: it asks for more memory than a file of its size may take", "");
    } catch (const std::exception& error) {
      send_error(ExitCode::failure, fmt::format("teranga-read-hdf5: {}", error.what()), "");
    }
  }
}
