// SPDX-License-Identifier: Apache-2.0
// Random samples: their shapes, ranges and distributions, and what they depend on.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/data/source.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/train/data_opening.hpp>

namespace {

using namespace teranga;

std::unique_ptr<data::Source> opened(const std::string& options) {
  static const host::Registry registry = host::Registry::standard();
  const model::PluginCatalogue catalogue(registry);
  const std::string rest = "[[layer]]\ntype = \"dense\"\nunits = 1\n[loss]\ntype = \"mean_squared_error\"\n[optimizer]\ntype = \"sgd\"\n";
  return train::open_data(recipe::parse("schema = 1\n[data]\ntype = \"random\"\n" + options + rest, "random.toml", {}, catalogue), registry);
}

template <class T>
std::vector<T> filled(const data::Source& source, const std::string& field, std::vector<std::int64_t> samples, data::Part part = data::Part::training) {
  std::vector<std::vector<std::byte>> memory;
  std::vector<void*> pointers;
  std::vector<T> out;
  for (const data::Field& f : source.fields()) {
    if (f.name == field) out.resize(samples.size() * static_cast<std::size_t>(f.elements()));
    pointers.push_back(f.name == field ? out.data() : nullptr);
  }
  source.fill(part, samples, pointers);
  return out;
}

std::vector<std::int64_t> first(std::int64_t count) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), std::int64_t{0});
  return out;
}

std::pair<double, double> mean_and_deviation(const std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += v, squares += static_cast<double>(v) * static_cast<double>(v);
  const double n = static_cast<double>(values.size()), mean = sum / n;
  return {mean, std::sqrt(squares / n - mean * mean)};
}

std::string refused(const std::string& options) {
  try {
    opened(options);
  } catch (const Error& error) {
    BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::usage));
    return error.what();
  }
  return "nothing was refused";
}

bool contains(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(parts_and_fields_are_those_asked_for) {
  const auto source = opened("samples = 5\ntest_samples = 3\nshape = [4, 6, 3]\nnoise = 7\nclasses = 10\ntarget_shape = [4]\n");
  BOOST_TEST(source->count(data::Part::training) == 5);
  BOOST_TEST(!source->has(data::Part::validation));
  BOOST_TEST(source->count(data::Part::test) == 3);
  BOOST_TEST(source->fields().size() == 3u);
  BOOST_TEST(source->field("x").shape == (Shape{4, 6, 3}), boost::test_tools::per_element());
  BOOST_TEST((source->field("noise").role == data::Role::feature && source->field("noise").shape == Shape{7}));
  BOOST_TEST((source->field("y").role == data::Role::target && source->field("y").type == ElementType::i32 && source->field("y").shape == Shape{4}));
  BOOST_TEST(source->field("y").classes == 10);
  BOOST_TEST(opened("shape = 2\ntarget = \"none\"\n")->fields().size() == 1u);
}

BOOST_AUTO_TEST_CASE(normal_values_have_mean_0_and_deviation_1) {
  const auto source = opened("shape = [100, 10]\ntarget = \"normal\"\ntarget_shape = 500\nnoise = 500\n");
  for (const char* field : {"x", "noise", "y"}) {
    const auto [mean, deviation] = mean_and_deviation(filled<float>(*source, field, first(200)));
    BOOST_TEST(std::abs(mean) < 0.02);
    BOOST_TEST(std::abs(deviation - 1) < 0.02);
  }
}

BOOST_AUTO_TEST_CASE(uniform_values_fill_their_range) {
  const auto source = opened("shape = 1000\nvalues = \"uniform\"\nminimum = -1.0\nmaximum = 3.0\ntarget = \"uniform\"\ntarget_shape = 1000\n");
  for (const auto& [field, least, most] : {std::tuple{"x", -1.0F, 3.0F}, std::tuple{"y", 0.0F, 1.0F}}) {
    const std::vector<float> values = filled<float>(*source, field, first(100));
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const float width = most - least;
    BOOST_TEST((*low >= least && *low < least + width / 1000 && *high <= most && *high > most - width / 1000));
    BOOST_TEST(std::abs(mean_and_deviation(values).first - (least + most) / 2) < width / 100);
  }
}

BOOST_AUTO_TEST_CASE(ids_and_classes_all_occur_and_no_others) {
  const auto source = opened("shape = 50\nvalues = \"ids\"\nids = 96\nclasses = 7\n");
  BOOST_TEST((source->field("x").type == ElementType::i32));
  BOOST_TEST(source->field("x").classes == 96);
  std::vector<int> seen(96), classes(7);
  for (const std::int32_t id : filled<std::int32_t>(*source, "x", first(1000))) ++seen.at(static_cast<std::size_t>(id));
  for (const std::int32_t c : filled<std::int32_t>(*source, "y", first(1000))) ++classes.at(static_cast<std::size_t>(c));
  BOOST_TEST(*std::min_element(seen.begin(), seen.end()) > 50000 / 96 / 2);
  BOOST_TEST(*std::min_element(classes.begin(), classes.end()) > 1000 / 7 / 2);
}

BOOST_AUTO_TEST_CASE(a_sample_depends_on_seed_part_and_number_alone) {
  const std::string options = "samples = 9\ntest_samples = 9\nshape = 3\nnoise = 3\n";
  const auto source = opened(options), again = opened(options), other = opened(options + "seed = 2\n");
  const auto x = filled<float>(*source, "x", {4, 7});
  BOOST_TEST(x == filled<float>(*again, "x", {4, 7}));
  const auto turned = filled<float>(*source, "x", {7, 4});
  BOOST_TEST((std::vector<float>{turned[3], turned[4], turned[5], turned[0], turned[1], turned[2]} == x));
  const std::set<float> apart = {x[0], x[3], filled<float>(*other, "x", {4})[0], filled<float>(*source, "x", {4}, data::Part::test)[0], filled<float>(*source, "noise", {4})[0]};
  BOOST_TEST(apart.size() == 5u);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_together_is_refused) {
  BOOST_TEST(contains(refused("shape = 3\nvalues = \"ids\"\n"), "needs the number of ids"));
  BOOST_TEST(contains(refused("shape = 3\nids = 4\n"), "goes with values = \"ids\" only"));
  BOOST_TEST(contains(refused("shape = 3\nminimum = 1.0\n"), "must be above minimum"));
  BOOST_TEST(contains(refused("shape = [3, 0]\n"), "an extent must be 1 or more, found 0"));
  BOOST_TEST(contains(refused("shape = [2000000000, 2000000000, 2000000000]\n"), "beyond all memory"));
  BOOST_TEST(contains(refused("samples = 3\n"), "shape"));
  BOOST_TEST(contains(refused("shape = 3\nvalues = \"gauss\"\n"), "normal"));
}
