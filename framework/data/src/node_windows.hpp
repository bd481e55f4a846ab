// SPDX-License-Identifier: Apache-2.0
// The memory of two windows that all ranks on a node read together, and what each rank tells the others of its progress: each reads its own part of every window
// into it, and takes rows from the whole. Ranks see each other through this memory alone; nobody calls MPI.
//
// Windows are numbered from 0 within a run, and lie in turn in the two halves. A rank that has ended its run leaves its parts to those who still need them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <teranga/core/error.hpp>
#include <teranga/tensor/node_memory.hpp>

namespace teranga::data {

constexpr std::size_t cache_line = 64;  // bytes
constexpr std::size_t in_whole_lines(std::size_t bytes) { return (bytes + cache_line - 1) / cache_line * cache_line; }

class NodeWindows {
 public:
  // All ranks on the node make it, with the same size, in the same order.
  NodeWindows(std::shared_ptr<NodeMemory> node, std::size_t window_bytes);

  int rank() const noexcept { return node_->process(); }  // among those of the node
  int ranks() const noexcept { return node_->processes(); }
  std::byte* memory(std::int64_t window) const noexcept;  // 64-byte aligned; after begin()

  // A run, that all ranks begin and end equally often, but not at the same time. begin() waits for the first rank on the node to make the memory; throws Error(failure)
  // where there is none.
  void begin();
  void end() noexcept;

  bool is_free(std::int64_t window) const noexcept;             // no rank needs what lay in its half before
  void wrote(std::int64_t window, int rank) noexcept;           // the part of that rank is there
  bool is_there(std::int64_t window, int rank) const noexcept;
  bool has_left(int rank) const noexcept;                       // it writes no more in this run
  void used_before(std::int64_t window) noexcept;               // this rank needs no earlier ones

  // What this rank met as it read its part: check() throws it on the others.
  void failed(std::int64_t window, const Error& error) noexcept;
  void check(std::int64_t window) const;

 private:
  struct Header;
  struct Rank;
  Rank& at(int rank) const noexcept;
  Header& header() const noexcept { return *static_cast<Header*>(memory_.get()); }
  std::size_t header_bytes() const noexcept;
  std::uint64_t tag(std::int64_t window) const noexcept { return run_ << 32 | static_cast<std::uint32_t>(window); }

  std::shared_ptr<NodeMemory> node_;
  const std::int64_t number_;
  const std::size_t window_bytes_;
  std::shared_ptr<void> memory_;
  std::uint64_t run_ = 0;  // so far
};

}  // namespace teranga::data
