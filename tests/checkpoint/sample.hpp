// SPDX-License-Identifier: Apache-2.0
// A snapshot with something of everything, and a folder that goes away with the test.
#pragma once

#include <stdlib.h>
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <string_view>

namespace sample {

using namespace teranga;
using checkpoint::Snapshot;

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "teranga_checkpoint_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a test folder");
    path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string file(const std::string& name) const { return path + "/" + name; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), std::filesystem::directory_iterator()));
  }

  std::string path;
};

template <class T>
NamedTensor tensor(const std::string& name, const Shape& shape, T first) {
  NamedTensor named{name, Tensor(element_type_of<T>(), shape)};
  const auto values = named.tensor.template as<T>();
  std::iota(values.begin(), values.end(), first);
  return named;
}

inline Snapshot snapshot(std::int64_t step) {
  Snapshot all;
  all.step = step;
  all.epoch = 3;
  all.sample = 640;
  all.seed = UINT64_MAX - 1;
  all.parameters = {tensor<float>("dense/kernel", {4, 3}, 0.5F), tensor<float>("dense/bias", {3}, -1.0F),
                    tensor<float>("a/first", {1}, 7.0F)};
  all.slots = {tensor<float>("dense/kernel/momentum", {4, 3}, 2.0F)};
  all.states = {tensor<float>("batch_normalization/moving_mean", {2}, 0.0F), tensor<float>("none", {0, 5}, 0.0F)};
  all.run = {tensor<double>("learning_rate", {}, 0.1), tensor<std::int64_t>("count", {}, INT64_MIN), tensor<std::int32_t>("i32", {2}, -1),
             tensor<std::uint8_t>("u8", {3}, std::uint8_t{250})};
  all.rank_states = {{1, {tensor<std::int64_t>("cursor", {}, 9)}}, {0, {}}};
  all.phases = {tensor<float>("warm_up/done", {}, 1.0F)};
  all.data_state = std::string("\0bytes\xff", 7);
  all.recipe = "[training]\nepochs = 5  # é\n";
  all.plugins = {{"dense", "1.0", "00ff"}, {"adam", "2.1", "abcd"}};
  all.provenance = {{"cpu", "some"}, {"host", "node1"}, {"time", "2024-01-02T03:04:05Z"}};
  return all;
}

inline bool equal(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NamedTensor& one, const NamedTensor& other) {
    return one.name == other.name && one.tensor.type() == other.tensor.type() && one.tensor.shape() == other.tensor.shape() &&
           (one.tensor.bytes() == 0 || std::memcmp(one.tensor.data(), other.tensor.data(), one.tensor.bytes()) == 0);
  });
}

inline bool equal(const Snapshot& a, const Snapshot& b) {
  const auto same_rank = [](const auto& one, const auto& other) { return one.rank == other.rank && equal(one.tensors, other.tensors); };
  const auto same_plugin = [](const auto& one, const auto& other) {
    return one.name == other.name && one.version == other.version && one.hash == other.hash;
  };
  return a.step == b.step && a.epoch == b.epoch && a.sample == b.sample && a.seed == b.seed && equal(a.parameters, b.parameters) &&
         equal(a.slots, b.slots) && equal(a.states, b.states) && equal(a.run, b.run) && equal(a.phases, b.phases) &&
         std::equal(a.rank_states.begin(), a.rank_states.end(), b.rank_states.begin(), b.rank_states.end(), same_rank) &&
         a.data_state == b.data_state && a.recipe == b.recipe && a.provenance == b.provenance &&
         std::equal(a.plugins.begin(), a.plugins.end(), b.plugins.begin(), b.plugins.end(), same_plugin);
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::string& path, std::string_view bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

inline std::string message_of(auto&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace sample
