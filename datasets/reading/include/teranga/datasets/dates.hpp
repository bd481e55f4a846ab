// SPDX-License-Identifier: Apache-2.0
// Dates in cells: 2024-01-31, 31/01/2024, 01/31/2024, 31.01.2024; behind them perhaps a time of day (T or a blank, 12:30, 12:30:15.5, Z, +01:00).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace teranga::datasets {

enum class DateOrder : std::uint8_t { year_first, day_first, month_first };

// Which orders read the text as a date; none: it is no date.
struct DateSeen {
  bool year_first = false, day_first = false, month_first = false, time = false;
  bool same = false;  // day and month are one number: both orders read the same date
  bool any() const noexcept { return year_first || day_first || month_first; }
};
DateSeen see_date(std::string_view text);

// Seconds since 1970 of the date and time as they are written: a time zone is passed over. False where it is no date of that order.
bool parse_date(std::string_view text, DateOrder order, double& moment);

// Year, month (1-12), day (1-31), weekday (0: Monday), hour with its fraction.
std::array<double, 5> date_parts(double moment);
inline constexpr std::array<const char*, 5> date_part_names = {"year", "month", "day", "weekday", "hour"};

}  // namespace teranga::datasets
