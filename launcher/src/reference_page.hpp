// SPDX-License-Identifier: Apache-2.0
// A page of sections with tables, as Markdown or as text for a terminal.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace teranga::launcher {

struct ReferenceCell {
  std::string text;
  bool code = false;  // something that can be typed
};

struct ReferenceSection {
  ReferenceSection(int heading_level, ReferenceCell title) : level(heading_level), heading(std::move(title)) {}

  int level;  // of the heading, from 1
  ReferenceCell heading;
  std::vector<std::string> paragraphs;
  std::vector<std::string> head;  // of the table
  std::vector<std::vector<ReferenceCell>> rows;
};

enum class PageFormat { markdown, text };

std::string page_text(const std::vector<ReferenceSection>& sections, PageFormat format);

}  // namespace teranga::launcher
