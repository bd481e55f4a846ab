// SPDX-License-Identifier: Apache-2.0
#include "session/same_files.hpp"

#include <teranga/core/hash.hpp>

#include <fmt/format.h>

namespace teranga::train {

FileFact file_fact(Communicator& comm, const std::vector<NamedPath>& paths, const host::Item& dataset, const std::vector<FileRecord>& known) {
  if (comm.size() == 1) return {};
  const std::vector<std::string> identities = comm.allgather(identity_of_files(paths, dataset));
  const auto rank = static_cast<std::size_t>(comm.rank()), first = static_cast<std::size_t>(comm.first_on_node());
  const bool read_there = rank != first && identities[rank] == identities[first];
  FileFact out;
  if (!read_there)
    for (const FileRecord& file : known.empty() ? file_records(paths, dataset) : known)
      out.text += fmt::format("{}: {}, {} of {} bytes, content {}\n", file.option, file.name, file.files == 1 ? "1 file" : fmt::format("{} files", file.files), file.bytes, file.hash);
  const std::vector<std::string> hashes = comm.allgather(read_there ? std::string() : content_hash(out.text.data(), out.text.size()));
  if (read_there) out.hash = hashes[first];
  return out;
}

}  // namespace teranga::train
