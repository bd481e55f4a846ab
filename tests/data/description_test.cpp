// SPDX-License-Identifier: Apache-2.0
// Descriptions that make no sense are refused with what is wrong of which field; a data set that throws fails with its name.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/data/source.hpp>
#include <teranga/sdk/c/dataset.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace teranga;

namespace {

using Body = std::function<void(const trg_data_answer&)>;

trg_dataset_calls calls_of_body() {
  trg_dataset_calls calls{};
  calls.size = sizeof(calls);
  calls.describe = [](void* body, const trg_data_answer* answer, trg_error*) -> std::int32_t {
    answer->count(answer->context, TRG_TRAIN, 10);
    (*static_cast<const Body*>(body))(*answer);
    return TRG_OK;
  };
  return calls;
}

std::string fault_of(const Body& body) {
  static const trg_dataset_calls calls = calls_of_body();
  try {
    data::Source("acme.numbers", calls, std::make_shared<Body>(body), data::Split{});
  } catch (const Error& error) {
    BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::plugin));
    BOOST_TEST(std::string(error.what()).starts_with("data set \"acme.numbers\": "));
    return error.what();
  }
  return {};
}

void says(const std::string& text, const Body& body) {
  const std::string fault = fault_of(body);
  BOOST_TEST(fault.find(text) != std::string::npos, "expected \"" << text << "\", found \"" << fault << "\"");
}

// One feature of three numbers, that a test changes.
Body field(const std::function<void(trg_field&)>& change) {
  return [change](const trg_data_answer& answer) {
    static const std::int64_t shape[] = {3};
    trg_field one{};
    one.size = sizeof(one), one.name = "x", one.role = TRG_FEATURE, one.rank = 1, one.shape = shape;
    change(one);
    answer.field(answer.context, &one);
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_field_is_told) {
  static const std::int64_t odd[] = {-7};
  static const char* const names[] = {"a", nullptr};
  BOOST_TEST(fault_of(field([](trg_field&) {})) == "");
  says("by a record of 8 bytes", field([](trg_field& f) { f.size = 8; }));
  says("describes a field without a name", field([](trg_field& f) { f.name = nullptr; }));
  says("gives the field \"x\" the role 9", field([](trg_field& f) { f.role = 9; }));
  says("gives the field \"x\" the element type -1", field([](trg_field& f) { f.type = -1; }));
  says("gives the field \"x\" 40 axes; expected 0 to 7", field([](trg_field& f) { f.rank = 40; }));
  says("gives the field \"x\" 1 axes", field([](trg_field& f) { f.shape = nullptr; }));
  says("gives the field \"x\" the shape (-7,)", field([](trg_field& f) { f.shape = odd; }));
  says("has -1 classes", field([](trg_field& f) { f.classes = -1; }));
  says("the name of class 1 of the field \"x\" is null", field([](trg_field& f) { f.classes = 2, f.class_names = names; }));
  says("the names of 2 columns", field([](trg_field& f) { f.columns = names, f.column_count = 2; }));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_part_is_told) {
  const auto count = [](std::int32_t part, std::int64_t samples) { return [=](const trg_data_answer& answer) { answer.count(answer.context, part, samples); }; };
  says("speaks of a part 3", count(3, 1));
  says("says that its test part has -1 samples", count(TRG_TEST, -1));
  says("says that its training part has 1000000000000000 samples", count(TRG_TRAIN, 1000000000000000));
  says("tells of blocks of 0 samples", [](const trg_data_answer& answer) { answer.blocks(answer.context, TRG_TRAIN, 0, 4); });
}

BOOST_AUTO_TEST_CASE(what_a_data_set_throws_is_its_failure) {
  says("its call describe threw an exception: no file", [](const trg_data_answer&) { throw std::runtime_error("no file"); });
  says("its call describe threw an exception of unknown type", [](const trg_data_answer&) { throw 1; });
}
