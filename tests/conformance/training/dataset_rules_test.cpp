// SPDX-License-Identifier: Apache-2.0
// Each rule of data sets names data sets that are wrong in one way, and lets right ones pass; one that needs a path says so.
#include <boost/test/unit_test.hpp>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include <teranga/sdk/dataset.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {
namespace {

enum class DataFault {
  none, no_feature, no_samples, twice, bad_shape, few_buckets, class_twice, changes, by_row, skips, beyond, class_range, not_finite, unwanted, fails_last, own_noise, key_ignored, noise_by_row, shared_generator, fit_by_instance,
  forgets_mean, mute_restore, falls_over_bytes, no_restore, copied_part, float_bits, real_classes
};

// Numbers of a row less the mean that was learnt, with noise where the host wants it; class numbers as targets.
template <DataFault F>
class Rows {
 public:
  static sdk::Info info() { return info_of("rows"); }
  explicit Rows(const sdk::Options&) : number_(++instances()) {}

  void describe(sdk::Description& d) const {
    d.count(TRG_TRAIN, F == DataFault::no_samples ? 0 : 40);
    if (F != DataFault::no_samples) d.count(TRG_TEST, 12);
    static int asked = 0;
    d.field({.name = "x", .role = F == DataFault::no_feature ? TRG_TARGET : TRG_FEATURE, .shape = F == DataFault::bad_shape ? std::vector<std::int64_t>{3, 0} : F == DataFault::few_buckets ? std::vector<std::int64_t>{-1} : std::vector<std::int64_t>{F == DataFault::changes ? ++asked : 3}, .classes = F == DataFault::real_classes ? 5 : 0});
    if (F == DataFault::float_bits) return d.field({.name = "y", .role = TRG_TARGET, .type = TRG_I32});
    d.field({.name = F == DataFault::twice ? "x" : "y", .role = TRG_TARGET, .type = TRG_I32, .classes = 4, .class_names = {"north", "south", "east", F == DataFault::class_twice ? "east" : "west"}});
  }
  std::string fit(std::span<const std::int64_t> samples) {
    mean_ = 0;
    for (const std::int64_t s : samples) mean_ += static_cast<double>(s) / static_cast<double>(samples.size());
    if (F == DataFault::fit_by_instance) mean_ += static_cast<double>(number_);
    std::string bytes(8, 0);
    const double kept = F == DataFault::forgets_mean ? 1 : mean_;
    std::memcpy(bytes.data(), &kept, 8);
    return bytes;
  }
  void restore(std::string_view bytes) {
    if (F == DataFault::no_restore) return;
    if (F == DataFault::falls_over_bytes && bytes.size() != 8) std::abort();
    if (bytes.size() != 8) throw sdk::DataError("", F == DataFault::mute_restore ? "" : "these bytes are not what rows learns");
    std::memcpy(&mean_, bytes.data(), 8);
    if (!std::isfinite(mean_)) mean_ = 0;
  }
  void fill(const sdk::Batch& batch) const {
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const std::int64_t s = batch.sample(r);
      if (F == DataFault::fails_last && batch.part() == TRG_TRAIN && s == 39) throw sdk::DataError("rows", "there is no such sample");
      if (batch.wanted(0) || F == DataFault::unwanted)
        for (int k = 0; k < 3; ++k) put(batch, r, s, k);
      if (F == DataFault::float_bits && batch.wanted(1)) batch.field<std::int32_t>(1)[r] = std::bit_cast<std::int32_t>(static_cast<float>(s % 4));
      else if (batch.wanted(1)) batch.field<std::int32_t>(1)[r] = static_cast<std::int32_t>(F == DataFault::class_range ? s % 5 : s % 4);
    }
    if (F == DataFault::beyond) batch.field<float>(0)[3 * batch.rows()] = 0;
  }

 private:
  static int& instances() {
    static int count = 0;
    return count;
  }
  void put(const sdk::Batch& batch, std::int64_t r, std::int64_t s, int k) const {
    if (F == DataFault::skips && s == 2 && k == 1) return;
    static std::uint64_t drawn = 0;
    double noise = 0, value = static_cast<double>((F != DataFault::copied_part && batch.part() == TRG_TEST ? 1000 : 0) + s * 3 + k) - mean_;
    const std::uint64_t key = F == DataFault::key_ignored ? static_cast<std::uint64_t>(batch.call.epoch) : batch.call.random_key;
    const std::uint64_t first = F == DataFault::shared_generator ? ++drawn : 0;
    if (key != 0) sdk::host().uniform({key, static_cast<std::uint64_t>(F == DataFault::noise_by_row ? r : s)}, first + static_cast<std::uint64_t>(k), 1, TRG_F64, &noise);
    if (F == DataFault::own_noise) noise = static_cast<double>(number_);
    if (F == DataFault::by_row) value += static_cast<double>(r);
    if (F == DataFault::not_finite && s == 20) value = std::log(-1.0);
    batch.field<float>(0)[3 * r + k] = static_cast<float>(value + noise);
  }

  int number_;
  double mean_ = 0;
};

template <DataFault F>
Checked check_data(const char* rule) { return check(rule, sdk::dataset<Rows<F>>(), conformance::quick); }

// Texts of their own lengths.
template <bool Right>
struct Lengths {
  static sdk::Info info() { return info_of("lengths"); }
  explicit Lengths(const sdk::Options&) {}
  void describe(sdk::Description& d) const {
    d.count(TRG_TRAIN, 12);
    d.field({.name = "ids", .type = TRG_I32, .shape = {-1}, .classes = 10});
    d.bucket(4), d.bucket(8);
  }
  void measure(std::int32_t, std::span<const std::int64_t> samples, std::int64_t* lengths) const {
    for (std::size_t i = 0; i < samples.size(); ++i) lengths[i] = Right ? 1 + samples[i] % 8 : static_cast<std::int64_t>(i);
  }
  void fill(const sdk::Batch& batch) const {
    const std::int64_t steps = batch.extent(0, 1);
    for (std::int64_t r = 0; r < batch.rows(); ++r)
      for (std::int64_t t = 0; t < steps; ++t) batch.field<std::int32_t>(0)[r * steps + t] = static_cast<std::int32_t>(t < 1 + batch.sample(r) % 8 ? 1 + t : 0);
  }
};

struct Filed {
  static sdk::Info info() {
    sdk::Info info = info_of("filed");
    info.options = {sdk::path("path").says("a file")};
    return info;
  }
  std::string path;
  explicit Filed(const sdk::Options& options) : path(options.text("path")) {}
  void describe(sdk::Description& d) const { d.count(TRG_TRAIN, 2), d.field({.name = "x"}); }
  void fill(const sdk::Batch& batch) const {
    for (std::int64_t r = 0; r < batch.rows(); ++r) batch.field<float>(0)[r] = static_cast<float>(path.size());
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(right_data_sets_pass_all_rules_of_data_sets) {
  for (const char* rule : {"dataset/describe", "dataset/fill", "dataset/parts", "dataset/learnt", "dataset/repeatable"}) {
    const Checked found = check_data<DataFault::none>(rule), texts = check(rule, sdk::dataset<Lengths<true>>(), conformance::quick);
    BOOST_TEST(found.passed(), rule << ": " << found.words());
    BOOST_TEST(texts.findings.empty(), rule << ": " << texts.words());
  }
}

BOOST_AUTO_TEST_CASE(a_path_that_is_required_is_asked_for) {
  BOOST_TEST(check("dataset/fill", sdk::dataset<Filed>()).inapplicable.find("--set path=") != std::string::npos);
  Value path;
  path.data = std::string("/somewhere");
  const Checked found = check("dataset/fill", sdk::dataset<Filed>(), conformance::quick, {{"path", path, {}}});
  BOOST_TEST(found.passed(), found.words());
}

BOOST_AUTO_TEST_CASE(descriptions_that_make_no_sense_are_named) {
  BOOST_TEST(check_data<DataFault::no_feature>("dataset/describe").names("no feature"));
  BOOST_TEST(check_data<DataFault::no_samples>("dataset/describe").names("no part has samples"));
  BOOST_TEST(check_data<DataFault::twice>("dataset/describe").names("two fields are called \"x\""));
  BOOST_TEST(check_data<DataFault::bad_shape>("dataset/describe").names("the shape [3, 0]"));
  BOOST_TEST(check_data<DataFault::few_buckets>("dataset/describe").names("no bucket is told"));
  BOOST_TEST(check_data<DataFault::class_twice>("dataset/describe").names("two classes are called \"east\""));
  BOOST_TEST(check_data<DataFault::changes>("dataset/describe").names("asked again"));
}

BOOST_AUTO_TEST_CASE(samples_that_depend_on_their_batch_are_named) {
  BOOST_TEST(check_data<DataFault::by_row>("dataset/fill").names("in the reverse order"));
  BOOST_TEST(check_data<DataFault::skips>("dataset/fill").names("sample 2 has other numbers"));
  BOOST_TEST(check_data<DataFault::class_range>("dataset/fill").names("a class number is 4"));
  BOOST_TEST(check_data<DataFault::not_finite>("dataset/fill").names("a number is"));
  BOOST_TEST(check_data<DataFault::fails_last>("dataset/fill").names("\"there is no such sample\""));
  BOOST_TEST(check("dataset/fill", sdk::dataset<Lengths<false>>(), conformance::quick).names("other lengths"));
  BOOST_TEST(touches_forbidden_memory("dataset/fill", sdk::dataset<Rows<DataFault::beyond>>()));
  BOOST_TEST(touches_forbidden_memory("dataset/fill", sdk::dataset<Rows<DataFault::unwanted>>()));
}

BOOST_AUTO_TEST_CASE(numbers_of_another_kind_than_described_are_named) {
  BOOST_TEST(check_data<DataFault::real_classes>("dataset/fill").names("the field has 5 classes, but a number is"));
  BOOST_TEST(check_data<DataFault::float_bits>("dataset/fill").warns("are the bits of numbers with a fraction: 1065353216 is 1f"));
}

BOOST_AUTO_TEST_CASE(a_part_that_is_the_training_part_is_warned_of) {
  const Checked found = check_data<DataFault::copied_part>("dataset/parts");
  BOOST_TEST(found.warns("the first 12 samples of the test part are those of the training part"), found.words());
}

BOOST_AUTO_TEST_CASE(what_is_learnt_and_not_in_the_bytes_is_named) {
  BOOST_TEST(check_data<DataFault::forgets_mean>("dataset/learnt").names("after restore, not fit"));
  BOOST_TEST(check_data<DataFault::no_restore>("dataset/learnt").names("there is no restore, or it does nothing"));
  BOOST_TEST(check_data<DataFault::fit_by_instance>("dataset/learnt").names("two instances learn other bytes"));
  BOOST_TEST(check_data<DataFault::mute_restore>("dataset/learnt").names("no text"));
}

BOOST_AUTO_TEST_CASE(changes_that_do_not_follow_the_key_are_named) {
  BOOST_TEST(check_data<DataFault::own_noise>("dataset/repeatable").names("a second instance"));
  BOOST_TEST(check_data<DataFault::key_ignored>("dataset/repeatable").names("random_key 0 in another epoch"));
  BOOST_TEST(check_data<DataFault::noise_by_row>("dataset/repeatable").names("reverse order"));
  BOOST_TEST(check_data<DataFault::shared_generator>("dataset/repeatable").names("random_key"));
}

}  // namespace teranga::tests
