// SPDX-License-Identifier: Apache-2.0
// Text from files of others on a page: nothing in it can become an element, and control characters are shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace teranga::report {

std::string escaped(std::string_view text);          // on one line, for text and for values of attributes
std::string escaped_lines(std::string_view text);    // line feeds stay
std::string shortened(std::string_view text, std::size_t most);  // by code points, with "…"; not escaped

std::string number_words(double value);              // for people: five digits, "not a number", "infinite"
std::string number_exact(double value);              // reads back to the same bits
std::string count_words(double value);               // a whole number with a comma between thousands
std::string number_html(double value);               // <data>: five digits to be read, all of them for machines and under the mouse
std::string count_html(double value);

}  // namespace teranga::report
