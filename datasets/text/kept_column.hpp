// SPDX-License-Identifier: Apache-2.0
// What people keep of new samples beside the predictions: a column of the table that they came from, or the text itself where each text is a line or a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text_files.hpp"

namespace teranga::datasets {

// What a text is called that stands in no table.
constexpr std::string_view only_column = "text";

// The cells of a column, one a row, by a name of the first line or by its number. Reads the table once more. Throws DataError where there is no such column.
std::vector<std::string> column_of_table(const std::string& path, const TableSeen& seen, const std::string& name);

// The name that the first line gives that column; empty where it names none, or several so.
std::string name_in_table(const std::string& path, const TableSeen& seen, const std::string& wanted);

// Throws DataError where the name of a column that is to be kept is not only_column.
void require_only_column(const std::string& path, const std::string& name);

}  // namespace teranga::datasets
