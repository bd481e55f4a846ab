// SPDX-License-Identifier: Apache-2.0
#include "process_identity.hpp"

#include <fmt/core.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <teranga/core/hash.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace teranga::checkpoint {
namespace {

constexpr const char* unknown = "unknown";

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : unknown;
}

std::string boot_id() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id.empty() ? unknown : id;
}

std::string process_name_space() {
  std::error_code error;
  const auto target = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  return error ? unknown : target.string();
}

std::string user_name() {
  std::array<char, 4096> room;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, room.data(), room.size(), &found) == 0 && found && *found->pw_name) return found->pw_name;
  return fmt::format("{}", ::getuid());
}

// The id itself is not for everybody: machine-id(5).
std::string machine_hash() {
  std::string id;
  std::ifstream("/etc/machine-id") >> id;
  if (id.empty()) return {};
  id = "teranga run folder " + id;
  return content_hash(id.data(), id.size()).substr(0, 16);
}

// A blank, a percent sign and what is not printable, as % and two digits.
std::string one_word(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c > ' ' && c != '%' && c != 0x7F) out += c;
    else out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string plain_text(const std::string& word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    int code = 0;
    const bool coded = word[i] == '%' && i + 2 < word.size() && std::from_chars(&word[i + 1], &word[i] + 3, code, 16).ptr == &word[i] + 3;
    out += coded ? static_cast<char>(code) : word[i];
    i += coded ? 2 : 0;
  }
  return out;
}

constexpr int state_field = 3, start_field = 22;

// A field of /proc/<process>/stat; the second one, the command in brackets, may hold anything.
std::string stat_field(long process, int number) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string line;
  std::getline(file, line);
  const std::size_t after = line.rfind(')');
  if (after == std::string::npos) return unknown;
  std::istringstream fields(line.substr(after + 1));
  std::string field;
  for (int index = 3; index <= number; ++index) fields >> field;
  return fields ? field : unknown;
}

}  // namespace

ProcessIdentity this_process() {
  const long process = ::getpid();
  return {host_name(), boot_id(), process_name_space(), process, stat_field(process, start_field), user_name(), machine_hash(), own_job()};
}

Life life_of(const ProcessIdentity& other) {
  const ProcessIdentity self = this_process();
  const bool same_host = other.host == self.host, same_boot = other.boot == self.boot && (same_host || other.boot != unknown);
  if (!same_boot) {
    // The host has been restarted, unless it is another one of the same name.
    const bool same_machine = other.machine.empty() || other.machine == self.machine;
    return same_host && same_machine && other.boot != unknown && self.boot != unknown ? Life::dead : Life::unknown;
  }
  if (other.name_space != self.name_space) return Life::unknown;
  if (::kill(static_cast<pid_t>(other.process), 0) != 0 && errno == ESRCH) return Life::dead;
  // Ended, and only waiting for its parent to notice.
  if (const std::string state = stat_field(other.process, state_field); state == "Z" || state == "X") return Life::dead;
  const std::string started = stat_field(other.process, start_field);
  return started != unknown && started != other.started ? Life::dead : Life::alive;
}

std::string spoken(const ProcessIdentity& identity) {
  const std::string user = identity.user.empty() ? "" : fmt::format(" of user {}", identity.user), job = spoken(identity.job);
  return fmt::format("process {}{} on host {}{}", identity.process, user, identity.host, job.empty() ? "" : fmt::format(" ({})", job));
}

std::string to_line(const ProcessIdentity& identity) {
  std::string out = fmt::format("{} {} {} {} {}", identity.host, identity.boot, identity.name_space, identity.process, identity.started);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += fmt::format(" {}={}", name, one_word(value));
  };
  add("user", identity.user);
  add("machine", identity.machine);
  add("job-system", identity.job.system);
  add("job", identity.job.id);
  add("cluster", identity.job.cluster);
  if (identity.job.restarts > 0) add("restarts", fmt::format("{}", identity.job.restarts));
  return out;
}

std::optional<ProcessIdentity> from_line(const std::string& line) {
  ProcessIdentity identity;
  std::istringstream parts(line.substr(0, line.find('\n')));
  parts >> identity.host >> identity.boot >> identity.name_space >> identity.process >> identity.started;
  if (!parts || identity.process <= 0) return std::nullopt;
  for (std::string part; parts >> part;) {
    const std::size_t equals = part.find('=');
    if (equals == part.npos) continue;
    const std::string name = part.substr(0, equals), value = plain_text(part.substr(equals + 1));
    if (name == "user") identity.user = value;
    else if (name == "machine") identity.machine = value;
    else if (name == "job-system") identity.job.system = value;
    else if (name == "job") identity.job.id = value;
    else if (name == "cluster") identity.job.cluster = value;
    else if (name == "restarts") identity.job.restarts = std::atol(value.c_str());
  }
  return identity;
}

}  // namespace teranga::checkpoint
