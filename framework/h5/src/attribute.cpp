// SPDX-License-Identifier: Apache-2.0
// Attributes are written: numbers and strings of variable length are scalars, lists have strings of one fixed length.
#include <fmt/core.h>

#include <algorithm>

#include "hdf5_content.hpp"
#include "object.hpp"
#include "teranga/h5/file.hpp"

namespace teranga::h5 {
namespace {

herr_t write_attribute(hid_t object, const std::string& name, hid_t disk, hid_t memory, const void* value, const hsize_t* count = nullptr) {
  const Handle space(count ? H5Screate_simple(1, count, nullptr) : H5Screate(H5S_SCALAR), H5Sclose);
  if (!space || disk < 0) return -1;
  const Handle attribute(H5Acreate2(object, name.c_str(), disk, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute ? H5Awrite(attribute, memory, value) : -1;
}

}  // namespace

void File::set_attribute(const std::string& object, const std::string& name, const Attribute& value) {
  require_built(fmt::format("attribute '{}' of '{}'", name, object));
  start_call();
  const Handle id = open_object(id_, who_, object);
  herr_t code = -1;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    code = write_attribute(id, name, H5T_STD_I64LE, H5T_NATIVE_INT64, integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    code = write_attribute(id, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, real);
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    std::size_t longest = 1;
    for (const std::string& text : *texts) longest = std::max(longest, text.size());
    std::string bytes;
    for (const std::string& text : *texts) bytes.append(text).append(longest - text.size(), '\0');
    const Handle type = text_type(longest);
    const auto count = static_cast<hsize_t>(texts->size());
    code = write_attribute(id, name, type, type, bytes.data(), &count);
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

}  // namespace teranga::h5
