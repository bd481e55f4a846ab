// SPDX-License-Identifier: Apache-2.0
// Predictions as files: arrays (.npy, .h5) and texts (.csv, .json), written whole or not at all, or printed.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <teranga/tensor/tensor.hpp>

#include "session/classification.hpp"

namespace teranga::train {

enum class FileFormat { npy, csv, h5, json };

// By the ending of its name; throws Error(usage) that names the option.
FileFormat format_of(const std::string& path, const std::string& option);
FileFormat format_named(const std::string& name);  // "npy", "csv", "h5", "json"

// Whether an array file holds bytes (u8), which a data set scales. False where it cannot be told.
bool holds_bytes(const std::string& path, FileFormat format);

struct PredictionTable {
  Tensor outputs;                                // f32 [samples, ...], as the network gives them
  std::optional<Classification> classification;  // where they tell classes
  std::vector<std::string> names = {};           // of the target, as the data call it: of each output, or of every so many; one of classes; empty: it has none
  bool tells = false;                            // outputs are numbers of letters, to be told as texts
  std::vector<std::string> texts = {};           // of each sample, then
  bool classes = false;                          // tell the class of each sample alone
  std::int64_t top = 0;                          // tell so many of the likeliest classes
  std::vector<double> losses = {};               // of each sample; empty: none is told
  std::vector<std::string> files = {};           // what each sample is known by; empty: samples have no names
  std::vector<std::pair<std::string, std::vector<std::string>>> kept = {};  // columns of the input: a name and a cell of each sample

  std::int64_t samples() const { return outputs.shape()[0]; }
};

// Throws Error(usage) where the format cannot hold what is to be told; the outputs and the losses need no values yet.
void require_place(const PredictionTable& table, FileFormat format);

// The bytes of the file.
std::string bytes_of(const PredictionTable& table, FileFormat format);

// To the file, or to standard output where the path is empty. Throws Error(failure).
void publish(const std::string& path, const std::string& bytes);

}  // namespace teranga::train
