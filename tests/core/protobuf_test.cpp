// SPDX-License-Identifier: Apache-2.0
// The bytes of messages, against the examples of https://protobuf.dev/programming-guides/encoding and against what the format says of its limits.
#include <boost/test/unit_test.hpp>

#include <teranga/core/protobuf.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>

using teranga::ProtobufWriter;

namespace {

std::string hex(const ProtobufWriter& message) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : message.text()) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4], out += digits[byte & 15], out += ' ';
  }
  if (!out.empty()) out.pop_back();
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_integer_is_a_varint) {
  BOOST_TEST(hex(ProtobufWriter().varint(1, 150)) == "08 96 01");  // Test1 of the guide
  BOOST_TEST(hex(ProtobufWriter().varint(1, 0)) == "08 00");
  BOOST_TEST(hex(ProtobufWriter().varint(1, 127)) == "08 7f");
  BOOST_TEST(hex(ProtobufWriter().varint(1, 128)) == "08 80 01");
  BOOST_TEST(hex(ProtobufWriter().varint(4, true)) == "20 01");
  BOOST_TEST(hex(ProtobufWriter().varint(1, -2)) == "08 fe ff ff ff ff ff ff ff ff 01");  // an int32 too takes ten bytes
  BOOST_TEST(hex(ProtobufWriter().varint(1, std::numeric_limits<std::uint64_t>::max())) == "08 ff ff ff ff ff ff ff ff ff 01");
  BOOST_TEST(hex(ProtobufWriter().varint(16, 1)) == "80 01 01");                 // the first field whose key takes two bytes
  BOOST_TEST(hex(ProtobufWriter().varint(536870911, 1)) == "f8 ff ff ff 0f 01");  // the largest number of a field
}

BOOST_AUTO_TEST_CASE(text_has_its_length_before_it) {
  BOOST_TEST(hex(ProtobufWriter().bytes(2, "testing")) == "12 07 74 65 73 74 69 6e 67");  // Test2 of the guide
  BOOST_TEST(hex(ProtobufWriter().bytes(2, "")) == "12 00");
  BOOST_TEST(hex(ProtobufWriter().bytes(2, std::string("\0\xff", 2))) == "12 02 00 ff");
  const ProtobufWriter longer = std::move(ProtobufWriter().bytes(1, std::string(300, 'x')));
  BOOST_TEST(longer.text().size() == 303U);
  BOOST_TEST(longer.text().substr(0, 3) == "\x0a\xac\x02");
}

BOOST_AUTO_TEST_CASE(a_message_in_a_message_is_as_its_bytes) {
  BOOST_TEST(hex(ProtobufWriter().message(3, ProtobufWriter().varint(1, 150))) == "1a 03 08 96 01");  // Test3 of the guide
  BOOST_TEST(hex(ProtobufWriter().message(3, {})) == "1a 00");
}

BOOST_AUTO_TEST_CASE(numbers_of_a_fixed_width_have_their_least_byte_first) {
  BOOST_TEST(hex(ProtobufWriter().fixed32(1, 0x01020304)) == "0d 04 03 02 01");
  BOOST_TEST(hex(ProtobufWriter().fixed64(1, 0x0102030405060708)) == "09 08 07 06 05 04 03 02 01");
  BOOST_TEST(hex(ProtobufWriter().real(2, 1.0F)) == "15 00 00 80 3f");
  BOOST_TEST(hex(ProtobufWriter().real(2, -2.0)) == "11 00 00 00 00 00 00 00 c0");
}

BOOST_AUTO_TEST_CASE(repeated_numbers_are_packed) {
  const std::array<std::int64_t, 3> integers{3, 270, 86942};
  BOOST_TEST(hex(ProtobufWriter().packed<std::int64_t>(6, integers)) == "32 06 03 8e 02 9e a7 05");  // Test4 of the guide
  const std::array<float, 2> floats{1.0F, -2.0F};
  BOOST_TEST(hex(ProtobufWriter().packed<float>(5, floats)) == "2a 08 00 00 80 3f 00 00 00 c0");
  const std::array<double, 1> doubles{1.0};
  BOOST_TEST(hex(ProtobufWriter().packed<double>(6, doubles)) == "32 08 00 00 00 00 00 00 f0 3f");
  BOOST_TEST(hex(ProtobufWriter().packed<double>(6, {})) == "32 00");
}

BOOST_AUTO_TEST_CASE(fields_follow_each_other_and_may_repeat) {
  ProtobufWriter message;
  message.varint(1, 1).bytes(2, "a").bytes(2, "b");
  BOOST_TEST(hex(message) == "08 01 12 01 61 12 01 62");
  BOOST_TEST(std::move(message).take().size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_message_may_be_written_in_place) {
  ProtobufWriter out;
  const std::string filling(300, 'x');
  out.message(1, [&] {
    out.message(2, [&] { out.bytes(3, filling); });
    out.varint(4, 1);
  });
  BOOST_TEST(out.text() == std::string("\x0a\xb4\x02\x12\xaf\x02\x1a\xac\x02") + filling + "\x20\x01");
  ProtobufWriter inner, apart;
  inner.message(2, ProtobufWriter().bytes(3, filling)).varint(4, 1);
  BOOST_TEST(apart.message(1, inner).text() == out.text());
}
