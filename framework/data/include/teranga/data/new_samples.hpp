// SPDX-License-Identifier: Apache-2.0
// New samples, prepared by what a data set learnt in a training: for predictions, when the files of the training need not be there.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>

namespace teranga::data {

// Paths (absolute), or texts as they were typed; one of the two is empty.
struct NewInput {
  std::vector<std::string> paths;
  std::vector<std::string> texts;
  bool judged = false;  // the samples are judged by their targets
};

// Whether the data set prepares new samples at all; whether it reads files of such a name, in any letter case.
bool prepares_new_samples(const host::Item& dataset);
bool reads_file(const host::Item& dataset, const std::string& path);
// How the names of these files end, without packed ones: ".csv"; empty where it reads files of any name, or prepares no new samples.
std::vector<std::string> endings_of(const host::Item& dataset);

// The new samples are the test part. `options` are those of the recipe, with absolute paths. Throws Error(data, usage) as the data set reports it, and
// Error(usage) where it prepares no new samples.
std::unique_ptr<Source> open_new_samples(const host::Item& dataset, const Options& options, std::string_view learnt, const NewInput& input);

// What was learnt in words, a name and a text for each thing; empty where the data set does not tell.
std::vector<std::pair<std::string, std::string>> knowledge_of(const Source& source, std::string_view learnt);

// What people know each sample of the test part of open_new_samples() by, as the name of its file; empty where none has a name.
std::vector<std::string> names_of_samples(const Source& source);

// The cells of a column of the input that a data set has opened, one a sample. Throws Error(usage) where the data set knows no columns, Error(data) where it has none so called.
std::vector<std::string> column_of_samples(const Source& source, const std::string& name);
// What the input calls that column, which may be asked for by its number; the name that was asked for, where it calls it nothing.
std::string name_of_column(const Source& source, const std::string& wanted);

}  // namespace teranga::data
