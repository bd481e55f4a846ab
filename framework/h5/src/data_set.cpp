// SPDX-License-Identifier: Apache-2.0
// Numbers in and out.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "content.hpp"
#include "object.hpp"
#include "pieces.hpp"
#include "teranga/h5/file.hpp"

namespace teranga::h5 {
namespace {

void check_room(const std::string& who, const std::string& path, const std::vector<std::int64_t>& shape, Type type, std::size_t bytes) {
  std::uint64_t wanted = 0;
  if (!checked_bytes(shape, size_of(type), &wanted) || wanted != bytes)
    throw Error(ExitCode::failure, fmt::format("{}: data set '{}' of shape ({}) as {}: wanted room for {} bytes, found {}", who, path,
                                               fmt::join(shape, ", "), to_string(type), wanted, bytes));
}

void check_rows(const std::string& who, const std::string& path, const Child& child, std::int64_t least, std::int64_t most) {
  if (child.shape.empty()) throw Error(ExitCode::data, fmt::format("{}: data set '{}' is a scalar: it has no rows", who, path));
  if (least < 0 || most >= child.shape[0])
    throw Error(ExitCode::data, fmt::format("{}: data set '{}' has {} rows: wanted rows {} to {}", who, path, child.shape[0], least, most));
}

}  // namespace

Child File::describe(const std::string& data_set) const {
  Child child = content_->describe(data_set);
  if (child.kind != Kind::data_set)
    throw Error(ExitCode::data, fmt::format("{}: '{}': wanted a data set of numbers, found {}", who_, data_set, child.reason.empty() ? "a group" : child.reason),
                child.reason.starts_with("text of") ? "in Python: names, numbers = np.unique(texts, return_inverse=True); numbers is a data set of numbers, in the order of names" : "");
  return child;
}

void File::read(const std::string& data_set, Type type, void* to, std::size_t bytes) const {
  const Child child = describe(data_set);
  check_room(who_, data_set, child.shape, type, bytes);
  if (bytes == 0) return;
  content_->read(child, data_set, type, {}, to, bytes);
  require_unchanged();
}

void File::read_rows(const std::string& data_set, Type type, std::int64_t first, std::int64_t count, void* to, std::size_t bytes) const {
  const Child child = describe(data_set);
  if (count < 0 || first < 0 || count > INT64_MAX - first) check_rows(who_, data_set, child, -1, -1);
  if (count > 0 || child.shape.empty()) check_rows(who_, data_set, child, first, first + count - 1);
  std::vector<std::int64_t> shape = child.shape;
  shape[0] = count;
  check_room(who_, data_set, shape, type, bytes);
  if (bytes == 0) return;
  content_->read(child, data_set, type, {first, count}, to, bytes);
  require_unchanged();
}

void File::read_rows(const std::string& data_set, Type type, std::span<const std::int64_t> rows, void* to, std::size_t bytes) const {
  const Child child = describe(data_set);
  if (child.shape.empty()) check_rows(who_, data_set, child, 0, 0);
  if (!rows.empty()) {
    const auto [least, most] = std::minmax_element(rows.begin(), rows.end());
    check_rows(who_, data_set, child, *least, *most);
  }
  std::vector<std::int64_t> shape = child.shape;
  shape[0] = static_cast<std::int64_t>(rows.size());
  check_room(who_, data_set, shape, type, bytes);
  if (bytes == 0) return;
  const std::size_t row_bytes = bytes / rows.size();
  // Runs of neighbours are read at once: a selection of many single rows costs HDF5 more than the calls do.
  for (std::size_t from = 0; from < rows.size();) {
    std::size_t run = 1;
    while (from + run < rows.size() && rows[from + run] == rows[from] + static_cast<std::int64_t>(run)) ++run;
    content_->read(child, data_set, type, {rows[from], static_cast<std::int64_t>(run)}, static_cast<std::byte*>(to) + from * row_bytes, run * row_bytes);
    from += run;
  }
  require_unchanged();
}

void File::write(const std::string& data_set, Type type, const std::vector<std::int64_t>& shape, const void* from) {
  require_built(fmt::format("data set '{}'", data_set));
  start_call();
  put(data_set, {disk_type(type), memory_type(type), size_of(type)}, shape, from);
}

void File::write_texts(const std::string& data_set, const std::vector<std::string>& texts) {
  require_built(fmt::format("data set '{}'", data_set));
  start_call();
  std::size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  std::string cells(texts.size() * longest, '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) cells.replace(i * longest, texts[i].size(), texts[i]);
  const Handle type = text_type(longest);
  if (!type || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0) fail(ExitCode::failure, who_, fmt::format("cannot make data set '{}'", data_set));
  put(data_set, {type, type, longest}, {static_cast<std::int64_t>(texts.size())}, cells.data());
}

void File::put(const std::string& data_set, const Elements& elements, const std::vector<std::int64_t>& shape, const void* from) {
  std::uint64_t bytes = 0;
  const std::vector<std::string> parts = parts_of(data_set);
  if (parts.empty() || !checked_bytes(shape, elements.bytes, &bytes) || shape.size() > H5S_MAX_RANK)
    throw Error(ExitCode::failure, fmt::format("{}: data set '{}' of shape ({}): wanted a name and a shape that fits memory", who_,
                                               data_set, fmt::join(shape, ", ")));
  const std::string whole = absolute(data_set);
  const std::string group = whole.substr(0, whole.rfind('/'));
  make_group(group);
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  const Handle space(shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), extents.data(), nullptr),
                     H5Sclose);
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (!space || !creation || H5Pset_obj_track_times(creation, false) < 0 || H5Pset_layout(creation, H5D_CONTIGUOUS) < 0)
    fail(ExitCode::failure, who_, fmt::format("cannot make data set '{}'", data_set));
  const Handle set(H5Dcreate2(id_, whole.c_str(), elements.disk, space, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
  if (!set) fail(ExitCode::failure, who_, fmt::format("cannot make data set '{}'", data_set));
  if (bytes != 0 && H5Dwrite(set, elements.memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, from) < 0)
    fail(ExitCode::failure, who_, fmt::format("cannot write data set '{}'", data_set));
}

void File::write_lent(const std::string& data_set, Type type, const std::vector<std::int64_t>& shape, const void* from) {
  require_built(fmt::format("data set '{}'", data_set));
  struct Loan {
    PieceMemory& memory;
    ~Loan() { memory.lend({}); }
  } const loan{*memory_};
  std::uint64_t bytes = 0;
  if (checked_bytes(shape, size_of(type), &bytes)) memory_->lend({static_cast<const std::byte*>(from), static_cast<std::size_t>(bytes)});
  write(data_set, type, shape, from);
}

}  // namespace teranga::h5
