// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/checkpoint.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include <teranga/core/error.hpp>

#include "contents.hpp"
#include "envelope.hpp"
#include "generation.hpp"
#include "publish.hpp"
#include "retention.hpp"

namespace teranga::checkpoint {
namespace {

// A file of another name (a copy, a "best") may hold any step.
void check_step(const std::string& path, std::int64_t step) {
  const std::int64_t named = step_of(path);
  if (named < 0 || named == step) return;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  const bool taken = std::filesystem::exists(folder / file_name(step), error);
  throw Error(ExitCode::data, fmt::format("checkpoint '{}': its name says step {}, its content step {}", path, named, step),
              fmt::format("mv '{}' '{}'", path, (folder / (taken ? "copy-of-" + file_name(step) : file_name(step))).string()));
}

Heading verified_heading(const std::string& path) {
  Heading heading = heading_of(open_sealed(path));
  check_step(path, heading.step);
  return heading;
}

}  // namespace

std::string write_generation(const std::string& folder, const Snapshot& snapshot, const LentTensors* lent) {
  if (snapshot.step < 0 || snapshot.step >= steps_that_fit)
    throw Error(ExitCode::failure, fmt::format("checkpoint: step {}: wanted 0 to {}", snapshot.step, steps_that_fit - 1));
  const h5::File file = lent ? to_file(snapshot, *lent) : to_file(snapshot);
  std::error_code error;
  std::filesystem::create_directory(folder, error);  // not the folder above it, which a run looks for by itself
  if (error) throw Error(ExitCode::failure, fmt::format("checkpoint folder '{}': cannot be made: {}", folder, error.message()));
  const std::string path = (std::filesystem::path(folder) / file_name(snapshot.step)).string();
  Seal seal;
  publish(path, file.pieces().all, fmt::format("checkpoint of step {}", snapshot.step), &seal);
  return path;
}

void clean_up(const std::string& folder, std::int64_t written, int keep, Proven& proven) noexcept {
  try {
    apply_retention(folder, written, keep, proven);
  } catch (const std::exception&) {
    // The generation is published; old ones that stay do no harm.
  }
  remove_stale_temporaries(folder);
}

std::string write(const std::string& folder, const Snapshot& snapshot, int keep) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);  // where it cannot be made, the next one tells
  std::string path = write_generation(folder, snapshot);
  Proven proven;
  clean_up(folder, snapshot.step, keep, proven);
  return path;
}

void write_file(const std::string& path, const Snapshot& snapshot) {
  const h5::File file = to_file(snapshot);
  Seal seal;
  publish(path, file.pieces().all, "checkpoint", &seal);
}

Snapshot read(const std::string& path) {
  Snapshot snapshot = from_file(open_sealed(path));
  check_step(path, snapshot.step);
  return snapshot;
}

void verify(const std::string& path) { verified_heading(path); }

std::vector<Entry> list(const std::string& folder) {
  std::vector<Entry> entries;
  for (const Generation& generation : generations(folder)) {
    Entry entry;
    entry.path = generation.path;
    entry.step = generation.step;
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(generation.path, error);
    if (!error) entry.bytes = bytes;
    try {
      const Heading heading = verified_heading(generation.path);
      entry.epoch = heading.epoch;
      entry.time = heading.time;
      entry.intact = true;
    } catch (const Error& reason) {
      if (reason.code() != ExitCode::data) throw;  // nothing was learnt of the file
      entry.reason = reason.what();
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::optional<Snapshot> newest_intact(const std::string& folder, std::vector<std::string>* refused) {
  std::vector<Generation> found = generations(folder);
  std::reverse(found.begin(), found.end());
  for (const Generation& generation : found) {
    try {
      return read(generation.path);
    } catch (const Error& reason) {
      if (reason.code() != ExitCode::data) throw;
      if (refused != nullptr) refused->push_back(reason.what());
    }
  }
  return std::nullopt;
}

}  // namespace teranga::checkpoint
