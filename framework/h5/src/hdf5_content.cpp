// SPDX-License-Identifier: Apache-2.0
// Lists and numbers; attribute.cpp holds the attributes.
#include "hdf5_content.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "object.hpp"

namespace teranga::h5 {
namespace {

struct Opened {
  Handle set;
  Handle space;
};

Opened open_set(hid_t file, const std::string& who, const std::string& path) {
  // Whoever reads here takes many rows at once: a cache of chunks would be one more copy. (What is packed is unpacked all the same.)
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  if (!access || H5Pset_chunk_cache(access, H5D_CHUNK_CACHE_NSLOTS_DEFAULT, 0, H5D_CHUNK_CACHE_W0_DEFAULT) < 0) fail(ExitCode::failure, who, "cannot prepare to read");
  Handle set(H5Dopen2(file, absolute(path).c_str(), access), H5Dclose);
  if (!set) fail(ExitCode::data, who, fmt::format("cannot open data set '{}'", path));
  Handle space(H5Dget_space(set), H5Sclose);
  if (!space) fail(ExitCode::data, who, fmt::format("cannot open data set '{}'", path));
  return {std::move(set), std::move(space)};
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
      children.push_back(describe_object(id_, group + "/" + name, bytes_));
    }
  }
  return children;
}

Child Hdf5Content::describe(const std::string& path) const {
  start_call();
  return describe_object(id_, path, bytes_);
}

void Hdf5Content::read(const Child& child, const std::string& path, Type type, RowRange rows, void* to, std::size_t) const {
  start_call();
  const Opened opened = open_set(id_, who_, path);
  if (rows.count < 0) {
    if (H5Dread(opened.set, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0) fail(ExitCode::data, who_, fmt::format("cannot read data set '{}'", path));
    return;
  }
  std::vector<hsize_t> start(child.shape.size(), 0);
  std::vector<hsize_t> extent(child.shape.begin(), child.shape.end());
  start.at(0) = static_cast<hsize_t>(rows.first);
  extent[0] = static_cast<hsize_t>(rows.count);
  const Handle memory(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
  if (!memory || H5Sselect_hyperslab(opened.space, H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) < 0 ||
      H5Dread(opened.set, memory_type(type), memory, opened.space, H5P_DEFAULT, to) < 0)
    fail(ExitCode::data, who_, fmt::format("cannot read rows {} to {} of data set '{}'", rows.first, rows.first + rows.count - 1, path));
}

}  // namespace teranga::h5
