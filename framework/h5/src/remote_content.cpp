// SPDX-License-Identifier: Apache-2.0
#include "remote_content.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <teranga/core/error.hpp>

#include "answers.hpp"

namespace teranga::h5 {
namespace {

Packet question(Question which) { return std::move(Packet().put(which)); }

// What `get` makes of an answer.
template <class Get>
auto taken_from(const std::string& who, const std::string& answer, Get&& get) {
  try {
    PacketReader reader(answer);
    return get(reader);
  } catch (const std::out_of_range&) {
    throw Error(ExitCode::data, fmt::format("{}: damaged: libhdf5 gave an answer that makes no sense", who));
  }
}

}  // namespace

RemoteContent::RemoteContent(int descriptor, std::uint64_t bytes, const std::string& who)
    : descriptor_(descriptor), bytes_(bytes), who_(who), process_(descriptor, bytes, who) {
  const std::string answer = process_.ask(question(Question::open).put(protocol).put(bytes).put(who));
  const auto spoken = taken_from(who_, answer, [](PacketReader& from) { return from.get<std::int64_t>(); });
  if (spoken != protocol)
    throw Error(ExitCode::failure, fmt::format("the program teranga-read-hdf5 is of another version of Teranga (protocol {}, wanted {})", spoken, protocol),
                whole_tree());
}

bool RemoteContent::has(const std::string& path) const {
  const std::string answer = process_.ask(question(Question::has).put(path));
  return taken_from(who_, answer, [](PacketReader& from) { return from.get<bool>(); });
}

std::vector<Child> RemoteContent::list(const std::string& group) const {
  const std::string answer = process_.ask(question(Question::list).put(group));
  std::vector<Child> children = taken_from(who_, answer, [](PacketReader& from) {
    std::vector<Child> all;
    for (auto count = from.get<std::uint64_t>(); count > 0; --count) all.push_back(get_child(from));
    return all;
  });
  for (const Child& child : children)
    if (child.kind == Kind::data_set) described_.emplace(group + "/" + child.name, child);
  return children;
}

Child RemoteContent::describe(const std::string& path) const {
  if (const auto known = described_.find(path); known != described_.end()) return known->second;
  const std::string answer = process_.ask(question(Question::describe).put(path));
  Child child = taken_from(who_, answer, get_child);
  if (child.kind == Kind::data_set) described_.emplace(path, child);
  return child;
}

// False where the numbers do not lie in the file as they are wanted.
bool RemoteContent::read_here(const Child& child, Type type, RowRange rows, void* to, std::size_t bytes) const {
  if (child.place == 0 || child.type != type) return false;
  std::uint64_t at = child.place;
  if (rows.count > 0) at += bytes / static_cast<std::uint64_t>(rows.count) * static_cast<std::uint64_t>(rows.first);
  if (at > bytes_ || bytes > bytes_ - at) throw Error(ExitCode::data, fmt::format("{}: damaged: its numbers lie beyond its end", who_));
  auto* out = static_cast<char*>(to);
  while (bytes > 0) {
    const ssize_t got = ::pread(descriptor_, out, std::min<std::size_t>(bytes, std::size_t{1} << 30), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw Error(ExitCode::data, fmt::format("{}: {}", who_, got == 0 ? "cut short while it was read" : fmt::format("cannot be read: {}", std::strerror(errno))));
    out += got;
    at += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

void RemoteContent::read(const Child& child, const std::string& path, Type type, RowRange rows, void* to, std::size_t bytes) const {
  if (read_here(child, type, rows, to, bytes)) return;
  process_.ask(question(Question::read).put(path).put(type).put(rows.first).put(rows.count), to, bytes);
}

bool RemoteContent::has_attribute(const std::string& object, const std::string& name) const {
  const std::string answer = process_.ask(question(Question::has_attribute).put(object).put(name));
  return taken_from(who_, answer, [](PacketReader& from) { return from.get<bool>(); });
}

Attribute RemoteContent::attribute(const std::string& object, const std::string& name) const {
  const std::string answer = process_.ask(question(Question::attribute).put(object).put(name));
  return taken_from(who_, answer, get_attribute);
}

void RemoteContent::end_reading() const { process_.ask(question(Question::close)); }

std::vector<NamedAttribute> RemoteContent::attributes(const std::string& object) const {
  const std::string answer = process_.ask(question(Question::attributes).put(object));
  return taken_from(who_, answer, [](PacketReader& from) {
    std::vector<NamedAttribute> all;
    for (auto count = from.get<std::uint64_t>(); count > 0; --count) {
      std::string name = from.text();
      all.push_back({std::move(name), get_attribute(from)});
    }
    return all;
  });
}

}  // namespace teranga::h5
