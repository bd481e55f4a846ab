// SPDX-License-Identifier: Apache-2.0
// What a checkpoint takes from a run: all of it, into memory that is kept, with a look at the parameters on the way.
#include "session/snapshot_copy.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

using namespace teranga;

namespace {

NamedTensor numbers(const std::string& name, const Shape& shape, ElementType type = ElementType::f32) {
  NamedTensor out{name, Tensor(type, shape)};
  auto* bytes = static_cast<unsigned char*>(out.tensor.data());
  for (std::size_t i = 0; i < out.tensor.bytes(); ++i) bytes[i] = static_cast<unsigned char>(i * 7 + name.size());
  for (std::size_t i = 3; type == ElementType::f32 && i < out.tensor.bytes(); i += 4) bytes[i] &= 0x3f;  // finite
  return out;
}

// A tensor of more than a piece of 1 MiB, small ones, a scalar and one of nothing.
const std::vector<NamedTensor>& parameters() {
  static const std::vector<NamedTensor> all = {numbers("large", {700'001}), numbers("small", {3, 5}), numbers("scalar", {}), numbers("none", {0, 4}), numbers("last", {300'000})};
  return all;
}

train::SnapshotViews views() {
  train::SnapshotViews out;
  for (const NamedTensor& tensor : parameters()) out.parameters.push_back(view_of(tensor));
  out.slots.push_back(view_of(parameters()[0]));
  out.slots.back().name = "large/momentum";
  out.add(out.run, numbers("counts", {300'000}, ElementType::i64));
  out.add(out.phases, numbers("updates", {1}, ElementType::f64));
  return out;
}

bool equal(const std::vector<TensorView>& from, const std::vector<NamedTensor>& to) {
  return std::equal(from.begin(), from.end(), to.begin(), to.end(), [](const TensorView& a, const NamedTensor& b) {
    return a.name == b.name && a.type == b.tensor.type() && a.shape == b.tensor.shape() && (a.bytes() == 0 || std::memcmp(a.data, b.tensor.data(), a.bytes()) == 0);
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_snapshot_holds_what_the_run_holds_in_the_memory_of_the_last_one) {
  for (const int threads : {1, 3}) {
    Team team(threads);
    checkpoint::Snapshot to;
    const train::SnapshotViews from = views();
    BOOST_TEST(train::copy_tensors(from, to, team) == "");
    BOOST_TEST((equal(from.parameters, to.parameters) && equal(from.slots, to.slots) && equal(from.run, to.run) && equal(from.phases, to.phases)));
    BOOST_TEST(to.states.empty());
    const void* before = to.parameters[0].tensor.data();
    std::memset(to.parameters[0].tensor.data(), 0, to.parameters[0].tensor.bytes());
    BOOST_TEST(train::copy_tensors(from, to, team) == "");
    BOOST_TEST(to.parameters[0].tensor.data() == before);
    BOOST_TEST(equal(from.parameters, to.parameters));
    // What changes its shape, name or number gets memory of its own.
    train::SnapshotViews other = views();
    other.parameters.erase(other.parameters.begin());
    other.run[0].shape = {100'000};
    train::copy_tensors(other, to, team);
    BOOST_TEST((equal(other.parameters, to.parameters) && equal(other.run, to.run)));
  }
}

BOOST_AUTO_TEST_CASE(the_first_parameter_that_is_not_finite_is_named_and_nothing_else_is_looked_at) {
  Team team(3);
  for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()})
    for (const auto& [tensor, at] : {std::pair<std::size_t, std::size_t>{0, 0}, {0, 700'000}, {1, 14}, {2, 0}, {4, 299'999}}) {
      std::vector<NamedTensor> changed = parameters();
      changed[tensor].tensor.as<float>()[at] = bad;
      changed[4].tensor.as<float>()[5] = bad;
      train::SnapshotViews from = views();
      for (std::size_t i = 0; i < changed.size(); ++i) from.parameters[i] = view_of(changed[i]);
      checkpoint::Snapshot to;
      BOOST_TEST(train::copy_tensors(from, to, team) == changed[tensor].name);
      BOOST_TEST(train::first_not_finite(from.parameters, team) == changed[tensor].name);
    }
  train::SnapshotViews from = views();
  NamedTensor worst = numbers("large/momentum", {700'001});
  worst.tensor.as<float>()[3] = std::numeric_limits<float>::infinity();
  from.slots[0] = view_of(worst);
  checkpoint::Snapshot to;
  BOOST_TEST(train::copy_tensors(from, to, team) == "");
  std::vector<NamedTensor> largest = parameters();
  for (float& value : largest[1].tensor.as<float>()) value = -std::numeric_limits<float>::max();
  from.parameters[1] = view_of(largest[1]);
  BOOST_TEST(train::first_not_finite(from.parameters, team) == "");
}
