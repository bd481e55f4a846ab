// SPDX-License-Identifier: Apache-2.0
// Tables of libraries that are wrong in one way each are refused with the library, the item and what was expected.
#include "table_checks.hpp"

#include <teranga/core/error.hpp>
#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/training.h>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace teranga;

namespace {

std::int32_t create(const trg_options*, void**, trg_error*) { return TRG_OK; }
void destroy(void*) {}
std::int32_t plan(void*, const trg_plan_request*, const trg_planner*, void**, trg_error*) { return TRG_OK; }
std::int32_t forward(void*, const trg_call*, trg_error*) { return TRG_OK; }
std::int64_t state_count(void*) { return 0; }
std::int32_t rate(void*, std::int64_t, std::int64_t, const double*, double*, trg_error*) { return TRG_OK; }

// A library of one layer with two options, and a schedule; in order until a test changes something.
struct Tables {
  trg_layer_calls layer{};
  trg_schedule_calls schedule{};
  const char* choices[2] = {"one", "two"};
  trg_value inner[2] = {};
  std::vector<trg_option_spec> options{2};
  std::vector<trg_item> items{2};
  trg_library library{};

  Tables() {
    layer.size = sizeof(layer), layer.create = create, layer.destroy = destroy, layer.plan = plan, layer.destroy_plan = destroy, layer.forward = forward;
    schedule.size = sizeof(schedule), schedule.create = create, schedule.destroy = destroy, schedule.state_count = state_count, schedule.rate = rate;
    for (trg_option_spec& option : options) option.size = sizeof(option), option.kind = TRG_REAL, option.maximum = 1;
    options[0].name = "beta";
    options[1].name = "choice", options[1].kind = TRG_TEXT, options[1].choices = choices, options[1].choice_count = 2;
    for (trg_item& item : items) item.size = sizeof(item);
    items[0].kind = TRG_LAYER, items[0].name = "acme.swish", items[0].calls = &layer;
    items[0].options = options.data(), items[0].option_count = options.size(), items[0].option_stride = sizeof(trg_option_spec);
    items[1].kind = TRG_SCHEDULE, items[1].name = "acme.steps", items[1].calls = &schedule;
    library = {sizeof(library), items.data(), items.size(), sizeof(trg_item)};
  }
  Tables(const Tables&) = delete;
};

std::string fault_after(const std::function<void(Tables&)>& change) {
  Tables tables;
  change(tables);
  try {
    host::check_tables("/plugins/acme.so", tables.library);
  } catch (const Error& error) {
    BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::plugin));
    BOOST_TEST(std::string(error.what()).starts_with("plugin /plugins/acme.so: "));
    return error.what();
  }
  return {};
}

void says(const std::string& text, const std::function<void(Tables&)>& change) {
  const std::string fault = fault_after(change);
  BOOST_TEST(fault.find(text) != std::string::npos, "expected \"" << text << "\", found \"" << fault << "\"");
}

const std::string of_layer = "the layer \"acme.swish\": ";

}  // namespace

BOOST_AUTO_TEST_CASE(tables_that_are_in_order_pass) {
  BOOST_TEST(fault_after([](Tables&) {}) == "");
  BOOST_TEST(fault_after([](Tables& t) { t.library.item_count = 0, t.library.items = nullptr; }) == "");
  BOOST_TEST(fault_after([](Tables& t) { t.items[0].kind = 99, t.items[0].name = nullptr; }) == "");  // of a newer border: it is not looked at
  BOOST_TEST(fault_after([](Tables& t) { t.layer.plan = nullptr, t.layer.forward = nullptr, t.layer.expand = [](void*, const trg_plan_request*, const trg_graph*, trg_error*) -> std::int32_t { return TRG_OK; }; }) == "");
}

BOOST_AUTO_TEST_CASE(sizes_counts_and_strides_are_looked_at) {
  for (const std::size_t size : {0, 8}) {
    says("its library table says that it is", [&](Tables& t) { t.library.size = size; });
    says("item 1: its table says that it is", [&](Tables& t) { t.items[0].size = size; });
    says(of_layer + "its table of calls says that it is", [&](Tables& t) { t.layer.size = size; });
    says("option 1: its table says that it is", [&](Tables& t) { t.options[0].size = size; });
  }
  says("says that it has 1000000000 items", [](Tables& t) { t.library.item_count = 1000000000; });
  says("says that it has 2 items, and gives none", [](Tables& t) { t.library.items = nullptr; });
  says("its items lie 8 bytes apart", [](Tables& t) { t.library.item_stride = 8; });
  says("its items lie 109 bytes apart", [](Tables& t) { t.library.item_stride = 109; });
  says("and the next one begins after", [](Tables& t) { t.items[0].size = 1000; });
  says("says that it has 5000 options", [](Tables& t) { t.items[0].option_count = 5000; });
  says("says that it has 2 options, and gives none", [](Tables& t) { t.items[0].options = nullptr; });
  says("its options lie 16 bytes apart", [](Tables& t) { t.items[0].option_stride = 16; });
}

BOOST_AUTO_TEST_CASE(names_are_looked_at) {
  says("item 1: a layer without a name", [](Tables& t) { t.items[0].name = nullptr; });
  for (const char* name : {"", "swish", ".swish", "acme.", "acme..swish", "acme.a b", "acme/swish", "acme.\x1b[2J"})
    says("expected \"vendor.name\"", [&](Tables& t) { t.items[0].name = name; });
  says("item 2: its name is not UTF-8: \"acme.\\xff\"", [](Tables& t) { t.items[1].name = "acme.\xff"; });
  const std::string long_name = "acme." + std::string(300, 'x');
  says("of at most 255 bytes", [&](Tables& t) { t.items[0].name = long_name.c_str(); });
  says("its summary is not UTF-8", [](Tables& t) { t.items[0].summary = "\xc0"; });
}

BOOST_AUTO_TEST_CASE(options_are_looked_at) {
  says("option 1: has no name", [](Tables& t) { t.options[0].name = nullptr; });
  for (const char* name : {"", "a b", "a.b", "\n"}) says("expected letters, digits, _ and -", [&](Tables& t) { t.options[0].name = name; });
  says("option 1: its name is not UTF-8", [](Tables& t) { t.options[0].name = "u\xff"; });
  says("option \"beta\": is there twice", [](Tables& t) { t.options[1].name = "beta"; });
  for (const char* name : {"type", "name", "input", "trainable"}) says("has a name that a recipe gives a meaning of its own", [&](Tables& t) { t.options[0].name = name; });
  says("has the kind 44", [](Tables& t) { t.options[0].kind = 44; });
  says("is a list of items of kind 0", [](Tables& t) { t.options[0].kind = TRG_LIST; });
  says("says that it has -1 choices", [](Tables& t) { t.options[1].choice_count = -1; });
  says("says that it has 2 choices, and gives none", [](Tables& t) { t.options[1].choices = nullptr; });
  says("its choice 2 is null", [](Tables& t) { t.choices[1] = nullptr; });
  says("takes numbers from 1 to 0", [](Tables& t) { t.options[0].minimum = 1, t.options[0].maximum = 0; });
  says("takes numbers from nan to", [](Tables& t) { t.options[0].minimum = std::numeric_limits<double>::quiet_NaN(); });
  says("its default value has the kind -3", [](Tables& t) { t.options[0].default_value.kind = -3; });
  says("its default value has 7 items, and gives none", [](Tables& t) { t.options[0].default_value.kind = TRG_LIST, t.options[0].default_value.count = 7; });
  says("its default value is deeper than", [](Tables& t) {
    trg_value& value = t.options[0].default_value = t.inner[0];
    value.kind = t.inner[0].kind = TRG_LIST, value.count = t.inner[0].count = 1;
    value.items = t.inner[0].items = t.inner;  // it holds itself
  });
}

BOOST_AUTO_TEST_CASE(calls_are_looked_at) {
  says(of_layer + "has no table of calls", [](Tables& t) { t.items[0].calls = nullptr; });
  says(of_layer + "its table of calls has no create", [](Tables& t) { t.layer.create = nullptr; });
  says(of_layer + "its table of calls has no plan, and no expand", [](Tables& t) { t.layer.plan = nullptr; });
  says(of_layer + "its table of calls has no forward, and no expand", [](Tables& t) { t.layer.forward = nullptr; });
  says("the schedule \"acme.steps\": its table of calls has no rate", [](Tables& t) { t.schedule.rate = nullptr; });
  says("the optimizer \"acme.steps\": its table of calls says that it is", [](Tables& t) { t.items[1].kind = TRG_OPTIMIZER; });
}
