// SPDX-License-Identifier: Apache-2.0
#include "object.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace teranga::h5 {
namespace {

// A chunk that was never written takes no room, so chunks of this many bytes are right in the smallest file.
constexpr std::uint64_t small_chunk = std::uint64_t{16} << 20;

std::string chunk_refusal(hid_t plist, std::size_t stored, std::uint64_t file_bytes, Child* child) {
  hsize_t chunk[H5S_MAX_RANK];
  const int rank = H5Pget_chunk(plist, H5S_MAX_RANK, chunk);
  if (rank < 1 || static_cast<std::size_t>(rank) != child->shape.size()) return "its chunks do not fit its shape";
  const std::vector<std::int64_t> extents(chunk, chunk + rank);
  if (!checked_bytes(extents, stored, &child->chunk_bytes)) return fmt::format("the shape of its chunks ({}) overflows", fmt::join(extents, ", "));
  if (child->chunk_bytes > small_chunk && child->chunk_bytes / most_packed > file_bytes)
    return fmt::format("its chunks ({}) claim {} bytes each, in a file of {}", fmt::join(extents, ", "), child->chunk_bytes, file_bytes);
  child->chunk_rows = std::clamp<std::int64_t>(extents[0], 1, std::max<std::int64_t>(1, child->shape[0]));
  return {};
}

std::string storage_refusal(hid_t set, std::size_t stored, std::uint64_t file_bytes, Child* set_child) {
  const Child& child = *set_child;
  const Handle plist(H5Dget_create_plist(set), H5Pclose);
  if (!plist) return hdf5_reason();
  const H5D_layout_t layout = H5Pget_layout(plist);
  if (layout == H5D_VIRTUAL) return "a virtual data set";
  if (layout == H5D_LAYOUT_ERROR) return hdf5_reason();
  if (H5Pget_external_count(plist) != 0) return "its data lie in another file";
  std::uint64_t on_disk = 0;
  std::uint64_t in_memory = 0;
  if (!checked_bytes(child.shape, stored, &on_disk) || !checked_bytes(child.shape, size_of(child.type), &in_memory))
    return fmt::format("its shape ({}) overflows", fmt::join(child.shape, ", "));
  if (layout == H5D_CHUNKED) {
    std::string refusal = chunk_refusal(plist, stored, file_bytes, set_child);
    if (!refusal.empty()) return refusal;
  }
  const bool plain = layout != H5D_CHUNKED && H5Dget_storage_size(set) != 0;
  set_child->packed = !plain && on_disk > 0;
  if (on_disk / (plain ? 1 : most_packed) > file_bytes)
    return fmt::format("its shape ({}) claims {} bytes, in a file of {}", fmt::join(child.shape, ", "), on_disk, file_bytes);
  return {};
}

void describe_set(hid_t set, std::uint64_t file_bytes, Child* child) {
  const Handle type(H5Dget_type(set), H5Tclose);
  const Handle space(H5Dget_space(set), H5Sclose);
  if (!type || !space) {
    child->reason = hdf5_reason();
    return;
  }
  child->reason = type_refusal(type, &child->type);
  if (!child->reason.empty()) return;
  const H5S_class_t extent = H5Sget_simple_extent_type(space);
  if (extent != H5S_SIMPLE && extent != H5S_SCALAR) {
    child->reason = "an empty data set, which has no elements and no shape";
    return;
  }
  hsize_t extents[H5S_MAX_RANK];
  const int rank = H5Sget_simple_extent_dims(space, extents, nullptr);
  for (int axis = 0; axis < rank; ++axis) {
    if (extents[axis] > static_cast<hsize_t>(INT64_MAX)) {
      child->reason = "its shape overflows";
      return;
    }
    child->shape.push_back(static_cast<std::int64_t>(extents[axis]));
  }
  child->reason = storage_refusal(set, H5Tget_size(type), file_bytes, child);
  if (!child->reason.empty()) return;
  child->kind = Kind::data_set;
  // Where there is one place for all of its elements, and they lie there as they are wanted, they can be read without HDF5.
  const haddr_t place = H5Dget_offset(set);
  if (!child->packed && place != HADDR_UNDEF && H5Tequal(type, memory_type(child->type)) > 0) child->place = place;
  H5Eclear2(H5E_DEFAULT);
}

}  // namespace

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from <= path.size()) {
    const std::size_t to = std::min(path.find('/', from), path.size());
    std::string part = path.substr(from, to - from);
    if (part == "." || part == "..")
      throw Error(ExitCode::usage, fmt::format("HDF5 name '{}': wanted names between slashes, found a '{}' part", path, part));
    if (!part.empty()) parts.push_back(std::move(part));
    from = to + 1;
  }
  return parts;
}

std::string absolute(const std::string& path) {
  std::string whole;
  for (const std::string& part : parts_of(path)) whole += "/" + part;
  return whole.empty() ? "/" : whole;
}

Child describe_object(hid_t file, const std::string& path, std::uint64_t file_bytes, SoftLinks soft) {
  Child child;
  const std::vector<std::string> parts = parts_of(path);
  if (!parts.empty()) child.name = parts.back();
  const Found found = find(file, path, soft);
  if (!found.exists || !found.refused.empty()) {
    child.reason = found.exists ? found.refused : "there is no such object";
    return child;
  }
  const Handle object(H5Oopen(file, found.path.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object) {
    child.reason = hdf5_reason();
    return child;
  }
  H5O_info_t info;
  if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0) {
    child.reason = hdf5_reason();
    return child;
  }
  child.address = info.addr;
  const H5I_type_t kind = H5Iget_type(object);
  if (kind == H5I_GROUP) {
    child.kind = Kind::group;
  } else if (kind == H5I_DATASET) {
    describe_set(object, file_bytes, &child);
  } else {
    child.reason = "neither a group nor a data set";
  }
  return child;
}

bool checked_bytes(const std::vector<std::int64_t>& shape, std::size_t element, std::uint64_t* bytes) {
  std::uint64_t all = element;
  bool empty = false;
  for (const std::int64_t extent : shape) {
    if (extent < 0) return false;
    if (extent == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(all, static_cast<std::uint64_t>(extent), &all)) {
      return false;
    }
  }
  if (all > static_cast<std::uint64_t>(INT64_MAX)) return false;
  *bytes = empty ? 0 : all;
  return true;
}

hid_t memory_type(Type type) {
  switch (type) {
    case Type::f32:
      return H5T_NATIVE_FLOAT;
    case Type::f64:
      return H5T_NATIVE_DOUBLE;
    case Type::i32:
      return H5T_NATIVE_INT32;
    case Type::i64:
      return H5T_NATIVE_INT64;
    case Type::u8:
      return H5T_NATIVE_UINT8;
  }
  return -1;
}

hid_t disk_type(Type type) {
  switch (type) {
    case Type::f32:
      return H5T_IEEE_F32LE;
    case Type::f64:
      return H5T_IEEE_F64LE;
    case Type::i32:
      return H5T_STD_I32LE;
    case Type::i64:
      return H5T_STD_I64LE;
    case Type::u8:
      return H5T_STD_U8LE;
  }
  return -1;
}

const char* to_string(Type type) {
  constexpr const char* names[] = {"f32", "f64", "i32", "i64", "u8"};
  return names[static_cast<int>(type)];
}

}  // namespace teranga::h5
