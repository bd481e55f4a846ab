// SPDX-License-Identifier: Apache-2.0
#include "run/own_fields.hpp"

#include <teranga/core/hash.hpp>
#include <teranga/math/random.hpp>

#include <algorithm>
#include <limits>

namespace teranga::model {
namespace {

template <class T>
void draw_rows(T* out, std::int64_t count, Origin origin, std::uint64_t key, const Batch& batch, Team& team) {
  team.for_each(batch.rows, [&](std::int64_t row, int) {
    const math::RandomStream stream(key, batch.sample_ids[static_cast<std::size_t>(row)]);
    if (origin == Origin::uniform) stream.uniform(0, count, out + row * count);
    else stream.normal(0, count, out + row * count);
  });
}

// Of a target that is not known.
void fill_unknown(void* out, ElementType type, std::size_t count) {
  switch (type) {
    case ElementType::f32: return static_cast<void>(std::fill_n(static_cast<float*>(out), count, std::numeric_limits<float>::quiet_NaN()));
    case ElementType::f64: return static_cast<void>(std::fill_n(static_cast<double*>(out), count, std::numeric_limits<double>::quiet_NaN()));
    case ElementType::i32: return static_cast<void>(std::fill_n(static_cast<std::int32_t*>(out), count, -1));
    case ElementType::i64: return static_cast<void>(std::fill_n(static_cast<std::int64_t*>(out), count, -1));
    case ElementType::u8: return static_cast<void>(std::fill_n(static_cast<std::uint8_t*>(out), count, std::uint8_t{255}));
  }
}

}  // namespace

OwnFields::OwnFields(const std::vector<Field>& fields, const std::vector<std::size_t>& inputs) : fields_(fields), entering_targets_(fields.size()), buffers_(fields.size()), pointers_(fields.size()) {
  for (const Field& field : fields) names_.push_back(hash64("noise of " + field.name));
  for (const std::size_t input : inputs) entering_targets_[input] = fields[input].role == Role::target;
  all_of_data_ = std::all_of(fields.begin(), fields.end(), [](const Field& f) { return f.origin == Origin::data; });
}

bool OwnFields::lacks_target(const Batch& batch) const {
  for (std::size_t i = 0; i < batch.fields.size(); ++i)
    if (entering_targets_[i] && !batch.fields[i]) return true;
  return false;
}

Batch OwnFields::complete(const Batch& batch, std::uint64_t random_key, Team& team) {
  if (all_of_data_ && batch.fields.size() == fields_.size() && !lacks_target(batch)) return batch;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    pointers_[i] = i < batch.fields.size() ? batch.fields[i] : nullptr;
    const bool unknown = entering_targets_[i] && !pointers_[i];
    if ((field.origin == Origin::data && !unknown) || (field.origin == Origin::given && pointers_[i])) continue;
    const std::size_t count = static_cast<std::size_t>(element_count(field.shape) * batch.rows), bytes = count * size_of(field.type);
    const bool grows = buffers_[i].size() < bytes;
    if (grows) buffers_[i] = Buffer(bytes);
    pointers_[i] = buffers_[i].data();
    if (unknown) fill_unknown(buffers_[i].data(), field.type, count);
    else if (field.origin != Origin::constant) draw(i, batch, random_key ^ names_[i], team);
    else if (grows && field.type == ElementType::f64) std::fill_n(static_cast<double*>(buffers_[i].data()), count, field.constant);
    else if (grows) std::fill_n(static_cast<float*>(buffers_[i].data()), count, static_cast<float>(field.constant));
  }
  return {batch.rows, batch.global_rows, batch.sample_ids, pointers_};
}

void OwnFields::draw(std::size_t index, const Batch& batch, std::uint64_t key, Team& team) {
  const Field& field = fields_[index];
  const std::int64_t count = element_count(field.shape);
  if (field.type == ElementType::f64) draw_rows(static_cast<double*>(buffers_[index].data()), count, field.origin, key, batch, team);
  else draw_rows(static_cast<float*>(buffers_[index].data()), count, field.origin, key, batch, team);
}

}  // namespace teranga::model
