// SPDX-License-Identifier: Apache-2.0
// One pass, byte by byte, over pieces of the file.
#include <teranga/datasets/csv_records.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/utf8.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/datasets/separator.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr int end_of_file = -1;
constexpr std::size_t piece_bytes = std::size_t{1} << 18, most_sample_bytes = std::size_t{1} << 26;
constexpr std::int64_t least_sample_lines = 10;
constexpr std::size_t most_comments_told = 20;
bool is_blank(int c) { return c == ' ' || c == '\t'; }

}  // namespace

std::string place(const std::string& path, std::int64_t line, std::int64_t column) { return fmt::format("{}:{}:{}", path, line, column); }

CsvRecords::CsvRecords(std::string path, const RecordsRequest& request) : name_(path), file_(std::in_place, std::move(path), Unpacked::text), separator_(request.separator) { open(request); }

CsvRecords::CsvRecords(std::string name, std::string text, const RecordsRequest& request)
    : name_(std::move(name)), separator_(request.separator), piece_(std::move(text)), have_(piece_.size()) {
  if (piece_.empty()) throw sdk::DataError(name_, "expected rows, found an empty text");
  open(request);
}

void CsvRecords::open(const RecordsRequest& request) {
  any_bytes_ = request.any_bytes;
  if (file_) take_sample();
  std::string_view front(piece_.data(), have_);
  if (front.starts_with("PK\x03\x04") || front.starts_with("\xd0\xcf\x11\xe0"))
    fail(1, 1, fmt::format("expected a text table, found {}", front[0] == 'P' ? "an Excel workbook (or another zip archive)" : "an Excel workbook of the old kind (or another Office file)"), "open it in a spreadsheet program and save it as CSV");
  if (front.starts_with("\xff\xfe") || front.starts_with("\xfe\xff"))
    fail(1, 1, "expected UTF-8 text, found UTF-16", filter_command(name_, "iconv -f UTF-16 -t UTF-8", "utf8") + " makes a file that is read");
  if (front.starts_with("\xef\xbb\xbf")) at_ = 3, front.remove_prefix(3);
  if (is_arff(front)) return take_declarations();
  if (front.size() > 5 && front.starts_with("sep=") && (front[5] == '\n' || front[5] == '\r')) {
    if (separator_ == 0 || request.unless_said) separator_ = front[4];
    take_line();
    why_ = fmt::format("the first line says that the separator is {}", written_separator(separator_));
    front = std::string_view(piece_).substr(at_, have_ - at_);
  }
  const bool whole = have_ < most_sample_bytes && (!file_ || file_->at_end());
  if (separator_ == 0) {
    const SeparatorVerdict verdict = judge_separator(front, whole, request.known_names, request.blanks);
    if (verdict.doubts.size() > 1)
      throw sdk::OptionError("separator", fmt::format("{}: cannot tell what separates the cells: there are {}", name_, verdict.why), fmt::format("separator = {}", fmt::join(verdict.doubts, ", or separator = ")));
    separator_ = verdict.separator;
    why_ = verdict.why;
  }
  if (why_.empty()) why_ = fmt::format("the separator is {}, as it is asked for", written_separator(separator_));
  if (separator_ == '\t') judge_quotes(request, whole);
  const std::size_t comments = comment_lines(front, whole, separator_, request.known_names);
  for (std::size_t i = 0; i < comments; ++i) {
    const std::int64_t number = line_;
    const std::string line = take_line();
    if (!line.empty()) comment_mark_ = line[0];
    if (i < most_comments_told) notes_.push_back(fmt::format("line {} is a comment: \"{}\"", number, line.substr(0, 60)));
    else if (i + 1 == comments) notes_.push_back(fmt::format("and so are the lines up to line {}", number));
  }
}

// Quotes enclose cells unless that reading shows that they do not, and with quotes as letters each record has as many cells and no known name is lost.
void CsvRecords::judge_quotes(const RecordsRequest& request, bool whole) {
  quotes_ = request.quotes;
  if (quotes_ == Quotes::judged && holds_quotes(whole)) {
    const ReadThrough enclosing = read_through(request, Quotes::enclose);
    const bool fits = !enclosing.fails && enclosing.even && !enclosing.strange;
    const ReadThrough letters = fits ? ReadThrough{} : read_through(request, Quotes::letters);
    quotes_ = fits || letters.fails || !letters.even || letters.names < enclosing.names ? Quotes::enclose : Quotes::letters;
    if (quotes_ == Quotes::letters) notes_.emplace_back("quotes are letters like others: read as marks around cells, they do not give all lines the same number of cells");
  }
}

bool CsvRecords::holds_quotes(bool whole) const {
  if (std::find(piece_.begin(), piece_.begin() + static_cast<std::ptrdiff_t>(have_), '"') != piece_.begin() + static_cast<std::ptrdiff_t>(have_)) return true;
  if (whole || !file_) return false;
  InputFile file(name_, Unpacked::text);
  std::string piece(piece_bytes, '\0');
  while (const std::size_t got = file.read_some(piece.data(), piece.size()))
    if (std::string_view(piece).substr(0, got).find('"') != std::string_view::npos) return true;
  return false;
}

CsvRecords::ReadThrough CsvRecords::read_through(RecordsRequest request, Quotes quotes) const {
  request.separator = '\t', request.quotes = quotes, request.any_bytes = true;
  ReadThrough found;
  try {
    CsvRecords records = file_ ? CsvRecords(name_, request) : CsvRecords(name_, piece_, request);
    std::vector<Cell> cells;
    for (std::size_t width = 0; records.next(cells); width = cells.size()) {
      if (width == 0) found.names = static_cast<std::size_t>(std::count_if(request.known_names.begin(), request.known_names.end(), [&](const std::string& name) { return std::any_of(cells.begin(), cells.end(), [&](const Cell& cell) { return cell.text == name; }); }));
      found.even = found.even && (width == 0 || cells.size() == width);
      for (const Cell& cell : cells) found.strange = found.strange || (cell.quoted ? cell.text.find('\t') != cell.text.npos && cell.text.find('\n') != cell.text.npos : cell.text.find('"') != cell.text.npos);
    }
  } catch (const sdk::DataError&) {
    found.fails = true;
  }
  return found;
}

// So much of the file that there are several whole lines.
void CsvRecords::take_sample() {
  while (have_ < most_sample_bytes && lines_below_comments(std::string_view(piece_).substr(0, have_)) < least_sample_lines) {
    const std::size_t wanted = std::max(piece_bytes, have_);
    piece_.resize(have_ + wanted);
    const std::size_t got = file_->read_some(piece_.data() + have_, wanted);
    have_ += got;
    if (got < wanted) return;
  }
}

std::string CsvRecords::note_of_marked_rows() const {
  if (marked_ == 0) return {};
  return fmt::format("{} of the rows begin with {}, as the comments above the table do, the first one in line {}: they are read as rows, for they have as many cells", marked_, comment_mark_, first_marked_);
}

void CsvRecords::take_declarations() {
  separator_ = ',';
  ArffHeader header;
  for (bool more = true; more;) {
    if (peek() == end_of_file) fail(line_, 1, "expected \"@data\" below the declarations of an ARFF file, found the end");
    const std::string where = fmt::format("{}:{}", name_, line_);
    more = !take_declaration(take_line(), where, header);
  }
  why_ = "an ARFF file, which declares its columns";
  declared_ = std::move(header);
}

void CsvRecords::fail(std::int64_t line, std::int64_t column, const std::string& text, const std::string& hint) const {
  throw sdk::DataError(place(name_, line, column), text, -1, hint);
}

int CsvRecords::peek() {
  if (at_ == have_) {
    if (!file_) return end_of_file;
    if (piece_.size() < piece_bytes) piece_.resize(piece_bytes);
    have_ = file_->read_some(piece_.data(), piece_bytes);
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

std::string CsvRecords::take_line() {
  std::string line;
  for (int c = take(); c != end_of_file && c != '\n'; c = take()) {
    line += static_cast<char>(c);
    if (line.size() > most_record_bytes) fail(line_, 1, "a line is longer than 256 MiB");
  }
  return line;
}

// After the opening quote; the closing one is taken too.
void CsvRecords::read_quoted(Span& span, char quote) {
  span.quoted = true;
  span.begin = record_.size();
  for (;;) {
    int c = take();
    if (c == end_of_file) fail(span.line, span.column, "the quote that opens here is never closed");
    if (c == quote) {
      if (peek() != quote || declared_) break;
      take();
    } else if (c == '\\' && declared_) {
      c = take();
      if (c == end_of_file) fail(span.line, span.column, "the quote that opens here is never closed");
    }
    record_ += static_cast<char>(c);
    if (record_.size() - span.begin > most_cell_bytes) fail(span.line, span.column, "a cell is longer than 1 MiB: is the quote that opens here ever closed?");
  }
  span.end = record_.size();
}

void CsvRecords::read_plain(Span& span) {
  const auto ends = [&](char c) { return c == separator_ || c == '\n' || c == '\r' || c == '\0' || (separator_ == ' ' && c == '\t'); };
  while (peek() != end_of_file) {
    std::size_t end = at_;
    while (end < have_ && !ends(piece_[end])) ++end;
    record_.append(piece_, at_, end - at_);
    column_ += static_cast<std::int64_t>(end - at_);
    at_ = end;
    if (record_.size() - span.begin > most_cell_bytes) fail(span.line, span.column, "a cell is longer than 1 MiB");
    if (at_ == have_) continue;
    if (piece_[at_] != '\0') break;
    take();  // which refuses it
  }
  span.end = record_.size();
  while (span.end > span.begin && is_blank(record_[span.end - 1])) --span.end;
}

// False at the end of the file.
bool CsvRecords::read_record() {
  record_.clear();
  spans_.clear();
  while (declared_ && peek() == '%') take_line();
  if (peek() == end_of_file) return false;
  if (declared_ && peek() == '{')
    fail(line_, column_, "expected a row of values, found a sparse row, {number value, ...}", "write all values of each row, those that are 0 as well, as SparseToNonSparse of Weka does");
  for (;;) {
    while (is_blank(peek()) && peek() != (separator_ == ' ' ? 0 : separator_)) take();
    Span span{record_.size(), record_.size(), line_, column_, false};
    if (const int quote = peek(); quotes_ != Quotes::letters && (quote == '"' || (declared_ && quote == '\''))) {
      take();
      read_quoted(span, static_cast<char>(quote));
      while (separator_ != ' ' && is_blank(peek()) && peek() != separator_) take();
      const int after = separator_ == ' ' && peek() == '\t' ? ' ' : peek();
      if (after != end_of_file && after != '\n' && after != '\r' && after != static_cast<unsigned char>(separator_))
        fail(line_, column_, fmt::format("expected a separator or the end of the line after a closing quote, found '{}'", static_cast<char>(after)),
             declared_ ? "a quote inside a quoted cell is written \\\"" : "a quote inside a quoted cell is written twice: \"\"");
    } else {
      read_plain(span);
    }
    if (separator_ == ' ')
      while (is_blank(peek())) take();
    const int c = peek();
    spans_.push_back(span);
    if (c == end_of_file) return true;
    if (c == '\n' || c == '\r') return take(), true;
    if (separator_ != ' ') take();
    if (spans_.size() >= most_cells) fail(line_, column_, fmt::format("a line has more than {} cells", most_cells));
    if (record_.size() > most_record_bytes) fail(line_, column_, "a line is longer than 256 MiB");
  }
}

std::optional<char> even_separator(const std::string& path, RecordsRequest request) {
  const auto is_even = [&] {
    CsvRecords records(path, request);
    std::vector<Cell> cells;
    std::size_t width = 0;
    while (records.next(cells)) {
      if (width > 0 && cells.size() != width) return false;
      width = cells.size();
    }
    return width > 1;
  };
  const char given = request.separator;
  for (const char other : std::string(separator_candidates) + (request.blanks ? " " : "")) {
    request.separator = other;
    try {
      if (other != given && is_even()) return other;
    } catch (const sdk::DataError&) {  // a quote inside a cell, perhaps: it is none
    }
  }
  return std::nullopt;
}

void CsvRecords::check_utf8() const {
  if (any_bytes_ || std::all_of(record_.begin(), record_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return;
  for (const Span& span : spans_) {
    const std::string_view cell = std::string_view(record_).substr(span.begin, span.end - span.begin);
    for (std::size_t at = 0; at < cell.size();) {
      const std::size_t bytes = whole_code_point(cell, at);
      if (bytes == 0)
        fail(span.line, span.column, fmt::format("expected UTF-8 text, found a byte of value {} in this cell", static_cast<int>(static_cast<unsigned char>(cell[at]))), filter_command(name_, "iconv -f LATIN1 -t UTF-8", "utf8") + " makes a file that is read, where the table is in Latin-1");
      at += bytes;
    }
  }
}

bool CsvRecords::next(std::vector<Cell>& cells) {
  cells.clear();
  std::int64_t blank = 0;
  for (;; blank = blank > 0 ? blank : spans_[0].line) {
    if (!read_record()) return false;
    if (spans_.size() > 1 || spans_[0].begin < spans_[0].end || spans_[0].quoted) break;
  }
  check_utf8();
  for (const Span& span : spans_) cells.push_back({std::string_view(record_).substr(span.begin, span.end - span.begin), span.line, span.column, span.quoted});
  if (records_ > 0 && blank_line_ == 0) blank_line_ = blank;
  if (records_ > 1 && blank_below_ == 0) blank_below_ = blank;
  // Behind the first record, which may name the columns.
  if (records_++ > 0 && comment_mark_ != 0 && !cells[0].quoted && cells[0].text.starts_with(comment_mark_) && marked_++ == 0) first_marked_ = cells[0].line;
  return true;
}

}  // namespace teranga::datasets
