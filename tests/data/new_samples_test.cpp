// SPDX-License-Identifier: Apache-2.0
// New samples cross the border: a data set opens them by what another one learnt, and tells in words what that was.
#include <boost/test/unit_test.hpp>

#include <array>

#include <teranga/core/error.hpp>
#include <teranga/data/new_samples.hpp>
#include <teranga/sdk/dataset.hpp>

namespace {

using namespace teranga;
using data::Part;

// Learns the length of the first training text; a sample is the length of a text as a share of it.
class Lengths {
 public:
  static sdk::Info info() { return {.name = "test.lengths", .summary = "lengths of texts"}; }
  explicit Lengths(const sdk::Options&) : lengths_{8, 2} {}
  Lengths(const sdk::Options&, std::string_view learnt, const sdk::NewInput& input) : unit_(std::stod(std::string(learnt))), part_(TRG_TEST) {
    for (const auto* given : {&input.paths, &input.texts})
      for (const std::string& text : *given) lengths_.push_back(static_cast<double>(text.size()));
    if (lengths_.empty()) throw sdk::DataError("input", "expected texts, found none");
  }
  static constexpr const char* endings = ".txt .txt.gz";

  void describe(sdk::Description& description) const {
    description.count(part_, static_cast<std::int64_t>(lengths_.size()));
    description.field({.name = "x"});
    description.field({.name = "y", .role = TRG_TARGET, .classes = 2, .class_names = {"short", "long"}, .absent = part_ == TRG_TEST});
  }
  std::string fit(std::span<const std::int64_t>) { return std::to_string(lengths_[0]); }
  void restore(std::string_view) {}
  void fill(const sdk::Batch& batch) const {
    for (std::int64_t r = 0; r < batch.rows(); ++r) batch.field<float>(0)[r] = static_cast<float>(lengths_[static_cast<std::size_t>(batch.sample(r))] / unit_);
  }
  std::string sample_name(std::int64_t sample) const { return sample == 1 ? "" : "length " + std::to_string(static_cast<int>(lengths_[static_cast<std::size_t>(sample)])); }
  std::vector<std::string> column(const std::string& name) const {
    if (name == "short") return {"one"};
    std::vector<std::string> cells;
    for (const double length : lengths_) cells.push_back(name + " " + std::to_string(static_cast<int>(length)));
    return cells;
  }
  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const { return {{"unit", std::string(learnt.substr(0, 1))}, {"texts", ""}}; }

 private:
  std::vector<double> lengths_;
  double unit_ = 1;
  std::int32_t part_ = TRG_TRAIN;
};

// Names no endings.
struct Anything {
  static sdk::Info info() { return {.name = "test.anything", .summary = "reads any file"}; }
  explicit Anything(const sdk::Options&) {}
  Anything(const sdk::Options&, std::string_view, const sdk::NewInput&) {}
  void describe(sdk::Description&) const {}
  void fill(const sdk::Batch&) const {}
};

struct AnythingAndArrays : Anything {
  using Anything::Anything;
  static constexpr const char* endings = ".npy *";
};

// Has no second constructor.
struct Closed {
  static sdk::Info info() { return {.name = "test.closed", .summary = "opens the samples of its options alone"}; }
  explicit Closed(const sdk::Options&) {}
  void describe(sdk::Description& description) const {
    description.count(TRG_TRAIN, 1);
    description.field({.name = "x"});
  }
  void fill(const sdk::Batch&) const {}
};

template <class D>
struct Offered {
  trg_item native{};
  host::Item item;
  Offered() {
    native.calls = &sdk::detail::DatasetAdapter<D>::calls;
    item = {host::Kind::dataset, D::info().name, D::info().name.substr(5), {}, &native, nullptr};
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(new_samples_are_prepared_by_what_was_learnt_and_need_no_training_part) {
  const Offered<Lengths> offered;
  data::Source trained(host::Dataset(offered.item, {}));
  const std::string learnt = trained.fit();
  const auto fresh = data::open_new_samples(offered.item, {}, learnt, {{}, {"abcd", "", "twelve bytes"}});
  BOOST_TEST(!fresh->has(Part::training));
  BOOST_TEST_REQUIRE(fresh->count(Part::test) == 3);
  std::array<float, 3> x{};
  void* const fields[] = {x.data(), nullptr};
  BOOST_TEST(!trained.field("y").absent);
  BOOST_TEST(fresh->field("y").absent);
  BOOST_TEST(fresh->field("y").class_names == trained.field("y").class_names);
  const std::int64_t samples[] = {0, 1, 2};
  fresh->fill(Part::test, samples, fields);
  BOOST_TEST(x == (std::array<float, 3>{0.5F, 0.0F, 1.5F}), boost::test_tools::per_element());
  std::array<std::int32_t, 3> y{};
  void* const both[] = {x.data(), y.data()};
  BOOST_CHECK_EXCEPTION(fresh->fill(Part::test, samples, both), Error, [](const Error& error) { return error.code() == ExitCode::data; });
}

BOOST_AUTO_TEST_CASE(paths_cross_the_border_like_texts_do) {
  const Offered<Lengths> offered;
  BOOST_TEST(data::open_new_samples(offered.item, {}, "8", {{"/a.txt", "/b.txt"}, {}})->count(Part::test) == 2);
}

BOOST_AUTO_TEST_CASE(new_samples_may_have_names) {
  const Offered<Lengths> offered;
  const std::vector<std::string> expected = {"length 4", "", "length 2"};
  BOOST_TEST(data::names_of_samples(*data::open_new_samples(offered.item, {}, "8", {{}, {"abcd", "?", "ab"}})) == expected, boost::test_tools::per_element());
  trg_new_samples nameless = *static_cast<const trg_new_samples*>(sdk::detail::DatasetAdapter<Lengths>::extension(TRG_NEW_SAMPLES));
  nameless.sample_name = nullptr;
  static const trg_new_samples* given = nullptr;
  given = &nameless;
  trg_dataset_calls calls = sdk::detail::DatasetAdapter<Lengths>::calls;
  calls.extension = [](const char*) -> const void* { return given; };
  Offered<Lengths> without;
  without.native.calls = &calls;
  BOOST_TEST(data::names_of_samples(*data::open_new_samples(without.item, {}, "8", {{}, {"abcd"}})).empty());
  BOOST_TEST(data::names_of_samples(*data::open_new_samples(without.item, {}, "8", {{}, {""}})).empty());
}

BOOST_AUTO_TEST_CASE(columns_of_the_input_have_a_cell_for_each_sample) {
  const auto is = [](ExitCode code) { return [code](const Error& error) { return error.code() == code; }; };
  const Offered<Lengths> offered;
  const auto fresh = data::open_new_samples(offered.item, {}, "8", {{}, {"abcd", "ab"}});
  const std::vector<std::string> expected = {"size 4", "size 2"};
  BOOST_TEST(data::column_of_samples(*fresh, "size") == expected, boost::test_tools::per_element());
  BOOST_CHECK_EXCEPTION(data::column_of_samples(*fresh, "short"), Error, is(ExitCode::plugin));
  trg_new_samples tableless = *static_cast<const trg_new_samples*>(sdk::detail::DatasetAdapter<Lengths>::extension(TRG_NEW_SAMPLES));
  tableless.column = nullptr;
  static const trg_new_samples* given = nullptr;
  given = &tableless;
  trg_dataset_calls calls = sdk::detail::DatasetAdapter<Lengths>::calls;
  calls.extension = [](const char*) -> const void* { return given; };
  Offered<Lengths> without;
  without.native.calls = &calls;
  BOOST_CHECK_EXCEPTION(data::column_of_samples(*data::open_new_samples(without.item, {}, "8", {{}, {"abcd"}}), "size"), Error, is(ExitCode::usage));
}

BOOST_AUTO_TEST_CASE(what_was_learnt_is_told_in_words) {
  const Offered<Lengths> offered;
  const data::Source source(host::Dataset(offered.item, {}));
  const auto told = data::knowledge_of(source, "8.000");
  BOOST_TEST_REQUIRE(told.size() == 2U);
  BOOST_TEST(told[0].first == "unit");
  BOOST_TEST(told[0].second == "8");
  const Offered<Closed> closed;
  BOOST_TEST(data::knowledge_of(data::Source(host::Dataset(closed.item, {})), "").empty());
}

BOOST_AUTO_TEST_CASE(a_data_set_tells_which_files_it_reads_by_their_endings) {
  const Offered<Lengths> offered;
  BOOST_TEST(data::reads_file(offered.item, "/x/lines.txt"));
  BOOST_TEST(data::reads_file(offered.item, "/x/lines.txt.gz"));
  BOOST_TEST(data::reads_file(offered.item, "/x/LINES.Txt"));
  BOOST_TEST(!data::reads_file(offered.item, "/x/lines.npy"));
  const Offered<Anything> anything;
  BOOST_TEST(data::reads_file(anything.item, "/x/lines.of.any.name"));
  BOOST_TEST(!data::reads_file(anything.item, "/x/array.npy"));
  const Offered<AnythingAndArrays> more;
  BOOST_TEST(data::reads_file(more.item, "/x/lines.of.any.name"));
  BOOST_TEST(data::reads_file(more.item, "/x/array.npy"));
  BOOST_TEST(!data::reads_file(more.item, "/x/array.h5"));
  const Offered<Closed> closed;
  BOOST_TEST(!data::reads_file(closed.item, "/x/lines.txt"));
  BOOST_TEST(data::endings_of(offered.item) == std::vector<std::string>{".txt"});
  for (const host::Item* item : {&anything.item, &more.item, &closed.item}) BOOST_TEST(data::endings_of(*item).empty());
}

BOOST_AUTO_TEST_CASE(what_it_refuses_and_what_it_cannot_do_are_errors_with_their_codes) {
  const Offered<Lengths> offered;
  const auto code = [](ExitCode expected) { return [expected](const Error& error) { return error.code() == expected; }; };
  BOOST_CHECK_EXCEPTION(data::open_new_samples(offered.item, {}, "8", {}), Error, code(ExitCode::data));
  const Offered<Closed> closed;
  BOOST_TEST(!data::prepares_new_samples(closed.item));
  BOOST_CHECK_EXCEPTION(data::open_new_samples(closed.item, {}, "", {{"/a"}, {}}), Error, code(ExitCode::usage));
}
