// SPDX-License-Identifier: Apache-2.0
// A page of control holds a ring of entries, one a block: the first process writes an entry and then its number, the others wait for the number.
#include <teranga/tensor/node_memory.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <random>
#include <thread>

#include <fmt/format.h>

#include <teranga/core/activity.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>

namespace teranga {

static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// Of a block: how the others find and check it.
struct NodeMemory::Entry {
  std::atomic<std::int64_t> number;  // from 1 on; written last
  std::uint64_t name;                // a hash
  std::uint64_t bytes;
  std::int32_t descriptor;           // of the first process; -1: there is no memory
  std::uint32_t failure_bytes;
  char failure[most_failure];
};

// Zeros are a valid beginning: kernels give such memory.
struct NodeMemory::Control {
  std::array<std::uint64_t, 2> cookie;  // tells it from a file of another process that has the same number
  std::atomic<std::int64_t> works_left; // by the first process
  std::array<Entry, 64> filled, shared;
};

namespace {

// An anonymous file of that size, or -1.
int anonymous_file(std::size_t bytes) {
  const int descriptor = ::memfd_create("teranga", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return -1;
  if (::ftruncate(descriptor, static_cast<off_t>(bytes)) == 0 && ::fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

void* map(int descriptor, std::size_t bytes, bool writable) {
  void* const at = ::mmap(nullptr, bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, descriptor, 0);
  return at == MAP_FAILED ? nullptr : at;
}

// Memory of this size is more than the machine has: pages of such a file are taken as they are touched, and nothing else would say so.
bool is_too_much(std::size_t bytes) {
  struct sysinfo machine {};
  return ::sysinfo(&machine) == 0 && bytes > (machine.totalram + machine.totalswap) * machine.mem_unit;
}

std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

[[noreturn]] void no_memory(std::size_t bytes) { throw Error(ExitCode::failure, fmt::format("cannot allocate {} bytes for the samples that the processes of this machine share", bytes)); }

}  // namespace

std::shared_ptr<NodeMemory> NodeMemory::make(int processes) {
  std::shared_ptr<NodeMemory> out(new NodeMemory(0, processes));
  out->first_process_ = ::getpid();
  out->descriptor_ = anonymous_file(sizeof(Control));
  if (out->descriptor_ < 0) return nullptr;
  out->control_ = static_cast<Control*>(map(out->descriptor_, sizeof(Control), true));
  if (!out->control_) return nullptr;
  std::random_device random;
  for (std::uint64_t& word : out->control_->cookie) word = static_cast<std::uint64_t>(random()) << 32 | random();
  return out;
}

std::string NodeMemory::address() const { return fmt::format("{} {} {:x} {:x}", first_process_, descriptor_, control_->cookie[0], control_->cookie[1]); }

std::shared_ptr<NodeMemory> NodeMemory::join(const std::string& address, int process, int processes) {
  int first = 0, number = -1;
  unsigned long long cookie[2] = {};
  if (std::sscanf(address.c_str(), "%d %d %llx %llx", &first, &number, &cookie[0], &cookie[1]) != 4) return nullptr;
  const int descriptor = ::open(fmt::format("/proc/{}/fd/{}", first, number).c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return nullptr;
  std::shared_ptr<NodeMemory> out(new NodeMemory(process, processes));
  out->first_process_ = first;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == static_cast<off_t>(sizeof(Control))) out->control_ = static_cast<Control*>(map(descriptor, sizeof(Control), true));
  ::close(descriptor);
  if (!out->control_ || out->control_->cookie[0] != cookie[0] || out->control_->cookie[1] != cookie[1]) return nullptr;
  return out;
}

NodeMemory::~NodeMemory() {
  if (control_) ::munmap(control_, sizeof(Control));
  if (descriptor_ >= 0) ::close(descriptor_);
}

NodeMemory::Work::Work(NodeMemory& memory) : memory_(memory) {
  ++memory_.works_;
  memory_.kept_.clear();
}

NodeMemory::Work::~Work() {
  if (memory_.process_ == 0) memory_.control_->works_left.store(memory_.works_, std::memory_order_release);
}

bool NodeMemory::first_is_gone() const { return ::kill(first_process_, 0) != 0 && errno == ESRCH; }

// The entry of that block, once the first process has written it.
const NodeMemory::Entry& NodeMemory::await(std::int64_t number, const std::string& name) const {
  const Entry& entry = control_->filled[static_cast<std::size_t>(number) % control_->filled.size()];
  const activity::Waiting waits;
  while (entry.number.load(std::memory_order_acquire) < number) {
    const bool left = control_->works_left.load(std::memory_order_acquire) >= works_ || first_is_gone();
    if (left && entry.number.load(std::memory_order_acquire) < number)
      throw Error(ExitCode::failure, fmt::format("{}: the first process of this machine ended before it had read it", name));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return entry;
}

// Null where it cannot be mapped, or is gone.
std::shared_ptr<void> NodeMemory::mapped(const Entry& entry, bool writable) const {
  const int descriptor = ::open(fmt::format("/proc/{}/fd/{}", first_process_, entry.descriptor).c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return nullptr;
  const auto bytes = static_cast<std::size_t>(entry.bytes);
  struct stat status {};
  void* const at = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == entry.bytes ? map(descriptor, bytes, writable) : nullptr;
  ::close(descriptor);
  return at ? std::shared_ptr<void>(at, [bytes](void* memory) { ::munmap(memory, bytes); }) : nullptr;
}

// Of the first process: takes entry.bytes of memory, and writes the rest of the entry.
NodeMemory::Filled NodeMemory::make_filled(Entry& entry, const std::function<std::string(void* to)>& fill) const {
  Filled out;
  const auto bytes = static_cast<std::size_t>(entry.bytes);
  const int descriptor = is_too_much(bytes) ? -1 : anonymous_file(bytes);
  void* const at = descriptor < 0 ? nullptr : map(descriptor, bytes, true);
  if (!at && descriptor >= 0) ::close(descriptor);
  entry.descriptor = at ? descriptor : -1;
  entry.failure_bytes = 0;
  if (!at) return out;
  out.bytes = std::shared_ptr<const void>(at, [bytes, descriptor](const void* memory) {
    ::munmap(const_cast<void*>(memory), bytes);
    ::close(descriptor);
  });
  out.failure = fill(at).substr(0, most_failure);
  ::mprotect(at, bytes, PROT_READ);  // what all of them read
  entry.failure_bytes = static_cast<std::uint32_t>(out.failure.size());
  std::ranges::copy(out.failure, entry.failure);
  if (!out.failure.empty()) out.bytes = nullptr;
  return out;
}

std::optional<NodeMemory::Filled> NodeMemory::filled(const std::string& name, std::size_t bytes, const std::function<std::string(void* to)>& fill) {
  const std::int64_t number = ++filled_;
  if (process_ == 0) {
    Entry& entry = control_->filled[static_cast<std::size_t>(number) % control_->filled.size()];
    entry.name = hash_of(name);
    entry.bytes = bytes;
    Filled out = make_filled(entry, fill);
    if (out.bytes) kept_.push_back(out.bytes);
    entry.number.store(number, std::memory_order_release);
    return out;
  }
  const Entry& entry = await(number, name);
  const auto alone = [&](const char* why) {
    log::warning(fmt::format("{}: this process holds a copy of its own: {}", name, why));
    return std::nullopt;
  };
  if (entry.name != hash_of(name) || entry.bytes != bytes) return alone("the first process of this machine has read something else");
  Filled out;
  out.failure.assign(entry.failure, std::min<std::size_t>(entry.failure_bytes, most_failure));
  const bool there = out.failure.empty() && entry.descriptor >= 0;
  if (there) out.bytes = mapped(entry, false);
  if (entry.number.load(std::memory_order_acquire) != number || (there && !out.bytes)) return alone("the memory of the first process of this machine cannot be mapped");
  return out;
}

std::shared_ptr<void> NodeMemory::shared(std::int64_t number, std::size_t bytes) {
  Entry& entry = control_->shared[static_cast<std::size_t>(number) % control_->shared.size()];
  if (process_ > 0) {
    if (entry.number.load(std::memory_order_acquire) < number) return nullptr;
    std::shared_ptr<void> out = entry.number.load(std::memory_order_acquire) == number && entry.bytes == bytes && entry.descriptor >= 0 ? mapped(entry, true) : nullptr;
    if (!out) no_memory(bytes);
    return out;
  }
  const int descriptor = is_too_much(bytes) ? -1 : anonymous_file(bytes);
  void* const at = descriptor < 0 ? nullptr : map(descriptor, bytes, true);
  if (!at && descriptor >= 0) ::close(descriptor);
  entry.bytes = bytes;
  entry.descriptor = at ? descriptor : -1;
  entry.number.store(number, std::memory_order_release);
  if (!at) no_memory(bytes);
  return std::shared_ptr<void>(at, [bytes, descriptor](void* memory) {
    ::munmap(memory, bytes);
    ::close(descriptor);
  });
}

}  // namespace teranga
