// SPDX-License-Identifier: Apache-2.0
// What a model of ONNX leaves out or refuses.
#include <boost/test/unit_test.hpp>

#include <string>

#include <teranga/core/error.hpp>

#include "onnx_model.hpp"

using namespace teranga;
using namespace teranga::exchange;
using Bytes = std::string;

namespace {

OnnxModel model_with(std::int64_t numbers) {
  OnnxModel model;
  model.graph.name = "net";
  model.graph.constants.push_back({"weights", OnnxType::f32, Tensor(ElementType::f32, {numbers})});
  return model;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nodes_and_constants_that_lead_to_no_output_are_left_out) {
  OnnxModel model = model_with(2);
  model.graph.constants.push_back({"spare", OnnxType::f32, Tensor(ElementType::f32, {1})});
  model.graph.constants.push_back({"of_step", OnnxType::f32, Tensor(ElementType::f32, {1})});
  auto step = std::make_shared<OnnxGraph>();
  step->nodes.push_back({"Add", "inside", {"x", "of_step"}, {"inside"}, {}});
  model.graph.nodes = {{"Neg", "a", {"weights"}, {"a"}, {}}, {"Neg", "b", {"spare"}, {"b"}, {}}, {"Scan", "c", {"a"}, {"c", "d"}, {{"body", std::shared_ptr<const OnnxGraph>(step)}}}};
  model.graph.outputs.push_back({"d", OnnxType::f32, {}});
  leave_out_unused(model.graph);
  BOOST_TEST_REQUIRE(model.graph.nodes.size() == 2U);
  BOOST_TEST(model.graph.nodes[0].name == "a");
  BOOST_TEST(model.graph.nodes[1].name == "c");
  BOOST_TEST_REQUIRE(model.graph.constants.size() == 2U);
  BOOST_TEST(model.graph.constants[1].name == "of_step");
}

BOOST_AUTO_TEST_CASE(a_model_that_no_file_can_hold_is_refused) {
  const std::size_t whole = bytes_of(model_with(100)).size();
  BOOST_TEST(whole > 400U);
  BOOST_TEST(bytes_of(model_with(100), whole).size() == whole);
  for (const std::size_t most : {std::size_t{399}, whole - 1}) {
    BOOST_CHECK_EXCEPTION(bytes_of(model_with(100), most), Error, [&](const Error& error) {
      const Bytes said = error.what();
      return error.code() == ExitCode::failure && said.find("at most " + std::to_string(most) + " bytes") != said.npos && said.find("--to safetensors") != said.npos;
    });
  }
}
