// SPDX-License-Identifier: Apache-2.0
// The rules of layers and activations: each names a layer that is wrong in its way, and none names one that is right.
#include <teranga/conformance/check.hpp>

#include <string>

#include <boost/test/unit_test.hpp>

namespace teranga::conformance {
namespace {

CheckedLibrary check_item(const std::string& item, std::vector<std::string> rules, int level) {
  CheckRequest request;
  request.items = {item};
  request.only = std::move(rules);
  request.level = level;
  return check_library(TERANGA_LAYERS_UNDER_TEST, request);
}

struct Wrong {
  std::string rule, item;
  Severity severity = Severity::error;
  std::string text;  // a part of the finding
};

const Wrong all_wrong[] = {
    {"plan/shapes", "test.nothing_fits", Severity::error, "no input was found that it accepts. It said: plan: expects an input of 17 axes"},
    {"plan/shapes", "test.plans_more", Severity::error, "plan accepts the shapes, but forward fails"},
    {"plan/shapes", "test.overflows", Severity::error, "a size overflows"},
    {"plan/declarations", "test.names_twice", Severity::error, "two parameters or states are called \"factor\""},
    {"plan/declarations", "test.silent", Severity::error, "no backward_params"},
    {"plan/pure", "test.counts", Severity::error, "answered in two ways"},
    {"gradient/inputs", "test.gradient_of_input", Severity::error, "the gradient of input 0 is"},
    {"gradient/parameters", "test.gradient_of_parameter", Severity::error, "the gradient of parameter \"factor\" is"},
    {"gradient/overwrites", "test.adds_to_input", Severity::error, "depends on what its memory held before"},
    {"gradient/adds", "test.overwrites_parameter", Severity::error, "is not added to what is there"},
    {"slices/equal", "test.by_slice", Severity::error, "slices of 3 + 1 samples"},
    {"threads/bits", "test.by_worker", Severity::error, "threads give other bits than one"},
    {"memory/bounds", "test.writes_behind", Severity::error, "behind the end of output 0"},
    {"memory/bounds", "test.writes_before_saved", Severity::error, "before the beginning of the saved memory"},
    {"memory/bounds", "test.writes_input", Severity::error, "forward wrote into input 0"},
    {"memory/undefined", "test.reads_scratch", Severity::error, "the scratch memory"},
    {"memory/undefined", "test.leaves_output", Severity::error, "an output"},
    {"memory/undeclared", "test.reads_undeclared", Severity::error, "backward_params reads input 0"},
    {"numbers/finite", "test.infinite", Severity::error, "numbers that are not finite"},
    {"memory/bounds", "test.beyond_sums", Severity::error, "behind the end of the sums"},
    {"plan/declarations", "test.asks", Severity::error, "it asks for a buffer of 4.4e+12 bytes"},
    {"numbers/finite", "test.infinite_at_zero", Severity::error, "inputs of 0 give numbers that are not finite"},
    {"numbers/finite", "test.spreads", Severity::error, "NaN in sample 0 changes other samples"},
    {"step/allocation", "test.allocates", Severity::warning, "forward allocates memory, once"},
    {"state/global", "test.keeps_static", Severity::error, "write to variables of the library"},
    {"state/global", "test.keeps_thread_local", Severity::error, "calls of another layer of the same kind"},
    {"state/round-trip", "test.hides", Severity::error, "as after a checkpoint"},
    {"random/source", "test.rand", Severity::error, "its calls draw random numbers from rand"},
    {"masks/used", "test.mask_inverted", Severity::error, "a mask that keeps everything changes output 0"},
    {"types/f32", "test.only_double", Severity::error, "forward fails in f32"},
    {"types/f32", "test.coarse", Severity::error, "f32 gives something else than f64"},
    {"activation/gradient", "test.wrong_slope", Severity::error, "differences of value give"},
    {"activation/in-place", "test.not_in_place", Severity::error, "where y is x"},
    {"activation/rows", "test.beyond_rows", Severity::error, "behind the end of y"},
    {"activation/rows", "test.across_row", Severity::error, "rows of one element"},
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_rule_names_what_is_wrong_in_its_way) {
  for (const Wrong& wrong : all_wrong) BOOST_TEST_CONTEXT(wrong.rule << " of " << wrong.item) {
      const CheckedLibrary checked = check_item(wrong.item, {wrong.rule}, quick);
      bool named = false;
      for (const RuleResult& result : checked.results)
        for (const Finding& finding : result.findings) {
          named = named || (finding.rule == wrong.rule && finding.severity == wrong.severity && finding.text.find(wrong.text) != std::string::npos);
          BOOST_TEST(!finding.mend.empty());
          BOOST_TEST_MESSAGE(finding.rule << ": " << finding.text << " (" << finding.where << ")");
        }
      BOOST_TEST(named);
      BOOST_TEST(checked.passed() == (wrong.severity != Severity::error));
    }
}

const std::string all_right[] = {"test.scale", "test.centred", "test.masked_step", "test.wave"};

BOOST_AUTO_TEST_CASE(no_rule_names_what_is_right) {
  for (const std::string& item : all_right) {
    const CheckedLibrary checked = check_item(item, {"plan", "gradient", "slices", "threads", "memory", "numbers", "step", "state", "random", "masks", "types", "activation"}, full);
    std::size_t tried = 0;
    for (const RuleResult& result : checked.results) {
      tried += result.outcome == Outcome::passed;
      for (const Finding& finding : result.findings) BOOST_TEST((finding.severity == Severity::note), item << ", " << finding.rule << ": " << finding.text << " (" << finding.where << ")");
    }
    BOOST_TEST(tried >= 3u);
  }
}

// A fault that other rules could take for theirs is told by its own rule alone.
BOOST_AUTO_TEST_CASE(a_wrong_gradient_is_one_finding_of_one_rule) {
  const CheckedLibrary checked = check_item("test.gradient_of_input", {"plan", "gradient", "slices", "memory", "numbers", "state", "random", "masks", "types"}, quick);
  for (const RuleResult& result : checked.results) BOOST_TEST((result.outcome == Outcome::failed) == (result.rule == "gradient/inputs"), result.rule);
}

}  // namespace teranga::conformance
