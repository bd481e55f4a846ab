// SPDX-License-Identifier: Apache-2.0
// Checkpoints on disk: one HDF5 file a generation, `step-<12 digits>.h5`, published whole or not at all. The user block (the first
// 512 bytes) holds a hash of the rest, which is checked before HDF5 sees a byte: it finds damage; it is no protection against forgery.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>

namespace teranga::checkpoint {

std::string file_name(std::int64_t step);
std::int64_t step_of(const std::string& path);  // by its name; -1: not named as a generation

// Writes one generation durably and gives its path; then, and only then, removes all but the newest `keep` (at least 2) intact-by-name
// generations and the temporary files of dead writers. Throws Error(failure): nothing is published, older generations are untouched.
std::string write(const std::string& folder, const Snapshot& snapshot, int keep);

// The same content under a name of one's own, and nothing else is touched. An existing file is replaced. Throws Error(failure).
void write_file(const std::string& path, const Snapshot& snapshot);

// Throws Error(data) where the file is damaged, of a newer format, no checkpoint, or named after another step.
Snapshot read(const std::string& path);
void verify(const std::string& path);  // the hash and the name, without reading the tensors; throws as read() does

struct Entry {
  std::string path;
  std::int64_t step = -1;
  std::int64_t epoch = -1;
  std::uint64_t bytes = 0;
  bool intact = false;
  std::string reason;  // why not intact
  std::string time;    // the provenance's "time"; else empty
};

// The generations of a folder, oldest first; a folder that does not exist has none.
std::vector<Entry> list(const std::string& folder);

// The newest generation that verifies. Each newer one that does not adds "path: reason" to `refused`.
std::optional<Snapshot> newest_intact(const std::string& folder, std::vector<std::string>* refused = nullptr);

// A verified file as lines to print: counters, the tree of tensors with types and shapes, plugins, provenance.
std::string show(const std::string& path);

}  // namespace teranga::checkpoint
