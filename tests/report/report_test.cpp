// SPDX-License-Identifier: Apache-2.0
// Axes, curves, verdicts and pages of runs that are made here.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <teranga/report/chart.hpp>
#include <teranga/report/curves.hpp>
#include <teranga/report/page.hpp>
#include <teranga/report/terminal_chart.hpp>
#include <teranga/report/verdict.hpp>

#include "html.hpp"
#include "net_drawing.hpp"
#include "recipe_lines.hpp"
#include "ticks.hpp"

using namespace teranga::report;

namespace {

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> out;
  for (const Tick& tick : axis.ticks()) out.push_back(tick.label);
  return out;
}

using Texts = std::vector<std::string>;

// A run with a loss and an accuracy of both parts, one number of each epoch.
RunRecord run_of(const std::vector<double>& loss, const std::vector<double>& val_loss, const std::vector<double>& val_accuracy) {
  RunRecord run;
  run.folder = "runs/net";
  run.name = "net";
  for (std::size_t i = 0; i < loss.size(); ++i) {
    Event event{static_cast<std::int64_t>(10 * (i + 1)), static_cast<std::int64_t>(i + 1), {{"loss", loss[i]}}};
    if (i < val_loss.size()) event.numbers.emplace_back("val_loss", val_loss[i]);
    if (i < val_accuracy.size()) event.numbers.emplace_back("val_accuracy", val_accuracy[i]);
    event.numbers.emplace_back("learning_rate", 0.01);
    event.numbers.emplace_back("seconds", 2.0);
    run.epochs.push_back(std::move(event));
  }
  return run;
}

std::string said(const RunRecord& run) {
  std::string out;
  for (const Sentence& sentence : verdict_of(run).sentences) out += to_text(sentence) + "\n";
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(ticks_are_round_numbers_around_the_data) {
  BOOST_TEST(labels(Axis(0.13, 0.87, Axis::Kind::linear, 5)) == (Texts{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}), boost::test_tools::per_element());
  BOOST_TEST(labels(Axis(-3, 8, Axis::Kind::linear, 4)) == (Texts{"-5", "0", "5", "10"}), boost::test_tools::per_element());
  BOOST_TEST(labels(Axis(1, 3, Axis::Kind::whole, 7)) == (Texts{"1", "2", "3"}), boost::test_tools::per_element());
  BOOST_TEST(labels(Axis(0.003, 40, Axis::Kind::logarithmic, 5)) == (Texts{"0.01", "0.1", "1", "10"}), boost::test_tools::per_element());
  BOOST_TEST(labels(Axis(0.04, 2.4, Axis::Kind::logarithmic, 5)) == (Texts{"0.05", "0.1", "0.2", "0.5", "1", "2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_axis_of_one_number_has_room_around_it) {
  const Axis axis(5, 5, Axis::Kind::linear, 5);
  BOOST_TEST(axis.share(5) > 0.2);
  BOOST_TEST(axis.share(5) < 0.8);
  BOOST_TEST(Axis(0, 0, Axis::Kind::linear, 5).ticks().size() >= 2);
  BOOST_TEST(Axis(7, 7, Axis::Kind::whole, 5).share(7) == 0.5);
}

BOOST_AUTO_TEST_CASE(shares_of_a_logarithmic_axis_are_of_powers) {
  const Axis axis(0.01, 100, Axis::Kind::logarithmic, 5);
  BOOST_TEST(axis.share(1) == 0.5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(axis.share(0.001) == 0);
}

BOOST_AUTO_TEST_CASE(long_numbers_of_an_axis_have_room) {
  RunRecord run = run_of({1, 1}, {}, {});
  for (std::size_t i = 0; i < 2; ++i) run.epochs[i].numbers = {{"learning_rate", 0.0019995 - 3e-6 * static_cast<double>(i)}};
  const std::string drawn = chart_svg(charts_of({run}).front()), before = "text-anchor=\"end\" x=\"";
  std::size_t longest = 0;
  for (std::size_t at = drawn.find(before); at != drawn.npos; at = drawn.find(before, at + 1)) {
    const std::size_t begin = drawn.find('>', at) + 1, letters = drawn.find('<', begin) - begin;
    longest = std::max(longest, letters);
    BOOST_TEST(std::stod(drawn.substr(at + before.size())) >= 7.0 * static_cast<double>(letters));  // it ends there
  }
  BOOST_TEST(longest >= 8U);
}

BOOST_AUTO_TEST_CASE(thinned_curves_keep_their_extremes_and_ends) {
  std::vector<Point> points;
  for (int i = 0; i < 10000; ++i) points.push_back({static_cast<double>(i), i == 4567 ? 50.0 : i == 7001 ? -50.0 : std::sin(i)});
  const std::vector<Point> kept = thinned(points, 600);
  BOOST_TEST(kept.size() <= 602);
  BOOST_TEST(kept.back().x == 9999);
  double least = 0, most = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    least = std::min(least, kept[i].y), most = std::max(most, kept[i].y);
    if (i > 0) BOOST_TEST_REQUIRE(kept[i - 1].x < kept[i].x);
  }
  BOOST_TEST(least == -50);
  BOOST_TEST(most == 50);
  BOOST_TEST(thinned(points, 20000).size() == 10000);
}

BOOST_AUTO_TEST_CASE(a_run_that_overfits_is_told_since_when) {
  const RunRecord run = run_of({2, 1, 0.5, 0.3, 0.2}, {2.1, 1.2, 1.0, 1.3, 1.6}, {});
  BOOST_TEST((verdict_of(run).course == Course::overfitting));
  BOOST_TEST(said(run) == "val_loss was lowest in epoch 3 of 5: 1. It ended with 1.6.\nIt overfits since epoch 3: val_loss rose from 1 to 1.6, while loss fell from 0.5 to 0.2.\n");
}

BOOST_AUTO_TEST_CASE(a_rise_that_is_small_beside_all_that_was_gained_is_no_overfitting) {
  BOOST_TEST((verdict_of(run_of({2, 1, 0.05, 0.04, 0.03}, {2, 1, 0.1, 0.12, 0.13}, {})).course != Course::overfitting));
}

BOOST_AUTO_TEST_CASE(a_run_that_improves_to_the_end_asks_for_more_epochs) {
  const RunRecord run = run_of({2, 1.5, 1.2, 1, 0.8}, {2, 1.6, 1.3, 1.1, 0.9}, {0.2, 0.4, 0.5, 0.6, 0.7});
  const Verdict verdict = verdict_of(run);
  BOOST_TEST(verdict.monitor == "val_accuracy");
  BOOST_TEST(verdict.best_epoch == 5);
  BOOST_TEST((verdict.course == Course::improving));
  BOOST_TEST(said(run) == "val_accuracy reached 0.7 in the last epoch, 5: the highest so far.\nval_accuracy was still improving at the end: more epochs may help.\n");
}

BOOST_AUTO_TEST_CASE(a_run_that_stays_where_it_is_does_not) {
  const std::vector<double> still = {1, 0.5, 0.3, 0.3, 0.3, 0.3};
  BOOST_TEST((verdict_of(run_of(still, still, {0.5, 0.9, 0.95, 0.94, 0.95, 0.949})).course == Course::flat));
}

BOOST_AUTO_TEST_CASE(what_a_run_says_of_its_numbers_goes_before_what_their_names_suggest) {
  RunRecord run = run_of({3, 2, 1}, {}, {});
  for (std::size_t i = 0; i < 3; ++i) run.epochs[i].numbers.emplace_back("val_accuracy_like", static_cast<double>(i));
  run.measured = {{"loss", -1}, {"val_accuracy_like", -1}};
  BOOST_TEST(verdict_of(run).monitor == "val_accuracy_like");
  BOOST_TEST(verdict_of(run).best_epoch == 1);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_neither_win_nor_are_drawn) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  const RunRecord run = run_of({2, nan, 1}, {2, -infinity, 1}, {});
  BOOST_TEST(verdict_of(run).best_epoch == 3);
  const std::vector<Chart> charts = charts_of({run});
  BOOST_REQUIRE(!charts.empty());
  BOOST_TEST(charts[0].not_finite == 2);
  const std::string drawing = chart_svg(charts[0]), html = page({run});
  BOOST_TEST(!has(drawing, "nan"));
  BOOST_TEST(!has(drawing, "inf"));
  BOOST_TEST(has(html, "Numbers that are not finite and cannot be drawn: 2."));
  BOOST_TEST(has(html, "not a number"));
}

BOOST_AUTO_TEST_CASE(a_run_without_any_number_makes_a_page) {
  RunRecord run;
  run.name = "empty";
  BOOST_TEST(has(page({run}), "No epoch has ended yet."));
  BOOST_TEST(has(page({run, run}), "There are no numbers to draw yet."));
}

BOOST_AUTO_TEST_CASE(nothing_that_a_file_says_becomes_an_element) {
  RunRecord run = run_of({2, 1}, {2, 1}, {});
  const std::string evil = "<script>alert('\"&\x1b[31m')</script>";
  run.name = run.folder = evil;
  run.recipe = "name = \"" + evil + "\"\n";
  run.layers = {{evil, evil, evil, 1, 1, {}}, {"next", "dense", "3", 4, 4, {evil}}};
  run.starts = {{{evil, evil}}};
  run.notes = {evil};
  run.measured = {};
  for (Event& event : run.epochs) event.numbers.emplace_back("val_" + evil + "_error", 0.5);
  for (const std::string& html : {page({run}), page({run, run})}) {
    BOOST_TEST(!has(html, "<script"));
    BOOST_TEST(!has(html, "\x1b"));
    BOOST_TEST(has(html, "&lt;script&gt;alert(&#39;&quot;&amp;\\x1b[31m"));
  }
  BOOST_TEST(!has(terminal_chart(charts_of({run})[0], {}), "\x1b"));
}

BOOST_AUTO_TEST_CASE(a_page_of_a_long_run_with_a_deep_network_stays_small) {
  RunRecord run = run_of(std::vector<double>(20000, 0.123456789012345), std::vector<double>(20000, 0.2), {});
  for (int i = 0; i < 20000; ++i) run.steps.push_back({10 * i, 1 + i, {{"loss", 1.0 / (i + 1)}, {"learning_rate", 0.1}}});
  for (int i = 0; i < 600; ++i) run.layers.push_back({"layer" + std::to_string(i), "dense", "100", 10100, 10100, i ? Texts{"layer" + std::to_string(i - 1)} : Texts{}});
  run.recipe = std::string(1 << 20, 'x');
  const std::string html = page({run});
  BOOST_TEST(html.size() < 3u << 20);
  BOOST_TEST(has(html, "of 20000 epochs are shown"));
  BOOST_TEST(count_of(html, "<tr") < 400);
}

BOOST_AUTO_TEST_CASE(a_line_that_passes_a_layer_runs_beside_it) {
  const std::vector<LayerFact> layers = {{"in", "input", "4", 0, 0, {}}, {"a", "dense", "4", 20, 20, {"in"}}, {"b", "dense", "4", 20, 20, {"a"}}, {"sum", "add", "4", 0, 0, {"b", "in"}}};
  const std::string drawing = net_svg(layers);
  BOOST_TEST(count_of(drawing, "<rect") == 4);
  BOOST_TEST(count_of(drawing, "class=\"edge\"") == 6);  // in-a, a-b, b-sum, and in-sum in three pieces
  BOOST_TEST(net_svg({}).empty());
}

BOOST_AUTO_TEST_CASE(recipes_are_compared_by_keys) {
  const std::string one = "name = \"x\"\n\n[[layer]]\ntype = \"dense\"\nname = \"hidden\"\nunits = 4\n\n[training]\nepochs = 5\nbatch_size = 32\n";
  std::string other = one;
  other.replace(other.find("units = 4"), 9, "units = 8");
  other += "\n[checkpoint]\nkeep = 2\n";
  const std::vector<KeyDifference> found = differences({one, other});
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].key == "layer.hidden.units");
  BOOST_TEST(found[0].values == (Texts{"4", "8"}), boost::test_tools::per_element());
  BOOST_TEST(found[1].key == "checkpoint.keep");
  BOOST_TEST(found[1].values[0].empty());
  BOOST_TEST(text_of_key(one, "training.epochs") == "5");
  BOOST_TEST(text_of_key(one, "name") == "x");
}

BOOST_AUTO_TEST_CASE(several_runs_are_judged_by_the_number_that_all_of_them_have) {
  const RunRecord one = run_of({2, 1}, {2, 1.5}, {}), other = run_of({2, 1}, {2, 1.2}, {});
  BOOST_TEST(to_text(best_of_runs({one, other}, {"one", "other"})) == "val_loss was best in other: 1.2 in epoch 2.");
  BOOST_TEST(to_text(best_of_runs({one, run_of({1}, {}, {})}, {"one", "two"})) == "The runs are not judged by one and the same number.");
}

BOOST_AUTO_TEST_CASE(a_terminal_chart_has_the_rows_and_columns_that_it_is_given) {
  const RunRecord run = run_of({2, 1.5, 1.2, 1, 0.8}, {2, 1.6, 1.3, 1.1, 0.9}, {});
  const std::string plain = terminal_chart(charts_of({run})[0], {60, 10, true, false});
  BOOST_TEST(count_of(plain, "\n") == 10);
  std::size_t longest = 0, begin = 0;
  for (std::size_t end; (end = plain.find('\n', begin)) != std::string::npos; begin = end + 1) longest = std::max(longest, end - begin);
  BOOST_TEST(longest <= 60);
  for (const char c : plain) BOOST_TEST_REQUIRE(static_cast<unsigned char>(c) < 0x80);
  BOOST_TEST(has(plain, "loss  * training 0.8  + validation 0.9"));
  BOOST_TEST(has(terminal_chart(charts_of({run})[0], {60, 10, false, false}), "⠉") != has(plain, "⠉"));
  BOOST_TEST(has(terminal_chart(charts_of({run})[0], {60, 10, false, true}), "\x1b[34m"));
}

BOOST_AUTO_TEST_CASE(a_chart_alone_is_a_whole_file) {
  const std::string file = chart_file(charts_of({run_of({2, 1}, {}, {})})[0], "net & more");
  BOOST_TEST(file.starts_with("<svg xmlns="));
  BOOST_TEST(has(file, "net &amp; more"));
  BOOST_TEST(count_of(file, "<svg") == count_of(file, "</svg>"));
}
