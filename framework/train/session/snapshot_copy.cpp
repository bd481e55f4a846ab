// SPDX-License-Identifier: Apache-2.0
#include "session/snapshot_copy.hpp"

#include <teranga/core/clones.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace teranga::train {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;
constexpr std::size_t block_bytes = std::size_t{1} << 15;  // is looked at, and then copied from the cache
constexpr std::uint32_t infinite = 0x7f800000u;            // the bits of f32; NaN is above

// A part of one tensor.
struct Piece {
  const std::byte* from;
  std::byte* to;  // null: not copied
  std::size_t bytes;
  std::size_t parameter;  // its number; none: not looked at
};
constexpr std::size_t none = SIZE_MAX;

TERANGA_CLONES std::uint32_t largest_magnitude(const std::uint32_t* bits, std::size_t count) {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, bits[i] & 0x7fffffffu);
  return largest;
}

class Pieces {
 public:
  void add(const TensorView& view, void* to, std::size_t parameter) {
    const std::size_t bytes = view.bytes();
    if (view.type != ElementType::f32) parameter = none;
    if (to == nullptr && parameter == none) return;
    for (std::size_t at = 0; at < bytes; at += piece_bytes)
      pieces_.push_back({static_cast<const std::byte*>(view.data) + at, to ? static_cast<std::byte*>(to) + at : nullptr, std::min(piece_bytes, bytes - at), parameter});
  }

  // The number of the first parameter that is not finite, or none.
  std::size_t run(Team& team) {
    std::atomic<std::size_t> first = none;
    team.for_each(static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t index, int) {
      const Piece& piece = pieces_[static_cast<std::size_t>(index)];
      bool finite = true;
      for (std::size_t at = 0; at < piece.bytes; at += block_bytes) {
        const std::size_t bytes = std::min(block_bytes, piece.bytes - at);
        if (piece.parameter != none) finite = finite && largest_magnitude(reinterpret_cast<const std::uint32_t*>(piece.from + at), bytes / sizeof(float)) < infinite;
        if (piece.to) std::memcpy(piece.to + at, piece.from + at, bytes);
      }
      if (finite) return;
      std::size_t known = first;
      while (piece.parameter < known && !first.compare_exchange_weak(known, piece.parameter)) {
      }
    });
    return first;
  }

 private:
  std::vector<Piece> pieces_;
};

void prepare(const std::vector<TensorView>& from, std::vector<NamedTensor>& to, Pieces& pieces, bool parameters = false) {
  to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (to[i].tensor.type() != from[i].type || to[i].tensor.shape() != from[i].shape || to[i].tensor.count() == 0) to[i].tensor = Tensor(from[i].type, from[i].shape);
    to[i].name = from[i].name;
    pieces.add(from[i], to[i].tensor.data(), parameters ? i : none);
  }
}

std::string name_of(const std::vector<TensorView>& parameters, std::size_t number) { return number == none ? std::string() : parameters[number].name; }

}  // namespace

std::string copy_tensors(const SnapshotViews& from, checkpoint::Snapshot& to, Team& team) {
  Pieces pieces;
  prepare(from.parameters, to.parameters, pieces, true);
  prepare(from.slots, to.slots, pieces);
  prepare(from.states, to.states, pieces);
  prepare(from.run, to.run, pieces);
  prepare(from.phases, to.phases, pieces);
  return name_of(from.parameters, pieces.run(team));
}

std::string first_not_finite(const std::vector<TensorView>& parameters, Team& team) {
  Pieces pieces;
  for (std::size_t i = 0; i < parameters.size(); ++i) pieces.add(parameters[i], nullptr, i);
  return name_of(parameters, pieces.run(team));
}

}  // namespace teranga::train
