// SPDX-License-Identifier: Apache-2.0
#include "result_lines.hpp"

#include <cerrno>

#include <unistd.h>

namespace teranga::conformance {
namespace {

void append_escaped(std::string& line, std::string_view field) {
  for (const char c : field) {
    if (c == '\\') line += "\\\\";
    else if (c == '\t') line += "\\t";
    else if (c == '\n') line += "\\n";
    else line += c;
  }
}

}  // namespace

void write_line(int descriptor, const std::vector<std::string>& fields) noexcept {
  try {
    std::string line;
    for (const std::string& field : fields) {
      if (!line.empty()) line += '\t';
      append_escaped(line, field);
    }
    line += '\n';
    for (std::string_view rest = line; !rest.empty();) {
      const ssize_t count = ::write(descriptor, rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
  } catch (...) {  // no memory
  }
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\t') {
      fields.emplace_back();
    } else if (line[i] == '\\' && i + 1 < line.size()) {
      const char next = line[++i];
      fields.back() += next == 't' ? '\t' : next == 'n' ? '\n' : next;
    } else {
      fields.back() += line[i];
    }
  }
  return fields;
}

void write_finding(int descriptor, const Finding& finding) noexcept {
  try {
    write_line(descriptor, {finding_line, to_string(finding.severity), finding.rule, finding.item, finding.text, finding.where, finding.mend});
  } catch (...) {  // no memory
  }
}

std::optional<Finding> finding_of(const std::vector<std::string>& fields) {
  if (fields.size() != 7 || fields[0] != finding_line) return std::nullopt;
  const Severity severity = fields[1] == to_string(Severity::note) ? Severity::note : fields[1] == to_string(Severity::warning) ? Severity::warning : Severity::error;
  return Finding{severity, fields[2], fields[3], fields[4], fields[5], fields[6]};
}

}  // namespace teranga::conformance
