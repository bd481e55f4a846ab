// SPDX-License-Identifier: Apache-2.0
// The lines of pictures.jsonl that tell of the network in training: its first layers, its attention, and where samples and words lie. Each function gives the lines of what it
// can draw, and for what it leaves out a line that says why; none where there is nothing of its kind. Throws Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/report/png.hpp>

#include "run/layer_probe.hpp"
#include "session/classification.hpp"

namespace teranga::train {

// A sheet of small pictures, and how wide it stands on the page, so that a picture is about `wanted` pixels wide.
struct ShownSheet {
  report::Pixels sheet;
  std::int64_t width = 0;
};
ShownSheet shown_sheet(const std::vector<report::Pixels>& pictures, std::int64_t columns, std::int64_t wanted);

// `width`: on the page, in pixels.
std::string sheet_line(std::string_view kind, const std::string& words, const ShownSheet& shown);
std::string left_out_line(const std::string& words);

// A network of the recipe, and the samples that are shown of the part that it has seen least of.
struct PictureSubject {
  const LayerProbe& probe;
  const data::Source& source;
  std::optional<Classification> classes;  // of the recipe's only classifier
  double flops = 0;                       // of a sample, forward
};

// Filters of the first convolution of pictures, and what the first layers make of two samples.
std::vector<std::string> first_layer_lines(const PictureSubject& subject);
// Weights of the first layers of multi-head attention, for one sample.
std::vector<std::string> attention_lines(const PictureSubject& subject);
// The outputs of the last hidden layer of a classifier, and the first rows of the first table of words, as points of a plane.
std::vector<std::string> plane_lines(const PictureSubject& subject);

}  // namespace teranga::train
