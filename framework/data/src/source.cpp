// SPDX-License-Identifier: Apache-2.0
// Asks the data set through the border, trusts nothing it describes, and maps parts to the plugin's.
#include <teranga/data/source.hpp>

#include "description.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/core/share.hpp>
#include <teranga/data/order.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/foreign_call.hpp>

namespace teranga::data {

namespace {

bool has_own_length(const Field& field) { return std::find(field.shape.begin(), field.shape.end(), -1) != field.shape.end(); }

// Those fields where samples are padded to `length`.
std::vector<Field> padded_to(std::int64_t length, std::vector<Field> fields) {
  for (Field& field : fields) std::replace(field.shape.begin(), field.shape.end(), std::int64_t{-1}, length);
  return fields;
}

void take_bytes(void* context, const void* data, std::size_t size) noexcept {
  try {
    static_cast<std::string*>(context)->assign(static_cast<const char*>(data), size);
  } catch (...) {  // out of memory: the caller finds nothing learnt
  }
}

}  // namespace

const char* to_string(Part part) noexcept {
  switch (part) {
    case Part::training: return "training";
    case Part::validation: return "validation";
    case Part::test: return "test";
  }
  return "";
}

Source::Source(std::string name, const trg_dataset_calls& calls, std::shared_ptr<void> dataset, Split split)
    : name_(std::move(name)), calls_(&calls), dataset_(std::move(dataset)), split_(split) {
  describe();
  divide_into_folds();
}

Source::Source(host::Dataset dataset, Split split) : name_(dataset.item().name), calls_(&dataset.calls()), split_(split) {
  const auto owner = std::make_shared<host::Dataset>(std::move(dataset));
  dataset_ = std::shared_ptr<void>(owner, owner->self());
  describe();
  divide_into_folds();
}

void Source::check(std::int32_t status, const trg_error& error) const {
  if (status == TRG_OK) return;
  const std::string where = host::text_of(error.where), said = host::text_of(error.text);
  std::string message = fmt::format("data set \"{}\": ", name_);
  if (!where.empty()) message += fmt::format("{}: ", where);
  if (error.sample >= 0) message += fmt::format("record {}: ", error.sample);
  message += said.empty() ? "failed without a reason" : said;
  throw Error(host::exit_code(error.code == TRG_OK ? status : error.code), message, host::text_of(error.hint));
}

void Source::check_field(const Field& field) const {
  for (const std::int64_t extent : field.shape)
    if (extent < 0) throw Error(ExitCode::plugin, fmt::format("data set \"{}\": samples of the field \"{}\" have a length of their own, and there is no bucket to put them into", name_, field.name));
  std::int64_t bytes = static_cast<std::int64_t>(size_of(field.type));
  for (const std::int64_t extent : field.shape)
    if (__builtin_mul_overflow(bytes, extent, &bytes))
      throw Error(ExitCode::plugin, fmt::format("data set \"{}\": one sample of the field \"{}\" of shape {} is beyond all memory", name_, field.name, teranga::to_string(field.shape)));
}

void Source::check_buckets(const std::vector<Field>& fields, const std::vector<std::int64_t>& buckets) const {
  if (buckets.empty()) return;
  const auto wrong = [&](const std::string& what) { throw Error(ExitCode::plugin, fmt::format("data set \"{}\": tells of buckets of {} steps, {}", name_, fmt::join(buckets, ", "), what)); };
  if (buckets.front() < 1 || std::adjacent_find(buckets.begin(), buckets.end(), std::greater_equal<>()) != buckets.end()) wrong("which are no ascending lengths");
  if (std::none_of(fields.begin(), fields.end(), has_own_length)) wrong("and of no field that is as long");
  if (buckets.size() > 1 && !calls_->measure) wrong("and cannot measure its samples");
}

void Source::describe() {
  Told told;
  const trg_data_answer answer = answer_into(told);
  call("describe", [&](void* dataset, trg_error* error) { return calls_->describe(dataset, &answer, error); });
  if (!told.fault.empty()) throw Error(ExitCode::plugin, fmt::format("data set \"{}\": {}", name_, told.fault));
  check_buckets(told.fields, told.buckets);
  if (told.buckets.size() > 1 && std::ranges::any_of(told.blocks, [](const Blocks& blocks) { return bool(blocks); }))
    throw Error(ExitCode::plugin, fmt::format("data set \"{}\": tells of blocks and of {} buckets: the samples of a bucket lie in all blocks", name_, told.buckets.size()));
  std::vector<std::vector<Field>> by_bucket;
  for (const std::int64_t length : told.buckets) by_bucket.push_back(padded_to(length, told.fields));
  if (by_bucket.empty()) by_bucket.push_back(told.fields);
  for (const Field& field : by_bucket.back()) check_field(field);
  if (std::none_of(told.fields.begin(), told.fields.end(), [](const Field& field) { return field.role == Role::feature; }))
    throw Error(ExitCode::plugin, fmt::format("data set \"{}\": describes no feature", name_));
  fields_ = std::move(by_bucket);
  buckets_ = std::move(told.buckets);
  counts_ = told.counts;
  told_blocks_ = told.blocks;
  if (counts_[0] + counts_[1] + counts_[2] == 0) throw Error(ExitCode::data, fmt::format("data set \"{}\": expected samples, found none in any part", name_));
  divide();
}

void Source::divide() {
  split_off_ = false;
  if (split_.limit > 0) counts_[0] = std::min(counts_[0], split_.limit);
  if (!picked_[0].empty()) {
    for (const std::size_t part : {0, 1}) counts_[part] = static_cast<std::int64_t>(picked_[part].size());
    return;
  }
  if (split_.validation_split == 0.0) return;
  if (!(split_.validation_split > 0.0 && split_.validation_split < 1.0))
    throw Error(ExitCode::usage, fmt::format("validation_split: expected a number from 0 to less than 1, found {}", split_.validation_split));
  if (has(Part::validation))
    throw Error(ExitCode::usage, fmt::format("validation_split: the data set \"{}\" brings a validation part of its own", name_), "leave out validation_split, or the validation files");
  const std::int64_t all = counts_[0];
  const std::int64_t kept = left_of(all, split_.validation_split);
  if (kept == 0 || kept == all)
    throw Error(ExitCode::usage, fmt::format("validation_split: {} of {} training samples leave none for one of the two parts", split_.validation_split, all));
  counts_ = {kept, all - kept, counts_[2]};
  split_off_ = true;
}

// Samples are dealt out in turn: those of each class by themselves, where the target is a class, so that each fold has its share of it. A class of one sample stays in the
// training part. Which class is which may depend on the samples that are learnt from; which samples are of one class does not.
void Source::divide_into_folds() {
  if (split_.folds == 0) return;
  if (split_.validation_split > 0) throw Error(ExitCode::usage, "fold: it makes the validation part, and so does validation_split", "leave out fold, or validation_split");
  if (has(Part::validation)) throw Error(ExitCode::usage, fmt::format("fold: the data set \"{}\" brings a validation part of its own", name_), "leave out fold, or the validation files");
  if (told_blocks_[TRG_TRAIN]) throw Error(ExitCode::usage, fmt::format("fold: the training part of \"{}\" stays in its file, and is read block by block; folds need samples that are held in memory", name_), "a memory that is larger than the array, or leave out fold");
  if (counts_[0] < split_.folds) throw Error(ExitCode::usage, fmt::format("fold: {} training samples cannot be divided into {} folds", counts_[0], split_.folds), fmt::format("fold = \"1/{}\"", std::max<std::int64_t>(2, counts_[0])));
  {
    const log::HeldWarnings told_later;  // by the fit of the training
    fit();                               // a column of words has classes only then
  }
  const auto target = std::ranges::find_if(fields(), [](const Field& field) { return field.role == Role::target && field.classes > 0 && !field.absent; });
  const std::vector<std::int64_t> classes = target == fields().end() ? std::vector<std::int64_t>(static_cast<std::size_t>(counts_[0])) : class_of_each(static_cast<std::size_t>(target - fields().begin()));
  std::map<std::int64_t, std::int64_t> samples, dealt;  // by class; dealing goes on where the class before has ended, so that folds are of one size
  for (const std::int64_t one : classes) ++samples[one];
  std::int64_t before = 0;
  for (const auto& [one, count] : samples) dealt[one] = std::exchange(before, before + (count > 1 ? count : 0));
  std::array<std::vector<std::int64_t>, 2> picked;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool judged = dealt[classes[i]]++ % split_.folds == split_.fold - 1 && samples[classes[i]] > 1;
    picked[judged ? 1 : 0].push_back(static_cast<std::int64_t>(i));
  }
  for (const auto& part : picked)
    if (part.empty()) throw Error(ExitCode::usage, fmt::format("fold: fold {} of {} would leave no samples for one of the two parts", split_.fold, split_.folds));
  picked_ = std::move(picked);
  describe();
}

// 0 for all where a sample has several class numbers.
std::vector<std::int64_t> Source::class_of_each(std::size_t number) const {
  const Field& field = fields()[number];
  const bool one_hot = field.type == ElementType::f32 && field.elements() == field.classes;
  std::vector<std::int64_t> out(static_cast<std::size_t>(counts_[0]));
  if (!one_hot && !(field.type == ElementType::i32 && field.elements() == 1)) return out;
  const std::int64_t at_once = std::clamp<std::int64_t>((std::int64_t{16} << 20) / static_cast<std::int64_t>(field.bytes()), 1, 4096);
  std::vector<std::byte> memory(field.bytes() * static_cast<std::size_t>(at_once));
  std::vector<void*> pointers(fields().size());
  pointers[number] = memory.data();
  for (std::int64_t first = 0; first < counts_[0]; first += at_once) {
    std::vector<std::int64_t> samples;
    for (std::int64_t i = first; i < std::min(first + at_once, counts_[0]); ++i) samples.push_back(i);
    fill(Part::training, samples, pointers);
    for (std::size_t r = 0; r < samples.size(); ++r) {
      const auto* row = memory.data() + r * field.bytes();
      const auto* shares = reinterpret_cast<const float*>(row);
      out[static_cast<std::size_t>(samples[r])] = one_hot ? std::max_element(shares, shares + field.classes) - shares : *reinterpret_cast<const std::int32_t*>(row);
    }
  }
  return out;
}

std::optional<std::size_t> Source::only_field(Role role) const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < fields().size(); ++i) {
    if (fields()[i].role != role) continue;
    if (found) throw Error(ExitCode::usage, fmt::format("data set \"{}\": both \"{}\" and \"{}\" could be meant; name one", name_, fields()[*found].name, fields()[i].name));
    found = i;
  }
  return found;
}

const Field& Source::field(std::string_view name) const {
  std::vector<std::string> names;
  for (const Field& field : fields()) {
    if (field.name == name) return field;
    names.push_back(field.name);
  }
  throw Error(ExitCode::usage, fmt::format("data set \"{}\": expected one of the fields {}, found \"{}\"", name_, fmt::join(names, ", "), name));
}

std::string Source::fit() {
  std::string learnt;
  if (!calls_->fit) return learnt;
  const std::vector<std::int64_t> samples = numbers_of(Part::training);
  trg_data_answer answer{};
  answer.size = sizeof(answer);
  answer.context = &learnt;
  answer.bytes = take_bytes;
  call("fit", [&](void* dataset, trg_error* error) { return calls_->fit(dataset, samples.data(), count(Part::training), &answer, error); });
  describe();
  return learnt;
}

void Source::restore(std::string_view bytes) {
  if (!calls_->restore) return;
  call("restore", [&](void* dataset, trg_error* error) { return calls_->restore(dataset, bytes.data(), bytes.size(), error); });
  describe();
}

std::vector<std::int64_t> Source::numbers_of(Part part) const {
  const Where from = where(part);
  std::vector<std::int64_t> out(static_cast<std::size_t>(count(part)));
  for (std::int64_t i = 0; i < count(part); ++i) out[static_cast<std::size_t>(i)] = from(i);
  return out;
}

Source::Where Source::where(Part part) const noexcept {
  if (part != Part::test && !picked_[0].empty()) return {TRG_TRAIN, 0, &picked_[static_cast<std::size_t>(part)]};
  if (part == Part::validation && split_off_) return {TRG_TRAIN, counts_[0]};
  return {static_cast<std::int32_t>(part), 0};
}

Blocks Source::blocks(Part part) const noexcept {
  const Where from = where(part);
  Blocks out = told_blocks_[static_cast<std::size_t>(from.part)];
  if (out) out.into = from.first % out.rows;
  return out;
}

std::uint64_t Source::sample_id(Part part, std::int64_t sample) const noexcept {
  const Where from = where(part);
  return (static_cast<std::uint64_t>(from.part) << 56) | static_cast<std::uint64_t>(from(sample));
}

Draws Source::draws_of(std::uint64_t seed, std::int64_t pass) const noexcept {
  const std::uint64_t key = stream_of({seed ^ hash64(name_), pass, 0, false});
  return {std::max<std::uint64_t>(key, 1), pass};
}

std::vector<std::size_t> Source::buckets_of(Part part) const {
  if (bucket_count() < 2) return {};
  const Where from = where(part);
  const std::vector<std::int64_t> samples = numbers_of(part);
  std::vector<std::int64_t> lengths(samples.size());
  {
    const std::lock_guard lock(*filling_);
    call("measure", [&](void* dataset, trg_error* error) { return calls_->measure(dataset, from.part, samples.data(), count(part), lengths.data(), error); });
  }
  std::vector<std::size_t> out;
  for (const std::int64_t length : lengths) {
    const auto holds = std::lower_bound(buckets_.begin(), buckets_.end(), length);
    out.push_back(std::min(static_cast<std::size_t>(holds - buckets_.begin()), buckets_.size() - 1));
  }
  return out;
}

bool Source::tells_bytes_read() const { return extension(TRG_BYTES_READ) != nullptr; }

std::int64_t Source::fill(Part part, std::span<const std::int64_t> samples, std::span<void* const> fields, std::size_t bucket, Draws draws) const {
  if (samples.empty()) return 0;
  const std::vector<Field>& described = fields_[bucket];
  if (fields.size() != described.size()) throw Error(ExitCode::failure, fmt::format("data set \"{}\": expected {} field pointers, found {}", name_, described.size(), fields.size()));
  const Where from = where(part);
  thread_local std::vector<std::int64_t> numbers;
  thread_local std::vector<std::int64_t> shapes;
  thread_local std::vector<trg_tensor> tensors;
  numbers.clear(), shapes.clear(), tensors.clear();
  for (const std::int64_t sample : samples) {
    if (sample < 0 || sample >= count(part))
      throw Error(ExitCode::failure, fmt::format("data set \"{}\": asked for sample {} of {} in its {} part", name_, sample, count(part), to_string(part)));
    numbers.push_back(from(sample));
  }
  for (const Field& field : described) {
    shapes.push_back(static_cast<std::int64_t>(samples.size()));
    shapes.insert(shapes.end(), field.shape.begin(), field.shape.end());
  }
  const std::int64_t* shape = shapes.data();
  for (std::size_t i = 0; i < described.size(); ++i) {
    if (described[i].absent && fields[i]) throw Error(ExitCode::data, fmt::format("data set \"{}\": the new samples come without \"{}\"", name_, described[i].name));
    const auto rank = static_cast<std::int32_t>(described[i].shape.size() + 1);
    tensors.push_back({fields[i], shape, rank, static_cast<std::int32_t>(described[i].type)});
    shape += rank;
  }
  const trg_fill_batch batch{sizeof(trg_fill_batch), from.part, 0, static_cast<std::int64_t>(samples.size()), numbers.data(), tensors.data(), draws.key, draws.key ? draws.pass + 1 : 0};
  const std::lock_guard lock(*filling_);
  host::Report report;
  trg_error& error = report.native;
  const host::Breadcrumb crumb(name_.c_str(), nullptr, "fill");
  const auto* reading = static_cast<const trg_bytes_read*>(extension(TRG_BYTES_READ));
  std::int64_t bytes = 0;
  check(host::foreign_call(&error, [&] {
          if (reading) bytes -= reading->total(dataset_.get());
          const std::int32_t status = calls_->fill(dataset_.get(), &batch, &error);
          if (reading) bytes += reading->total(dataset_.get());
          return status;
        }),
        error);
  return bytes;
}

const void* Source::extension(const char* id) const {
  if (!calls_->extension) return nullptr;
  const void* found = nullptr;
  call("extension", [&](void*, trg_error*) { return found = calls_->extension(id), TRG_OK; });
  return found;
}

void Source::call(const char* name, const std::function<std::int32_t(void* dataset, trg_error* error)>& body) const {
  host::Report report;
  trg_error& error = report.native;
  const host::Breadcrumb crumb(name_.c_str(), nullptr, name);
  check(host::foreign_call(&error, [&] { return body(dataset_.get(), &error); }), error);
}

}  // namespace teranga::data
