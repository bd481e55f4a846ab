// SPDX-License-Identifier: Apache-2.0
// What a plan may not say: each answer that makes no sense is told by what it is of, and what was expected.
#include "graph/plan_collector.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace teranga;
using namespace teranga::model;

namespace {

constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

// A layer of one input (4, 6) that plans, and may then spoil it.
struct Planning {
  PlanAnswer answer;
  std::vector<std::int64_t> input_shape = {4, 6};
  trg_input input{};
  trg_plan_request request{};
  PlanCollector collector;

  Planning() : collector(answer, asked()) {}
  const trg_plan_request& asked() {
    input.size = sizeof(input);
    input.tensor = {nullptr, input_shape.data(), 2, TRG_F32};
    request.size = sizeof(request);
    request.inputs = &input, request.input_count = 1, request.input_stride = sizeof(input);
    return request;
  }
  const trg_planner& planner() const { return collector.planner(); }
  void* context() const { return planner().context; }

  void output(std::vector<std::int64_t> shape, const std::function<void(trg_port&)>& change = [](trg_port&) {}) {
    trg_port port{};
    port.size = sizeof(port), port.name = "output", port.rank = static_cast<std::int32_t>(shape.size()), port.shape = shape.data(), port.shares_with = -1;
    change(port);
    planner().output(context(), &port);
  }
  void parameter(const char* name, std::vector<std::int64_t> shape, const std::function<void(trg_parameter&)>& change = [](trg_parameter&) {}) {
    trg_parameter p{};
    p.size = sizeof(p), p.name = name, p.rank = static_cast<std::int32_t>(shape.size()), p.shape = shape.data(), p.trainable = 1;
    change(p);
    planner().parameter(context(), &p);
  }
  void state(const char* name, const std::function<void(trg_state&)>& change) {
    trg_state s{};
    s.size = sizeof(s), s.name = name;
    change(s);
    planner().state(context(), &s);
  }
};

std::string fault_of(const std::function<void(Planning&)>& body) {
  Planning planning;
  body(planning);
  planning.output({4, 6});
  return planning.collector.fault();
}

void says(const std::string& text, const std::function<void(Planning&)>& body) {
  const std::string fault = fault_of(body);
  BOOST_TEST(fault.find(text) != std::string::npos, "expected \"" << text << "\", found \"" << fault << "\"");
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_that_makes_sense_is_taken) {
  Planning planning;
  planning.output({4, 3}, [](trg_port& port) { port.flags = TRG_MASK_PRODUCED, port.mask_rank = 1, port.shares_with = 0; });
  planning.parameter("kernel", {6, 3}, [](trg_parameter& p) { p.touched_by = 1; });
  planning.planner().buffer(planning.context(), TRG_SAVED, 24, 8);
  planning.planner().buffer(planning.context(), TRG_SAVED, 8, 0);
  BOOST_TEST(planning.collector.fault() == "");
  BOOST_TEST(planning.answer.outputs.at(0).mask_rank == 1);
  BOOST_TEST(planning.answer.parameters.at(0).touched_by == 0);
  BOOST_TEST(planning.answer.buffers[TRG_SAVED].size(4) == 136u);
  BOOST_TEST(fault_of([](Planning&) {}) == "");
  BOOST_TEST(Planning().collector.fault() == "declares no output");
}

BOOST_AUTO_TEST_CASE(outputs_have_shapes_types_and_names_of_their_own) {
  says("by a record of 8 bytes", [](Planning& p) { p.output({4, 6}, [](trg_port& port) { port.size = 8; }); });
  says("declares the output \"output\" twice", [](Planning& p) { p.output({4, 6}); });
  says("gives the output \"output\" the element type 9", [](Planning& p) { p.output({4}, [](trg_port& port) { port.type = 9; }); });
  says("has 40 axes; expected 0 to 8", [](Planning& p) { p.output({4}, [](trg_port& port) { port.rank = 40; }); });
  says("has -1 axes", [](Planning& p) { p.output({4}, [](trg_port& port) { port.rank = -1; }); });
  says("no shape", [](Planning& p) { p.output({4}, [](trg_port& port) { port.shape = nullptr; }); });
  says("the shape (4, -6)", [](Planning& p) { p.output({4, -6}); });
  says("within all memory", [](Planning& p) { p.output({4, endless}); });
  says("expected 4 samples along axis 0", [](Planning& p) { p.output({3, 6}); });
  says("expected 4 samples along axis 0", [](Planning& p) { p.output({}); });
  says("shares memory with input 1", [](Planning& p) { p.output({4}, [](trg_port& port) { port.shares_with = 1; }); });
  says("a mask of 3 axes", [](Planning& p) { p.output({4}, [](trg_port& port) { port.flags = TRG_MASK_PRODUCED, port.mask_rank = 3; }); });
  says("declares more than 64 outputs", [](Planning& p) {
    for (int i = 0; i < 70; ++i) p.output({4}, [name = std::to_string(i)](trg_port& port) { port.name = name.c_str(); });
  });
}

BOOST_AUTO_TEST_CASE(parameters_and_states_become_parts_of_checkpoints) {
  says("declares the parameter without a name", [](Planning& p) { p.parameter(nullptr, {6}); });
  for (const char* name : {"", "../../x", "a//b", "/a", "a/", "a/..", ".", "..", "a\x1b", "\xff"}) says("declares the parameter \"", [&](Planning& p) { p.parameter(name, {6}); });
  says("declares the parameter \"a\" twice", [](Planning& p) { p.parameter("a", {6}), p.parameter("a", {6}); });
  says("the shape (6, 0)", [](Planning& p) { p.parameter("a", {6, 0}); });
  says("gives the parameter \"a\" an initializer that is no component", [](Planning& p) {
    trg_value number{};
    number.kind = TRG_REAL;
    p.parameter("a", {6}, [&](trg_parameter& given) { given.initializer = &number; });
  });
  says("says that the parameter \"a\" has 3 pieces", [](Planning& p) { p.parameter("a", {6}, [](trg_parameter& given) { given.piece_count = 3; }); });
  says("the penalties l1 = nan", [](Planning& p) { p.parameter("a", {6}, [](trg_parameter& given) { given.l1 = std::nan(""); }); });
  says("is touched by input 6", [](Planning& p) { p.parameter("a", {6}, [](trg_parameter& given) { given.touched_by = 7; }); });
  says("the fans -1 and 0", [](Planning& p) { p.parameter("a", {6}, [](trg_parameter& given) { given.fan_in = -1; }); });
  says("declares more than 256 parameters", [](Planning& p) {
    for (int i = 0; i < 300; ++i) p.parameter(std::to_string(i).c_str(), {6});
  });
  says("gives the state \"s\" the kind 5", [](Planning& p) { p.state("s", [](trg_state& s) { s.kind = 5; }); });
  says("gives the state \"s\" the merge -1", [](Planning& p) { p.state("s", [](trg_state& s) { s.merge = -1; }); });
}

BOOST_AUTO_TEST_CASE(sizes_and_counts_are_within_memory) {
  const auto buffer = [](std::int64_t bytes_per_row, std::int64_t bytes) { return [=](Planning& p) { p.planner().buffer(p.context(), TRG_SCRATCH, bytes_per_row, bytes); }; };
  says("0 bytes a sample and -12000 bytes of scratch memory", buffer(0, -12000));
  says("-1 bytes a sample", buffer(-1, 0));
  says("beyond all memory", buffer(endless / 4, 0));
  says("beyond all memory", buffer(0, endless));
  says("within all memory", [&](Planning& p) { buffer(0, endless)(p), buffer(0, endless)(p); });
  says("a buffer of kind 4", [](Planning& p) { p.planner().buffer(p.context(), 4, 1, 1); });
  const auto passes = [](std::int32_t which, std::int32_t count, std::vector<std::int64_t> sums) { return [=](Planning& p) { p.planner().passes(p.context(), which, count, sums.empty() ? nullptr : sums.data(), 0); }; };
  says("forward has 0 passes", passes(TRG_FORWARD, 0, {1}));
  says("forward has -2 passes", passes(TRG_FORWARD, -2, {1}));
  says("backward has 1 passes; expected 1 to 16, with their sums", passes(TRG_BACKWARD, 1, {}));
  says("pass 0 of forward adds to -4 sums", passes(TRG_FORWARD, 1, {-4}));
  says("pass 0 of forward adds to 1000000000000 sums", passes(TRG_FORWARD, 1, {1000000000000}));
  says("backward_params has passes with sums", passes(TRG_BACKWARD_PARAMS, 1, {4}));
  says("speaks of a call 3", passes(3, 1, {4}));
  says("neither by slices nor by whole batches", [](Planning& p) { p.planner().granularity(p.context(), TRG_FORWARD, TRG_RANGE, 4, 1); });
  says("ranges of an axis of length -4", [](Planning& p) { p.planner().granularity(p.context(), TRG_FORWARD, TRG_SLICE | TRG_RANGE, -4, 1); });
  says("costs nan operations", [](Planning& p) { p.planner().cost(p.context(), TRG_FORWARD, std::nan("")); });
  says("says something of input 1, and has 1", [](Planning& p) { p.planner().input(p.context(), 1, TRG_READ_IN_BACKWARD); });
  says("takes in 2 layers behind it, of 0 that were offered", [](Planning& p) { p.planner().absorb(p.context(), 2); });
}

BOOST_AUTO_TEST_CASE(plans_for_other_numbers_of_samples_differ_in_samples_and_buffers_alone) {
  const auto planned = [](std::int64_t units, std::int64_t sums) {
    Planning planning;
    planning.output({4, units});
    planning.parameter("a", {units});
    planning.planner().buffer(planning.context(), TRG_SAVED, 0, units * sums);
    planning.planner().passes(planning.context(), TRG_FORWARD, 1, &sums, 0);
    BOOST_TEST(planning.collector.fault() == "");
    return planning.answer;
  };
  PlanAnswer other = planned(6, 2);
  other.outputs[0].shape[0] = 9;
  other.buffers[TRG_SAVED].bytes = 1;
  BOOST_TEST(difference(planned(6, 2), other) == "");
  BOOST_TEST(difference(planned(6, 2), planned(7, 2)) == "an output \"output\" (4, 6) of f32, and then (4, 7) of f32");
  BOOST_TEST(difference(planned(6, 2), planned(6, 32)) == "passes of forward with 2 sums, and then with 32");
  other.parameters.clear();
  BOOST_TEST(difference(planned(6, 2), other) == "1 parameters, and then 0");
}
