// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/cpu_kind.hpp>

#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

namespace teranga {
namespace {

// Of the first processor: /proc/cpuinfo has a block for each.
std::map<std::string, std::string> first_processor() {
  std::map<std::string, std::string> out;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const std::size_t end = line.find_last_not_of(" \t", colon - 1), begin = line.find_first_not_of(' ', colon + 1);
    out[line.substr(0, end == line.npos ? 0 : end + 1)] = begin == line.npos ? "" : line.substr(begin);
  }
  return out;
}

// Those that decide which code computes.
bool counts(std::string_view flag) {
  for (const std::string_view begin : {"sse4", "avx", "amx", "fma", "f16c", "asimd", "sve", "sme", "bf16", "i8mm"})
    if (flag.starts_with(begin)) return true;
  return false;
}

}  // namespace

std::string cpu_kind() {
  const std::map<std::string, std::string> facts = first_processor();
  const auto fact = [&](const char* name) {
    const auto at = facts.find(name);
    return at == facts.end() ? std::string() : at->second;
  };
  std::string out = fact("vendor_id");
  if (out.empty()) out = fact("CPU implementer");
  for (const auto& [name, spoken] : {std::pair{"cpu family", "family"}, std::pair{"model", "model"}, std::pair{"CPU part", "part"}})
    if (const std::string value = fact(name); !value.empty()) out.append(" ").append(spoken).append(" ").append(value);
  std::istringstream flags(fact("flags") + " " + fact("Features"));
  std::string used;
  for (std::string flag; flags >> flag;)
    if (counts(flag)) used.append(used.empty() ? "" : " ").append(flag);
  if (out.empty()) return "unknown";
  return used.empty() ? out : out + " (" + used + ")";
}

}  // namespace teranga
