// SPDX-License-Identifier: Apache-2.0
// All headers of the sdk in one source: a library may offer items of every kind.
#include <teranga/sdk/activation.hpp>
#include <teranga/sdk/composite.hpp>
#include <teranga/sdk/dataset.hpp>
#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>
#include <teranga/sdk/lent_activation.hpp>
#include <teranga/sdk/node_memory.hpp>
#include <teranga/sdk/observer.hpp>
#include <teranga/sdk/tensor_loops.hpp>
#include <teranga/sdk/training.hpp>
#include <teranga/sdk/window.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

extern "C" int trg_headers_in_c();

namespace {

namespace sdk = teranga::sdk;

struct Watcher {
  static sdk::Info info() { return {.name = "acme.watcher"}; }
  explicit Watcher(const sdk::Options&) {}
  double last = 0;
  void epoch_end(const sdk::EpochReport& epoch) {
    if (epoch.value("loss").value_or(1) < 0.5) epoch.stop("the loss is small");
  }
  void step(const sdk::StepReport& step) { last = step.gradient_norm; }
  static constexpr bool gradient_norm = true;
};

struct Thrower {
  static sdk::Info info() { return {.name = "acme.thrower"}; }
  explicit Thrower(const sdk::Options&) {}
  std::int64_t state_count() const { return 2; }
  double rate(std::int64_t step, std::int64_t, const double*) const {
    if (step == 7) throw 7;
    if (step == 8) throw sdk::Error(TRG_OK, "this is no success");
    return 0.5;
  }
};

trg_options none() { return {sizeof(trg_options), 0, nullptr}; }

}  // namespace

BOOST_AUTO_TEST_CASE(the_headers_of_c_compile_as_c) { BOOST_TEST(trg_headers_in_c() == TRG_BORDER_MAJOR); }

BOOST_AUTO_TEST_CASE(an_observer_is_told_and_may_ask_to_stop) {
  const auto& calls = *static_cast<const trg_observer_calls*>(sdk::observer<Watcher>().calls);
  const trg_options options = none();
  trg_error error{};
  void* observer = nullptr;
  BOOST_TEST_REQUIRE(calls.create(&options, &observer, &error) == TRG_OK);
  BOOST_TEST(calls.wants(observer) == (TRG_WANTS_STEPS | TRG_WANTS_GRADIENT_NORM));
  BOOST_TEST(!calls.begin);
  BOOST_TEST(!calls.end);
  trg_stop_request request{};
  const trg_measure measures[] = {{sizeof(trg_measure), "loss", 0.75, -1, 0}};
  trg_training_epoch epoch{sizeof(epoch), 3, 1, 0.1, measures, 1, sizeof(trg_measure)};
  BOOST_TEST(calls.epoch_end(observer, &epoch, &request, &error) == TRG_OK);
  BOOST_TEST(request.stop == 0);
  const trg_measure smaller[] = {{sizeof(trg_measure), "loss", 0.25, -1, 0}};
  epoch.measures = smaller;
  BOOST_TEST(calls.epoch_end(observer, &epoch, &request, &error) == TRG_OK);
  BOOST_TEST(request.stop == 1);
  BOOST_TEST(std::string(request.reason) == "the loss is small");
  calls.destroy(observer);
}

BOOST_AUTO_TEST_CASE(nothing_that_is_thrown_leaves_a_call) {
  const auto& calls = *static_cast<const trg_schedule_calls*>(sdk::schedule<Thrower>().calls);
  const trg_options options = none();
  trg_error error{};
  void* schedule = nullptr;
  BOOST_TEST_REQUIRE(calls.create(&options, &schedule, &error) == TRG_OK);
  BOOST_TEST(calls.state_count(schedule) == 2);
  double rate = 0;
  BOOST_TEST(calls.rate(schedule, 1, 1, nullptr, &rate, &error) == TRG_OK);
  BOOST_TEST(rate == 0.5);
  BOOST_TEST(calls.rate(schedule, 7, 1, nullptr, &rate, &error) == TRG_FAILED);
  BOOST_TEST(std::string(error.text) == "an exception of unknown type");
  BOOST_TEST(calls.rate(schedule, 8, 1, nullptr, &rate, &error) == TRG_FAILED);
  BOOST_TEST(std::string(error.text) == "this is no success");
  calls.destroy(schedule);
}
