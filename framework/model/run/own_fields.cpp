// SPDX-License-Identifier: Apache-2.0
#include "run/own_fields.hpp"

#include <teranga/core/hash.hpp>
#include <teranga/math/random.hpp>

#include <algorithm>

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

}  // namespace

OwnFields::OwnFields(const std::vector<Field>& fields) : fields_(fields), buffers_(fields.size()), pointers_(fields.size()) {
  for (const Field& field : fields) names_.push_back(hash64("noise of " + field.name));
  all_of_data_ = std::all_of(fields.begin(), fields.end(), [](const Field& f) { return f.origin == Origin::data; });
}

Batch OwnFields::complete(const Batch& batch, std::uint64_t random_key, Team& team) {
  if (all_of_data_ && batch.fields.size() == fields_.size()) return batch;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    pointers_[i] = i < batch.fields.size() ? batch.fields[i] : nullptr;
    if (field.origin == Origin::data || (field.origin == Origin::given && pointers_[i])) continue;
    const std::size_t count = static_cast<std::size_t>(element_count(field.shape) * batch.rows), bytes = count * size_of(field.type);
    const bool grows = buffers_[i].size() < bytes;
    if (grows) buffers_[i] = Buffer(bytes);
    pointers_[i] = buffers_[i].data();
    if (field.origin != Origin::constant) draw(i, batch, random_key ^ names_[i], team);
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
