// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/layer/memory.hpp>

#include <teranga/conformance/call.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

// Those with pages, for the handler, which takes no lock: memory is made and given back while no call runs on another thread.
std::vector<Memory*>& paged() {
  static auto* all = new std::vector<Memory*>;
  return *all;
}
std::mutex paged_mutex;
thread_local Trap* innermost = nullptr;
struct sigaction former[2];

std::size_t page() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

std::size_t up(std::size_t value, std::size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

// Whether the access was a write, where the machine says so.
bool is_write(const void* context) {
#if defined(__x86_64__)
  return (static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#else
  return context == nullptr;
#endif
}

}  // namespace

Memory::Memory(std::int64_t bytes, Guard guard, int fill_byte, std::string name, std::size_t alignment) : size_(static_cast<std::size_t>(std::max<std::int64_t>(bytes, 0))), guard_(guard), name_(std::move(name)) {
  if (guard == Guard::strips) {
    store_.resize(size_ + 3 * strip);
    data_ = reinterpret_cast<char*>(up(reinterpret_cast<std::uintptr_t>(store_.data()) + strip, strip));
    std::memset(data_ - strip, mark_, strip);
    std::memset(data_ + size_, mark_, strip);
  } else {
    mark_ = static_cast<unsigned char>(fill_byte);  // what is read behind the end is as undefined as the memory
    const std::size_t room = up(std::max<std::size_t>(size_, 1), page());
    page_bytes_ = room + 2 * page();
    void* const at = mmap(nullptr, page_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    pages_ = static_cast<char*>(at);
    mprotect(pages_ + page(), room, PROT_READ | PROT_WRITE);
    data_ = guard == Guard::before ? pages_ + page() : pages_ + page() + room - up(size_, alignment);
    std::memset(data_ + size_, mark_, static_cast<std::size_t>(pages_ + page() + room - (data_ + size_)));
    if (guard == Guard::behind) std::memset(data_ - std::min(strip, static_cast<std::size_t>(data_ - pages_ - page())), mark_, std::min(strip, static_cast<std::size_t>(data_ - pages_ - page())));
    enter();
  }
  fill(fill_byte);
}

Memory::~Memory() { release(); }

Memory::Memory(Memory&& other) noexcept { *this = std::move(other); }

Memory& Memory::operator=(Memory&& other) noexcept {
  if (this == &other) return *this;
  release();
  other.leave();
  size_ = std::exchange(other.size_, 0), guard_ = other.guard_, mark_ = other.mark_, access_ = other.access_, name_ = std::move(other.name_);
  store_ = std::move(other.store_);
  pages_ = std::exchange(other.pages_, nullptr), data_ = std::exchange(other.data_, nullptr), page_bytes_ = std::exchange(other.page_bytes_, 0);
  enter();
  return *this;
}

void Memory::release() {
  leave();
  if (pages_) munmap(pages_, page_bytes_);
  pages_ = nullptr;
}

void Memory::enter() {
  if (!pages_) return;
  const std::lock_guard lock(paged_mutex);
  paged().push_back(this);
}

void Memory::leave() {
  if (!pages_) return;
  const std::lock_guard lock(paged_mutex);
  std::erase(paged(), this);
}

void Memory::fill(int byte) { std::memset(data_, byte, size_); }

void Memory::check(const std::string& call) const {
  const auto changed = [&](const char* from, std::size_t count) { return std::any_of(from, from + count, [&](char c) { return static_cast<unsigned char>(c) != mark_; }); };
  if (!data_ || access_ == Access::none) return;
  const std::size_t behind = guard_ == Guard::strips ? strip : static_cast<std::size_t>(pages_ + page_bytes_ - page() - (data_ + size_));
  const std::size_t before = guard_ == Guard::strips ? strip : std::min(strip, static_cast<std::size_t>(data_ - pages_ - page()));
  if (changed(data_ + size_, behind)) throw Breach(call, name_, "wrote behind the end of");
  if (changed(data_ - before, before)) throw Breach(call, name_, "wrote before the beginning of");
}

void Memory::allow(Access access) {
  if (!pages_) return;
  access_ = access;
  mprotect(pages_ + page(), page_bytes_ - 2 * page(), access == Access::none ? PROT_NONE : access == Access::read ? PROT_READ : PROT_READ | PROT_WRITE);
}

Trap::Trap() : before_(innermost) {
  static const bool installed = [] {
    struct sigaction action {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigaction(SIGSEGV, &action, &former[0]);
    sigaction(SIGBUS, &action, &former[1]);
    return true;
  }();
  static_cast<void>(installed);
  innermost = this;
}

Trap::~Trap() { innermost = before_; }

void Trap::on_fault(int signal, siginfo_t* info, void* context) {
  const char* const at = static_cast<const char*>(info->si_addr);
  if (innermost)
    for (const Memory* memory : paged())
      if (at >= memory->pages_ && at < memory->pages_ + memory->page_bytes_) {
        innermost->fault_ = {memory, at - memory->data_, is_write(context)};
        siglongjmp(innermost->place, 1);
      }
  sigaction(signal, &former[signal == SIGBUS], nullptr);  // and the access is tried again
}

Breach Trap::breach(const std::string& call) const {
  const auto size = static_cast<std::int64_t>(fault_.memory->size());
  const std::string verb = fault_.wrote ? "wrote" : "read";
  if (fault_.offset == size) return Breach(call, fault_.memory->name(), verb + " directly behind the end of");
  if (fault_.offset >= size) return Breach(call, fault_.memory->name(), fmt::format("{} {} bytes behind the end of", verb, fault_.offset - size));
  if (fault_.offset < 0) return Breach(call, fault_.memory->name(), fmt::format("{} {} bytes before the beginning of", verb, -fault_.offset));
  return Breach(call, fault_.memory->name(), fault_.wrote ? "wrote into" : "read");
}

void call_plugin(const char* name, bool traps, const std::function<void()>& f) {
  if (!traps) {
    const Call crumb(name);
    return f();
  }
  Trap trap;
  volatile bool came_back = true;
  {
    const Call crumb(name);
    if (sigsetjmp(trap.place, 1) == 0) f();
    else came_back = false;
  }
  if (!came_back) throw trap.breach(name);
}

}  // namespace teranga::conformance
