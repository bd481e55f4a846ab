// SPDX-License-Identifier: Apache-2.0
#include "sample_sheet.hpp"

#include <teranga/core/error.hpp>
#include <teranga/report/picture_sheet.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "png_file.hpp"

namespace teranga::launcher {

namespace {

std::vector<float> values_of(const data::Source& source, std::size_t field, data::Part part, std::int64_t count, data::Draws draws) {
  std::vector<float> values(static_cast<std::size_t>(count * source.fields()[field].elements()));
  std::vector<std::int64_t> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), std::int64_t{0});
  std::vector<void*> pointers(source.fields().size(), nullptr);
  pointers[field] = values.data();
  source.fill(part, samples, pointers, draws);
  return values;
}

}  // namespace

void write_sample_sheet(const std::string& path, const data::Source& source, data::Part part, std::int64_t count, data::Draws draws) {
  const auto field = source.only_field(data::Role::feature);
  const data::Field* const x = field ? &source.fields()[*field] : nullptr;
  if (!x || x->type != ElementType::f32 || x->shape.size() < 2 || x->shape.size() > 3 || (x->shape.size() == 3 && x->shape[2] != 1 && x->shape[2] != 3 && x->shape[2] != 4))
    throw Error(ExitCode::usage, fmt::format("--sheet: expected samples that are pictures, numbers of shape (height, width) or (height, width, 1, 3 or 4), found {}", x ? to_string(x->shape) : "no feature"), "leave out --sheet");
  const std::int64_t channels = x->shape.size() == 3 ? x->shape[2] : 1, drawn = channels == 4 ? 3 : channels;
  std::vector<float> made = values_of(source, *field, part, count, draws), from;
  if (draws.key != 0) from = values_of(source, *field, part, count, {});
  const float most = *std::max_element(made.begin(), made.end());
  for (std::vector<float>* values : {&made, &from}) {
    if (channels == 4) {  // alpha is not drawn
      std::size_t kept = 0;
      for (std::size_t i = 0; i < values->size(); ++i)
        if (i % 4 != 3) (*values)[kept++] = (*values)[i];
      values->resize(kept);
    }
    if (most > 2)  // bytes that nobody has scaled
      for (float& value : *values) value /= 255;
  }
  const auto columns = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(count) * (from.empty() ? 1 : 2))));
  write_png(path, report::picture_sheet({count, x->shape[0], x->shape[1], drawn, made, from}, columns));
}

}  // namespace teranga::launcher
