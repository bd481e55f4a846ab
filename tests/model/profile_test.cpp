// SPDX-License-Identifier: Apache-2.0
// The profile of a network: rows of all its layers, with the work that one counts by hand, and nothing of what it computes is other with it.
#include "rig.hpp"

#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

const std::string net = R"(
[[layer]]
type = "dense"
name = "wide"
units = 40
activation = "relu"
[[layer]]
type = "dropout"
name = "some"
rate = 0.5
[[layer]]
type = "dense"
name = "classes"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";

using Rows = std::map<std::pair<std::string, Pass>, Profile::Row>;

Rows rows_of(const Profile& profile) {
  Rows out;
  for (const Profile::Row& row : profile.rows()) out[{row.name, row.pass}] = row;
  return out;
}

void run(Rig<float>& rig, Profile& profile, std::int64_t steps, std::int64_t rows) {
  for (std::int64_t s = 1; s <= steps; ++s) {
    profile.begin_step(s);
    rig.train(0, rows);
    profile.end_step();
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(rows_hold_what_one_counts_by_hand) {
  Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\nmetrics = [\"accuracy\"]\n");
  Profile profile(2, {});
  rig.network.set_profile(profile, "phase/");
  run(rig, profile, 5, 32);
  Rows rows = rows_of(profile);
  const auto row = [&](const std::string& name, Pass pass) {
    BOOST_TEST(rows.contains({"phase/" + name, pass}), name << " " << to_string(pass));
    return rows[{"phase/" + name, pass}];
  };
  // 4 slices of 8 rows, 5 times.
  for (const auto& [name, in, out] : {std::tuple("wide", 20.0, 40.0), std::tuple("classes", 40.0, 3.0)})
    for (const Pass pass : {Pass::forward, Pass::gradient}) {
      BOOST_TEST(row(name, pass).calls == 20);
      BOOST_TEST(row(name, pass).flops == 5 * 2 * 32 * in * out);
    }
  BOOST_TEST(row("classes", Pass::backward).flops == 5 * 2 * 32 * 40 * 3.0);
  BOOST_TEST(!rows.contains({"phase/wide", Pass::backward}));  // nobody wants a gradient of the data
  // Bytes: x, y and the weights; x, dy and the gradients.
  BOOST_TEST(row("wide", Pass::forward).bytes == 20 * 4 * (8 * 20 + 8 * 40 + 20 * 40 + 40.0));
  BOOST_TEST(row("wide", Pass::gradient).bytes == 20 * 4 * (8 * 20 + 8 * 40 + 20 * 40 + 40.0));
  BOOST_TEST(row("wide.relu", Pass::forward).calls == 20);
  BOOST_TEST(row("some", Pass::forward).calls == 20);
  BOOST_TEST(row("some", Pass::backward).calls == 20);
  BOOST_TEST(row("loss", Pass::loss).calls == 20);
  BOOST_TEST(row("metrics", Pass::metrics).calls == 20);
}

BOOST_AUTO_TEST_CASE(ranges_share_the_work_of_their_layer) {
  Rig<float> rig(R"(
[[layer]]
type = "dense"
units = 300
[loss]
type = "mean_squared_error"
)", {.rows = 64, .sample = {400}, .target = {300}}, 2, "slice = 16\n");
  Profile profile(2, {});
  rig.network.set_profile(profile, "");
  run(rig, profile, 2, 64);
  const Profile::Row gradient = rows_of(profile)[{"dense", Pass::gradient}];
  BOOST_TEST(!rows_of(profile).contains({"clearing gradients", Pass::prepare}));  // the ranges overwrite them
  BOOST_TEST(gradient.calls > 2);  // in ranges
  BOOST_TEST(gradient.flops == 2 * 2 * 64 * 400 * 300.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(batches_of_other_sizes_go_into_the_same_rows) {
  Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\n");
  Profile profile(2, {});
  rig.network.set_profile(profile, "");
  run(rig, profile, 1, 32);
  const std::size_t count = profile.rows().size();
  run(rig, profile, 1, 19);
  BOOST_TEST(profile.rows().size() == count);
  BOOST_TEST((rows_of(profile)[{"wide", Pass::forward}].flops == 2 * (32 + 19) * 20 * 40.0));
}

BOOST_AUTO_TEST_CASE(what_is_judged_is_not_profiled) {
  Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\n");
  Profile profile(2, {});
  rig.network.set_profile(profile, "");
  run(rig, profile, 1, 32);
  std::vector<double> sums(rig.network.sum_count());
  rig.network.evaluate({32, 32, rig.ids, rig.pointers}, {}, sums);
  BOOST_TEST((rows_of(profile)[{"wide", Pass::forward}].calls == 4));
}

BOOST_AUTO_TEST_CASE(times_add_up_to_the_steps) {
  Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\n");
  Profile profile(2, {});
  rig.network.set_profile(profile, "");
  run(rig, profile, 50, 32);
  double work = 0, all = 0;
  for (const Profile::Row& row : profile.rows()) {
    all += row.seconds;
    if (row.pass != Pass::wait) work += row.seconds;
  }
  BOOST_TEST(work <= 2 * profile.step_seconds());
  BOOST_TEST(all == 2 * profile.step_seconds(), boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(a_profile_changes_no_bit) {
  const auto gradients = [](bool with) {
    Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\n");
    Profile profile(2, {.first = 1, .last = 3, .calls = 1000});
    if (with) rig.network.set_profile(profile, "");
    std::vector<float> out;
    for (std::uint64_t key = 0; key < 3; ++key) {
      profile.begin_step(1);
      out.push_back(static_cast<float>(rig.train(0, 32, key)[0]));
      profile.end_step();
      for (const model::Parameter& p : rig.network.store().parameters())
        for (const float g : rig.gradient(p)) out.push_back(g);
    }
    return out;
  };
  const std::vector<float> with = gradients(true), without = gradients(false);
  BOOST_TEST(std::memcmp(with.data(), without.data(), with.size() * sizeof(float)) == 0);
}

}  // namespace teranga
