// SPDX-License-Identifier: Apache-2.0
// The way to an object, link by link. Soft links may be followed: they name a place in the same file. Links to other files never are.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "object.hpp"

namespace teranga::h5 {
namespace {

constexpr int most_soft_links = 16;           // on the way to one object
constexpr std::size_t longest_link = 1 << 16;  // bytes

// What a soft link or a link to another file says; empty where it cannot be read.
std::vector<char> value_of_link(hid_t file, const std::string& path, std::size_t size) {
  if (size == 0 || size > longest_link) return {};
  std::vector<char> value(size + 1, '\0');
  if (H5Lget_val(file, path.c_str(), value.data(), size, H5P_DEFAULT) < 0) value.clear();
  H5Eclear2(H5E_DEFAULT);
  return value;
}

std::string external_words(hid_t file, const std::string& path, std::size_t size) {
  const std::vector<char> value = value_of_link(file, path, size);
  unsigned flags = 0;
  const char* other = nullptr;
  const char* object = nullptr;
  if (value.empty() || H5Lunpack_elink_val(value.data(), size, &flags, &other, &object) < 0) {
    H5Eclear2(H5E_DEFAULT);
    return "a link to another file";
  }
  return fmt::format("a link to another file ('{}' in '{}')", object, other);
}

// The parts of a soft link: "." is its own group. False where it leads upwards, which HDF5 does not know.
bool parts_of_link(const std::string& text, std::vector<std::string>& parts) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    std::string part = text.substr(begin, end - begin);
    if (part == "..") return false;
    if (!part.empty() && part != ".") parts.push_back(std::move(part));
    begin = end + 1;
  }
  return true;
}

}  // namespace

Found find(hid_t file, const std::string& path, SoftLinks soft) {
  std::vector<std::string> left = parts_of(path);
  std::reverse(left.begin(), left.end());  // the next part is the last one
  std::string whole, followed;
  int links = 0;
  while (!left.empty()) {
    const std::string next = whole + "/" + left.back();
    left.pop_back();
    if (H5Lexists(file, next.c_str(), H5P_DEFAULT) <= 0) {
      H5Eclear2(H5E_DEFAULT);
      return followed.empty() ? Found{} : Found{true, fmt::format("a soft link to '{}', where nothing is", followed)};
    }
    H5L_info_t link;
    if (H5Lget_info(file, next.c_str(), &link, H5P_DEFAULT) < 0) return {true, hdf5_reason()};
    if (link.type == H5L_TYPE_HARD) {
      whole = next;
      continue;
    }
    if (link.type == H5L_TYPE_EXTERNAL) return {true, external_words(file, next, link.u.val_size)};
    if (link.type != H5L_TYPE_SOFT) return {true, "a link of unknown kind"};
    if (soft == SoftLinks::refused) return {true, "a soft link"};
    if (++links > most_soft_links) return {true, fmt::format("a chain of more than {} soft links, or a circle of them", most_soft_links)};
    const std::vector<char> value = value_of_link(file, next, link.u.val_size);
    followed = value.empty() ? "" : value.data();
    std::vector<std::string> parts;
    if (followed.empty() || !parts_of_link(followed, parts)) return {true, fmt::format("a soft link to '{}', which is no name", followed)};
    if (followed.front() == '/') whole.clear();
    left.insert(left.end(), parts.rbegin(), parts.rend());
  }
  return {true, {}, whole.empty() ? "/" : whole};
}

}  // namespace teranga::h5
