// SPDX-License-Identifier: Apache-2.0
// What a terminal would obey is shown; what people write passes. And a file is replaced without following links.
#include <boost/test/unit_test.hpp>

#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <teranga/core/json.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/replace_file.hpp>

using namespace teranga;
using Text = std::string;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_CASE(control_characters_are_shown_and_letters_pass) {
  BOOST_TEST(printable("plain \u00e9 \u6f22 \U0001f600, two\tcells\nlines") == "plain \u00e9 \u6f22 \U0001f600, two\tcells\nlines");
  BOOST_TEST(printable("\x1b[2J\a\b\r") == "\\x1b[2J\\x07\\x08\\x0d");
  BOOST_TEST(printable(Text("a\0b\x7f", 4)) == "a\\x00b\\x7f");
  BOOST_TEST(printable("\xc2\x9b" "31m \xc2\x80 \xc2\xa0") == "\\x9b31m \\x80 \xc2\xa0");  // C1 as UTF-8; U+00A0 is a blank
  BOOST_TEST(printable("\x9b" "31m \xff\xc3") == "\\x9b31m \\xff\\xc3");                        // and as bytes that are no UTF-8
  BOOST_TEST(printable("\u202egnp.exe") == "\\u202egnp.exe");
  BOOST_TEST(printable_line("a\tb\nc\x1b") == "a\\tb\\nc\\x1b");
  BOOST_TEST(printable("") == "");
}

BOOST_AUTO_TEST_CASE(json_escapes_them_as_json_does) {
  BOOST_TEST(json_text("\x1b\x7f\xc2\x9b\xc2\xa0\n") == "\"\\u001b\\u007f\\u009b\xc2\xa0\\n\"");
  BOOST_TEST(printable(json_text("\x1b\x7f\xc2\x9b")) == json_text("\x1b\x7f\xc2\x9b"));
}

BOOST_AUTO_TEST_CASE(a_file_is_replaced_and_links_are_not_followed) {
  Text folder = (fs::temp_directory_path() / "teranga_replace_XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const auto content = [](const Text& path) {
    std::ifstream in(path);
    return Text(std::istreambuf_iterator<char>(in), {});
  };
  const Text victim = folder + "/victim", path = folder + "/file";
  std::ofstream(victim) << "precious";
  fs::create_symlink(victim, path + ".new");
  BOOST_TEST(replace_file(path, "first") == 0);
  BOOST_TEST(content(path) == "first");
  BOOST_TEST(content(victim) == "precious");
  fs::remove(path);
  fs::create_symlink(victim, path);
  BOOST_TEST(replace_file(path, "second") == 0);
  BOOST_TEST(content(path) == "second");
  BOOST_TEST(content(victim) == "precious");
  BOOST_TEST(replace_file(folder + "/none/file", "third") == ENOENT);
  fs::create_directory(folder + "/place");
  BOOST_TEST(replace_file(folder + "/place", "fourth") == EISDIR);
  BOOST_TEST(!fs::exists(folder + "/place.new"));
  fs::remove_all(folder);
}
