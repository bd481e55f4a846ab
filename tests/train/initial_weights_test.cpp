// SPDX-License-Identifier: Apache-2.0
// Weights that a training begins with: every kind of file that Keras writes, and parts of files.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>

#include <teranga/core/error.hpp>
#include <teranga/h5/file.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/recipe/recipe.hpp>

#include "session/initial_weights.hpp"

namespace {

using namespace teranga;
using namespace teranga::train;
namespace fs = std::filesystem;

using Values = std::vector<float>;
using Tensors = std::map<std::string, Tensor>;

// Dense layers of those units on 2 features, or other layers. Its weights are of the seed.
class Net {
 public:
  explicit Net(const std::string& layers, Shape features = {2}) {
    static const host::Registry registry = host::Registry::standard();
    const model::PluginCatalogue catalogue(registry);
    recipe_ = recipe::parse("schema = 1\nlayer = [\n" + layers + "]\n[loss]\ntype = \"mean_squared_error\"\n[optimizer]\ntype = \"sgd\"\n", "net.toml", {}, catalogue);
    const std::vector<model::Field> fields = {{"x", model::Role::feature, ElementType::f32, std::move(features), 0, {}}, {"y", model::Role::target, ElementType::f32, {std::stoi(layers.substr(layers.rfind("units = ") + 8))}, 0, {}}};
    network_ = std::make_unique<model::Network>(recipe_, fields, registry, team_);
  }
  model::Network& operator*() { return *network_; }
  Values operator[](const std::string& name) {
    for (const auto& tensors : {network_->store().parameter_tensors(), network_->store().state_tensors()})
      for (const NamedTensor& tensor : tensors)
        if (tensor.name == name) return {tensor.tensor.as<float>().begin(), tensor.tensor.as<float>().end()};
    throw std::logic_error("no " + name);
  }

 private:
  Team team_{1};
  recipe::Recipe recipe_;
  std::unique_ptr<model::Network> network_;
};

std::string dense(const std::string& name, int units) { return "{ type = \"dense\", name = \"" + name + "\", units = " + std::to_string(units) + " },\n"; }

// A folder of files that h5py or Keras could have written.
class Files {
 public:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "teranga-weights-XXXXXX").string();
    place_ = mkdtemp(pattern.data());
  }
  ~Files() { fs::remove_all(place_); }
  std::string operator/(const std::string& name) const { return (place_ / name).string(); }

  struct Set {
    std::string path;
    std::vector<std::int64_t> shape;
    float first;  // and those after it, one more each
  };
  // `names`: of layers, by the group that bears the attribute.
  std::string write(const std::string& file, const std::vector<Set>& sets, const std::map<std::string, std::string>& names = {}) const {
    auto image = h5::File::create_image(file);
    for (const Set& set : sets) {
      const Values values = counted(set.shape, set.first);
      image.write(set.path, h5::Type::f32, set.shape, values.data());
    }
    for (const auto& [group, name] : names) image.set_attribute(group, group == "/" ? "layer_names" : "name", name);
    return put(file, image);
  }
  std::string put(const std::string& file, const h5::File& image) const {
    const auto bytes = image.image();
    std::ofstream(*this / file, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return *this / file;
  }
  std::string put(const std::string& file, const std::string& bytes) const {
    std::ofstream(*this / file, std::ios::binary) << bytes;
    return *this / file;
  }
  static Values counted(const std::vector<std::int64_t>& shape, float first) {
    Values values(static_cast<std::size_t>(std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>())));
    std::iota(values.begin(), values.end(), first);
    return values;
  }

 private:
  fs::path place_;
};

// A dense layer of a file: kernel and bias.
std::vector<Files::Set> kernel_and_bias(const std::string& group, std::int64_t in, std::int64_t out, float first, bool by_name = false) {
  return {{group + (by_name ? "/kernel:0" : "/vars/0"), {in, out}, first}, {group + (by_name ? "/bias:0" : "/vars/1"), {out}, -first}};
}

std::vector<Files::Set> all(std::initializer_list<std::vector<Files::Set>> layers) {
  std::vector<Files::Set> out;
  for (const auto& layer : layers) out.insert(out.end(), layer.begin(), layer.end());
  return out;
}

recipe::InitialWeights part_of(bool partly) {
  recipe::InitialWeights choice;
  choice.partial = partly;
  return choice;
}

Error refused(Net& net, const std::string& path, const recipe::InitialWeights& choice = {}) {
  try {
    set_initial_weights(*net, path, choice);
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("nothing was refused");
}

bool says(const Error& error, const std::string& text) { return std::string(error.what()).find(text) != std::string::npos; }

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())
// The kernel and the bias of a layer begin with these numbers.
#define BEGINS(net, layer, first)                           \
  BOOST_TEST(net[std::string(layer) + "/kernel"][0] == first); \
  BOOST_TEST(net[std::string(layer) + "/bias"][0] == -first)

}  // namespace

BOOST_FIXTURE_TEST_CASE(layers_are_told_by_name_or_by_class_and_order, Files) {
  const auto sets = all({kernel_and_bias("layers/dense", 2, 3, 10), kernel_and_bias("layers/dense_1", 3, 1, 20)});
  for (const auto& names : {std::map<std::string, std::string>{}, {{"layers/dense/vars", "hidden"}, {"layers/dense_1/vars", "out"}}, {{"layers/dense/vars", "dense_7"}, {"layers/dense_1/vars", "out"}}}) {
    Net net(dense("hidden", 3) + dense("out", 1));
    set_initial_weights(*net, write("plain.weights.h5", sets, names), {});
    BEGINS(net, "hidden", 10.f);
    BEGINS(net, "out", 20.f);
    SAME(net["hidden/kernel"], counted({2, 3}, 10));
  }
  // Square kernels would fit anywhere: the names decide.
  Net square(dense("a", 2) + dense("b", 2));
  set_initial_weights(*square, write("swapped.weights.h5", all({kernel_and_bias("layers/dense", 2, 2, 10), kernel_and_bias("layers/dense_1", 2, 2, 20)}), {{"layers/dense/vars", "b"}, {"layers/dense_1/vars", "a"}}), {});
  BEGINS(square, "a", 20.f);
  BEGINS(square, "b", 10.f);
  Net net(dense("hidden", 3) + dense("out", 1));
  const Error swapped = refused(net, write("wrong.weights.h5", sets, {{"layers/dense/vars", "out"}, {"layers/dense_1/vars", "hidden"}}));
  BOOST_TEST(says(swapped, "parameter \"hidden/kernel\": expected f32 (2, 3), found f32 (3, 1)"));
  BOOST_TEST(says(refused(net, write("short.weights.h5", kernel_and_bias("layers/dense", 2, 3, 10))), "parameter \"out/kernel\" is missing"));
}

BOOST_FIXTURE_TEST_CASE(inner_models_are_put_in_the_one_order_that_fits, Files) {
  const auto inner = [](const std::string& model, float first) { return all({kernel_and_bias("layers/" + model + "/layers/dense", 3, 4, first), kernel_and_bias("layers/" + model + "/layers/dense_1", 4, 5, first + 10)}); };
  Net net(dense("one", 3) + dense("two", 4) + dense("three", 5) + dense("four", 1));
  set_initial_weights(*net, write("nested.weights.h5", all({kernel_and_bias("layers/dense", 2, 3, 10), kernel_and_bias("layers/dense_1", 5, 1, 40), inner("sequential", 100)})), {});
  BEGINS(net, "one", 10.f);
  BEGINS(net, "two", 100.f);
  BEGINS(net, "three", 110.f);
  BEGINS(net, "four", 40.f);
  // Two inner models of one class are in order; one lies in another.
  Net deep(dense("a", 3) + dense("b", 3) + dense("c", 3) + dense("d", 1));
  set_initial_weights(*deep, write("deep.weights.h5", all({kernel_and_bias("layers/sequential/layers/dense", 2, 3, 10), kernel_and_bias("layers/sequential/layers/functional/layers/dense", 3, 3, 20),
                                                          kernel_and_bias("layers/sequential_1/layers/dense", 3, 3, 30), kernel_and_bias("layers/sequential_1/layers/dense_1", 3, 1, 40)})), {});
  for (const auto& [layer, first] : {std::pair{"a", 10.f}, {"b", 20.f}, {"c", 30.f}, {"d", 40.f}}) {
    BEGINS(deep, layer, first);
  }
  // Only layers of an inner model: the order is the model's.
  Net plain(dense("a", 2) + dense("b", 2));
  set_initial_weights(*plain, write("only.weights.h5", all({kernel_and_bias("layers/sequential/layers/dense", 2, 2, 10), kernel_and_bias("layers/sequential/layers/dense_1", 2, 2, 20)})), {});
  BEGINS(plain, "a", 10.f);
  BEGINS(plain, "b", 20.f);
}

BOOST_FIXTURE_TEST_CASE(inner_models_that_fit_in_several_orders_are_refused_unless_names_tell, Files) {
  const auto sets = all({kernel_and_bias("layers/dense", 2, 2, 10), kernel_and_bias("layers/sequential/layers/dense", 2, 2, 20)});
  Net net(dense("first", 2) + dense("second", 2));
  const Values before = net["first/kernel"];
  const Error error = refused(net, write("twice.weights.h5", sets, {{"layers/sequential/layers/dense/vars", "inner"}}));
  BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::data));
  BOOST_TEST(says(error, "holds inner models (sequential)"));
  BOOST_TEST(says(error, "dense, sequential/layers/dense (\"inner\"), the recipe's are first, second"));
  SAME(net["first/kernel"], before);
  set_initial_weights(*net, write("named.weights.h5", sets, {{"layers/dense/vars", "second"}, {"layers/sequential/layers/dense/vars", "first"}}), {});
  BEGINS(net, "first", 20.f);
  BEGINS(net, "second", 10.f);
  BOOST_TEST(says(refused(net, write("none.weights.h5", all({kernel_and_bias("layers/dense", 2, 3, 10), kernel_and_bias("layers/sequential/layers/dense", 2, 2, 20)}))), "no way that fits"));
}

BOOST_FIXTURE_TEST_CASE(files_of_tensorflow_2_12_to_2_15_are_read_though_they_count_layers_twice, Files) {
  const std::string old = "_layer_checkpoint_dependencies/";
  for (const char* second : {"dense_1", "dense_2"}) {
    Net net(dense("hidden", 3) + dense("out", 1));
    set_initial_weights(*net, write("old.weights.h5", all({kernel_and_bias(old + "dense", 2, 3, 10), kernel_and_bias(old + second, 3, 1, 20), {{"optimizer/vars/0", {1}, 0}}, {{"metrics/mean/vars/0", {1}, 0}}})), {});
    BEGINS(net, "hidden", 10.f);
    BEGINS(net, "out", 20.f);
  }
  Net nested(dense("hidden", 3) + dense("out", 1));
  set_initial_weights(*nested, write("nested.weights.h5", all({kernel_and_bias(old + "sequential/" + old + "dense", 2, 3, 10), kernel_and_bias(old + "dense", 3, 1, 20)})), {});
  BEGINS(nested, "hidden", 10.f);
  BEGINS(nested, "out", 20.f);
}

BOOST_FIXTURE_TEST_CASE(hdf5_files_of_keras_2_and_whole_models_are_told_by_their_names, Files) {
  const std::map<std::string, std::string> told = {{"/", "hidden out"}};
  for (const std::string& model : {std::string(), std::string("model_weights/")}) {
    Net net(dense("hidden", 3) + dense("out", 1));
    set_initial_weights(*net, write("legacy.h5", all({kernel_and_bias(model + "hidden/hidden", 2, 3, 10, true), kernel_and_bias(model + "out/sequential/out", 3, 1, 20, true)}), told), {});
    BEGINS(net, "hidden", 10.f);
    BEGINS(net, "out", 20.f);
  }
  // Names that Keras gave: by class and order. An inner model is named by nobody, its layers are.
  Net ordered(dense("hidden", 3) + dense("out", 1));
  set_initial_weights(*ordered, write("ordered.h5", all({kernel_and_bias("dense_9/dense_9", 2, 3, 10, true), kernel_and_bias("dense_10/dense_10", 3, 1, 20, true)}), told), {});
  BEGINS(ordered, "hidden", 10.f);
  BEGINS(ordered, "out", 20.f);
  // The order that the file tells counts more than the numbers of names.
  Net told_otherwise(dense("hidden", 2) + dense("out", 2));
  auto image = h5::File::create_image("order");
  for (const Set& set : all({kernel_and_bias("dense/dense", 2, 2, 20, true), kernel_and_bias("dense_1/dense_1", 2, 2, 10, true)})) image.write(set.path, h5::Type::f32, set.shape, counted(set.shape, set.first).data());
  image.set_attribute("/", "layer_names", std::vector<std::string>{"input_1", "dense_1", "dense"});
  set_initial_weights(*told_otherwise, put("order.h5", image), {});
  BEGINS(told_otherwise, "hidden", 10.f);
  BEGINS(told_otherwise, "out", 20.f);
  auto untold = h5::File::create_image("untold");  // an order that cannot be read is none
  for (const Set& set : all({kernel_and_bias("dense/dense", 2, 2, 20, true), kernel_and_bias("dense_1/dense_1", 2, 2, 10, true)})) untold.write(set.path, h5::Type::f32, set.shape, counted(set.shape, set.first).data());
  untold.set_attribute("/", "layer_names", std::int64_t{7});
  Net by_number(dense("hidden", 2) + dense("out", 2));
  set_initial_weights(*by_number, put("untold.h5", untold), {});
  BEGINS(by_number, "hidden", 20.f);
  BEGINS(by_number, "out", 10.f);
  Net inner(dense("hidden", 3) + dense("out", 1));
  set_initial_weights(*inner, write("inner.h5", all({kernel_and_bias("model_weights/enc/hidden", 2, 3, 10, true), kernel_and_bias("model_weights/out/out", 3, 1, 20, true)})), {});
  BEGINS(inner, "hidden", 10.f);
  Net other(dense("first", 3) + dense("last", 1));
  const Error error = refused(other, *this / "legacy.h5");
  BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::data));
  BOOST_TEST(says(error, "cannot be told by their names: hidden/hidden/bias, hidden/hidden/kernel"));
  BOOST_TEST(error.hint().find("save_weights(\"model.weights.h5\")") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(layers_of_parts_have_their_place_in_every_format, Files) {
  const std::string layers = "{ type = \"bidirectional\", name = \"both\", layer = { type = \"lstm\", units = 1, return_sequences = true } },\n{ type = \"lstm\", name = \"after\", units = 1 },\n" + dense("out", 1);
  const auto cell = [](const std::string& group, std::int64_t in, float first, bool by_name) {
    const char* const names[][2] = {{"/vars/0", "/kernel:0"}, {"/vars/1", "/recurrent_kernel:0"}, {"/vars/2", "/bias:0"}};
    return std::vector<Files::Set>{{group + names[0][by_name], {in, 4}, first}, {group + names[1][by_name], {1, 4}, first + 10}, {group + names[2][by_name], {4}, first + 20}};
  };
  Net three(layers, {3, 2}), two(layers, {3, 2});
  set_initial_weights(*three, write("three.weights.h5", all({cell("layers/bidirectional/forward_layer/cell", 2, 100, false), cell("layers/bidirectional/backward_layer/cell", 2, 200, false), cell("layers/lstm/cell", 2, 300, false),
                                                             kernel_and_bias("layers/dense", 1, 1, 10)})), {});
  set_initial_weights(*two, write("two.h5", all({cell("model_weights/bidirectional_3/bidirectional_3/forward_lstm/lstm_cell", 2, 100, true), cell("model_weights/bidirectional_3/bidirectional_3/backward_lstm/lstm_cell", 2, 200, true),
                                                 cell("model_weights/lstm_8/lstm_8/lstm_cell", 2, 300, true), kernel_and_bias("model_weights/dense_4/dense_4", 1, 1, 10, true)})), {});
  for (Net* net : {&three, &two})
    for (const auto& [name, first] : {std::pair{"both/forward_layer/kernel", 100.f}, {"both/forward_layer/bias", 120.f}, {"both/backward_layer/recurrent_kernel", 210.f}, {"after/kernel", 300.f}, {"after/bias", 320.f}, {"out/kernel", 10.f}})
      BOOST_TEST_CONTEXT(name) BOOST_TEST((*net)[name][0] == first);
}

BOOST_FIXTURE_TEST_CASE(half_and_double_precision_become_the_networks_own, Files) {
  auto image = h5::File::create_image("double");
  const double kernel[] = {1.5, -2}, bias[] = {0.25};
  image.write("layers/dense/vars/0", h5::Type::f64, {2, 1}, kernel);
  image.write("layers/dense/vars/1", h5::Type::f64, {1}, bias);
  Net net(dense("out", 1));
  set_initial_weights(*net, put("double.weights.h5", image), {});
  SAME(net["out/kernel"], Values{1.5, -2});
  SAME(net["out/bias"], Values{0.25});
  const double huge[] = {1e300, 0};
  auto other = h5::File::create_image("huge");
  other.write("layers/dense/vars/0", h5::Type::f64, {2, 1}, huge);
  other.write("layers/dense/vars/1", h5::Type::f64, {1}, bias);
  BOOST_TEST(says(refused(net, put("huge.weights.h5", other)), "\"out/kernel\": expected finite numbers, found inf"));
}

BOOST_FIXTURE_TEST_CASE(numbers_that_are_not_finite_are_refused_by_file_and_tensor, Files) {
  for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    Net net(dense("out", 1));
    const Values before = net["out/kernel"];
    const std::string path = write("bad.weights.h5", {{"layers/dense/vars/0", {2, 1}, 1}, {"layers/dense/vars/1", {1}, wrong}});
    for (const bool partly : {false, true}) {
      const Error error = refused(net, path, part_of(partly));
      BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::data));
      BOOST_TEST(says(error, path + ": the tensor \"dense/vars/1\": expected finite numbers, found "));
    }
    SAME(net["out/kernel"], before);
  }
}

BOOST_FIXTURE_TEST_CASE(of_a_file_that_fits_in_part_what_fits_is_taken_and_the_rest_is_told, Files) {
  const auto sets = all({kernel_and_bias("layers/dense", 2, 3, 10), kernel_and_bias("layers/dense_1", 3, 4, 20), kernel_and_bias("layers/dense_2", 4, 7, 30)});
  const std::string path = write("base.weights.h5", sets, {{"layers/dense/vars", "one"}, {"layers/dense_1/vars", "two"}, {"layers/dense_2/vars", "classes"}});
  Net net(dense("one", 3) + dense("two", 5) + dense("head", 1));
  const Values head = net["head/kernel"], two = net["two/kernel"];
  const TakenWeights report = set_initial_weights(*net, path, part_of(true));
  BEGINS(net, "one", 10.f);
  SAME(net["head/kernel"], head);
  SAME(net["two/kernel"], two);
  SAME(report.taken, std::vector<std::string>{"one/kernel", "one/bias"});
  SAME(report.left_initial, std::vector<std::string>{"two/kernel (3, 5)", "two/bias (5,)", "head/kernel (5, 1)", "head/bias (1,)"});
  SAME(report.unused, std::vector<std::string>{"two/kernel: f32 (3, 4) where the network has f32 (3, 5)", "two/bias: f32 (4,) where the network has f32 (5,)", "dense_2/vars/0 (4, 7)", "dense_2/vars/1 (7,)"});
  BOOST_TEST(refused(net, path).hint().find("--partial") != std::string::npos);
  Net nothing(dense("x", 9));
  const Error error = refused(nothing, path, part_of(true));
  BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::usage));
  BOOST_TEST(says(error, "none of its 6 tensors fits the network by name and shape"));
}

BOOST_FIXTURE_TEST_CASE(chosen_layers_take_weights_and_must_find_them, Files) {
  const auto sets = all({kernel_and_bias("layers/dense", 2, 3, 10), kernel_and_bias("layers/dense_1", 3, 5, 20), kernel_and_bias("layers/dense_2", 5, 7, 30)});
  const std::string path = write("base.weights.h5", sets, {{"layers/dense/vars", "one"}, {"layers/dense_1/vars", "two"}, {"layers/dense_2/vars", "classes"}});
  Net net(dense("one", 3) + dense("two", 5) + dense("head", 1));
  const Values head = net["head/kernel"], two = net["two/kernel"];
  recipe::InitialWeights choice;
  choice.exclude = {"head", "t*"};
  const TakenWeights report = set_initial_weights(*net, path, choice);
  BEGINS(net, "one", 10.f);
  SAME(net["two/kernel"], two);
  SAME(net["head/kernel"], head);
  SAME(report.taken, std::vector<std::string>{"one/kernel", "one/bias"});
  SAME(report.left_initial, std::vector<std::string>{"two/kernel (3, 5)", "two/bias (5,)", "head/kernel (5, 1)", "head/bias (1,)"});
  SAME(report.unused, std::vector<std::string>{"two/kernel (3, 5)", "two/bias (5,)", "dense_2/vars/0 (5, 7)", "dense_2/vars/1 (7,)"});
  choice.exclude = {};
  choice.include = {"tw?"};
  set_initial_weights(*net, path, choice);
  BEGINS(net, "two", 20.f);
  choice.include = {"one", "head"};
  const Error error = refused(net, path, choice);
  BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::usage));
  BOOST_TEST(says(error, "the layers that [initial_weights] chooses want head/kernel (5, 1), head/bias (1,), which it does not have; it has two/kernel (3, 5)"));
  SAME(net["head/kernel"], head);
  choice.partial = true;
  SAME(set_initial_weights(*net, path, choice).missing, std::vector<std::string>{"head/kernel (5, 1)", "head/bias (1,)"});
}

BOOST_FIXTURE_TEST_CASE(layers_may_have_other_names_in_the_file, Files) {
  const auto sets = all({kernel_and_bias("layers/dense", 2, 3, 10), kernel_and_bias("layers/dense_1", 3, 1, 20)});
  recipe::InitialWeights choice;
  choice.rename = {{"one", "first"}, {"two", "last"}};
  Net named(dense("first", 3) + dense("last", 1));
  set_initial_weights(*named, write("named.weights.h5", sets, {{"layers/dense/vars", "one"}, {"layers/dense_1/vars", "two"}}), choice);
  BEGINS(named, "first", 10.f);
  BEGINS(named, "last", 20.f);
  const Error error = refused(named, write("other.weights.h5", sets, {{"layers/dense/vars", "one"}, {"layers/dense_1/vars", "tow"}}), choice);
  BOOST_TEST(says(error, "\"rename\" of [initial_weights]: "));
  BOOST_TEST(says(error, "has no layer \"two\"; it has one, tow"));
  BOOST_TEST(error.hint() == "tow = \"last\"");
  Net older(dense("first", 3) + dense("last", 1));
  set_initial_weights(*older, write("older.h5", all({kernel_and_bias("model_weights/one/one", 2, 3, 10, true), kernel_and_bias("model_weights/enc/two", 3, 1, 20, true)})), choice);
  BEGINS(older, "first", 10.f);
  BEGINS(older, "last", 20.f);
  Net swapped(dense("a", 2) + dense("b", 2));  // renaming is done at once, not one after the other
  choice.rename = {{"a", "b"}, {"b", "a"}};
  set_initial_weights(*swapped, write("swapped.weights.h5", all({kernel_and_bias("layers/dense", 2, 2, 10), kernel_and_bias("layers/dense_1", 2, 2, 20)}), {{"layers/dense/vars", "a"}, {"layers/dense_1/vars", "b"}}), choice);
  BEGINS(swapped, "a", 20.f);
  BEGINS(swapped, "b", 10.f);
}

BOOST_FIXTURE_TEST_CASE(states_are_taken_like_parameters, Files) {
  Net net("{ type = \"batch_normalization\", name = \"norm\" },\n" + dense("out", 1));
  set_initial_weights(*net, write("norm.weights.h5", all({{{"layers/batch_normalization/vars/0", {2}, 1}, {"layers/batch_normalization/vars/1", {2}, 3}, {"layers/batch_normalization/vars/2", {2}, 5}, {"layers/batch_normalization/vars/3", {2}, 7}},
                                                          kernel_and_bias("layers/dense", 2, 1, 10)})), {});
  SAME(net["norm/moving_mean"], Values{5, 6});
  SAME(net["norm/moving_variance"], Values{7, 8});
}

BOOST_FIXTURE_TEST_CASE(files_that_are_no_weights_are_told_for_what_they_are, Files) {
  Net net(dense("out", 1));
  const auto zip = [](const std::string& name) { return std::string("PK\x03\x04") + std::string(22, '\0') + static_cast<char>(name.size()) + std::string("\0\0\0", 3) + name + std::string(100, ' '); };
  const Error keras = refused(net, put("m.keras", zip("metadata.json")));
  BOOST_TEST(static_cast<int>(keras.code()) == static_cast<int>(ExitCode::data));
  BOOST_TEST(says(keras, "a whole model in Keras's format .keras"));
  BOOST_TEST(keras.hint() == "teranga import " + (*this / "m.keras"));
  BOOST_TEST(says(refused(net, put("m.npz", zip("x.npy"))), "arrays of NumPy"));
  BOOST_TEST(says(refused(net, put("m.pt", zip("archive/data.pkl"))), "PyTorch"));
  BOOST_TEST(says(refused(net, put("m.safetensors", std::string("\x40\0\0\0\0\0\0\0{\"a\"", 12))), "safetensors"));
  BOOST_TEST(says(refused(net, put("net.toml", "schema = 1")), "found a recipe"));
  BOOST_TEST(says(refused(net, *this / "nowhere.h5"), "there is no such file or folder"));
  BOOST_TEST(says(refused(net, *this / "."), "holds no checkpoint"));
  BOOST_TEST(says(refused(net, write("other.h5", {{"images", {2}, 1}})), "found an HDF5 file of neither"));
  auto empty = h5::File::create_image("empty");
  empty.make_group("layers");
  empty.make_group("vars");
  BOOST_TEST(says(refused(net, put("empty.weights.h5", empty)), "wanted weights, found none"));
}
