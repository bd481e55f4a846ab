// SPDX-License-Identifier: Apache-2.0
// Lists and numbers; attribute.cpp holds the attributes.
#include "hdf5_content.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <span>

#include "object.hpp"

namespace teranga::h5 {
namespace {

struct Opened {
  Handle set;
  Handle space;
};

Opened open_set(hid_t file, const std::string& who, const std::string& path) {
  const Found found = find(file, path, SoftLinks::followed);
  if (!found.exists || !found.refused.empty()) throw Error(ExitCode::data, fmt::format("{}: cannot open data set '{}'", who, path));
  // Whoever reads here takes many rows at once: a cache of chunks would be one more copy. (What is packed is unpacked all the same.)
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  if (!access || H5Pset_chunk_cache(access, H5D_CHUNK_CACHE_NSLOTS_DEFAULT, 0, H5D_CHUNK_CACHE_W0_DEFAULT) < 0) fail(ExitCode::failure, who, "cannot prepare to read");
  Handle set(H5Dopen2(file, found.path.c_str(), access), H5Dclose);
  if (!set) fail(ExitCode::data, who, fmt::format("cannot open data set '{}'", path));
  Handle space(H5Dget_space(set), H5Sclose);
  if (!space) fail(ExitCode::data, who, fmt::format("cannot open data set '{}'", path));
  return {std::move(set), std::move(space)};
}

// As what libhdf5 is asked for the elements: unsigned ones of 64 bits would become the largest signed ones where they do not fit.
hid_t asked_type(const Opened& opened, Type type, bool& checked) {
  const Handle stored(H5Dget_type(opened.set), H5Tclose);
  const bool enumeration = stored && H5Tget_class(stored) == H5T_ENUM;
  const Handle base(enumeration ? H5Tget_super(stored) : H5Tcopy(stored), H5Tclose);
  checked = type == Type::i64 && base && H5Tget_class(base) == H5T_INTEGER && H5Tget_size(base) == 8 && H5Tget_sign(base) == H5T_SGN_NONE;
  return checked ? H5T_NATIVE_UINT64 : memory_type(type);
}

void check_unsigned(const std::string& who, const std::string& path, const void* elements, std::size_t bytes) {
  const std::span<const std::uint64_t> numbers(static_cast<const std::uint64_t*>(elements), bytes / sizeof(std::uint64_t));
  const auto large = std::find_if(numbers.begin(), numbers.end(), [](std::uint64_t number) { return number > static_cast<std::uint64_t>(INT64_MAX); });
  if (large != numbers.end()) throw Error(ExitCode::data, fmt::format("{}: data set '{}': wanted whole numbers of 63 bits, found {}", who, path, *large));
}

}  // namespace

bool Hdf5Content::has(const std::string& path) const {
  start_call();
  const Found found = find(id_, path);
  return found.exists && found.refused.empty();
}

std::vector<Child> Hdf5Content::list(const std::string& group) const {
  start_call();
  const Child self = describe_object(id_, group, bytes_);
  if (self.kind != Kind::group)
    throw Error(ExitCode::data,
                fmt::format("{}: '{}': wanted a group, found {}", who_, group, self.reason.empty() ? "a data set" : self.reason));
  const Handle id(H5Gopen2(id_, absolute(group).c_str(), H5P_DEFAULT), H5Gclose);
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
    static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  if (!id || H5Literate(id, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names) < 0)
    fail(ExitCode::data, who_, fmt::format("cannot list '{}'", group));
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    throw Error(ExitCode::data, fmt::format("{}: '{}': damaged: it has two members named '{}'", who_, group, *twice));
  std::vector<Child> children;
  children.reserve(names.size());
  for (const std::string& name : names) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
      children.emplace_back();
      children.back().name = name;
      children.back().reason = "a name that is no name";
    } else {
      children.push_back(describe_object(id_, fmt::format("{}/{}", group, name), bytes_));
    }
  }
  return children;
}

Child Hdf5Content::describe(const std::string& path) const {
  start_call();
  return describe_object(id_, path, bytes_, SoftLinks::followed);
}

void Hdf5Content::read(const Child& child, const std::string& path, Type type, RowRange rows, void* to, std::size_t bytes) const {
  start_call();
  const Opened opened = open_set(id_, who_, path);
  bool checked = false;
  const hid_t asked = asked_type(opened, type, checked);
  if (rows.count < 0) {
    if (H5Dread(opened.set, asked, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0) fail(ExitCode::data, who_, fmt::format("cannot read data set '{}'", path));
  } else {
    std::vector<hsize_t> start(child.shape.size(), 0);
    std::vector<hsize_t> extent(child.shape.begin(), child.shape.end());
    start.at(0) = static_cast<hsize_t>(rows.first);
    extent[0] = static_cast<hsize_t>(rows.count);
    const Handle memory(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
    if (!memory || H5Sselect_hyperslab(opened.space, H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) < 0 ||
        H5Dread(opened.set, asked, memory, opened.space, H5P_DEFAULT, to) < 0)
      fail(ExitCode::data, who_, fmt::format("cannot read rows {} to {} of data set '{}'", rows.first, rows.first + rows.count - 1, path));
  }
  if (checked) check_unsigned(who_, path, to, bytes);
}

}  // namespace teranga::h5
