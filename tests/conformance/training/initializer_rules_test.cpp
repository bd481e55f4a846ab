// SPDX-License-Identifier: Apache-2.0
// Each rule of initializers names initializers that are wrong in one way, and lets the right one pass.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>

#include <teranga/sdk/training.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {
namespace {

enum class InitializerFault { none, constant, leaves_last, beyond, not_finite, own_generator, by_type, refuses, address, two_streams };

template <InitializerFault F>
struct Uniform {
  static sdk::Info info() { return info_of("uniform"); }
  explicit Uniform(const sdk::Options&) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    if (F == InitializerFault::refuses) throw sdk::ShapeError("uniform fills nothing");
    const std::int64_t count = f.shape().count();
    std::vector<T> draws(static_cast<std::size_t>(count));
    trg_stream stream = f.stream();
    if (F == InitializerFault::two_streams) stream.key = stream.key == 12345 ? 1 : 2;
    if (F != InitializerFault::constant) sdk::host().uniform(stream, F == InitializerFault::by_type && sizeof(T) == 8 ? 1 : 0, count, sizeof(T) == 8 ? TRG_F64 : TRG_F32, draws.data());
    for (std::int64_t i = 0; i < count; ++i) {
      if (F == InitializerFault::leaves_last && i + 1 == count && count > 1) continue;
      T value = draws[static_cast<std::size_t>(i)];
      if (F == InitializerFault::own_generator) value = static_cast<T>(std::rand()) / static_cast<T>(RAND_MAX);
      if (F == InitializerFault::address) value += static_cast<T>(reinterpret_cast<std::uintptr_t>(this) % 1009);
      if (F == InitializerFault::not_finite && i == 3) value = std::log(value - 2);
      f.data()[i] = value;
    }
    if (F == InitializerFault::beyond) f.data()[count] = 0;
  }
};

template <InitializerFault F>
Checked check_initializer(const char* rule) { return check(rule, sdk::initializer<Uniform<F>>(), conformance::quick); }

}  // namespace

BOOST_AUTO_TEST_CASE(right_initializers_pass_all_rules_of_initializers) {
  for (const char* rule : {"initializer/fill", "initializer/stream"})
    for (const Checked& found : {check(rule, sdk::initializer<Uniform<InitializerFault::none>>()), check_initializer<InitializerFault::constant>(rule)}) BOOST_TEST(found.passed(), rule << ": " << found.words());
}

BOOST_AUTO_TEST_CASE(tensors_that_are_not_filled_or_filled_wrongly_are_named) {
  BOOST_TEST(check_initializer<InitializerFault::leaves_last>("initializer/fill").names("element [4, 2] is not written"));
  BOOST_TEST(check_initializer<InitializerFault::not_finite>("initializer/fill").names("element [1, 0] is"));
  BOOST_TEST(check_initializer<InitializerFault::refuses>("initializer/fill").names("refuses all shapes"));
  BOOST_TEST(touches_forbidden_memory("initializer/fill", sdk::initializer<Uniform<InitializerFault::beyond>>()));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_of_the_stream_are_named) {
  BOOST_TEST(check_initializer<InitializerFault::own_generator>("initializer/stream").names("other bits"));
  BOOST_TEST(check_initializer<InitializerFault::address>("initializer/stream").names("another instance"));
  BOOST_TEST(check_initializer<InitializerFault::by_type>("initializer/stream").names("f32 and f64 differ"));
  BOOST_TEST(check_initializer<InitializerFault::two_streams>("initializer/stream").names("different streams"));
}

}  // namespace teranga::tests
