// SPDX-License-Identifier: Apache-2.0
// What a training knows of its data beside what the data set learnt: the fields of a sample, how many samples each part has, and the files by their
// content. Every checkpoint holds it. A prediction then needs no file of the training, and a resume on other data is noticed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/field.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// A file, or a folder with the files in it that the data set reads, that an option of the data set names.
struct FileRecord {
  std::string option;  // "train"; "train 2" for the second path of a list
  std::string name;    // the last part of its path
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::string hash;  // of names and contents; of more than 64 MiB, of evenly spread pieces
};

struct DataRecord {
  std::vector<model::Field> fields;  // of the longest bucket
  std::array<std::int64_t, 3> samples{};  // by data::Part
  std::vector<FileRecord> files;

  bool empty() const noexcept { return fields.empty(); }
  // Takes fields and samples as the source tells them now: what was learnt may change them.
  void describe(const data::Source& source);
};

// A path that an option of the data set names: "train", or "train 2" for the second one of a list.
struct NamedPath {
  std::string option, path;
};

std::vector<NamedPath> data_paths(const recipe::Recipe& recipe, const host::Registry& registry);

// Both leave out paths that cannot be read. The first one reads the files; the second one tells files of one host apart by number, size and time, without reading them.
std::vector<FileRecord> file_records(const std::vector<NamedPath>& paths, const host::Item& dataset);
std::string identity_of_files(const std::vector<NamedPath>& paths, const host::Item& dataset);

// Reads the files.
DataRecord record_of(const recipe::Recipe& recipe, const host::Registry& registry, const data::Source& source);

std::string to_text(const DataRecord& record);
// Throws Error(data) for a text that to_text() did not make. An empty text gives an empty record.
DataRecord data_record_from(std::string_view text);

// A line for each difference of files, samples and fields, without a word for what is equal.
std::vector<std::string> differences(const DataRecord& then, const DataRecord& now);

// A line for each thing that was learnt otherwise, as the data set tells it in words.
std::vector<std::string> differences_of_knowledge(const data::Source& source, std::string_view then, std::string_view now);

}  // namespace teranga::train
