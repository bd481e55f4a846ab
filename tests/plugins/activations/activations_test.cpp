// SPDX-License-Identifier: Apache-2.0
// The standard activations, as activations and as layers: hand values, differences, Keras's numbers, and the defaults in which the two differ.
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case layer_case(const std::string& name, Options options, Array x) {
  return {.plugin = "activations", .item = "teranga." + name, .options = std::move(options), .inputs = {std::move(x)}};
}

trg_error ignored{};
void done(std::int32_t status) { BOOST_TEST(status == TRG_OK); }

// Through the activation's own calls, in place.
std::vector<double> values(const std::string& name, const Options& options, std::vector<double> x, std::int64_t rows = 1) {
  Instance<trg_activation_calls> a("activations", "teranga." + name, TRG_ACTIVATION, options);
  std::vector<float> y(x.begin(), x.end());
  done(a.calls.value(a.handle, TRG_F32, rows, static_cast<std::int64_t>(x.size()) / rows, y.data(), y.data(), &ignored));
  done(a.calls.value(a.handle, TRG_F64, rows, static_cast<std::int64_t>(x.size()) / rows, x.data(), x.data(), &ignored));
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::isfinite(x[i])) BOOST_TEST(std::fabs(x[i] - static_cast<double>(y[i])) <= 1e-6 * (1 + std::fabs(x[i])));
  return x;
}

void same(const std::vector<double>& found, const std::vector<double>& expected) {
  BOOST_REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(std::fabs(found[i] - expected[i]) < 1e-7);
}

struct Named {
  std::string name;
  Options options = {};
};

std::vector<Named> smooth_enough() {
  return {{"linear"}, {"relu"}, {"relu", {{"negative_slope", 0.25}}}, {"relu", {{"max_value", 0.5}}}, {"relu", {{"max_value", 0.0}, {"negative_slope", 0.25}}}, {"relu", {{"threshold", 0.3}, {"negative_slope", 0.1}}},
          {"relu", {{"threshold", -0.3}}}, {"relu", {{"negative_slope", -0.2}}}, {"relu", {{"max_value", 0.6}, {"threshold", -0.4}, {"negative_slope", 0.7}}},
          {"relu6"}, {"leaky_relu"}, {"leaky_relu", {{"negative_slope", 0.05}}}, {"elu"}, {"elu", {{"alpha", 0.4}}}, {"selu"}, {"gelu"},
          {"gelu", {{"approximate", true}}}, {"silu"}, {"swish"}, {"mish"}, {"softplus"}, {"softsign"}, {"sigmoid"}, {"hard_sigmoid"}, {"tanh"},
          {"exponential"}, {"softmax"}, {"log_softmax"}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_activation_has_the_gradient_that_differences_give) {
  for (const Named& n : smooth_enough()) {
    check_layer(layer_case(n.name, n.options, random_array({5, 7}, 11, -3, 3)));
    check_layer(layer_case(n.name, n.options, random_array({4, 3, 37}, 12, -8, 8)));
    check_layer(layer_case(n.name, n.options, random_array({1, 1}, 13, 0.2, 1)));
  }
}

BOOST_AUTO_TEST_CASE(every_activation_agrees_with_keras) {
  const Golden golden("activations");
  for (const char* name : {"linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "mish", "softplus", "softsign", "sigmoid",
                           "hard_sigmoid", "tanh", "exponential", "softmax", "log_softmax"}) {
    const Array x = golden.at(std::string(name) + "/input0");
    Instance<trg_activation_calls> a("activations", std::string("teranga.") + name, TRG_ACTIVATION, {});
    Array y = filled(x.shape, 0);
    done(a.calls.value(a.handle, TRG_F64, x.shape[0], x.shape[1], x.values.data(), y.values.data(), &ignored));
    check_close(y, golden.at(std::string(name) + "/output0"), {1e-6, 1e-7}, name);
  }
}

BOOST_AUTO_TEST_CASE(the_layers_agree_with_the_layers_of_keras) {
  const Golden golden("activations");
  const Array none = filled({1, 1}, 0);
  check_golden(layer_case("relu", {}, none), golden, "layer_relu");
  check_golden(layer_case("relu", {{"max_value", 1.5}, {"negative_slope", 0.1}, {"threshold", 0.25}}, none), golden, "layer_relu_options");
  check_golden(layer_case("leaky_relu", {}, none), golden, "layer_leaky_relu");
  check_golden(layer_case("leaky_relu", {{"negative_slope", 0.05}}, none), golden, "layer_leaky_relu_options");
  check_golden(layer_case("elu", {{"alpha", 0.7}}, none), golden, "layer_elu_options");
  check_golden(layer_case("softmax", {}, none), golden, "layer_softmax");
  check_golden(layer_case("gelu", {{"approximate", true}}, none), golden, "layer_gelu_approximate");
}

BOOST_AUTO_TEST_CASE(leaky_relu_leaks_less_as_an_activation_than_as_a_layer) {
  same(values("leaky_relu", {}, {-1, 2}), {-0.2, 2});
  same(run(layer_case("leaky_relu", {}, array({1, 2}, {-1, 2}))).outputs[0].values, {-0.3, 2});
}

BOOST_AUTO_TEST_CASE(step_is_one_from_zero_on_and_has_no_gradient) {
  same(values("step", {}, {-1e-30, -5, 0, 1e-30, 5}), {0, 0, 1, 1, 1});
  Instance<trg_activation_calls> a("activations", "teranga.step", TRG_ACTIVATION, {});
  BOOST_TEST(a.calls.needs(a.handle) == TRG_GRADIENT_NONE);
  const Result result = run(layer_case("step", {}, array({2, 1}, {-1, 1})));
  BOOST_TEST((result.output_ports[0].flags & TRG_NO_GRADIENT) != 0);
}

BOOST_AUTO_TEST_CASE(known_points_are_hit) {
  same(values("relu", {{"max_value", 3.0}, {"negative_slope", 0.5}, {"threshold", 1.0}}, {0, 1, 2, 4}), {-0.5, 1, 2, 3});
  same(values("hard_sigmoid", {}, {-4, -3, 0, 1.5, 3, 9}), {0, 0, 0.5, 0.75, 1, 1});
  same(values("sigmoid", {}, {0, 800, -800}), {0.5, 1, 0});
  same(values("softplus", {}, {0, 50}), {std::log(2.0), 50});
  same(values("softsign", {}, {-1, 3}), {-0.5, 0.75});
  same(values("elu", {{"alpha", 2.0}}, {-1e9, 1}), {-2, 1});
  same(values("gelu", {}, {0, 1}), {0, 0.841344746});
  same(values("silu", {}, {1}), {0.731058579});
  same(values("mish", {}, {1}), {0.865098388});
}

BOOST_AUTO_TEST_CASE(softmax_does_not_overflow_and_sums_to_one_in_each_row) {
  same(values("softmax", {}, {1000, 1000, -1000, 0, 0, 0}, 2), {0.5, 0.5, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3});
  std::vector<double> wide(101);
  for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = std::sin(static_cast<double>(i)) * 30;
  double sum = 0;
  for (const double p : values("softmax", {}, wide)) sum += p;
  BOOST_TEST(std::fabs(sum - 1) < 1e-12);
  Instance<trg_activation_calls> a("activations", "teranga.softmax", TRG_ACTIVATION, {});
  BOOST_TEST((a.calls.needs(a.handle) & TRG_WHOLE_ROWS) != 0);
}

BOOST_AUTO_TEST_CASE(what_diverged_stays_visible) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const char* name : {"linear", "relu", "elu", "selu", "gelu", "silu", "softplus", "sigmoid", "tanh", "exponential", "softmax", "log_softmax"}) {
    Instance<trg_activation_calls> a("activations", std::string("teranga.") + name, TRG_ACTIVATION, {});
    const float x[2] = {static_cast<float>(nan), 1};
    float y[2];
    done(a.calls.value(a.handle, TRG_F32, 1, 2, x, y, &ignored));
    BOOST_TEST(std::isnan(y[0]), name);
  }
}

BOOST_AUTO_TEST_CASE(a_gradient_may_overwrite_what_it_is_made_of) {
  for (const Named& n : smooth_enough()) {
    Instance<trg_activation_calls> a("activations", "teranga." + n.name, TRG_ACTIVATION, n.options);
    const std::vector<double> x = random_array({2, 40}, 5, -2, 2).values;
    std::vector<double> y(80), apart(80), same_place = random_array({2, 40}, 6).values;
    done(a.calls.value(a.handle, TRG_F64, 2, 40, x.data(), y.data(), &ignored));
    done(a.calls.gradient(a.handle, TRG_F64, 2, 40, x.data(), y.data(), same_place.data(), apart.data(), &ignored));
    done(a.calls.gradient(a.handle, TRG_F64, 2, 40, x.data(), y.data(), same_place.data(), same_place.data(), &ignored));
    BOOST_TEST(apart == same_place, n.name);
  }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  BOOST_TEST(failure_of(layer_case("relu", {{"max_value", -1.0}}, filled({1, 1}, 0))).where == "max_value");
  BOOST_TEST(failure_of(layer_case("relu", {{"max_value", 1.0}, {"threshold", 2.0}}, filled({1, 1}, 0))).where == "max_value");
  BOOST_TEST(failure_of(layer_case("leaky_relu", {{"negative_slope", -1.0}}, filled({1, 1}, 0))).where == "negative_slope");
  BOOST_TEST(failure_of(layer_case("softmax", {{"axis", 1}}, filled({1, 1}, 0))).where == "axis");
  BOOST_TEST(failure_of(layer_case("tanh", {{"slope", 1.0}}, filled({1, 1}, 0))).where == "slope");
}

BOOST_AUTO_TEST_CASE(an_activation_of_whole_numbers_is_refused) {
  const Failure failure = failure_of(layer_case("relu", {}, array({1, 2}, {1, 2}, TRG_I32)));
  BOOST_TEST(failure.code == TRG_BAD_SHAPE);
  BOOST_TEST(failure.text == "expects an input of floating-point numbers, found whole ones");
}
