// SPDX-License-Identifier: Apache-2.0
// The true class of a target, whatever the type of its numbers.
#include "session/classification.hpp"

#include <boost/test/unit_test.hpp>

using namespace teranga;

namespace {

template <class T>
void one_hot_rows_are_read(ElementType type) {
  recipe::Recipe recipe;
  recipe.losses.push_back({.component = {"teranga.categorical_crossentropy", {}}, .output = {}, .target = {}, .weight = 1, .position = {}});
  const std::vector<model::Field> fields{{"x", model::Role::feature, ElementType::f32, {2}, 0, {}}, {"y", model::Role::target, type, {3}, 0, {}}};
  const auto found = train::Classification::of(recipe, fields, {4, 3});
  BOOST_REQUIRE(found.has_value());
  const std::vector<T> target{0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};
  const std::size_t expected[] = {2, 0, 1, 2};
  for (std::int64_t row = 0; row < 4; ++row) BOOST_TEST(found->truth(target.data(), row) == expected[row]);
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_hot_targets_of_every_element_type_are_read) {
  one_hot_rows_are_read<float>(ElementType::f32);
  one_hot_rows_are_read<double>(ElementType::f64);
  one_hot_rows_are_read<std::int32_t>(ElementType::i32);
  one_hot_rows_are_read<std::int64_t>(ElementType::i64);
  one_hot_rows_are_read<std::uint8_t>(ElementType::u8);
}

BOOST_AUTO_TEST_CASE(numbers_are_classes_where_the_loss_takes_them_so) {
  recipe::Recipe recipe;
  recipe.losses.push_back({.component = {"teranga.sparse_categorical_crossentropy", {}}, .output = {}, .target = {}, .weight = 1, .position = {}});
  const std::vector<model::Field> fields{{"x", model::Role::feature, ElementType::f32, {2}, 0, {}}, {"y", model::Role::target, ElementType::f32, {1}, 0, {}}};
  const auto found = train::Classification::of(recipe, fields, {4, 3});
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->names() == (std::vector<std::string>{"0", "1", "2"}), boost::test_tools::per_element());
  const std::vector<float> target{2, 0, 3};
  const std::size_t expected[] = {2, 0, 3};
  for (std::int64_t row = 0; row < 3; ++row) BOOST_TEST(found->truth(target.data(), row) == expected[row]);
  recipe.losses[0].component.type = "teranga.mean_squared_error";
  BOOST_TEST(!train::Classification::of(recipe, fields, {4, 3}).has_value());
}
