// SPDX-License-Identifier: Apache-2.0
// One pass, byte by byte, over pieces of the file.
#include <teranga/datasets/csv_records.hpp>

#include <array>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr int end_of_file = -1;
bool is_blank(int c) { return c == ' ' || c == '\t'; }

}  // namespace

std::string place(const std::string& path, std::int64_t line, std::int64_t column) { return fmt::format("{}:{}:{}", path, line, column); }

CsvRecords::CsvRecords(std::string path, char separator) : file_(std::move(path), Unpacked::text), separator_(separator), piece_(1 << 18) {
  peek();
  const std::string_view front(piece_.data(), have_);
  if (front.starts_with("\xff\xfe") || front.starts_with("\xfe\xff"))
    fail(1, 1, "expected UTF-8 text, found UTF-16", fmt::format("iconv -f UTF-16 -t UTF-8 {} > table.csv", file_.path()));
  if (front.starts_with("\xef\xbb\xbf")) at_ = 3;
  if (separator_ == 0) separator_ = guess_separator();
}

void CsvRecords::fail(std::int64_t line, std::int64_t column, const std::string& text, const std::string& hint) const {
  throw sdk::DataError(place(file_.path(), line, column), text, -1, hint);
}

// The candidate that the first line holds most of, outside quotes.
char CsvRecords::guess_separator() {
  std::array<int, 4> counts{};
  constexpr std::string_view candidates = ",;\t|";
  bool quoted = false, blank = false, begun = false;
  for (std::size_t i = at_; i < have_; ++i) {
    const char c = piece_[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') {
      if (begun) break;
      continue;
    }
    begun = true;
    blank = blank || c == ' ';
    if (const std::size_t which = candidates.find(c); which != candidates.npos) ++counts[which];
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < counts.size(); ++i)
    if (counts[i] > counts[best]) best = i;
  return counts[best] > 0 ? candidates[best] : blank ? ' ' : ',';
}

int CsvRecords::peek() {
  if (at_ == have_) {
    have_ = file_.read_some(piece_.data(), piece_.size());
    at_ = 0;
    if (have_ == 0) return end_of_file;
  }
  return static_cast<unsigned char>(piece_[at_]);
}

int CsvRecords::take() {
  const int c = peek();
  if (c == end_of_file) return c;
  ++at_;
  if (c == 0) fail(line_, column_, "expected text, found a byte of value 0: this is no text table");
  if (c == '\r' && peek() == '\n') return take();
  if (c == '\n' || c == '\r') {
    ++line_;
    column_ = 1;
    return '\n';
  }
  ++column_;
  return c;
}

// After the opening quote; the closing one is taken too.
void CsvRecords::read_quoted(Span& span) {
  span.quoted = true;
  span.begin = record_.size();
  for (;;) {
    const int c = take();
    if (c == end_of_file) fail(span.line, span.column, "the quote that opens here is never closed");
    if (c == '"') {
      if (peek() != '"') break;
      take();
    }
    record_ += static_cast<char>(c);
    if (record_.size() > most_record_bytes) fail(span.line, span.column, "a record is longer than 1 MiB: is the quote that opens here ever closed?");
  }
  span.end = record_.size();
}

// False at the end of the file.
bool CsvRecords::read_record() {
  record_.clear();
  spans_.clear();
  if (peek() == end_of_file) return false;
  for (;;) {
    while (is_blank(peek()) && peek() != (separator_ == ' ' ? 0 : separator_)) take();
    Span span{record_.size(), record_.size(), line_, column_, false};
    if (peek() == '"') {
      take();
      read_quoted(span);
      while (is_blank(peek()) && peek() != separator_) take();
      const int after = peek();
      if (after != end_of_file && after != '\n' && after != '\r' && after != static_cast<unsigned char>(separator_))
        fail(line_, column_, fmt::format("expected a separator or the end of the line after a closing quote, found '{}'", static_cast<char>(after)),
             "a quote inside a quoted cell is written twice: \"\"");
    } else {
      for (int c = peek(); c != end_of_file && c != '\n' && c != '\r' && c != static_cast<unsigned char>(separator_) && !(separator_ == ' ' && c == '\t'); c = peek()) {
        record_ += static_cast<char>(take());
        if (record_.size() > most_record_bytes) fail(span.line, span.column, "a line is longer than 1 MiB");
      }
      span.end = record_.size();
      while (span.end > span.begin && is_blank(record_[span.end - 1])) --span.end;
    }
    if (separator_ == ' ')
      while (is_blank(peek())) take();
    const int c = peek();
    spans_.push_back(span);
    if (c == end_of_file) return true;
    if (c == '\n' || c == '\r') return take(), true;
    if (separator_ != ' ') take();
  }
}

bool CsvRecords::next(std::vector<Cell>& cells) {
  cells.clear();
  do {
    if (!read_record()) return false;
  } while (spans_.size() == 1 && spans_[0].begin == spans_[0].end && !spans_[0].quoted);
  for (const Span& span : spans_) cells.push_back({std::string_view(record_).substr(span.begin, span.end - span.begin), span.line, span.column, span.quoted});
  return true;
}

}  // namespace teranga::datasets
