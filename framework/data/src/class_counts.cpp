// SPDX-License-Identifier: Apache-2.0
#include <teranga/data/class_counts.hpp>

#include <teranga/data/sample_reader.hpp>

namespace teranga::data {

bool is_one_hot(const Field& target) { return (target.type == ElementType::f32 || target.type == ElementType::f64) && !target.shape.empty() && target.shape.back() == target.classes; }

std::vector<std::int64_t> class_counts(const Source& source, std::size_t field, Part part) {
  const Field& target = source.fields()[field];
  const bool one_hot = is_one_hot(target);
  const std::int64_t width = one_hot ? target.classes : 1, labels = target.elements() / width;
  std::vector<std::int64_t> counts(static_cast<std::size_t>(target.classes));
  std::vector<bool> wanted(source.fields().size());
  wanted[field] = true;
  SampleReader reader(source, wanted);
  for (std::int64_t first = 0, rows = 0; (rows = reader.read(part, first)) > 0; first += rows)
    for (std::int64_t i = 0; i < rows * labels; ++i) {
      double label = one_hot ? 0 : reader.number(field, i);
      for (std::int64_t k = 1; k < width; ++k)
        if (reader.number(field, i * width + k) > reader.number(field, i * width + static_cast<std::int64_t>(label))) label = static_cast<double>(k);
      if (label >= 0 && label < static_cast<double>(target.classes)) ++counts[static_cast<std::size_t>(label)];
    }
  return counts;
}

}  // namespace teranga::data
