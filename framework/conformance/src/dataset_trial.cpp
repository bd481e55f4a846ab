// SPDX-License-Identifier: Apache-2.0
#include "dataset_trial.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr std::int64_t most_batch_bytes = std::int64_t{1} << 26;
constexpr std::int64_t most_samples = std::int64_t{1} << 40;  // as the host takes

// The functions that a data set is given tell it nothing; what makes no sense is kept.
DescribedData& told(void* context) noexcept { return *static_cast<DescribedData*>(context); }

template <class... Args>
void complain(DescribedData& data, fmt::format_string<Args...> text, Args&&... args) {
  if (data.fault.empty()) data.fault = fmt::format(text, std::forward<Args>(args)...);
}

void take_count(void* context, std::int32_t part, std::int64_t samples) {
  DescribedData& data = told(context);
  if (part < TRG_TRAIN || part > TRG_TEST) return complain(data, "it counts samples of the part {}, which is none of enum trg_part_kind", part);
  if (samples < 0 || samples > most_samples) complain(data, "it counts {} samples of its {} part: expected 0 to {}", samples, part_words(part), most_samples);
  data.counts[static_cast<std::size_t>(part)] = samples;
}

// Texts of a field, copied; complains about the first that is missing.
std::vector<std::string> texts_of(DescribedData& data, const char* const* texts, std::int64_t count, const std::string& field, const char* what) {
  std::vector<std::string> out;
  for (std::int64_t i = 0; texts && i < count; ++i) {
    if (!texts[i]) complain(data, "the field \"{}\": {} {} is null", field, what, i);
    out.emplace_back(texts[i] ? texts[i] : "");
  }
  return out;
}

void check_classes(DescribedData& data, const DescribedField& field) {
  if (field.classes < 0) complain(data, "the field \"{}\" has {} classes", field.name, field.classes);
  std::set<std::string> seen;
  for (const std::string& name : field.class_names)
    if (!name.empty() && !seen.insert(name).second) complain(data, "the field \"{}\": two classes are called \"{}\"", field.name, name);
}

void check_units(DescribedData& data, const DescribedField& field) {
  for (std::size_t i = 0; i < field.offsets.size(); ++i)
    if (!std::isfinite(field.offsets[i]) || !std::isfinite(field.scales[i])) complain(data, "the field \"{}\": offset {} and scale {} of element {} are not finite", field.name, field.offsets[i], field.scales[i], i);
}

void take_field(void* context, const trg_field* native) {
  DescribedData& data = told(context);
  if (!native) return complain(data, "it tells of a field that is null");
  DescribedField field;
  const std::size_t number = data.fields.size();
  if (!native->name || !native->name[0]) return complain(data, "field {} has no name", number);
  field.name = native->name;
  if (field.name.size() > TRG_MOST_NAME) complain(data, "the name of field {} has {} bytes: expected {} at most", number, field.name.size(), static_cast<int>(TRG_MOST_NAME));
  if (std::ranges::find(data.fields, field.name, &DescribedField::name) != data.fields.end()) complain(data, "two fields are called \"{}\"", field.name);
  field.role = native->role, field.type = native->type, field.flags = native->flags, field.classes = native->classes;
  if (field.role < TRG_FEATURE || field.role > TRG_SAMPLE_WEIGHT) complain(data, "the field \"{}\" has the role {}, which is none of enum trg_role", field.name, field.role);
  if (width_of(field.type) == 0) return complain(data, "the field \"{}\" has the type {}, which is none of enum trg_type", field.name, field.type);
  if (field.flags & ~TRG_ABSENT) complain(data, "the field \"{}\" has flags {} that enum trg_field_flag does not have", field.name, field.flags);
  if (native->rank < 0 || native->rank >= TRG_MOST_AXES || (native->rank > 0 && !native->shape)) return complain(data, "the field \"{}\" has {} axes{}: expected 0 to {}", field.name, native->rank, native->shape ? "" : " and no shape", TRG_MOST_AXES - 1);
  field.shape.assign(native->shape, native->shape + native->rank);
  for (const std::int64_t extent : field.shape)
    if (extent < 1 && extent != -1) complain(data, "the field \"{}\" has the shape {}: expected extents of 1 or more, or -1", field.name, to_words(field.shape));
  field.class_names = texts_of(data, native->class_names, field.classes, field.name, "the name of class");
  const bool grown = native->size >= offsetof(trg_field, scales) + sizeof(native->scales);
  if (grown && native->columns) {
    const std::int64_t last = field.shape.empty() ? 1 : field.shape.back();
    if (native->column_count != 1 && native->column_count != last) complain(data, "the field \"{}\" of shape {} has {} names of columns: expected 1 or one for each element of the last axis", field.name, to_words(field.shape), native->column_count);
    else field.columns = texts_of(data, native->columns, native->column_count, field.name, "the name of column");
  }
  if (grown && (native->offsets == nullptr) != (native->scales == nullptr)) complain(data, "the field \"{}\" has offsets without scales, or scales without offsets", field.name);
  else if (grown && native->offsets) {
    const std::int64_t units = field.shape.empty() ? 1 : field.shape.back();
    if (units < 0) return complain(data, "the field \"{}\" has offsets and a last axis of -1", field.name);
    field.offsets.assign(native->offsets, native->offsets + units), field.scales.assign(native->scales, native->scales + units);
  }
  check_classes(data, field);
  check_units(data, field);
  data.fields.push_back(std::move(field));
}

void take_bucket(void* context, std::int64_t length) { told(context).buckets.push_back(length); }

void take_blocks(void* context, std::int32_t part, std::int64_t rows, std::int64_t window) {
  DescribedData& data = told(context);
  if (part < TRG_TRAIN || part > TRG_TEST) return complain(data, "it tells of blocks of the part {}, which is none of enum trg_part_kind", part);
  if (rows < 1 || window < rows) complain(data, "it tells of blocks of {} rows and a window of {}: expected 1 row or more, and a window of a block or more", rows, window);
  data.blocks[static_cast<std::size_t>(part)] = {rows, window};
}

void take_bytes(void* context, const void* bytes, std::size_t size) { static_cast<std::string*>(context)->assign(static_cast<const char*>(bytes), size); }

bool own_length(const DescribedField& field) { return std::ranges::find(field.shape, -1) != field.shape.end(); }

void check_whole(DescribedData& data, const trg_dataset_calls& calls) {
  if (std::ranges::none_of(data.fields, [](const DescribedField& field) { return field.role == TRG_FEATURE; })) complain(data, "it describes no feature");
  if (std::accumulate(data.counts.begin(), data.counts.end(), std::int64_t{0}) == 0) complain(data, "no part has samples");
  for (std::size_t i = 0; i < data.buckets.size(); ++i)
    if (data.buckets[i] < 1 || (i > 0 && data.buckets[i] <= data.buckets[i - 1])) complain(data, "it tells of buckets {}, which are no ascending lengths", to_words(data.buckets));
  const bool any = std::ranges::any_of(data.fields, own_length);
  if (any && data.buckets.empty()) complain(data, "a field has an axis of -1, but no bucket is told");
  if (!any && !data.buckets.empty()) complain(data, "it tells of buckets, but no field has an axis of -1");
  if (data.buckets.size() > 1 && !calls.measure) complain(data, "it tells of {} buckets, but the call measure is null", data.buckets.size());
  if (data.buckets.size() > 1 && std::ranges::any_of(data.blocks, [](const auto& one) { return one[0] > 0; })) complain(data, "it tells of blocks and of {} buckets", data.buckets.size());
}

Extents batch_shape(const DescribedField& field, std::size_t rows, std::int64_t bucket) {
  Extents shape = {static_cast<std::int64_t>(rows)};
  for (const std::int64_t extent : field.shape) shape.push_back(extent == -1 ? bucket : extent);
  return shape;
}

}  // namespace

const char* part_words(std::int32_t part) noexcept { return part == TRG_TRAIN ? "training" : part == TRG_VALIDATION ? "validation" : "test"; }

DescribedData describe(const HeldDataset& data) {
  DescribedData out;
  trg_data_answer answer{};
  answer.size = sizeof(answer), answer.context = &out;
  answer.count = take_count, answer.field = take_field, answer.bucket = take_bucket, answer.blocks = take_blocks;
  out.answer = answer_of("describe", [&](trg_error* error) { return data.calls().describe(data.self(), &answer, error); });
  if (out.answer.ok()) check_whole(out, data.calls());
  else complain(out, "it answers {}", out.answer.words());
  return out;
}

int FilledBatch::unequal(std::size_t a, const FilledBatch& other, std::size_t b) const {
  for (std::size_t f = 0; f < row_bytes.size(); ++f) {
    const std::size_t bytes = row_bytes[f];
    if (bytes == 0 || other.row_bytes[f] == 0) continue;
    if (std::memcmp(rows_of[f].data() + a * bytes, other.rows_of[f].data() + b * bytes, bytes) != 0) return static_cast<int>(f);
  }
  return -1;
}

FilledBatch fill(const HeldDataset& data, const DescribedData& described, std::int32_t part, const std::vector<std::int64_t>& samples, const FillHow& how) {
  const std::size_t fields = described.fields.size();
  std::vector<TrialTensor> tensors;
  std::vector<trg_tensor> natives;
  std::vector<bool> wanted;
  for (std::size_t f = 0; f < fields; ++f) {
    wanted.push_back(!(described.fields[f].flags & TRG_ABSENT) && (how.only < 0 || how.only == static_cast<int>(f)));
    tensors.emplace_back(batch_shape(described.fields[f], samples.size(), how.bucket), described.fields[f].type, how.edge);
    tensors.back().array().fill(how.before);
  }
  for (std::size_t f = 0; f < fields; ++f) natives.push_back(tensors[f].native(wanted[f]));
  std::string absent;
  for (std::size_t f = 0; f < fields; ++f) {
    const std::string who = fmt::format("field {} (\"{}\")", f, described.fields[f].name);
    if (!wanted[f]) absent += fmt::format("{}{}", absent.empty() ? "" : " or ", who);
    const Extents sample(tensors[f].shape().begin() + 1, tensors[f].shape().end());
    tensors[f].array().name(fmt::format("{}, which has rows x {}", who, to_words(sample, tensors[f].type())), "write rows x the shape of the field, as numbers of the type that describe tells: b.field<T>(f) gives them as T, whatever they are");
  }
  std::optional<NamedNull> null;
  if (!absent.empty()) null.emplace(fmt::format("{} was not wanted (null data)", absent), "skip fields whose data is null; in C++: if (b.wanted(field)) ...");
  TrialTensor numbers({static_cast<std::int64_t>(samples.size())}, TRG_I64);
  std::memcpy(numbers.data(), samples.data(), samples.size() * sizeof(std::int64_t));
  trg_fill_batch batch{};
  batch.size = sizeof(batch), batch.part = part, batch.rows = static_cast<std::int64_t>(samples.size());
  batch.samples = static_cast<const std::int64_t*>(numbers.data()), batch.fields = natives.data();
  batch.random_key = how.random_key, batch.epoch = how.epoch;
  FilledBatch out;
  out.answer = answer_of("fill", [&](trg_error* error) { return data.calls().fill(data.self(), &batch, error); });
  if (numbers.array().damaged() || std::memcmp(numbers.data(), samples.data(), samples.size() * sizeof(std::int64_t)) != 0) out.damage = "it changes the numbers of the samples";
  for (std::size_t f = 0; f < fields; ++f) {
    if (tensors[f].array().damaged()) out.damage = fmt::format("it writes beside the field \"{}\"", described.fields[f].name);
    out.rows_of.push_back(wanted[f] ? tensors[f].bits() : std::vector<std::byte>());
    out.values.push_back(wanted[f] ? tensors[f].values() : std::vector<double>());
    out.row_bytes.push_back(wanted[f] ? tensors[f].array().bytes() / std::max<std::size_t>(1, samples.size()) : 0);
  }
  return out;
}

Learnt fit(const HeldDataset& data, std::int64_t samples) {
  Learnt out;
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(samples));
  std::iota(numbers.begin(), numbers.end(), 0);
  trg_data_answer answer{};
  answer.size = sizeof(answer), answer.context = &out.bytes, answer.bytes = take_bytes;
  out.answer = answer_of("fit", [&](trg_error* error) { return data.calls().fit(data.self(), numbers.data(), samples, &answer, error); });
  return out;
}

Answer restore(const HeldDataset& data, const std::string& bytes) {
  GuardedArray copy(bytes.size());
  std::memcpy(copy.data(), bytes.data(), bytes.size());
  return answer_of("restore", [&](trg_error* error) { return data.calls().restore(data.self(), copy.data(), copy.bytes(), error); });
}

std::vector<std::int64_t> some_samples(const DescribedData& described, std::int32_t part, std::size_t most) {
  std::int64_t bytes = 1;
  for (const DescribedField& field : described.fields)
    bytes += count_of(batch_shape(field, 1, described.buckets.empty() ? 1 : described.buckets.back())) * static_cast<std::int64_t>(width_of(field.type));
  const std::int64_t count = described.counts[static_cast<std::size_t>(part)], room = std::clamp<std::int64_t>(most_batch_bytes / bytes, 1, static_cast<std::int64_t>(most));
  std::set<std::int64_t> picked;
  for (std::int64_t i = 0; i < std::min(count, room); ++i) {
    const std::int64_t spread = count <= room ? i : i < room / 2 ? i : count - 1 - (i - room / 2) * ((count - room / 2) / std::max<std::int64_t>(1, room - room / 2));
    picked.insert(std::clamp<std::int64_t>(spread, 0, count - 1));
  }
  return {picked.begin(), picked.end()};
}

}  // namespace teranga::conformance
