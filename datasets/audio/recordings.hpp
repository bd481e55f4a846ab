// SPDX-License-Identifier: Apache-2.0
// Which sounds there are and what is said of them: a folder with a folder for each class, a table, or single files. Nothing here opens a sound.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

struct Recording {
  std::string path;
  std::optional<std::string> target = {};  // the name of its class, or its transcript
  std::string where = {};                  // what names it in messages: the path, or "table:line"
};

// Where tables have what, and what the targets are.
struct RecordingRequest {
  std::string file_column, target_column, header;
  char separator = 0;
  std::string root;  // what paths in tables are relative to; empty: the folder of the table
  bool targets = true;
  bool transcripts = false;

  static std::vector<sdk::OptionSpec> options();
  static RecordingRequest of(const sdk::Options& options);
  // The name of the column of targets; empty where it is asked for by number.
  std::string target_name() const;
};

// The recordings of a folder or of a table. In a folder they are the files *.wav, *.flac, *.ogg and *.oga, in capitals too, of <folder>/<class> and the folders below it, class by class,
// by the bytes of their names; or those of a folder without other folders, which have no class. Hidden files and folders are passed over. Throws DataError where there are none or a class
// has none; OptionError where a table does not have the columns.
std::vector<Recording> list_recordings(const std::string& path, const RecordingRequest& request);

// Of new samples: folders, tables and single sounds; targets where there are some.
std::vector<Recording> list_new_recordings(const std::vector<std::string>& paths, RecordingRequest request);

bool has_sound_name(const std::string& path);

}  // namespace teranga::datasets
