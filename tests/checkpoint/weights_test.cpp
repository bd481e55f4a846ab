// SPDX-License-Identifier: Apache-2.0
// Weights from a checkpoint, and to and from what Keras 3 stores.
#include <teranga/checkpoint/weights.hpp>
#include <teranga/h5/file.hpp>

#include <boost/test/unit_test.hpp>

#include "sample.hpp"

using namespace sample;
using checkpoint::WeightsFormat;

BOOST_AUTO_TEST_CASE(a_checkpoint_gives_its_parameters_and_then_its_states) {
  const Folder folder;
  const Snapshot all = snapshot(1);
  const auto weights = checkpoint::read_weights_file(checkpoint::write(folder.path, all, 2));
  BOOST_TEST((weights.format == WeightsFormat::teranga));
  std::vector<NamedTensor> wanted = all.parameters;
  wanted.insert(wanted.end(), all.states.begin(), all.states.end());
  BOOST_TEST(equal(weights.tensors, wanted));
}

BOOST_AUTO_TEST_CASE(an_exported_file_comes_back_in_natural_order) {
  const Folder folder;
  const std::string path = folder.file("out.weights.h5");
  std::vector<checkpoint::KerasLayer> layers;
  for (const char* group : {"dense_10", "dense_2", "dense", "lstm/cell"}) layers.push_back({group, {}});
  for (int index = 0; index < 12; ++index) layers[1].tensors.push_back(tensor<float>("", {2}, static_cast<float>(index)).tensor);
  for (const std::size_t layer : {0U, 2U, 3U}) layers[layer].tensors.push_back(tensor<float>("", {1}, 0.0F).tensor);
  checkpoint::write_keras_weights(path, layers);
  const auto weights = checkpoint::read_weights_file(path);
  BOOST_TEST((weights.format == WeightsFormat::keras));
  BOOST_REQUIRE(weights.tensors.size() == 15U);
  BOOST_TEST(weights.tensors[0].name == "dense/vars/0");
  BOOST_TEST(weights.tensors[1].name == "dense_2/vars/0");
  BOOST_TEST(weights.tensors[12].name == "dense_2/vars/11");
  BOOST_TEST(weights.tensors[12].tensor.as<float>()[0] == 11.0F);
  BOOST_TEST(weights.tensors[13].name == "dense_10/vars/0");
  BOOST_TEST(weights.tensors[14].name == "lstm/cell/vars/0");
  const auto file = h5::File::open(path);
  BOOST_TEST(file.has("layers/lstm/vars"));
  BOOST_TEST(folder.files() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_that_holds_no_weights_is_refused_with_what_was_found) {
  const Folder folder;
  auto other = h5::File::create_image("another");
  other.make_group("model_weights");
  const auto image = other.image();
  put(folder.file("old.h5"), {reinterpret_cast<const char*>(image.data()), image.size()});
  BOOST_TEST(has(message_of([&] { checkpoint::read_weights(folder.file("old.h5")); }), "found a file of Keras 2 or before that holds none"));
  put(folder.file("text.h5"), "no HDF5 at all");
  BOOST_TEST(has(message_of([&] { checkpoint::read_weights(folder.file("text.h5")); }), "cannot be opened"));
  BOOST_TEST(has(message_of([&] { checkpoint::read_weights(folder.file("none.h5")); }), "no such file"));
  BOOST_CHECK_THROW(checkpoint::read_weights(folder.path), Error);
}

BOOST_AUTO_TEST_CASE(a_damaged_checkpoint_gives_no_weights) {
  const Folder folder;
  const std::string path = checkpoint::write(folder.path, snapshot(1), 2);
  std::string bytes = bytes_of(path);
  bytes[bytes.size() / 2] ^= 1;
  put(path, bytes);
  BOOST_TEST(has(message_of([&] { checkpoint::read_weights(path); }), "does not match its hash"));
}
