// SPDX-License-Identifier: Apache-2.0
#include "process_identity.hpp"

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
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
  return {host_name(), boot_id(), process_name_space(), process, stat_field(process, start_field)};
}

Life life_of(const ProcessIdentity& other) {
  const ProcessIdentity self = this_process();
  if (other.host != self.host) return Life::unknown;
  if (other.boot != self.boot) return Life::dead;  // the host has been restarted
  if (other.name_space != self.name_space) return Life::unknown;
  if (::kill(static_cast<pid_t>(other.process), 0) != 0 && errno == ESRCH) return Life::dead;
  // Ended, and only waiting for its parent to notice.
  if (const std::string state = stat_field(other.process, state_field); state == "Z" || state == "X") return Life::dead;
  const std::string started = stat_field(other.process, start_field);
  return started != unknown && started != other.started ? Life::dead : Life::alive;
}

std::string to_line(const ProcessIdentity& identity) {
  return fmt::format("{} {} {} {} {}", identity.host, identity.boot, identity.name_space, identity.process, identity.started);
}

std::optional<ProcessIdentity> from_line(const std::string& line) {
  ProcessIdentity identity;
  std::istringstream parts(line);
  parts >> identity.host >> identity.boot >> identity.name_space >> identity.process >> identity.started;
  if (!parts || identity.process <= 0) return std::nullopt;
  return identity;
}

}  // namespace teranga::checkpoint
