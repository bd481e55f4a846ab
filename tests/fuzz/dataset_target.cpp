// SPDX-License-Identifier: Apache-2.0
#include "dataset_target.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace teranga::fuzz {
namespace {

using test::Dataset, test::FieldSeen, test::Refused;

constexpr std::int64_t most_samples = 48;               // that are filled
constexpr std::int64_t most_values = std::int64_t{1} << 20;  // of a field of them: what a file claims is asked for only where it is small

// Whether the input was taken. A data set that fails rather than refuses is a finding.
template <class F>
bool taken(F&& body) {
  try {
    body();
    return true;
  } catch (const Refused& refused) {
    if (refused.code == TRG_FAILED || refused.code == TRG_OK) throw;
    if (std::getenv("FUZZ_TELL")) std::fprintf(stderr, "%s: %s\n", refused.where.c_str(), refused.what());
    return false;
  }
}

std::vector<std::int64_t> first(std::int64_t count) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(std::min(count, most_samples)));
  std::iota(samples.begin(), samples.end(), std::int64_t{0});
  return samples;
}

bool is_small(const FieldSeen& field, std::int64_t bucket) {
  std::int64_t values = most_samples;
  for (const std::int64_t extent : field.shape) {
    const std::int64_t real = extent < 0 ? bucket : extent;
    if (real < 0 || (real > 0 && values > most_values / real)) return false;
    values *= std::max<std::int64_t>(real, 1);
  }
  return true;
}

void fill_part(Dataset& data, std::int32_t part) {
  const std::int64_t count = data.count(part);
  if (count < 0) return;
  const std::vector<std::int64_t> samples = first(count);
  const std::vector<std::int64_t> buckets = data.buckets();
  if (buckets.size() > 1 && !samples.empty()) data.measure(part, samples);
  const std::int64_t bucket = buckets.empty() ? 4 : buckets.back();
  data.pad_to(bucket);
  const std::vector<FieldSeen> fields = data.fields();
  for (std::size_t field = 0; field < fields.size() && !samples.empty(); ++field) {
    if (fields[field].absent || !is_small(fields[field], bucket)) continue;
    switch (fields[field].type) {
      case TRG_F32: data.fill<float>(part, samples, field); break;
      case TRG_F64: data.fill<double>(part, samples, field); break;
      case TRG_I32: data.fill<std::int32_t>(part, samples, field); break;
      case TRG_I64: data.fill<std::int64_t>(part, samples, field); break;
      default: data.fill<std::uint8_t>(part, samples, field);
    }
  }
}

void fill_all(Dataset& data) {
  for (const std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST})
    taken([&] { fill_part(data, part); });
}

}  // namespace

std::string use_dataset(const DatasetCase& one) {
  test::logged().clear();
  std::string learnt;
  const bool whole = taken([&] {
    Dataset data(one.library, one.item, one.options);
    const std::int64_t count = data.count(TRG_TRAIN);
    std::vector<std::int64_t> all(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, 100'000)));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    fill_all(data);
    learnt = data.fit(all);
    fill_all(data);
    data.restore(learnt);
    fill_all(data);
  });
  if (whole) use_learnt(one, learnt);
  return whole ? learnt : std::string();
}

void use_learnt(const DatasetCase& one, const std::string& learnt) {
  if (one.new_paths.empty()) return;
  taken([&] {
    Dataset data(one.library, one.item, one.options, {learnt, one.new_paths});
    fill_all(data);
    data.knowledge(learnt);
  });
}

}  // namespace teranga::fuzz
