// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/spoken_name.hpp>

#include <mutex>
#include <utility>

namespace teranga {
namespace {

struct Spoken {
  std::mutex mutex;
  std::string path, name;
};

Spoken& spoken() {
  static Spoken* instance = new Spoken;  // lives to the end of the process, as the log does
  return *instance;
}

}  // namespace

SpokenName::SpokenName(std::string path, std::string name) {
  std::lock_guard lock(spoken().mutex);
  spoken().path = std::move(path), spoken().name = std::move(name);
}

SpokenName::~SpokenName() {
  std::lock_guard lock(spoken().mutex);
  spoken().path.clear(), spoken().name.clear();
}

std::string with_replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = from.empty() ? text.npos : text.find(from); at != text.npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

std::string with_spoken_name(std::string text) {
  std::lock_guard lock(spoken().mutex);
  return with_replaced(std::move(text), spoken().path, spoken().name);
}

}  // namespace teranga
