// SPDX-License-Identifier: Apache-2.0
// Rules of activations: functions of rows, which layers apply in place, and on any thread.
#include <teranga/conformance/rule.hpp>

#include <teranga/conformance/call.hpp>
#include <teranga/conformance/layer/memory.hpp>
#include <teranga/conformance/layer/plan.hpp>
#include <teranga/conformance/option_trials.hpp>
#include <teranga/core/counted.hpp>
#include <teranga/host/option_tree.hpp>
#include <teranga/parallel/thread_setup.hpp>
#include <teranga/sdk/c/layer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>
#include <thread>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

struct Extent {
  std::int64_t rows, length;
  std::int64_t count() const { return rows * length; }
};

struct ActivationTrial {
  const trg_activation_calls& calls;
  void* self;
  std::int32_t needs;
  std::string words;
  bool whole_rows() const { return needs & TRG_WHOLE_ROWS; }
};

// Numbers of a compute type in memory that is watched.
class Numbers {
 public:
  Numbers(std::int64_t count, std::int32_t type, const char* name, Guard guard, int fill = 0xff) : type_(type), count_(count), memory_(count * (type == TRG_F64 ? 8 : 4), guard, fill, name) {}
  Numbers(const std::vector<double>& values, std::int32_t type, const char* name, Guard guard) : Numbers(static_cast<std::int64_t>(values.size()), type, name, guard) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (type == TRG_F64) reinterpret_cast<double*>(memory_.data())[i] = values[i];
      else reinterpret_cast<float*>(memory_.data())[i] = static_cast<float>(values[i]);
    }
  }
  void* at(std::int64_t element) const { return memory_.data() + element * (type_ == TRG_F64 ? 8 : 4); }
  std::vector<double> values() const {
    std::vector<double> all(static_cast<std::size_t>(count_));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = type_ == TRG_F64 ? reinterpret_cast<const double*>(memory_.data())[i] : static_cast<double>(reinterpret_cast<const float*>(memory_.data())[i]);
    return all;
  }
  Memory& memory() { return memory_; }

 private:
  std::int32_t type_;
  std::int64_t count_;
  Memory memory_;
};

template <class F>
void need_call(const char* name, bool traps, F&& f) {
  trg_error error = fresh_error();
  std::int32_t status = TRG_OK;
  call_plugin(name, traps, [&] { status = f(&error); });
  need_ok(status, error, name);
}

struct Computed {
  std::vector<double> y, dx;
};
enum class Place { apart, in_place };

// Value and gradient of numbers, by pieces of `piece` rows (0: all at once). What is not needed is null.
Computed compute(const ActivationTrial& a, std::int32_t type, Extent e, const std::vector<double>& x, const std::vector<double>& dy, Place place = Place::apart, std::int64_t piece = 0, Guard guard = Guard::strips, int fill = 0xff) {
  Numbers given(x, type, "x", guard), value(e.count(), type, "y", guard, fill), back(dy, type, "dy", guard), gradient(e.count(), type, "dx", guard, fill), kept(x, type, "x", guard);
  const bool inside = place == Place::in_place, traps = guard != Guard::strips;
  Numbers &y = inside ? given : value, &dx = inside ? back : gradient;
  if (!inside) given.memory().allow(Memory::Access::read);
  const std::int64_t step = piece > 0 ? piece : e.rows;
  for (std::int64_t row = 0; row < e.rows; row += step) {
    const std::int64_t rows = std::min(step, e.rows - row), first = row * e.length;
    need_call("value", traps, [&](trg_error* error) { return a.calls.value(a.self, type, rows, e.length, given.at(first), y.at(first), error); });
  }
  y.memory().check("value");
  Computed computed{y.values(), {}};
  if (a.needs & TRG_GRADIENT_NONE) return computed;
  if (!inside) back.memory().allow(Memory::Access::read);
  for (std::int64_t row = 0; row < e.rows; row += step) {
    const std::int64_t rows = std::min(step, e.rows - row), first = row * e.length;
    const void* const at_x = a.needs & TRG_NEEDS_X ? kept.at(first) : nullptr;
    const void* const at_y = a.needs & TRG_NEEDS_Y ? y.at(first) : nullptr;
    need_call("gradient", traps, [&](trg_error* error) { return a.calls.gradient(a.self, type, rows, e.length, at_x, at_y, back.at(first), dx.at(first), error); });
  }
  dx.memory().check("gradient");
  computed.dx = dx.values();
  return computed;
}

std::vector<double> numbers(Extent e, std::uint64_t seed, double bound) { return random_array({e.count()}, seed, -bound, bound).values; }

std::string first_bits(const std::vector<double>& found, const std::vector<double>& expected) {
  const auto count = static_cast<std::int64_t>(expected.size());
  return first_other_bits(Array{{count}, found, -1}, Array{{count}, expected, -1});
}

std::string first_difference(const std::vector<double>& found, const std::vector<double>& expected, double part) {
  const auto count = static_cast<std::int64_t>(expected.size());
  const auto texts = differences(Array{{count}, found, -1}, Array{{count}, expected, -1}, {part, part});
  return texts.empty() ? std::string() : texts[0];
}

// Calls try_one(trial) for each set of options.
template <class F>
void over_activations(const Subject& subject, Findings& findings, F&& try_one) {
  std::string missing;
  if (!default_trial(subject, &missing)) return findings.not_applicable(fmt::format("needs --set {}=...", missing));
  const auto& calls = subject.calls<trg_activation_calls>();
  std::string why;
  std::size_t ran = 0;
  for (const OptionTrial& options : option_trials(subject)) {
    const std::string words = options.words.empty() ? "default options" : options.words;
    Call::set_place(words);
    const host::OptionTree tree(options.options);
    void* self = nullptr;
    try {
      need_call("create", false, [&](trg_error* error) { return calls.create(tree.native(), &self, error); });
    } catch (const Failure& failure) {
      why = failure.text;
      continue;
    }
    std::int32_t needs = 0;
    {
      const Call crumb("needs");
      needs = calls.needs(self);
    }
    try {
      ++ran;
      try_one(ActivationTrial{calls, self, needs, words});
    } catch (const Failure& failure) {
      findings.error(fmt::format("{} fails: {}", failure.call, failure.text), words, "Compute all finite numbers.");
    } catch (const Breach& breach) {
      findings.error(breach.what(), breach.call + ", " + words,
                     breach.did == "wrote into" ? "Write to y or dx only." : "Touch rows x length elements of each array; x and y of gradient are null unless needs() asks for them.");
    }
    const Call crumb("destroy");
    calls.destroy(self);
    if (findings.errors() > 0) return;
  }
  if (ran == 0) findings.not_applicable("no options were found that it accepts: " + why);
}

constexpr Extent usual{3, 7};

// Numbers of both types, f64 where it offers that.
std::int32_t widest_type(const ActivationTrial& a) {
  try {
    compute(a, TRG_F64, {1, 2}, {0.5, 0.25}, {1, 1});
    return TRG_F64;
  } catch (const Failure&) {
    return TRG_F32;
  }
}

// The slope of sum(dy y) as x[i] moves: central, and from both sides for functions with kinks.
bool is_slope(const ActivationTrial& a, std::int32_t type, const std::vector<double>& x, const std::vector<double>& dy, std::size_t i, double gradient, double* central) {
  const bool wide = type == TRG_F32;
  const auto objective = [&](double at) {
    std::vector<double> moved = x;
    moved[i] = at;
    const std::vector<double> y = compute(a, type, usual, moved, dy).y;
    double sum = 0;
    for (std::size_t k = 0; k < y.size(); ++k) sum += dy[k] * y[k];
    return sum;
  };
  const double here = objective(x[i]);
  double nearest = std::numeric_limits<double>::infinity();
  for (const double step : wide ? std::array{1e-2, 3e-3, 3e-2} : std::array{1e-5, 1e-6, 1e-4}) {
    const double up = wide ? static_cast<double>(static_cast<float>(x[i] + step)) : x[i] + step, down = wide ? static_cast<double>(static_cast<float>(x[i] - step)) : x[i] - step;
    const double above = objective(up), below = objective(down);
    const double slope = (above - below) / (up - down), right = (above - here) / (up - x[i]), left = (here - below) / (x[i] - down);
    if (std::fabs(slope - gradient) < nearest) nearest = std::fabs(slope - gradient), *central = slope;
    const double tolerance = (wide ? 2e-2 : 1e-5) * std::max(1.0, std::fabs(slope)) + 8 * (wide ? 6e-8 : 1.2e-16) * (std::fabs(here) + 10) / step;
    if (std::fabs(slope - gradient) <= tolerance) return true;
    if (std::fabs(right - left) > 10 * tolerance && gradient >= std::min(left, right) - 10 * tolerance && gradient <= std::max(left, right) + 10 * tolerance) return true;
  }
  return false;
}

void activation_gradient(const Subject& subject, Findings& findings) {
  bool stand_in = false;
  over_activations(subject, findings, [&](const ActivationTrial& a) {
    if (a.needs & ~(TRG_NEEDS_X | TRG_NEEDS_Y | TRG_GRADIENT_SURROGATE | TRG_GRADIENT_NONE | TRG_WHOLE_ROWS))
      findings.error(fmt::format("needs() gives {:#x}, which has bits that mean nothing", a.needs), a.words, "Give bits of enum trg_gradient_needs.");
    stand_in = stand_in || (a.needs & (TRG_GRADIENT_SURROGATE | TRG_GRADIENT_NONE));
    const std::int32_t type = widest_type(a);
    for (const double bound : {1.0, 4.0}) {
      const std::vector<double> x = numbers(usual, 21, bound), dy = numbers(usual, 22, 1);
      const Computed found = compute(a, type, usual, x, dy);
      if (!std::ranges::all_of(found.y, [](double v) { return std::isfinite(v); }) || !std::ranges::all_of(found.dx, [](double v) { return std::isfinite(v); }))
        return findings.error(fmt::format("numbers between {} and {} give some that are not finite", -bound, bound), a.words, "Bound what is divided by, and the argument of exp.");
      if (a.needs & (TRG_GRADIENT_SURROGATE | TRG_GRADIENT_NONE)) continue;
      for (std::size_t i = 0; i < found.dx.size(); ++i) {
        double expected = 0;
        if (is_slope(a, type, x, dy, i, found.dx[i], &expected)) continue;
        return findings.error(fmt::format("the gradient at x = {:.6g} is {:.8g}, differences of value give {:.8g}", x[i], found.dx[i], expected), "gradient, " + a.words,
                              "Derive the formula again; dx = dy f'(x). If it is a stand-in on purpose, add TRG_GRADIENT_SURROGATE to needs().");
      }
    }
    if (type == TRG_F32) return;
    const std::vector<double> x = numbers(usual, 23, 3), dy = numbers(usual, 24, 1);
    const Computed wide = compute(a, TRG_F64, usual, x, dy), narrow = compute(a, TRG_F32, usual, x, dy);
    std::string text = first_difference(narrow.y, wide.y, 1e-4);
    if (text.empty()) text = first_difference(narrow.dx, wide.dx, 1e-3);
    if (!text.empty()) findings.error("f32 gives something else than f64: " + text, a.words, "Use one formula for both types, and constants of the compute type.");
  });
  if (stand_in && findings.errors() == 0) findings.note("its gradient is declared to be a stand-in, or none: it is not compared with differences");
}

void activation_in_place(const Subject& subject, Findings& findings) {
  over_activations(subject, findings, [&](const ActivationTrial& a) {
    for (const std::int32_t type : {TRG_F32, TRG_F64})
      for (const Extent e : {usual, Extent{1, 1}, Extent{2, 64}, Extent{1, 133}}) {
        if (type == TRG_F64 && widest_type(a) == TRG_F32) continue;
        const std::vector<double> x = numbers(e, 31, 3), dy = numbers(e, 32, 1);
        const Computed apart = compute(a, type, e, x, dy), inside = compute(a, type, e, x, dy, Place::in_place), other = compute(a, type, e, x, dy, Place::apart, 0, Guard::strips, 0x3f);
        if (std::string text = first_bits(inside.y, apart.y); !text.empty())
          return findings.error("value gives something else where y is x: " + text, fmt::format("value, {}, {} x {} {}", a.words, e.rows, e.length, name_of_type(type)), "Read each element of x before y is written over it; recurrent layers apply activations in place.");
        if (std::string text = first_bits(inside.dx, apart.dx); !text.empty())
          return findings.error("gradient gives something else where dx is dy: " + text, fmt::format("gradient, {}, {} x {} {}", a.words, e.rows, e.length, name_of_type(type)), "Read each element of dy before dx is written over it.");
        if (std::string text = first_bits(other.y, apart.y) + first_bits(other.dx, apart.dx); !text.empty())
          return findings.error("a result depends on what y or dx held before: " + text, fmt::format("{}, {} x {} {}", a.words, e.rows, e.length, name_of_type(type)), "Write every element (=), do not add to it (+=).");
      }
  });
}

void rows_cut(const ActivationTrial& a, std::int32_t type, Findings& findings) {
  const double part = type == TRG_F64 ? 1e-11 : 1e-5;
  const Extent e{5, 19};
  const std::vector<double> x = numbers(e, 41, 2), dy = numbers(e, 42, 1);
  const Computed whole = compute(a, type, e, x, dy);
  const auto compare = [&](const Computed& cut, const std::string& what) {
    std::string text = first_difference(cut.y, whole.y, part);
    if (text.empty()) text = first_difference(cut.dx, whole.dx, part);
    if (text.empty()) return true;
    findings.error(what + " give something else than all at once: " + text, fmt::format("{}, {} x {} {}", a.words, e.rows, e.length, name_of_type(type)),
                   "Compute each row from itself alone. If elements of a row depend on each other, add TRG_WHOLE_ROWS to needs().");
    return false;
  };
  for (const std::int64_t piece : {1, 2})
    if (!compare(compute(a, type, e, x, dy, Place::apart, piece), fmt::format("pieces of {}", counted(piece, "row")))) return;
  if (!a.whole_rows()) {
    if (!compare(compute(a, type, {e.count(), 1}, x, dy), "rows of one element") || !compare(compute(a, type, {1, e.count()}, x, dy), "one long row")) return;
  }
  std::vector<double> spoilt = x;
  for (std::int64_t i = 0; i < e.length; ++i) spoilt[static_cast<std::size_t>(i)] = std::numeric_limits<double>::quiet_NaN();
  Computed after = compute(a, type, e, spoilt, dy);
  std::copy_n(whole.y.begin(), e.length, after.y.begin());
  if (!after.dx.empty()) std::copy_n(whole.dx.begin(), e.length, after.dx.begin());
  if (!compare(after, "rows behind one of NaN")) return;

  std::vector<Computed> on_threads(8);
  std::vector<std::exception_ptr> errors(on_threads.size());
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < on_threads.size(); ++t)
    threads.emplace_back([&, t] {
      prepare_this_thread();
      try {
        for (int i = 0; i < 20; ++i) {
          on_threads[t] = compute(a, type, e, x, dy);
          if (!first_bits(on_threads[t].y, whole.y).empty()) return;
        }
      } catch (...) {
        errors[t] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
  for (const Computed& one : on_threads)
    if (std::string text = first_bits(one.y, whole.y) + first_bits(one.dx, whole.dx); !text.empty())
      return findings.error("calls on 8 threads at the same time give other bits: " + text, a.words, "Keep no state in the activation or in statics.");
}

void activation_rows(const Subject& subject, Findings& findings) {
  over_activations(subject, findings, [&](const ActivationTrial& a) {
    const std::int32_t widest = widest_type(a);
    for (const std::int32_t type : {TRG_F32, TRG_F64}) {
      if (type == TRG_F64 && widest == TRG_F32) continue;
      for (const Guard guard : {Guard::behind, Guard::before})
        for (const Extent e : {usual, Extent{1, 1}, Extent{1, 16}, Extent{4, 33}, Extent{0, 3}}) compute(a, type, e, numbers(e, 51, 2), numbers(e, 52, 1), Place::apart, 0, guard);
      rows_cut(a, type, findings);
      if (findings.errors() > 0) return;
    }
  });
}

}  // namespace

std::vector<Rule> activation_rules() {
  const std::vector<std::int32_t> kinds = {TRG_ACTIVATION};
  return {
      {"activation/gradient", "the gradient is the differences of value", quick, kinds, activation_gradient},
      {"activation/in-place", "y may be x and dx may be dy, and all of them is written", quick, kinds, activation_in_place},
      {"activation/rows", "rows may be cut, on any thread, and nothing beyond them is touched", quick, kinds, activation_rows},
  };
}

}  // namespace teranga::conformance
