// SPDX-License-Identifier: Apache-2.0
// Rules of data sets: descriptions that make sense, samples that are the same in any batch, what is learnt and restored, and random changes by the host's key alone.
#include <teranga/conformance/rule.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "dataset_sense.hpp"

namespace teranga::conformance {
namespace {

constexpr std::int64_t most_to_learn = 100000;

bool calls_are_there(const Subject& subject, Findings& findings) {
  const auto& calls = subject.calls<trg_dataset_calls>();
  if (!calls.describe || !calls.fill) findings.not_applicable("describe or fill is null");
  return calls.describe && calls.fill;
}

// A data set that has learnt from its training part, and its description.
struct DataCase {
  const HeldDataset& data;
  const DescribedData& described;
  const OptionTrial& options;
  std::string learnt;

  std::string where(const char* call, const std::string& more) const { return joined({call, options.words, more}); }
  std::int64_t to_learn() const { return std::min(described.counts[TRG_TRAIN], most_to_learn); }
};

// Runs the body for options that the data set takes and a sane description, until it has reported something.
void for_each_dataset(const Subject& subject, Findings& findings, const std::function<void(const DataCase&)>& body) {
  if (!calls_are_there(subject, findings)) return;
  Budget budget(findings);
  for (const OptionTrial& options : accepted_trials<trg_dataset_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldDataset data(subject, options.options);
    Call::set_place(options.words);
    DescribedData described = describe(data);
    if (!described.fault.empty()) return findings.not_applicable("its description makes no sense: see dataset/describe");
    std::string bytes;
    if (data.calls().fit && described.counts[TRG_TRAIN] > 0) {
      const Learnt learnt = fit(data, std::min(described.counts[TRG_TRAIN], most_to_learn));
      if (!learnt.answer.ok()) return findings.not_applicable("it learns nothing from its own training part: see dataset/learnt");
      bytes = learnt.bytes;
      described = describe(data);
      if (!described.fault.empty()) return findings.not_applicable("its description makes no sense: see dataset/describe");
    }
    body({data, described, options, bytes});
    if (findings.errors() > 0) return;
  }
}

// --- dataset/describe

void dataset_describe(const Subject& subject, Findings& findings) {
  if (!calls_are_there(subject, findings)) return;
  Budget budget(findings);
  for (const OptionTrial& options : accepted_trials<trg_dataset_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldDataset data(subject, options.options);
    const DescribedData first = describe(data), second = describe(data);
    const std::string where = joined({"describe", options.words});
    if (!first.fault.empty()) return findings.error(first.fault, where, "tell of parts, fields and buckets as they are, by the rules of c/dataset.h");
    if (!same_description(first, second)) return findings.error("it describes itself otherwise when it is asked again", where, "let the description change by fit and restore only");
    if (!data.calls().fit || first.counts[TRG_TRAIN] == 0) continue;
    if (!fit(data, std::min(first.counts[TRG_TRAIN], most_to_learn)).answer.ok()) continue;
    const DescribedData learnt = describe(data);
    const std::string after = joined({"describe", options.words, "after fit"});
    if (!learnt.fault.empty()) return findings.error(learnt.fault, after, "tell of parts, fields and buckets as they are, by the rules of c/dataset.h");
    if (learnt.counts != first.counts || learnt.fields.size() != first.fields.size()) return findings.error("fit changes the numbers of samples or of fields", after, "let fit change shapes, classes and names at most");
  }
}

// --- dataset/fill

std::vector<std::int64_t> lengths_of(const DescribedData& described) { return described.buckets.empty() ? std::vector<std::int64_t>{1} : described.buckets; }

class FillCheck {
 public:
  FillCheck(const DataCase& of, std::int32_t part, std::int64_t bucket, Findings& findings) : of_(of), part_(part), bucket_(bucket), findings_(findings), samples_(some_samples(of.described, part, 12)) {}

  void run() {
    const FilledBatch first = filled(samples_, {});
    if (failed_) return;
    same("all samples again, in other memory", samples_, {.before = 0x5A, .edge = Edge::before}, first, "overwrite all elements of the wanted fields, and keep nothing from call to call");
    std::vector<std::int64_t> reversed(samples_.rbegin(), samples_.rend());
    same("the samples in the reverse order", reversed, {}, first, other_batch);
    for (const std::int64_t sample : samples_) same("each sample alone", {sample}, {}, first, other_batch);
    same("a sample twice in a batch", {samples_.back(), samples_.front(), samples_.back()}, {}, first, other_batch);
    for (std::size_t f = 0; of_.described.fields.size() > 1 && f < of_.described.fields.size(); ++f)
      if (!(of_.described.fields[f].flags & TRG_ABSENT)) same("one field alone, the others not wanted (null data)", samples_, {.only = static_cast<int>(f)}, first, "fill each field for itself, and skip those whose data is null");
    check_numbers();
  }

 private:
  static constexpr const char* other_batch = "let a sample depend on its number alone, not on the batch or on what was filled before";

  std::string words() const { return joined({fmt::format("{} part", part_words(part_)), of_.described.buckets.empty() ? "" : fmt::format("bucket {}", bucket_)}); }

  FilledBatch filled(const std::vector<std::int64_t>& samples, FillHow how) {
    how.bucket = bucket_;
    const std::string where = of_.where("fill", words());
    Call::set_place(where);
    FilledBatch batch = fill(of_.data, of_.described, part_, samples, how);
    if (!batch.answer.ok()) findings_.error(fmt::format("it answers {} for samples {}", batch.answer.words(), to_words(samples)), where, "fill all samples that describe counts");
    else if (!batch.damage.empty()) findings_.error(batch.damage, where, "write rows x the shape of a field, an axis of -1 as long as the tensor says");
    failed_ = failed_ || findings_.errors() > 0;
    return batch;
  }

  void same(const char* what, const std::vector<std::int64_t>& samples, const FillHow& how, const FilledBatch& first, const char* mend) {
    if (failed_) return;
    const FilledBatch batch = filled(samples, how);
    for (std::size_t row = 0; !failed_ && row < samples.size(); ++row) {
      const auto before = static_cast<std::size_t>(std::ranges::find(samples_, samples[row]) - samples_.begin());
      const int field = first.unequal(before, batch, row);
      if (field < 0) continue;
      failed_ = true;
      findings_.error(fmt::format("sample {} has other numbers in the field \"{}\" than before: {}", samples[row], of_.described.fields[static_cast<std::size_t>(field)].name, what), of_.where("fill", words()), mend);
    }
  }

  // Class numbers within their range, and finite numbers; of more samples.
  void check_numbers() {
    if (failed_) return;
    const std::vector<std::int64_t> many = some_samples(of_.described, part_, 256);
    const FilledBatch batch = filled(many, {});
    for (std::size_t f = 0; !failed_ && f < of_.described.fields.size(); ++f) {
      const DescribedField& field = of_.described.fields[f];
      const std::vector<double>& values = batch.values[f];
      const std::size_t row = values.size() / many.size();
      const bool ids = field.classes > 0 && !(field.flags & TRG_ABSENT);
      if (const std::string bits = words_of_float_bits(field, values); !bits.empty()) findings_.warning_once(bits, of_.where("fill", joined({words(), fmt::format("field \"{}\"", field.name)})), "write numbers of the type that describe tells: b.field<std::int32_t>() for TRG_I32");
      for (std::size_t i = 0; !failed_ && i < values.size(); ++i) {
        const std::string where = of_.where("fill", joined({words(), fmt::format("sample {}, field \"{}\"", many[i / std::max<std::size_t>(row, 1)], field.name)}));
        if (!std::isfinite(values[i])) findings_.error(fmt::format("a number is {}", std::isnan(values[i]) ? "NaN" : "infinite"), where, "give finite numbers; if they stand so in the data, check with other data");
        else if (ids && values[i] != std::floor(values[i])) findings_.error(fmt::format("the field has {} classes, but a number is {:g}: expected class numbers from 0 to {}", field.classes, values[i], field.classes - 1), where, "tell of classes where numbers are class numbers or ids alone; else leave classes 0");
        else if (ids && (values[i] < 0 || values[i] >= static_cast<double>(field.classes))) findings_.error(fmt::format("a class number is {}: expected 0 to {}", values[i], field.classes - 1), where, "tell of as many classes as there are");
        failed_ = findings_.errors() > 0;
      }
    }
  }

  const DataCase& of_;
  std::int32_t part_;
  std::int64_t bucket_;
  Findings& findings_;
  std::vector<std::int64_t> samples_;
  bool failed_ = false;
};

// How long samples are does not depend on who asks.
void check_measure(const DataCase& of, std::int32_t part, Findings& findings) {
  if (of.described.buckets.size() < 2) return;
  const std::vector<std::int64_t> samples = some_samples(of.described, part, 32), reversed(samples.rbegin(), samples.rend());
  const auto measured = [&](const std::vector<std::int64_t>& asked) {
    TrialTensor lengths({static_cast<std::int64_t>(asked.size())}, TRG_I64);
    const Answer answer = answer_of("measure", [&](trg_error* error) { return of.data.calls().measure(of.data.self(), part, asked.data(), static_cast<std::int64_t>(asked.size()), static_cast<std::int64_t*>(lengths.data()), error); });
    const std::string where = of.where("measure", part_words(part));
    if (!answer.ok()) findings.error(fmt::format("it answers {}", answer.words()), where, "measure all samples that describe counts");
    else if (lengths.array().damaged()) findings.error("it writes beside the lengths", where, "write count lengths");
    return lengths.values();
  };
  const std::vector<double> forwards = measured(samples), backwards = measured(reversed);
  if (findings.errors() == 0 && !std::equal(forwards.begin(), forwards.end(), backwards.rbegin())) findings.error("samples have other lengths in the reverse order", of.where("measure", part_words(part)), "measure each sample by its number alone");
}

void dataset_fill(const Subject& subject, Findings& findings) {
  for_each_dataset(subject, findings, [&](const DataCase& of) {
    for (std::int32_t part = TRG_TRAIN; part <= TRG_TEST; ++part) {
      if (of.described.counts[static_cast<std::size_t>(part)] == 0) continue;
      for (const std::int64_t bucket : lengths_of(of.described)) {
        FillCheck(of, part, bucket, findings).run();
        if (findings.errors() > 0) return;
      }
      check_measure(of, part, findings);
      if (findings.errors() > 0) return;
    }
  });
}

// --- dataset/learnt and dataset/repeatable

// Both fill the same, in all parts; else a finding.
void compare(const DataCase& of, const HeldDataset& other, const FillHow& how, const FillHow& other_how, const char* what, const char* mend, Findings& findings) {
  for (std::int32_t part = TRG_TRAIN; part <= TRG_TEST; ++part) {
    const std::vector<std::int64_t> samples = some_samples(of.described, part, 16);
    if (samples.empty() || findings.errors() > 0) continue;
    FillHow one = how, two = other_how;
    one.bucket = two.bucket = lengths_of(of.described).back();
    const FilledBatch expected = fill(of.data, of.described, part, samples, one), found = fill(other, of.described, part, samples, two);
    if (!expected.answer.ok()) return;  // dataset/fill says so
    const std::string where = of.where("fill", fmt::format("{} part", part_words(part)));
    if (!found.answer.ok()) return findings.error(fmt::format("{}: it answers {}", what, found.answer.words()), where, mend);
    for (std::size_t row = 0; row < samples.size(); ++row)
      if (const int field = expected.unequal(row, found, row); field >= 0)
        return findings.error(fmt::format("{}: sample {} has other numbers in the field \"{}\"", what, samples[row], of.described.fields[static_cast<std::size_t>(field)].name), where, mend);
  }
}

// Bytes that are cut or changed are refused in words, or taken for what they are; the plugin does not fall over them.
void check_broken_bytes(const HeldDataset& data, const DataCase& of, Findings& findings) {
  std::vector<std::string> broken = {"", of.learnt.substr(0, of.learnt.size() / 2), of.learnt + "x"};
  for (const std::size_t at : {std::size_t{0}, of.learnt.size() / 3, of.learnt.size() / 2})
    if (at < of.learnt.size()) broken.push_back(of.learnt), broken.back()[at] = static_cast<char>(broken.back()[at] ^ 0x55);
  for (const std::string& bytes : broken) {
    const std::string where = of.where("restore", fmt::format("{} bytes that are not those that fit gave", bytes.size()));
    Call::set_place(where);
    const Answer answer = restore(data, bytes);
    if (const std::string fault = answer.fault(); !fault.empty()) return findings.error(fmt::format("it refuses, but {}", fault), where, "say in the error record that these bytes are not what it learnt");
  }
}

void dataset_learnt(const Subject& subject, Findings& findings) {
  if (!calls_are_there(subject, findings)) return;
  const auto& calls = subject.calls<trg_dataset_calls>();
  if (!calls.fit) return findings.not_applicable("it learns nothing");
  if (!calls.restore) return findings.error("it has a call fit, but restore is null", "restore", "write restore, which takes the bytes that fit gave");
  Budget budget(findings);
  for (const OptionTrial& options : accepted_trials<trg_dataset_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldDataset data(subject, options.options), restored(subject, options.options);
    const DescribedData before = describe(data);
    if (!before.fault.empty()) return findings.not_applicable("its description makes no sense: see dataset/describe");
    if (before.counts[TRG_TRAIN] == 0) continue;
    const std::int64_t samples = std::min(before.counts[TRG_TRAIN], most_to_learn);
    const std::string where = joined({"fit", options.words, fmt::format("{} samples", samples)});
    Call::set_place(where);
    const Learnt learnt = fit(data, samples);
    if (!learnt.answer.ok()) return findings.error(fmt::format("it answers {} for its own training part", learnt.answer.words()), where, "learn from any samples of the training part");
    std::optional<HeldDataset> twin;
    if (!learnt.bytes.empty()) twin.emplace(subject, options.options);
    if (twin && fit(*twin, samples).bytes != learnt.bytes) return findings.error("two instances learn other bytes from the same samples", where, "let what is learnt depend on options and samples alone, and write no memory that was not set");
    const Answer taken = restore(restored, learnt.bytes);
    if (!taken.ok()) return findings.error(fmt::format("it answers {} for the bytes that fit gave", taken.words()), joined({"restore", options.words}), "take what fit gave");
    const DescribedData described = describe(data);
    const FillHow how{.bucket = lengths_of(described).back()};
    const auto is_untouched = [&] {
      const HeldDataset untouched(subject, options.options);
      return !same_samples(data, untouched, how) && same_samples(restored, untouched, how);
    };
    if (!same_samples(data, restored, how) && is_untouched())
      return findings.error("after restore it is as it was before, and not as after fit: there is no restore, or it does nothing", joined({"restore", options.words}),
                            "write void restore(std::string_view bytes), which takes what fit gave; a member of another name is not called");
    if (!same_description(described, describe(restored))) return findings.error("after restore it describes itself otherwise than after fit", joined({"describe", options.words}), "keep all that fit learns in its bytes");
    const DataCase of{data, described, options, learnt.bytes};
    compare(of, restored, {}, {}, "after restore, not fit", "keep all that fit learns in its bytes", findings);
    if (findings.errors() == 0 && twin) check_broken_bytes(*twin, of, findings);
    if (findings.errors() > 0) return;
  }
}

// The draws of a sample do not depend on its company.
void check_company(const DataCase& of, Findings& findings) {
  const std::vector<std::int64_t> samples = some_samples(of.described, TRG_TRAIN, 8), reversed(samples.rbegin(), samples.rend());
  if (samples.empty()) return;
  const FillHow how{.bucket = lengths_of(of.described).back(), .random_key = 0x1234567, .epoch = 1};
  const FilledBatch whole = fill(of.data, of.described, TRG_TRAIN, samples, how), back = fill(of.data, of.described, TRG_TRAIN, reversed, how);
  if (!whole.answer.ok() || !back.answer.ok()) return;
  for (std::size_t row = 0; row < samples.size(); ++row)
    if (const int field = whole.unequal(row, back, samples.size() - 1 - row); field >= 0)
      return findings.error(fmt::format("with a random_key, sample {} has other numbers in the field \"{}\" where the batch lies in the reverse order", samples[row], of.described.fields[static_cast<std::size_t>(field)].name), of.where("fill", "training part"),
                            "draw for each sample from the stream {random_key, number of the sample}, beginning with draw 0");
}

void dataset_repeatable(const Subject& subject, Findings& findings) {
  bool first_of_all = true;
  for_each_dataset(subject, findings, [&](const DataCase& of) {
    if (std::exchange(first_of_all, false) && subject.level == full) std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // a clock of seconds that feeds a generator
    const HeldDataset twin(subject, of.options.options);
    static_cast<void>(describe(twin));
    if (of.data.calls().fit && of.described.counts[TRG_TRAIN] > 0) static_cast<void>(fit(twin, of.to_learn()));
    constexpr const char* of_options = "let samples depend on options, files and their number alone: no clock, no generator of its own";
    constexpr const char* of_key = "draw from the stream {random_key, number of the sample} alone, and change nothing where random_key is 0";
    compare(of, twin, {}, {}, "a second instance with the same options", of_options, findings);
    const FillHow first{.epoch = 1}, second{.epoch = 2}, keyed{.random_key = 0x1234567, .epoch = 1};
    compare(of, of.data, first, second, "random_key 0 in another epoch", of_key, findings);
    compare(of, twin, keyed, keyed, "the same random_key, of a second instance", of_key, findings);
    static_cast<void>(fill(of.data, of.described, TRG_TRAIN, some_samples(of.described, TRG_TRAIN, 5), {.bucket = lengths_of(of.described).back(), .random_key = 99, .epoch = 3}));
    compare(of, of.data, keyed, keyed, "the same random_key after another one", of_key, findings);
    compare(of, twin, {}, {}, "random_key 0 after another one", of_key, findings);
    if (findings.errors() == 0) check_company(of, findings);
  });
}

}  // namespace

std::vector<Rule> dataset_rules() {
  const std::vector<std::int32_t> datasets = {TRG_DATASET};
  return {{"dataset/describe", "counts, fields, shapes, classes and names make sense and stay the same", quick, datasets, dataset_describe},
          {"dataset/fill", "a sample has the same numbers in any batch; all is written, and nothing beside it", quick, datasets, dataset_fill},
          {"dataset/parts", "validation and test parts are no copies of the training part", quick, datasets, dataset_parts},
          {"dataset/learnt", "what fit learns is in its bytes: restore gives the same samples", quick, datasets, dataset_learnt},
          {"dataset/repeatable", "a second instance gives the same samples; random changes follow random_key alone", quick, datasets, dataset_repeatable}};
}

}  // namespace teranga::conformance
