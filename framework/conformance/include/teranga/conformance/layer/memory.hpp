// SPDX-License-Identifier: Apache-2.0
// Memory that notices what a plugin does outside of it: strips of known bytes that are looked at afterwards, or pages that may not be touched at all.
#pragma once

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace teranga::conformance {

enum class Guard {
  strips,  // 64 bytes before and behind: what is written there is found afterwards
  behind,  // and a page that cannot be touched behind its end, rounded up to its alignment
  before   // the same before its beginning
};

// A call touched what it must not.
struct Breach : std::runtime_error {
  Breach(std::string breach_call, std::string breach_memory, std::string what_it_did)
      : std::runtime_error(breach_call + " " + what_it_did + " " + breach_memory), call(std::move(breach_call)), memory(std::move(breach_memory)), did(std::move(what_it_did)) {}
  std::string call, memory, did;
};

class Memory {
 public:
  enum class Access { none, read, both };
  static constexpr std::size_t strip = 64;

  // `fill`: the byte that it is full of at first. 0xff: NaN as f32 and f64, -1 as a whole number.
  explicit Memory(std::int64_t bytes = 0, Guard guard = Guard::strips, int fill = 0xff, std::string name = {}, std::size_t alignment = strip);
  ~Memory();
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  char* data() const { return data_; }
  std::size_t size() const { return size_; }
  const std::string& name() const { return name_; }
  void fill(int byte);
  void poison() { fill(0xff); }
  void zero() { fill(0); }
  // What lies around it was changed: throws Breach. `call`: the one that ran last.
  void check(const std::string& call) const;

  void allow(Access access);  // of pages; nothing where it is guarded by strips

  struct Fault {
    const Memory* memory;
    std::int64_t offset;  // from data()
    bool wrote;
  };

 private:
  friend class Trap;
  void enter();
  void leave();
  void release();

  std::size_t size_ = 0;
  Guard guard_ = Guard::strips;
  Access access_ = Access::both;
  unsigned char mark_ = 0x5a;
  std::string name_;
  std::vector<char> store_;
  char *pages_ = nullptr, *data_ = nullptr;
  std::size_t page_bytes_ = 0;
};

// While it lives, a fault of this thread in the pages of a Memory comes back to the sigsetjmp at `place`, which must be in a frame that lives. Other faults go their way.
//
//   Trap trap;
//   if (sigsetjmp(trap.place, 1) == 0) call(); else throw trap.breach("forward");
class Trap {
 public:
  Trap();
  ~Trap();
  Trap(const Trap&) = delete;
  Trap& operator=(const Trap&) = delete;
  sigjmp_buf place;
  Breach breach(const std::string& call) const;

 private:
  static void on_fault(int signal, siginfo_t* info, void* context);
  Memory::Fault fault_{};
  Trap* before_;
};

// Runs f, which calls the plugin, as the Call of that name. `traps`: a fault in watched pages is thrown as a Breach.
void call_plugin(const char* name, bool traps, const std::function<void()>& f);

}  // namespace teranga::conformance
