// SPDX-License-Identifier: Apache-2.0
// Each rule of optimizers names optimizers that are wrong in one way, and lets right ones pass.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include <teranga/sdk/training.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {
namespace {

enum class OptimizerFault {
  none, twice, slash, empty_name, infinite_slot, new_facts, too_many, cut, remembers, static_sum, uphill, still, ignores_rate, null_as_one, not_idle, divides, beyond_slot, changes_gradient, wild_scalars, fails
};

template <OptimizerFault F>
struct Momentum {
  static sdk::Info info() { return info_of("momentum"); }
  explicit Momentum(const sdk::Options&) {}
  std::vector<const char*> slots() const {
    if (F == OptimizerFault::twice) return {"momentum", "momentum"};
    if (F == OptimizerFault::too_many) return std::vector<const char*>(17, "momentum");
    static int asked = 0;
    if (F == OptimizerFault::new_facts) return {asked++ % 2 ? "momentum" : "velocity"};
    return {F == OptimizerFault::slash ? "a/b" : F == OptimizerFault::empty_name ? "" : "momentum"};
  }
  std::vector<double> slot_initial() const { return std::vector<double>(20, F == OptimizerFault::infinite_slot ? std::numeric_limits<double>::infinity() : 0); }
  std::vector<double> scalar_initial() const { return {1}; }
  bool idle_without_gradient() const { return F == OptimizerFault::not_idle; }
  void begin_step(std::int64_t, double, double* scalars) const {
    scalars[0] *= F == OptimizerFault::wild_scalars ? 1e30 : 0.9;
    if (F == OptimizerFault::fails) throw sdk::Error(TRG_FAILED, "no step today");
  }
  template <class T>
  void update(const sdk::Update<T>& u) const {
    static double moves = 0, sum = 0;
    T* const m = u.slot(0);
    sum = 0;
    for (std::int64_t i = 0; i < u.count; ++i) {
      T g = u.gradient ? u.gradient[i] : T(F == OptimizerFault::null_as_one ? 1 : 0);
      sum += static_cast<double>(g);
      if (F == OptimizerFault::cut) g *= static_cast<T>(1 + 1e-3 * static_cast<double>(i % 100));
      if (F == OptimizerFault::remembers) g *= static_cast<T>(1 + 1e-3 * std::fmod(++moves, 7.0));
      if (F == OptimizerFault::divides) g /= std::fabs(g) + 0;
      m[i] = T(0.9) * m[i] + g;
      const T rate = F == OptimizerFault::ignores_rate ? T(0.01) : u.rate;
      if (F == OptimizerFault::still) continue;
      u.weights[i] -= (F == OptimizerFault::uphill ? -rate : rate) * m[i];
    }
    if (F == OptimizerFault::static_sum)
      for (std::int64_t i = 0; i < u.count; ++i) u.weights[i] -= u.rate * static_cast<T>(1e-3 * sum);
    if (F == OptimizerFault::beyond_slot) m[u.count] = 0;
    if (F == OptimizerFault::changes_gradient && u.gradient) const_cast<T*>(u.gradient)[0] = 0;
  }
};

enum class WholeFault { none, counts, huge_slot, decays_without_option };

// Steps of the length of the parameter's norm.
template <WholeFault F>
struct Normed {
  static constexpr bool decays_itself = F == WholeFault::decays_without_option;
  static sdk::Info info() { return info_of("normed"); }
  explicit Normed(const sdk::Options&) {}
  std::vector<const char*> slots() const { return {"momentum"}; }
  std::optional<sdk::Shape> slot_shape(int, std::string_view, const sdk::Shape& shape) const {
    if (F != WholeFault::huge_slot) return shape;
    return sdk::Shape(std::vector<std::int64_t>{std::int64_t{1} << 40, 1 << 20});
  }
  template <class T>
  void update_tensor(const sdk::TensorUpdate<T>& u) const {
    double squares = 0;
    static int calls = 0;
    for (std::int64_t i = 0; i < u.count; ++i) squares += static_cast<double>(u.gradient[i]) * static_cast<double>(u.gradient[i]);
    if (F == WholeFault::counts) squares += 1e-3 * static_cast<double>(++calls % 5);
    const double norm = std::sqrt(squares) + 1e-12;
    for (std::int64_t i = 0; i < u.count; ++i) {
      u.slot(0)[i] = static_cast<T>(0.5) * u.slot(0)[i] + u.gradient[i] / static_cast<T>(norm);
      u.weights[i] -= static_cast<T>(u.rate) * u.slot(0)[i];
    }
  }
};

template <OptimizerFault F>
Checked check_optimizer(const char* rule) { return check(rule, sdk::optimizer<Momentum<F>>()); }

}  // namespace

BOOST_AUTO_TEST_CASE(right_optimizers_pass_all_rules_of_optimizers) {
  for (const char* rule : {"optimizer/slots", "optimizer/segments", "optimizer/step", "optimizer/zero-gradient"})
    for (const Checked& found : {check_optimizer<OptimizerFault::none>(rule), check(rule, sdk::optimizer<Normed<WholeFault::none>>())}) BOOST_TEST(found.passed(), rule << ": " << found.words());
}

BOOST_AUTO_TEST_CASE(facts_that_make_no_sense_are_named) {
  BOOST_TEST(check_optimizer<OptimizerFault::twice>("optimizer/slots").names("two slots are called \"momentum\""));
  BOOST_TEST(check_optimizer<OptimizerFault::slash>("optimizer/slots").names("\"a/b\""));
  BOOST_TEST(check_optimizer<OptimizerFault::empty_name>("optimizer/slots").names("has 0 bytes"));
  BOOST_TEST(check_optimizer<OptimizerFault::infinite_slot>("optimizer/slots").names("starts at inf"));
  BOOST_TEST(check_optimizer<OptimizerFault::new_facts>("optimizer/slots").names("other facts"));
  BOOST_TEST(check_optimizer<OptimizerFault::too_many>("optimizer/slots").names("slot_count = 17"));
  BOOST_TEST(check("optimizer/slots", sdk::optimizer<Normed<WholeFault::huge_slot>>()).names("it gives the shape"));
  BOOST_TEST(check("optimizer/slots", sdk::optimizer<Normed<WholeFault::decays_without_option>>()).names("no option weight_decay"));
}

BOOST_AUTO_TEST_CASE(updates_that_depend_on_the_cut_or_on_memory_of_their_own_are_named) {
  BOOST_TEST(check_optimizer<OptimizerFault::cut>("optimizer/segments").names("segments of 1 give other bits"));
  BOOST_TEST(check_optimizer<OptimizerFault::remembers>("optimizer/segments").names("other bits"));
  BOOST_TEST(check_optimizer<OptimizerFault::static_sum>("optimizer/segments").names("other bits"));
  BOOST_TEST(check_optimizer<OptimizerFault::changes_gradient>("optimizer/segments").names("changes the gradient"));
  BOOST_TEST(check_optimizer<OptimizerFault::fails>("optimizer/segments").names("begin_step answers TRG_FAILED: \"no step today\""));
  BOOST_TEST(touches_forbidden_memory("optimizer/segments", sdk::optimizer<Momentum<OptimizerFault::beyond_slot>>()));
  BOOST_TEST(check("optimizer/segments", sdk::optimizer<Normed<WholeFault::counts>>()).names("other bits"));
}

BOOST_AUTO_TEST_CASE(steps_that_do_not_descend_or_do_not_end_are_named) {
  BOOST_TEST(check_optimizer<OptimizerFault::uphill>("optimizer/step").names("go downhill"));
  BOOST_TEST(check_optimizer<OptimizerFault::still>("optimizer/step").names("move no weight"));
  BOOST_TEST(check_optimizer<OptimizerFault::ignores_rate>("optimizer/step").names("steps of rate 0 move the weights"));
  BOOST_TEST(check_optimizer<OptimizerFault::wild_scalars>("optimizer/step").names("not finite"));
}

BOOST_AUTO_TEST_CASE(gradients_of_zeros_that_are_not_kept_to_are_named) {
  BOOST_TEST(check_optimizer<OptimizerFault::null_as_one>("optimizer/zero-gradient").names("after a null gradient"));
  BOOST_TEST(check_optimizer<OptimizerFault::not_idle>("optimizer/zero-gradient").names("idle_without_gradient = 1"));
  BOOST_TEST(check_optimizer<OptimizerFault::divides>("optimizer/zero-gradient").names("not finite"));
}

}  // namespace teranga::tests
