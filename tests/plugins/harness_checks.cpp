// SPDX-License-Identifier: Apache-2.0
// What the harness asserts: differences, slices, types, and Keras's numbers.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "harness.hpp"

namespace teranga::test {

BoundCase::BoundCase(const Case& test) : options_(find_item(test.plugin, test.item, TRG_LAYER), test.options) {
  case_.calls = static_cast<const trg_layer_calls*>(find_item(test.plugin, test.item, TRG_LAYER).calls);
  case_.options = options_.native();
  case_.name = test.item;
  case_.inputs = test.inputs, case_.masks = test.masks, case_.parameters = test.parameters, case_.states = test.states, case_.d_outputs = test.d_outputs;
  case_.mode = test.mode, case_.slices = test.slices, case_.granularity = test.granularity, case_.ranges = test.ranges, case_.in_place = test.in_place;
  case_.frozen_parameters = test.frozen_parameters, case_.no_gradient = test.no_gradient;
  case_.random_key = test.random_key, case_.first_row_key = test.first_row_key;
  for (const Follower& f : test.followers) {
    const trg_item& item = find_item(f.plugin, f.item, TRG_LAYER);
    case_.followers.push_back({sizeof(trg_follower), "layer", f.item.c_str(), follower_options_.emplace_back(item, f.options).native()});
  }
}

Result run(const Case& test, std::int32_t type) {
  const BoundCase bound(test);
  try {
    return conformance::run(bound.native(), {.type = type, .guard = conformance::Guard::strips});
  } catch (const Failure& failure) {
    BOOST_TEST_MESSAGE(test.item + ", " + failure.call + ": " + failure.text + " (" + failure.where + ")");
    throw;
  }
}

Failure failure_of(const Case& test) {
  try {
    run(test);
  } catch (const Failure& failure) {
    return failure;
  }
  BOOST_ERROR(test.item + " accepted what it should refuse");
  return {TRG_OK, "", "", ""};
}

void check_close(const Array& found, const Array& expected, const Tolerance& tolerance, const std::string& what) {
  const std::vector<std::string> texts = conformance::differences(found, expected, tolerance);
  for (const std::string& text : texts) BOOST_ERROR(what + ": " + text);
  BOOST_TEST(texts.empty(), what);
}

namespace {

double objective(const Case& test, const std::vector<Array>& weights) {
  Case forward = test;
  forward.mode = test.mode;
  const Result result = run(forward);
  double sum = 0;
  for (std::size_t o = 0; o < weights.size(); ++o)
    for (std::size_t i = 0; i < weights[o].values.size(); ++i) sum += weights[o].values[i] * result.outputs[o].values[i];
  return sum;
}

// `found` against differences of the objective in each element of `moved`, a part of `test`.
void check_by_differences(Case& test, Array& moved, const Array& found, const std::vector<Array>& weights, const Tolerance& tolerance, const std::string& what) {
  constexpr std::size_t most = 150;
  constexpr double step = 1e-5;
  const std::size_t stride = std::max<std::size_t>(1, moved.values.size() / most);
  Array numeric{{0}, {}, -1}, analytic{{0}, {}, -1};
  for (std::size_t i = 0; i < moved.values.size(); i += stride) {
    const double kept = moved.values[i];
    moved.values[i] = kept + step;
    const double above = objective(test, weights);
    moved.values[i] = kept - step;
    const double below = objective(test, weights);
    moved.values[i] = kept;
    numeric.values.push_back((above - below) / (2 * step));
    analytic.values.push_back(found.values.at(i));
  }
  check_close(analytic, numeric, tolerance, what + " by differences (every " + std::to_string(stride) + "th)");
}

void compare(const Result& found, const Result& expected, const Tolerance& tolerance, const std::string& what) {
  const auto all = [&](const std::vector<Array>& a, const std::vector<Array>& b, const std::string& name) {
    BOOST_TEST(a.size() == b.size());
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) check_close(a[i], b[i], tolerance, what + ", " + name + std::to_string(i));
  };
  all(found.outputs, expected.outputs, "output");
  all(found.output_masks, expected.output_masks, "output mask");
  all(found.d_inputs, expected.d_inputs, "d_input");
  all(found.d_parameters, expected.d_parameters, "d_parameter");
  all(found.states, expected.states, "state");
}

}  // namespace

void check_gradients(const Case& given, const Tolerance& tolerance) {
  Case test = given;
  const Result base = run(test);
  test.parameters = base.parameters;
  for (std::size_t i = 0; i < base.d_inputs.size(); ++i)
    if (!base.d_inputs[i].values.empty()) check_by_differences(test, test.inputs[i], base.d_inputs[i], base.d_outputs, tolerance, test.item + " d_input" + std::to_string(i));
  for (std::size_t i = 0; i < base.d_parameters.size(); ++i)
    if (!base.d_parameters[i].values.empty())
      check_by_differences(test, test.parameters[i], base.d_parameters[i], base.d_outputs, tolerance, test.item + " d_" + base.parameter_facts[i].name);
}

void check_slices(const Case& given) {
  const Tolerance tolerance{1e-10, 1e-12};
  Case test = given;
  test.slices.clear();
  const Result whole = run(test);
  const std::int64_t n = test.inputs.at(0).shape.at(0);
  std::vector<std::vector<std::int64_t>> cuts;
  if (n >= 2) cuts.push_back({n - 1, 1});
  if (n >= 4) cuts.push_back({1, 2, n - 3});
  for (const auto& cut : cuts) {
    test.slices = cut;
    compare(run(test), whole, tolerance, test.item + " in slices");
  }
  test.in_place = true;
  compare(run(test), whole, tolerance, test.item + " in place");
  test.in_place = false;
  for (const std::int32_t granularity : {TRG_RANGE, TRG_BATCH}) {
    bool offered = false;
    for (const auto& [which, bits] : whole.offered) offered = offered || (bits & granularity);
    if (!offered) continue;
    test.granularity = granularity;
    compare(run(test), whole, tolerance, test.item + (granularity == TRG_RANGE ? " by ranges" : " as a batch"));
  }
  test.granularity = TRG_SLICE;
  test.frozen_parameters = true;
  for (std::size_t i = 0; i < test.inputs.size(); ++i) test.no_gradient.push_back(static_cast<int>(i));
  check_close(run(test).outputs.at(0), whole.outputs.at(0), tolerance, test.item + " without any gradient wanted");
}

void check_f32(const Case& test, const Tolerance& tolerance) { compare(run(test, TRG_F32), run(test, TRG_F64), tolerance, test.item + " in f32"); }

void check_layer(const Case& test) {
  check_gradients(test);
  check_slices(test);
  check_f32(test);
}

Golden::Golden(const std::string& name) : file_(std::string(TERANGA_SOURCE_FOLDER) + "/tests/plugins/golden/" + name + ".txt") {
  std::ifstream in(file_);
  if (!in) throw std::runtime_error("cannot read " + file_);
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream head(line);
    std::string path;
    head >> path;
    Array a;
    for (std::int64_t extent; head >> extent;) a.shape.push_back(extent);
    if (!std::getline(in, line)) throw std::runtime_error(file_ + ": " + path + " has no values");
    std::istringstream values(line);
    for (std::string word; values >> word;) a.values.push_back(std::stod(word));
    if (a.count() != static_cast<std::int64_t>(a.values.size())) throw std::runtime_error(file_ + ": " + path + " has another number of values");
    arrays_[path] = std::move(a);
  }
}

const Array& Golden::at(const std::string& path) const {
  const auto found = arrays_.find(path);
  if (found == arrays_.end()) throw std::runtime_error(file_ + " has no " + path);
  return found->second;
}

void check_golden(Case test, const Golden& golden, const std::string& path, const Tolerance& tolerance) {
  const auto take = [&](std::vector<Array>& into, const std::string& name) {
    for (std::size_t i = 0; golden.has(path + "/" + name + std::to_string(i)); ++i) {
      Array a = golden.at(path + "/" + name + std::to_string(i));
      if (i < into.size()) a.type = into[i].type, into[i] = std::move(a);
      else into.push_back(std::move(a));
    }
  };
  take(test.inputs, "input"), take(test.masks, "mask"), take(test.parameters, "parameter"), take(test.states, "state"), take(test.d_outputs, "d_output");
  golden.at(path + "/output0");
  for (const std::int32_t type : {TRG_F64, TRG_F32}) {
    const Result result = run(test, type);
    const auto compare_all = [&](const std::vector<Array>& found, const std::string& name) {
      for (std::size_t i = 0; i < found.size(); ++i) {
        const std::string key = path + "/" + name + std::to_string(i);
        const bool unasked = found[i].values.empty() && test.mode != TRG_TRAINING;
        if (golden.has(key) && !unasked) check_close(found[i], golden.at(key), tolerance, key + (type == TRG_F32 ? " in f32" : " in f64"));
      }
    };
    compare_all(result.outputs, "output");
    compare_all(result.d_inputs, "d_input");
    compare_all(result.d_parameters, "d_parameter");
    compare_all(result.states, "new_state");
  }
}

}  // namespace teranga::test
