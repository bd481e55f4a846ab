// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/separator.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include <teranga/datasets/number_form.hpp>

namespace teranga::datasets {

namespace {

constexpr std::size_t most_records = 1000;
bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_end(char c) { return c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Two numbers or more with blanks between them, that are no number with blanks between thousands.
bool holds_several_numbers(std::string_view text) {
  if (text.find_first_of(" \t") == text.npos || how_written(text) != Written::no_number) return false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    if (how_written(text.substr(0, end)) == Written::no_number) return false;
    text = trimmed(text.substr(end));
  }
  return true;
}

// What a candidate makes of the sample.
struct Reading {
  char separator;
  std::vector<std::size_t> widths;  // cells of each record
  std::size_t strange = 0;          // cells that hold another candidate, or several numbers
  bool several_numbers = false;
  std::size_t names = 0;            // known names in the first record
  bool blanks_in_numbers = false;   // as between thousands
  bool numbers_alone = true;        // behind the first record

  bool consistent() const { return !widths.empty() && widths[0] > 1 && std::all_of(widths.begin(), widths.end(), [&](std::size_t w) { return w == widths[0]; }); }
  // The share of records of the commonest width above 1.
  double agreeing() const {
    std::map<std::size_t, std::size_t> counts;
    for (const std::size_t width : widths) ++counts[width];
    std::size_t most = 0;
    for (const auto& [width, count] : counts)
      if (width > 1) most = std::max(most, count);
    return widths.empty() ? 0 : static_cast<double>(most) / static_cast<double>(widths.size());
  }
};

class SampleReader {
 public:
  // `quotes`: they enclose cells.
  SampleReader(std::string_view sample, bool whole, char separator, const std::unordered_set<std::string_view>& names, bool quotes = true) : left_(sample), whole_(whole), quotes_(quotes), names_(names) { reading_.separator = separator; }

  Reading read() {
    while (reading_.widths.size() < most_records && read_record()) {
    }
    return std::move(reading_);
  }

 private:
  bool parts(char c) const { return reading_.separator == ' ' ? is_space(c) : c == reading_.separator; }

  // False at the end, or where the sample ends inside a record.
  bool read_record() {
    while (!left_.empty() && is_end(left_.front())) left_.remove_prefix(1);
    if (left_.empty()) return false;
    const std::size_t strange_before = reading_.strange;
    std::size_t width = 0;
    for (bool more = true; more; ++width) {
      while (!left_.empty() && is_space(left_.front()) && (reading_.separator == ' ' || !parts(left_.front()))) left_.remove_prefix(1);
      if (quotes_ && !left_.empty() && left_.front() == '"') {
        if (!skip_quoted()) return false;
        std::size_t end = 0;
        while (end < left_.size() && !is_end(left_[end]) && !parts(left_[end])) ++end;
        left_.remove_prefix(end);
      } else {
        std::size_t end = 0;
        while (end < left_.size() && !is_end(left_[end]) && !parts(left_[end])) ++end;
        judge(trimmed(left_.substr(0, end)));
        left_.remove_prefix(end);
      }
      if (reading_.separator == ' ')
        while (!left_.empty() && is_space(left_.front())) left_.remove_prefix(1);
      more = !left_.empty() && !is_end(left_.front());
      if (more && reading_.separator != ' ') left_.remove_prefix(1);
    }
    if (left_.empty() && !whole_ && !reading_.widths.empty()) {
      reading_.strange = strange_before;
      return false;
    }
    reading_.widths.push_back(width);
    return true;
  }

  bool skip_quoted() {
    for (left_.remove_prefix(1); !left_.empty(); left_.remove_prefix(1)) {
      if (left_.front() != '"') continue;
      left_.remove_prefix(1);
      if (left_.empty() || left_.front() != '"') return true;
    }
    return false;
  }

  void judge(std::string_view cell) {
    if (reading_.widths.empty() && names_.contains(cell)) ++reading_.names;
    const Written written = how_written(cell);
    reading_.blanks_in_numbers = reading_.blanks_in_numbers || (written == Written::grouped && cell.find(' ') != cell.npos);
    reading_.numbers_alone = reading_.numbers_alone && (written != Written::no_number || reading_.widths.empty());
    const bool several = reading_.separator != ' ' && holds_several_numbers(cell);
    reading_.several_numbers = reading_.several_numbers || several;
    const bool other = std::any_of(cell.begin(), cell.end(), [&](char c) { return separator_candidates.find(c) != separator_candidates.npos; });
    if (several || (other && how_written(cell) == Written::no_number)) ++reading_.strange;
  }

  std::string_view left_;
  bool whole_, quotes_;
  const std::unordered_set<std::string_view>& names_;
  Reading reading_;
};

// Empty where there are comments alone.
std::string_view below_comments(std::string_view sample) {
  const auto next_line = [](std::string_view text) {
    const std::size_t end = text.find_first_of("\r\n");
    const std::size_t begin = end == text.npos ? text.npos : text.find_first_not_of("\r\n", end);
    return begin == text.npos ? std::string_view() : text.substr(begin);
  };
  std::string_view left = sample.substr(std::min(sample.find_first_not_of("\r\n"), sample.size()));
  if (left.empty() || std::string_view("#%|").find(left.front()) == std::string_view::npos) return sample;
  const char mark = left.front();
  while (!left.empty() && left.front() == mark) left = next_line(left);
  return left;
}

std::string_view without_comments(std::string_view sample) {
  const std::string_view left = below_comments(sample);
  return left.empty() ? sample : left;
}

SeparatorVerdict doubt_between(const std::vector<Reading>& readings) {
  SeparatorVerdict verdict;
  for (const Reading& reading : readings) verdict.doubts.push_back(written_separator(reading.separator));
  for (const Reading& reading : readings) verdict.why += fmt::format("{}{} cells in each line between {}", verdict.why.empty() ? "" : ", and ", reading.widths[0], written_separator(reading.separator));
  return verdict;
}

SeparatorVerdict chosen(const Reading& reading) {
  const std::size_t width = reading.widths.empty() ? 1 : reading.widths[0];
  const auto same = std::count(reading.widths.begin(), reading.widths.end(), width);
  return {reading.separator, fmt::format("the separator is {}: {} of the first {} lines have {} cells", written_separator(reading.separator), same, reading.widths.size(), width), {}};
}

// No candidate gives each line the same number of cells.
SeparatorVerdict judge_uneven(std::vector<Reading> readings, const Reading& blanks) {
  std::stable_sort(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) { return a.agreeing() > b.agreeing(); });
  if (blanks.consistent() && readings[0].several_numbers) return chosen(blanks);
  if (readings[0].agreeing() >= 0.5) {
    if (readings[1].agreeing() * 2 > readings[0].agreeing()) return doubt_between({readings[0], readings[1]});
    return chosen(readings[0]);
  }
  if (blanks.agreeing() >= 0.5) return chosen(blanks);
  return chosen(readings[0]);  // the first candidate, where no line holds any
}

}  // namespace

std::string written_separator(char separator) { return separator == '\t' ? "\"tab\"" : separator == ' ' ? "\"space\"" : fmt::format("\"{}\"", separator); }

SeparatorVerdict judge_separator(std::string_view sample, bool whole, const std::vector<std::string>& known_names, bool blanks_part) {
  const std::string_view table = without_comments(sample);
  std::vector<Reading> readings, even, clean;
  const std::unordered_set<std::string_view> names(known_names.begin(), known_names.end());
  for (const char c : separator_candidates) readings.push_back(SampleReader(table, whole, c, names).read());
  if (Reading& tabs = readings[separator_candidates.find('\t')]; !tabs.consistent())  // between tabs, a quote may be a letter
    if (Reading letters = SampleReader(table, whole, '\t', names, false).read(); letters.consistent()) tabs = std::move(letters);
  const Reading blanks = blanks_part ? SampleReader(table, whole, ' ', names).read() : Reading{.separator = ' ', .widths = {}};
  // The whole first line is one known name: the table has one column.
  const auto one_name = [](const Reading& reading) { return reading.names == 1 && reading.widths[0] == 1; };
  if (std::all_of(readings.begin(), readings.end(), one_name) && (!blanks_part || one_name(blanks)))
    for (const Reading& reading : readings)
      if (std::all_of(reading.widths.begin(), reading.widths.end(), [](std::size_t width) { return width == 1; })) return chosen(reading);
  // Names that one candidate alone finds in the first line.
  std::vector<Reading> naming = readings;
  naming.push_back(blanks);
  std::erase_if(naming, [](const Reading& reading) { return reading.names == 0 || reading.widths.empty() || reading.widths[0] < 2; });
  if (naming.size() == 1) return chosen(naming[0]);
  for (const Reading& reading : readings)
    if (reading.consistent()) even.push_back(reading);
  // "1 2 3" in a cell: blanks part the numbers.
  if (blanks.consistent() && (even.empty() ? readings[0].agreeing() == 0 && readings[1].agreeing() == 0 && readings[2].agreeing() == 0 && readings[3].agreeing() == 0
                                           : std::all_of(even.begin(), even.end(), [](const Reading& reading) { return reading.several_numbers; })))
    return chosen(blanks);
  // "1,5 200,5" has decimal commas between blanks, or blanks between thousands.
  if (blanks.consistent() && blanks.numbers_alone)
    for (const Reading& reading : even)
      if (reading.separator == ',' && reading.blanks_in_numbers && reading.numbers_alone) return doubt_between({reading, blanks});
  for (const Reading& reading : even)
    if (reading.strange == 0) clean.push_back(reading);
  if (clean.size() == 1) return chosen(clean[0]);
  if (even.size() == 1) return chosen(even[0]);
  if (even.size() > 1) return doubt_between(clean.empty() ? even : clean);
  return judge_uneven(readings, blanks);
}

std::int64_t lines_below_comments(std::string_view sample) {
  const std::string_view table = below_comments(sample);
  return std::count(table.begin(), table.end(), '\n');
}

std::size_t comment_lines(std::string_view sample, bool whole, char separator, const std::vector<std::string>& known_names) {
  const std::string_view table = without_comments(sample);
  if (table.size() == sample.size()) return 0;
  const std::unordered_set<std::string_view> names(known_names.begin(), known_names.end());
  const Reading below = SampleReader(table, whole, separator, names).read();
  if (below.widths.empty()) return 0;
  std::string_view above = sample.substr(0, sample.size() - table.size());
  std::size_t lines = 0, comments = 0;
  while (!above.empty()) {
    const std::size_t end = std::min(above.find_first_of("\r\n"), above.size());
    const Reading line = SampleReader(above.substr(0, end), true, separator, names).read();
    const bool names_columns = !line.widths.empty() && line.widths[0] == below.widths[0] && (line.names > 0 || below.names == 0);
    if (!line.widths.empty()) comments = names_columns ? lines : lines + 1;
    ++lines;
    above.remove_prefix(end);
    if (above.starts_with("\r\n")) above.remove_prefix(2);
    else if (!above.empty()) above.remove_prefix(1);
  }
  return comments;
}

}  // namespace teranga::datasets
