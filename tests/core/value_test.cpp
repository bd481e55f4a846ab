// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/value.hpp>

#include <boost/test/unit_test.hpp>

namespace teranga {

BOOST_AUTO_TEST_CASE(a_misspelt_name_finds_its_neighbour_and_a_foreign_one_finds_none) {
  BOOST_TEST(nearest_name("learing_rate", {"momentum", "learning_rate"}).value() == "learning_rate");
  BOOST_TEST(nearest_name("conv2", {"conv2d", "conv1d", "dense"}).value() == "conv2d");
  BOOST_TEST(nearest_name("frist", {"second", "first"}).value() == "first");
  BOOST_TEST(!nearest_name("zebra", {"momentum", "learning_rate"}).has_value());
}

BOOST_AUTO_TEST_CASE(names_as_keras_writes_them_find_their_own) {
  const std::vector<std::string> layers{"average_pooling2d", "batch_normalization", "lstm", "max_pooling1d", "max_pooling2d", "relu"};
  BOOST_TEST(nearest_name("LSTM", layers).value() == "lstm");
  BOOST_TEST(nearest_name("ReLU", layers).value() == "relu");
  BOOST_TEST(nearest_name("MaxPooling2D", layers).value() == "max_pooling2d");
  BOOST_TEST(nearest_name("BatchNormalisation", layers).value() == "batch_normalization");
}

BOOST_AUTO_TEST_CASE(initials_find_the_long_name) {
  BOOST_TEST(nearest_name("lr", {"momentum", "learning_rate"}).value() == "learning_rate");
  BOOST_TEST(nearest_name("mse", {"mean_absolute_error", "mean_squared_error"}).value() == "mean_squared_error");
  BOOST_TEST(!nearest_name("mno", {"mean_absolute_error", "mean_squared_error"}).has_value());
}

BOOST_AUTO_TEST_CASE(values_print_as_toml_that_keeps_every_bit) {
  BOOST_TEST(to_toml(Value{0.1, {}}) == "0.1");
  BOOST_TEST(to_toml(Value{2.0, {}}) == "2.0");
  BOOST_TEST(to_toml(Value{1e-7, {}}) == "1e-07");
  BOOST_TEST(to_toml(Value{std::string("a\"b\n"), {}}) == "\"a\\\"b\\u000a\"");
  Value::Component c{"he_normal", {{"seed", {std::int64_t{3}, {}}, {}}}};
  BOOST_TEST(to_toml(Value{c, {}}) == "{ type = \"he_normal\", seed = 3 }");
  BOOST_TEST(to_toml(Value{Value::List{{true, {}}, {std::int64_t{-4}, {}}}, {}}) == "[true, -4]");
}

}  // namespace teranga
