// SPDX-License-Identifier: Apache-2.0
// How the numbers of a table are written: decimal point or comma, and what parts thousands. Judged over all cells; a doubt asks.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace teranga::datasets {

class PackedBytes;
class UnpackedBytes;

// thousands: 0 none; '*' whatever is not the decimal mark (comma or point, a blank, an apostrophe), in groups of three; else that one.
// seen: cells or the recipe told the decimal mark; else it is the usual one.
struct NumberForm {
  char decimal = '.';
  char thousands = '*';
  bool seen = false;
};

// What the text of one number says about the form. either_comma: "1,234"; either_point: "1.234".
enum class Written { no_number, plain, point, comma, either_point, either_comma, grouped };
constexpr std::size_t written_kinds = 7;

// Bytes of what was learnt. Throws DataError where they are damaged.
void pack_form(PackedBytes& bytes, NumberForm form);
NumberForm unpack_form(UnpackedBytes& bytes);

Written how_written(std::string_view text);

// Within the range of f32.
bool parse_number(std::string_view text, NumberForm form, double& value);

// Of many cells: how often each way of writing occurs, and where first.
struct WrittenCounts {
  struct Example {
    std::string text;
    std::int64_t row = -1;
  };
  std::array<std::int64_t, written_kinds> counts{};
  std::array<Example, written_kinds> examples{};

  void add(Written written, std::string_view text, std::int64_t row);
  void add(const WrittenCounts& other);
  std::int64_t of(Written written) const { return counts[static_cast<std::size_t>(written)]; }
  const std::string& example(Written written) const { return examples[static_cast<std::size_t>(written)].text; }
  std::int64_t numbers() const;               // in whatever form
  std::int64_t numbers_of(NumberForm) const;  // that this form reads
};

// The recipe's options "decimal" and "thousands"; 0: auto.
struct FormRequest {
  char decimal = 0;
  std::optional<char> thousands;  // as in NumberForm
};

// Throws OptionError("decimal") with both answers where the cells leave a doubt.
NumberForm judge_form(const std::string& path, const WrittenCounts& found, const FormRequest& request);

// Of another table than the one that was learnt from.
struct OtherTable {
  NumberForm learnt;
  bool fresh = false;  // it is none of the recipe's tables: what the recipe says of decimals is what was learnt, unless it differs from that
  bool has_thousands = false;  // the data set has the option "thousands"
  std::function<char()> likely = {};  // the decimal mark that the values of the training tell; 0: they tell none
};

// The form that was learnt, where that table told one; the other decimal mark where all cells have that, which is noted. What the form does not read is to be refused. Throws
// OptionError where every number that has a mark may be a decimal number of the other form as well, as "2.600" under a decimal comma, and the values of the training do not settle it.
NumberForm judge_other_form(const std::string& path, const WrittenCounts& found, const FormRequest& request, const OtherTable& other, std::vector<std::string>& notes);

// The option that gives the other decimal mark, where that reads all of these numbers and the form does not; else nothing.
std::string other_decimal(const WrittenCounts& found, NumberForm form);

}  // namespace teranga::datasets
