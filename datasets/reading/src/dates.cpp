// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/dates.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

namespace teranga::datasets {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// Takes `least` to `most` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  int value = 0;
  while (count < text.size() && count < most && digit(text[count])) value = value * 10 + (text[count++] - '0');
  if (count < least || (count < text.size() && digit(text[count]))) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take_char(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  return text.remove_prefix(1), true;
}

// "T12:30:15.5Z" and shorter ones; nothing is midnight.
bool take_time(std::string_view text, double& seconds, bool& time) {
  seconds = 0;
  if (text.empty()) return true;
  if (text[0] != 'T' && text[0] != ' ') return false;
  text.remove_prefix(1);
  const auto hour = take_digits(text, 1, 2);
  if (!hour || *hour > 23 || !take_char(text, ':')) return false;
  const auto minute = take_digits(text, 2, 2);
  if (!minute || *minute > 59) return false;
  seconds = *hour * 3600.0 + *minute * 60.0;
  if (take_char(text, ':')) {
    const auto second = take_digits(text, 2, 2);
    if (!second || *second > 60) return false;
    seconds += *second;
    if (text.starts_with('.') || text.starts_with(',')) {
      double unit = 0.1;
      for (text.remove_prefix(1); !text.empty() && digit(text[0]); text.remove_prefix(1), unit /= 10) seconds += unit * (text[0] - '0');
    }
  }
  time = true;
  if (text.starts_with(" ") && text.size() > 1) text.remove_prefix(1);
  if (text.empty() || text == "Z") return true;
  if (text[0] != '+' && text[0] != '-') return false;
  text.remove_prefix(1);
  if (!take_digits(text, 2, 2) && !(text.size() == 4 && std::all_of(text.begin(), text.end(), digit))) return false;
  if (text.empty() || digit(text[0])) return true;
  return take_char(text, ':') && take_digits(text, 2, 2) && text.empty();
}

struct Numbers {
  int a = 0, b = 0, c = 0;
  bool year_first = false;
  double seconds = 0;
  bool time = false;
};

std::optional<Numbers> numbers_of(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.size() < 8 || text.size() > 40 || !digit(text[0])) return std::nullopt;
  Numbers found;
  const std::size_t first = std::min(text.find_first_of("-/."), text.size());
  found.year_first = first == 4;
  if (first == text.size() || (first != 4 && first > 2)) return std::nullopt;
  const char mark = text[first];
  const auto a = take_digits(text, found.year_first ? 4 : 1, found.year_first ? 4 : 2);
  if (!a || !take_char(text, mark)) return std::nullopt;
  const auto b = take_digits(text, 1, 2);
  if (!b || !take_char(text, mark)) return std::nullopt;
  const auto c = found.year_first ? take_digits(text, 1, 2) : take_digits(text, 4, 4);
  if (!c || !take_time(text, found.seconds, found.time)) return std::nullopt;
  found.a = *a, found.b = *b, found.c = *c;
  return found;
}

std::optional<std::chrono::sys_days> day_of(const Numbers& n, DateOrder order) {
  using namespace std::chrono;
  if (n.year_first != (order == DateOrder::year_first)) return std::nullopt;
  const int y = n.year_first ? n.a : n.c, m = order == DateOrder::month_first ? n.a : n.b, d = n.year_first ? n.c : order == DateOrder::month_first ? n.b : n.a;
  const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

}  // namespace

DateSeen see_date(std::string_view text) {
  DateSeen seen;
  const auto numbers = numbers_of(text);
  if (!numbers) return seen;
  seen.year_first = day_of(*numbers, DateOrder::year_first).has_value();
  seen.day_first = day_of(*numbers, DateOrder::day_first).has_value();
  seen.month_first = day_of(*numbers, DateOrder::month_first).has_value();
  seen.time = numbers->time;
  seen.same = seen.day_first && seen.month_first && numbers->a == numbers->b;
  return seen;
}

bool parse_date(std::string_view text, DateOrder order, double& moment) {
  const auto numbers = numbers_of(text);
  if (!numbers) return false;
  const auto day = day_of(*numbers, order);
  if (!day) return false;
  moment = static_cast<double>(day->time_since_epoch().count()) * 86400.0 + numbers->seconds;
  return true;
}

std::array<double, 5> date_parts(double moment) {
  using namespace std::chrono;
  const double days_before = std::floor(moment / 86400.0);
  const sys_days date{days(static_cast<int>(days_before))};
  const year_month_day parts(date);
  return {static_cast<double>(static_cast<int>(parts.year())), static_cast<double>(static_cast<unsigned>(parts.month())), static_cast<double>(static_cast<unsigned>(parts.day())),
          static_cast<double>(weekday(date).iso_encoding() - 1), (moment - days_before * 86400.0) / 3600.0};
}

}  // namespace teranga::datasets
