// SPDX-License-Identifier: Apache-2.0
// Scalar attributes. Strings are written with variable length; both kinds are read.
#include <fmt/core.h>

#include <algorithm>

#include "object.hpp"
#include "teranga/h5/file.hpp"

namespace teranga::h5 {
namespace {

constexpr std::size_t longest_fixed = 1U << 16;  // bytes: an attribute's limit in the format

Handle text_type(std::size_t size) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  if (!type || H5Tset_size(type, size) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) return {-1, H5Tclose};
  return type;
}

Handle open_object(hid_t file, const std::string& who, const std::string& object) {
  const Found found = find(file, object);
  if (!found.exists || !found.refused.empty())
    throw Error(ExitCode::data, fmt::format("{}: '{}': wanted a group or data set, found {}", who, object,
                                            found.exists ? found.refused : "no such object"));
  Handle id(H5Oopen(file, absolute(object).c_str(), H5P_DEFAULT), H5Oclose);
  if (!id) fail(ExitCode::data, who, fmt::format("cannot open '{}'", object));
  return id;
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
  text->assign(size, '\0');
  if (H5Aread(attribute, stored, text->data()) < 0) return false;
  text->resize(std::min(text->find('\0'), size));
  if (H5Tget_strpad(stored) == H5T_STR_SPACEPAD) text->resize(text->find_last_not_of(' ') + 1);
  return true;
}

bool read_attribute(hid_t attribute, Attribute* value) {
  const Handle stored(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  if (!stored || !space || H5Sget_simple_extent_npoints(space) != 1) return false;
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

herr_t write_attribute(hid_t object, const std::string& name, hid_t disk, hid_t memory, const void* value) {
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  if (!space || disk < 0) return -1;
  const Handle attribute(H5Acreate2(object, name.c_str(), disk, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute ? H5Awrite(attribute, memory, value) : -1;
}

}  // namespace

void File::set_attribute(const std::string& object, const std::string& name, const Attribute& value) {
  start_call();
  const Handle id = open_object(id_, who_, object);
  herr_t code = -1;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    code = write_attribute(id, name, H5T_STD_I64LE, H5T_NATIVE_INT64, integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    code = write_attribute(id, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, real);
  } else {
    const auto& text = std::get<std::string>(value);
    if (text.find('\0') != std::string::npos)
      throw Error(ExitCode::failure, fmt::format("{}: attribute '{}' of '{}': wanted text, found a zero byte in it", who_, name, object));
    const char* bytes = text.c_str();
    const Handle type = text_type(H5T_VARIABLE);
    code = write_attribute(id, name, type, type, &bytes);
  }
  if (code < 0) fail(ExitCode::failure, who_, fmt::format("cannot write attribute '{}' of '{}'", name, object));
}

bool File::has_attribute(const std::string& object, const std::string& name) const {
  start_call();
  const Handle id = open_object(id_, who_, object);
  return H5Aexists(id, name.c_str()) > 0;
}

Attribute File::attribute(const std::string& object, const std::string& name) const {
  start_call();
  const Handle id = open_object(id_, who_, object);
  const Handle attribute(H5Aopen(id, name.c_str(), H5P_DEFAULT), H5Aclose);
  Attribute value;
  if (!attribute || !read_attribute(attribute, &value))
    fail(ExitCode::data, who_, fmt::format("cannot read attribute '{}' of '{}' as a number or text", name, object));
  return value;
}

std::vector<NamedAttribute> File::attributes(const std::string& object) const {
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
  std::vector<NamedAttribute> all;
  for (std::string& name : names) {
    const Handle attribute(H5Aopen(id, name.c_str(), H5P_DEFAULT), H5Aclose);
    Attribute value;
    if (attribute && read_attribute(attribute, &value)) all.push_back({std::move(name), std::move(value)});
  }
  return all;
}

}  // namespace teranga::h5
