// SPDX-License-Identifier: Apache-2.0
// Rules of initializers: they write all of a tensor and nothing else, and draw from the stream that they are given.
#include <teranga/conformance/rule.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <thread>
#include <utility>

#include <teranga/sdk/c/training.h>

#include <fmt/format.h>

#include "held.hpp"
#include "trial_tensor.hpp"

namespace teranga::conformance {
namespace {

using HeldInitializer = Held<trg_initializer_calls>;

constexpr trg_stream usual_stream = {12345, 0};

struct Filled {
  Answer answer;
  std::vector<double> values;
  std::vector<std::byte> bits;
  bool damaged = false;
};

// (..., in, out), the leading axes being a receptive field, as the host derives them.
std::pair<std::int64_t, std::int64_t> fans_of(const Extents& shape) {
  if (shape.empty()) return {1, 1};
  if (shape.size() == 1) return {shape[0], shape[0]};
  const std::int64_t field = count_of({shape.begin(), shape.end() - 2});
  return {field * shape[shape.size() - 2], field * shape.back()};
}

Filled filled(const HeldInitializer& initializer, const Extents& shape, std::int32_t type, trg_stream stream, unsigned char before = 0xA5, Edge edge = Edge::behind) {
  TrialTensor tensor(shape, type, edge);
  tensor.array().fill(before);
  const auto [in, out] = fans_of(shape);
  const trg_fill call{sizeof(call), type, static_cast<std::int32_t>(shape.size()), tensor.shape().data(), in, out, stream, tensor.data()};
  Filled found;
  found.answer = answer_of("fill", [&](trg_error* error) { return initializer.calls().fill(initializer.self(), &call, error); });
  found.values = tensor.values(), found.bits = tensor.bits(), found.damaged = tensor.array().damaged();
  return found;
}

std::vector<Extents> shapes_to_fill(int level) {
  std::vector<Extents> shapes = {{5, 3}, {7}, {3, 3, 2, 5}, {1}, {17, 31}};
  if (level == full) shapes.insert(shapes.end(), {{}, {1, 1}, {2, 3, 4}, {1, 13}, {13, 1}, {2, 1, 3, 2, 5}, {257, 129}});
  return shapes;
}

// Runs the body for options that the initializer takes, until it has reported something.
void for_each_initializer(const Subject& subject, Findings& findings, const std::function<void(const HeldInitializer&, const OptionTrial&)>& body) {
  if (!subject.calls<trg_initializer_calls>().fill) return findings.not_applicable("fill is null");
  Budget budget(findings);
  for (const OptionTrial& options : accepted_trials<trg_initializer_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldInitializer initializer(subject, options.options);
    Call::set_place(options.words);
    body(initializer, options);
    if (findings.errors() > 0) return;
  }
}

// False: the initializer refuses the shape.
bool check_one_fill(const HeldInitializer& initializer, const OptionTrial& options, const Extents& shape, std::int32_t type, Findings& findings) {
  const std::string where = joined({"fill", options.words, to_words(shape, type)});
  Call::set_place(where);
  const Filled first = filled(initializer, shape, type, usual_stream);
  if (!first.answer.ok()) {
    if (const std::string fault = first.answer.fault(); !fault.empty()) findings.error(fmt::format("it refuses the shape, but {}", fault), where, "say in the error record which shapes it fills");
    return false;
  }
  const Filled second = filled(initializer, shape, type, usual_stream, 0x5A), front = filled(initializer, shape, type, usual_stream, 0xA5, Edge::before);
  if (first.damaged || front.damaged) findings.error("it writes beside the tensor", where, "write the elements of the shape only");
  for (std::int64_t i = 0; findings.errors() == 0 && i < count_of(shape); ++i) {
    const std::size_t width = width_of(type), at = static_cast<std::size_t>(i) * width;
    if (!std::equal(first.bits.begin() + static_cast<std::ptrdiff_t>(at), first.bits.begin() + static_cast<std::ptrdiff_t>(at + width), second.bits.begin() + static_cast<std::ptrdiff_t>(at)))
      findings.error(fmt::format("element {} is not written, or holds other bits at the second call with the same stream", place_words(shape, i)), where, "write all elements, from draws of fill->stream alone");
    else if (!std::isfinite(first.values[static_cast<std::size_t>(i)])) findings.error(fmt::format("element {} is {}", place_words(shape, i), first.values[static_cast<std::size_t>(i)]), where, "write finite numbers");
  }
  return true;
}

void initializer_fill(const Subject& subject, Findings& findings) {
  for_each_initializer(subject, findings, [&](const HeldInitializer& initializer, const OptionTrial& options) {
    bool any = false;
    for (const Extents& shape : shapes_to_fill(subject.level))
      for (const std::int32_t type : {TRG_F32, TRG_F64}) {
        any = check_one_fill(initializer, options, shape, type, findings) || any;
        if (findings.errors() > 0) return;
      }
    if (!any) findings.error("it refuses all shapes that were tried", joined({"fill", options.words, "kernels [in, out] and [..., in, out], biases [out]"}), "fill tensors of the shapes that parameters have");
  });
}

// Bits of the stream in all that can be drawn; empty: the shape is refused.
std::vector<std::byte> drawn(const HeldInitializer& initializer, trg_stream stream) {
  const Filled found = filled(initializer, {17, 31}, TRG_F32, stream);
  return found.answer.ok() ? found.bits : std::vector<std::byte>();
}

void check_stream(const Subject& subject, const HeldInitializer& initializer, const OptionTrial& options, bool wait, Findings& findings) {
  const std::string where = joined({"fill", options.words, "[17, 31] f32"});
  const std::vector<std::byte> first = drawn(initializer, usual_stream), other = drawn(initializer, {54321, 0}), third = drawn(initializer, {99, 0}), again = drawn(initializer, usual_stream);
  if (first.empty()) return findings.not_applicable("it refuses [17, 31]: see initializer/fill");
  if (again != first) return findings.error("the same stream gives other bits after other streams", where, "keep no generator: draw from fill->stream alone (host().uniform, host().normal)");
  if (wait) std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // a clock of seconds that feeds a generator
  const HeldInitializer twin(subject, options.options);
  if (drawn(twin, usual_stream) != first) return findings.error("another instance with the same options gives other bits for the same stream", where, "draw from fill->stream alone, not from a clock, an address or a generator of its own");
  if (other != first && other == third) return findings.error("different streams give the same bits, but not all do", where, "use the key of the stream as it is");
  const Filled f32 = filled(initializer, {17, 31}, TRG_F32, usual_stream), f64 = filled(initializer, {17, 31}, TRG_F64, usual_stream);
  double apart = 0, size = 1e-30;
  for (std::size_t i = 0; i < f32.values.size(); ++i) apart = std::max(apart, std::fabs(f32.values[i] - f64.values[i])), size = std::max(size, std::fabs(f64.values[i]));
  if (!f64.answer.ok()) return findings.error(fmt::format("f32 is filled, f64 answered with {}", f64.answer.words()), where, "fill both types with the same numbers");
  if (apart > 1e-5 * size) findings.error(fmt::format("f32 and f64 differ by {:.3g}, of numbers up to {:.3g}", apart, size), where, "draw the same numbers in both types: host().uniform and host().normal do");
}

void initializer_stream(const Subject& subject, Findings& findings) {
  bool first = true;
  for_each_initializer(subject, findings, [&](const HeldInitializer& initializer, const OptionTrial& options) { check_stream(subject, initializer, options, std::exchange(first, false) && subject.level == full, findings); });
}

}  // namespace

std::vector<Rule> initializer_rules() {
  const std::vector<std::int32_t> initializers = {TRG_INITIALIZER};
  return {{"initializer/fill", "all elements are written with finite numbers, and nothing beside them", quick, initializers, initializer_fill},
          {"initializer/stream", "the same stream gives the same numbers in both types, another one others", quick, initializers, initializer_stream}};
}

}  // namespace teranga::conformance
