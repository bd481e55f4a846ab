// SPDX-License-Identifier: Apache-2.0
// Scalar attributes are read, strings of fixed and of variable length, and lists of strings of fixed length.
#include <fmt/core.h>

#include <algorithm>

#include "hdf5_content.hpp"
#include "object.hpp"

namespace teranga::h5 {
namespace {

constexpr std::size_t longest_fixed = 1U << 16;  // bytes: an attribute's limit in the format

// Up to its first zero byte, without blanks that only fill it.
std::string fixed_text(hid_t stored, const char* bytes, std::size_t size) {
  std::string text(bytes, std::find(bytes, bytes + size, '\0'));
  if (H5Tget_strpad(stored) == H5T_STR_SPACEPAD) text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

// False where it is no text; a wrong read is one too.
bool read_text(hid_t attribute, hid_t stored, std::string* text) {
  const htri_t variable = H5Tis_variable_str(stored);
  if (variable < 0) return false;
  if (variable > 0) {
    const Handle type(H5Tcopy(stored), H5Tclose);
    char* bytes = nullptr;
    if (!type || H5Aread(attribute, type, &bytes) < 0) return false;
    if (bytes != nullptr) *text = bytes;
    H5free_memory(bytes);
    return true;
  }
  const std::size_t size = H5Tget_size(stored);
  if (size == 0 || size > longest_fixed) return false;
  std::string bytes(size, '\0');
  if (H5Aread(attribute, stored, bytes.data()) < 0) return false;
  *text = fixed_text(stored, bytes.data(), size);
  return true;
}

bool read_texts(hid_t attribute, hid_t stored, std::size_t count, std::vector<std::string>* texts) {
  const std::size_t size = H5Tget_class(stored) == H5T_STRING && H5Tis_variable_str(stored) == 0 ? H5Tget_size(stored) : 0;
  if (size == 0 || size > longest_fixed || count > longest_fixed / size) return false;
  std::string bytes(size * count, '\0');
  if (H5Aread(attribute, stored, bytes.data()) < 0) return false;
  for (std::size_t i = 0; i < count; ++i) texts->push_back(fixed_text(stored, bytes.data() + i * size, size));
  return true;
}

bool read_attribute(hid_t attribute, Attribute* value) {
  const Handle stored(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  const hssize_t count = stored && space ? H5Sget_simple_extent_npoints(space) : 0;
  if (count == 0) return false;
  if (H5Sget_simple_extent_ndims(space) == 1 && H5Tget_class(stored) == H5T_STRING) {
    std::vector<std::string> texts;
    if (!read_texts(attribute, stored, static_cast<std::size_t>(count), &texts)) return false;
    *value = std::move(texts);
    return true;
  }
  if (count != 1) return false;
  switch (H5Tget_class(stored)) {
    case H5T_INTEGER: {
      std::int64_t number = 0;
      if (H5Aread(attribute, H5T_NATIVE_INT64, &number) < 0) return false;
      *value = number;
      return true;
    }
    case H5T_FLOAT: {
      double number = 0;
      if (H5Aread(attribute, H5T_NATIVE_DOUBLE, &number) < 0) return false;
      *value = number;
      return true;
    }
    case H5T_STRING: {
      std::string text;
      if (!read_text(attribute, stored, &text)) return false;
      *value = std::move(text);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

Handle open_object(hid_t file, const std::string& who, const std::string& object) {
  const Found found = find(file, object);
  if (!found.exists || !found.refused.empty())
    throw Error(ExitCode::data, fmt::format("{}: '{}': wanted a group or data set, found {}", who, object,
                                            found.exists ? found.refused : "no such object"));
  Handle id(H5Oopen(file, absolute(object).c_str(), H5P_DEFAULT), H5Oclose);
  if (!id) fail(ExitCode::data, who, fmt::format("cannot open '{}'", object));
  return id;
}

bool Hdf5Content::has_attribute(const std::string& object, const std::string& name) const {
  start_call();
  const Handle id = open_object(id_, who_, object);
  return H5Aexists(id, name.c_str()) > 0;
}

Attribute Hdf5Content::attribute(const std::string& object, const std::string& name) const {
  start_call();
  const Handle id = open_object(id_, who_, object);
  const Handle attribute(H5Aopen(id, name.c_str(), H5P_DEFAULT), H5Aclose);
  Attribute value;
  if (!attribute || !read_attribute(attribute, &value))
    fail(ExitCode::data, who_, fmt::format("cannot read attribute '{}' of '{}' as a number or text", name, object));
  return value;
}

std::vector<NamedAttribute> Hdf5Content::attributes(const std::string& object) const {
  start_call();
  const Handle id = open_object(id_, who_, object);
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* to) -> herr_t {
    static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  hsize_t from = 0;
  if (H5Aiterate2(id, H5_INDEX_NAME, H5_ITER_NATIVE, &from, add, &names) < 0)
    fail(ExitCode::data, who_, fmt::format("cannot list the attributes of '{}'", object));
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    throw Error(ExitCode::data, fmt::format("{}: '{}': damaged: it has two attributes named '{}'", who_, object, *twice));
  std::vector<NamedAttribute> all;
  for (std::string& name : names) {
    const Handle attribute(H5Aopen(id, name.c_str(), H5P_DEFAULT), H5Aclose);
    Attribute value;
    if (attribute && read_attribute(attribute, &value)) all.push_back({std::move(name), std::move(value)});
  }
  return all;
}

}  // namespace teranga::h5
