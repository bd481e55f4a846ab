// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/check.hpp>
#include <teranga/core/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

namespace teranga::conformance {
namespace {

namespace fs = std::filesystem;

std::string built_in(const std::string& name) { return (fs::path(TERANGA_BUILD_FOLDER) / "lib/teranga/plugins" / name).string().append(".so"); }
std::string guest(const std::string& name) { return (fs::path(TERANGA_GUESTS) / name).string().append(".so"); }

// The rules of the engine itself; those of initializers and activations have tests of their own.
CheckRequest engine_request() {
  CheckRequest request;
  request.only = {"symbols", "library", "facts", "options", "life"};
  request.seconds = 20;
  request.memory = std::uint64_t{1} << 30;
  return request;
}

std::vector<std::string> errors_of(const CheckedLibrary& checked) {
  std::vector<std::string> rules;
  for (const RuleResult& result : checked.results)
    for (const Finding& finding : result.findings)
      if (finding.severity == Severity::error && std::ranges::find(rules, finding.rule) == rules.end()) rules.push_back(finding.rule);
  std::ranges::sort(rules);
  return rules;
}

const Finding& first_error(const CheckedLibrary& checked, const std::string& rule) {
  for (const RuleResult& result : checked.results)
    for (const Finding& finding : result.findings)
      if (finding.rule == rule && finding.severity != Severity::note) return finding;
  throw std::runtime_error(rule);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

struct WrongGuest {
  const char *name, *rules;  // all that find an error
};

const WrongGuest wrong_guests[] = {
    {"no_note", "symbols/note"},
    {"shows_more", "symbols/exports"},
    {"needs_mpi", "symbols/needs"},
    {"needs_zlib", "symbols/needs"},
    {"executable_stack", "symbols/stack"},
    {"open_null", "library/open"},
    {"open_crash", "calls/crash"},
    {"no_fill", "library/tables"},
    {"short_calls", "library/tables"},
    {"short_item", "library/tables"},
    {"null_name", "library/tables"},
    {"option_stride", "library/tables"},
    {"many_items", "library/tables"},
    {"no_items", "library/items"},
    {"other_kind", "library/items"},
    {"built_in_vendor", "library/items"},
    {"no_vendor", "library/names"},
    {"no_letters", "library/names"},
    {"item_twice", "library/names"},
    {"no_summary", "facts/documented"},
    {"no_doc", "facts/documented"},
    {"option_twice", "options/schema"},
    {"reserved", "options/schema"},
    {"default_outside", "options/range options/schema"},
    {"required_default", "options/schema"},
    {"no_instance", "options/range"},
    {"fails_at_end", "options/range"},
    {"crash_at_end", "calls/crash"},
    {"leak", "life/leaks"},
    {"thread", "life/leaks"},
    {"endless_text", "life/errors"},
    {"silent", "life/errors"},
    {"other_code", "life/errors"},
    {"misnamed", "life/errors"},
    {"shared", "life/repeatable"},
    {"crash", "calls/crash"},
    {"abort", "calls/crash"},
    {"exit", "calls/exit"},
    {"exit_at_once", "calls/exit"},
    {"hungry", "calls/memory options/range"},
    {"throws_error", "calls/exception"},
    {"throws_number", "calls/exception"},
    {"throws_on_a_thread", "calls/exception"},
    {"throws_in_destroy", "calls/exception"},
    {"throws_of_memory", "calls/memory"},
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_right_guest_passes_all_rules) {
  CheckRequest request = engine_request();
  request.level = full;
  const CheckedLibrary checked = check_library(guest("right"), request);
  BOOST_TEST(joined(errors_of(checked)) == "");
  BOOST_TEST(checked.passed());
  BOOST_TEST(checked.count(Severity::warning) == 0U);
  BOOST_REQUIRE(checked.items.size() == 1U);
  BOOST_TEST(checked.items[0].spoken == "initializer guest.fill");
  BOOST_TEST(checked.results.size() == 15U);
  BOOST_TEST(checked.count(Outcome::passed) == 15U);
}

BOOST_AUTO_TEST_CASE(each_wrong_guest_is_named_by_its_rule) {
  for (const WrongGuest& wrong : wrong_guests) {
    BOOST_TEST_INFO_SCOPE(wrong.name);
    const CheckedLibrary checked = check_library(guest(wrong.name), engine_request());
    BOOST_TEST(joined(errors_of(checked)) == wrong.rules);
    BOOST_TEST(!checked.passed());
  }
}

BOOST_AUTO_TEST_CASE(an_endless_call_ends_with_its_process) {
  CheckRequest request = engine_request();
  request.only = {"life/leaks"};
  request.seconds = 1;
  for (const char* const name : {"loop", "deadlock"}) {
    const auto start = std::chrono::steady_clock::now();
    const CheckedLibrary checked = check_library(guest(name), request);
    BOOST_TEST(joined(errors_of(checked)) == "calls/time");
    BOOST_TEST(first_error(checked, "calls/time").text == "did not come back within 1 s, within its call create");
    BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(15)));
  }
}

BOOST_AUTO_TEST_CASE(a_finding_of_a_call_says_which_and_with_what) {
  CheckRequest request = engine_request();
  request.only = {"options/range"};
  const Finding crash = first_error(check_library(guest("crash_at_end"), request), "calls/crash");
  BOOST_TEST(crash.item == "initializer guest.fill");
  BOOST_TEST(crash.text.starts_with("crashed with signal 11 (Segmentation fault) within its call create"));
  BOOST_TEST(crash.where == "value = 10.0");
  BOOST_TEST(!crash.mend.empty());
  const Finding thrown = first_error(check_library(guest("throws_error"), [&] { request.only = {"life/leaks"}; return request; }()), "calls/exception");
  BOOST_TEST(thrown.text == "an exception came out of its call create: no such luck");
}

BOOST_AUTO_TEST_CASE(processes_and_files_of_a_guest_go_with_the_check) {
  const auto own_children = [] {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      std::error_code ended;
      if (fs::read_symlink(entry.path() / "exe", ended) == fs::read_symlink("/proc/self/exe") && !ended) found.push_back(entry.path().filename());
    }
    return found;
  };
  const fs::path place = fs::temp_directory_path() / std::string("teranga-conformance-").append(std::to_string(::getpid()));
  fs::create_directory(place);
  ::setenv("TMPDIR", place.c_str(), 1);
  CheckRequest request = engine_request();
  request.only = {"life/errors"};
  const std::vector<std::string> before = own_children();
  const CheckedLibrary checked = check_library(guest("process"), request);
  BOOST_TEST(checked.passed());
  BOOST_TEST((first_error(checked, "calls/processes").severity == Severity::warning));
  BOOST_TEST(own_children() == before, boost::test_tools::per_element());
  BOOST_TEST(check_library(guest("files"), request).passed());
  BOOST_TEST(!fs::exists("left-behind"));
  BOOST_TEST(fs::is_empty(place));
  fs::remove_all(place);
  ::unsetenv("TMPDIR");
}

BOOST_AUTO_TEST_CASE(a_library_that_is_meant_may_be_needed) {
  CheckRequest request = engine_request();
  request.only = {"symbols/needs"};
  for (const char* const name : {"libz.so.1", "libz.so", "z"}) {
    request.allowed_libraries = {name};
    BOOST_TEST(check_library(guest("needs_zlib"), request).passed());
  }
  request.allowed_libraries = {"libpng"};
  BOOST_TEST(!check_library(guest("needs_zlib"), request).passed());
}

BOOST_AUTO_TEST_CASE(values_of_options_are_given) {
  CheckRequest request = engine_request();
  request.only = {"life/repeatable"};
  for (const char* const value : {"value=2.5", "fill.value=2.5", "guest.fill.value=2.5"}) {
    request.values = {value};
    BOOST_TEST(check_library(guest("right"), request).passed());
  }
  request.values = {"value=12"};  // the guest refuses it
  const CheckedLibrary refused = check_library(guest("right"), request);
  BOOST_REQUIRE(refused.results.size() == 1U);
  BOOST_TEST((refused.results[0].outcome == Outcome::not_applicable));
  BOOST_TEST(refused.results[0].why == "no instance could be made: TRG_BAD_OPTION: value: must be below 10");
  for (const char* const value : {"values=2", "other.fill.value=2", "value=many"}) {
    request.values = {value};
    BOOST_CHECK_THROW(check_library(guest("right"), request), Error);
  }
}

BOOST_AUTO_TEST_CASE(items_and_rules_are_chosen_by_name) {
  CheckRequest request = engine_request();
  request.items = {"fill"};
  BOOST_TEST(check_library(guest("right"), request).results.size() == 15U);
  request.items = {"fil"};
  BOOST_CHECK_THROW(check_library(guest("right"), request), Error);
  request.items = {};
  request.only = {"life"};
  const CheckedLibrary checked = check_library(guest("right"), request);
  BOOST_REQUIRE(checked.results.size() == 3U);
  BOOST_TEST(checked.results[0].rule == "life/leaks");
  request.only = {"lif"};
  BOOST_CHECK_THROW(check_library(guest("right"), request), Error);
}

BOOST_AUTO_TEST_CASE(what_is_no_library_fails) {
  CheckRequest request = engine_request();
  BOOST_TEST(!check_library("/nowhere/x.so", request).passed());
  BOOST_TEST(!check_library("/proc/self/exe", request).passed());
  BOOST_TEST(!check_library("/dev/null", request).passed());
}

BOOST_AUTO_TEST_CASE(all_runs_in_this_process_for_a_debugger) {
  CheckRequest request = engine_request();
  request.here = true;
  const CheckedLibrary checked = check_library(guest("right"), request);
  BOOST_TEST(checked.passed());
  BOOST_TEST(checked.results.size() == 15U);
}

BOOST_AUTO_TEST_CASE(results_come_in_the_order_of_items_and_rules) {
  CheckRequest request = engine_request();
  const std::string path = built_in("initializers");
  const auto order = [&](int at_once) {
    request.at_once = at_once;
    std::string text;
    for (const RuleResult& result : check_library(path, request).results) text.append(result.item).append(" ").append(result.rule).append("\n");
    return text;
  };
  BOOST_TEST(order(1) == order(4));
}

BOOST_AUTO_TEST_CASE(built_in_plugins_pass) {
  CheckRequest request = engine_request();
  request.only = {"symbols", "library/open", "library/tables", "library/names", "facts", "options", "life"};  // they lie in another folder than beside this program
  for (const char* const name : {"losses", "optimizers", "schedules", "initializers", "activations"}) {
    BOOST_TEST_INFO_SCOPE(name);
    BOOST_TEST(joined(errors_of(check_library(built_in(name), request))) == "");
  }
}

}  // namespace teranga::conformance
