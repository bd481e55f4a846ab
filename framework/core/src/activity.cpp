// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/activity.hpp>

#include <teranga/core/alternative_stack.hpp>

#include <algorithm>

#include <unistd.h>

namespace teranga::activity {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::size_t most_threads = 1024;     // beyond, threads share a place that nobody sees
constexpr std::size_t kept_collectives = 32;

struct Shown {  // one collective, in atomics
  std::atomic<std::uint64_t> number{0}, bytes{0}, fingerprint{0};
  std::atomic<const char*> kind{""};
};

struct State {
  std::atomic<Section> section{Section::start};
  std::array<std::atomic<std::uint64_t>, sections> been{};
  std::atomic<std::int64_t> step{0}, epoch{0};
  std::atomic<std::uint64_t> marks{0}, met{0};
  std::atomic<int> waits{0}, inside{0};
  std::atomic<std::uint64_t> number{0}, fingerprint{0};
  std::array<Shown, kept_collectives> collectives;
};

constinit State activity_state;
constinit std::array<ThreadPlace, most_threads> places;
constinit std::atomic<std::size_t> places_taken{0};
constinit ThreadPlace unseen;

// Of a number that one thread at a time adds to.
template <class T>
void add(std::atomic<T>& number, T by) noexcept {
  number.store(number.load(relaxed) + by, relaxed);
}

void mark() noexcept { add<std::uint64_t>(activity_state.marks, 1); }

// The destructor gives the place of a thread back; what was counted there stays.
struct PlaceHolder {
  ThreadPlace* place = nullptr;
  ~PlaceHolder() {
    if (!place || place->item.load(relaxed)) return;  // within a call a thread ends by exit() alone, and the handlers of exit() ask which call it was
    detail::own_place = &unseen;
    place->thread.store(0, std::memory_order_release);
  }
};

CollectiveRecord record_of(const Shown& shown) noexcept { return {shown.number.load(relaxed), shown.kind.load(relaxed), shown.bytes.load(relaxed), shown.fingerprint.load(relaxed)}; }

}  // namespace

const char* name_of(Section section) noexcept {
  switch (section) {
    case Section::start: return "start";
    case Section::data: return "data";
    case Section::step: return "step";
    case Section::evaluation: return "evaluation";
    case Section::checkpoint: return "checkpoint";
    case Section::other: break;
  }
  return "other work";
}

InSection::InSection(Section section) noexcept : before_(activity_state.section.load(relaxed)) {
  activity_state.section.store(section, relaxed);
  mark();
}

InSection::~InSection() {
  add<std::uint64_t>(activity_state.been[static_cast<std::size_t>(activity_state.section.load(relaxed))], 1);
  activity_state.section.store(before_, relaxed);
  mark();
}

void set_step(std::int64_t step, std::int64_t epoch) noexcept {
  activity_state.step.store(step, relaxed);
  activity_state.epoch.store(epoch, relaxed);
}

void goes_on() noexcept { mark(); }

Waiting::Waiting() noexcept { add(activity_state.waits, 1); }

Waiting::~Waiting() {
  add(activity_state.waits, -1);
  mark();
}

Collective::Collective(const char* kind, std::size_t bytes, bool meets) noexcept : meets_(meets) {
  State& s = activity_state;
  const std::uint64_t number = s.number.load(relaxed) + 1;
  std::uint64_t print = s.fingerprint.load(relaxed);
  for (const char* letter = kind; *letter; ++letter) print = (print ^ static_cast<unsigned char>(*letter)) * 0x100000001b3ull;  // FNV-1a
  print = (print ^ bytes) * 0x9E3779B97F4A7C15ull;
  Shown& shown = s.collectives[number % kept_collectives];
  shown.number.store(number, relaxed);
  shown.kind.store(kind, relaxed);
  shown.bytes.store(bytes, relaxed);
  shown.fingerprint.store(print, relaxed);
  s.fingerprint.store(print, relaxed);
  s.number.store(number, std::memory_order_release);
  add(s.inside, 1);
}

Collective::~Collective() {
  add(activity_state.inside, -1);
  if (meets_) add<std::uint64_t>(activity_state.met, 1);
}

ThreadPlace& detail::take_place() noexcept {
  use_alternative_stack();
  thread_local PlaceHolder holder;
  const int thread = ::gettid();
  for (std::size_t i = 0; i < most_threads; ++i) {
    int none = 0;
    if (!places[i].thread.compare_exchange_strong(none, thread)) continue;
    std::size_t taken = places_taken.load();
    while (taken < i + 1 && !places_taken.compare_exchange_weak(taken, i + 1)) {
    }
    holder.place = &places[i];
    return *(own_place = &places[i]);
  }
  return *(own_place = &unseen);
}

std::span<const ThreadPlace> threads() noexcept { return std::span(places).first(places_taken.load()); }

View look() noexcept {
  const State& s = activity_state;
  View view;
  view.section = s.section.load(relaxed);
  view.known = s.been[static_cast<std::size_t>(view.section)].load(relaxed) > 0;
  view.waits = s.waits.load(relaxed) > 0;
  view.in_collective = s.inside.load(relaxed) > 0;
  view.step = s.step.load(relaxed);
  view.epoch = s.epoch.load(relaxed);
  view.progress = s.marks.load(relaxed);
  for (const ThreadPlace& place : threads()) view.progress += place.calls.load(relaxed);
  view.met = s.met.load(relaxed);
  if (const std::uint64_t number = s.number.load(std::memory_order_acquire); number > 0) view.collective = record_of(s.collectives[number % kept_collectives]);
  return view;
}

std::size_t last_collectives(std::span<CollectiveRecord> out) noexcept {
  const std::uint64_t newest = activity_state.number.load(std::memory_order_acquire);
  const std::size_t count = std::min({out.size(), kept_collectives - 1, static_cast<std::size_t>(newest)});
  for (std::size_t i = 0; i < count; ++i) out[i] = record_of(activity_state.collectives[(newest - i) % kept_collectives]);
  return count;
}

}  // namespace teranga::activity
