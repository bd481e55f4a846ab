// SPDX-License-Identifier: Apache-2.0
// Header, then elements: mapped, or read straight into the tensor, where they are held as they are stored; else through a small piece of memory.
#include <teranga/datasets/npy_array.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <teranga/datasets/array_room.hpp>
#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/text_scanner.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::size_t most_pickle_bytes = std::size_t{1} << 30;

struct Header {
  std::string descr;
  bool fortran = false;
  Shape shape;
  std::uint64_t end = 0;  // bytes before the elements
};

// The header is a Python dictionary of one text, one truth value and one tuple of whole numbers; nothing more is understood.
class HeaderText {
 public:
  HeaderText(std::string_view text, const std::string& who) : text_(text, who, "the header {'descr': '<f4', 'fortran_order': False, 'shape': (...)}"), who_(who) {}

  Header parse() {
    Header header;
    int seen = 0;
    text_.expect('{');
    while (!text_.accept('}')) {
      const std::string key = quoted();
      text_.expect(':');
      if (key == "descr") header.descr = descr(), seen |= 1;
      else if (key == "fortran_order") header.fortran = truth(), seen |= 2;
      else if (key == "shape") header.shape = tuple(), seen |= 4;
      else text_.fail(fmt::format("an unknown key '{}'", key));
      if (!text_.accept(',')) {
        text_.expect('}');
        break;
      }
    }
    if (seen != 7) text_.fail("a key missing");
    return header;
  }

 private:
  std::string quoted() {
    const bool single = text_.accept('\'');
    if (!single && !text_.accept('"')) text_.fail("no text");
    return std::string(text_.take_until(single ? '\'' : '"'));
  }
  std::string descr() {
    if (!text_.next_is('[')) return quoted();
    text_.expect('[');
    text_.expect('(');
    const std::string field = quoted();
    throw sdk::DataError(who_, fmt::format("expected plain numbers, found records of several fields, the first one \"{}\"", field), -1, fmt::format("save each field as an array of its own: np.save(\"{0}.npy\", a[\"{0}\"])", field));
  }
  bool truth() {
    if (text_.accept("True")) return true;
    if (text_.accept("False")) return false;
    text_.fail("neither True nor False");
  }
  Shape tuple() {
    Shape shape;
    text_.expect('(');
    while (!text_.accept(')')) {
      shape.push_back(text_.whole("extent", 0, std::numeric_limits<std::int64_t>::max()));
      text_.take("L");  // Python 2
      if (shape.size() > 32) text_.fail("more than 32 axes");
      if (!text_.accept(',')) {
        text_.expect(')');
        break;
      }
    }
    return shape;
  }

  TextScanner text_;
  const std::string& who_;
};

struct Kind {
  std::string_view code;
  std::size_t bytes;
  ElementType held_as;
  bool as_stored;
};
constexpr std::array<Kind, 12> kinds = {{{"f2", 2, ElementType::f32, false}, {"f4", 4, ElementType::f32, true}, {"f8", 8, ElementType::f64, true},
                                         {"i1", 1, ElementType::i32, false}, {"i2", 2, ElementType::i32, false}, {"i4", 4, ElementType::i32, true},
                                         {"i8", 8, ElementType::i64, true}, {"u1", 1, ElementType::u8, true}, {"u2", 2, ElementType::i32, false},
                                         {"u4", 4, ElementType::i64, false}, {"u8", 8, ElementType::i64, false}, {"b1", 1, ElementType::u8, true}}};

constexpr const char* text_hint = "names, numbers = np.unique(a, return_inverse=True): save numbers, and say class_names = [...] with the names in this order";

const Kind& kind_of(const std::string& descr, const std::string& who) {
  const bool marked = !descr.empty() && std::string_view("<>=|").find(descr[0]) != std::string_view::npos;
  const std::string code = marked ? descr.substr(1) : descr;
  for (const Kind& kind : kinds)
    if (kind.code == code) return kind;
  const auto refuse = [&](const std::string& found, const char* hint) -> const Kind& { throw sdk::DataError(who, fmt::format("expected whole or real numbers or booleans, found {}", found), -1, hint); };
  const char letter = code.empty() ? ' ' : code[0];
  if (letter == 'O') refuse("pickled Python objects, which are never read", "np.save(file, np.asarray(a, dtype=\"float32\"), allow_pickle=False), if they are numbers of one shape");
  if (letter == 'U' || letter == 'S') refuse(fmt::format("text (type '{}')", descr), text_hint);
  if (letter == 'c') refuse(fmt::format("complex numbers (type '{}')", descr), "save a.real and a.imag, side by side");
  if (letter == 'M' || letter == 'm') refuse(fmt::format("times (type '{}')", descr), "a.astype(\"int64\") makes numbers");
  if (letter == 'V') refuse(fmt::format("raw bytes (type '{}'), as NumPy saves types that it does not know", descr), "a.astype(\"float32\") before it is saved, where a is of bfloat16 or the like");
  return refuse(fmt::format("elements of type '{}'", descr), "a.astype(\"float32\") makes numbers");
}

float from_half(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16, exponent = bits >> 10 & 0x1fu, fraction = bits & 0x3ffu;
  if (exponent == 0) return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(static_cast<float>(fraction) * 0x1p-24f));
  return std::bit_cast<float>(sign | (exponent == 31 ? 0xffu : exponent + 112u) << 23 | fraction << 13);
}

// Element `i` of raw bytes, its bytes already in our order.
void widen(const Kind& kind, const unsigned char* raw, std::size_t count, std::int64_t first, void* to, const std::string& who) {
  const auto each = [&]<class From, class To>(From, To* out, auto&& convert) {
    for (std::size_t i = 0; i < count; ++i) {
      From value;
      std::memcpy(&value, raw + i * sizeof(From), sizeof(From));
      out[first + static_cast<std::int64_t>(i)] = convert(value);
    }
  };
  const auto plain = []<class From>(From value) { return static_cast<std::int32_t>(value); };
  if (kind.code == "f2") return each(std::uint16_t{}, static_cast<float*>(to), from_half);
  if (kind.code == "i1") return each(std::int8_t{}, static_cast<std::int32_t*>(to), plain);
  if (kind.code == "i2") return each(std::int16_t{}, static_cast<std::int32_t*>(to), plain);
  if (kind.code == "u2") return each(std::uint16_t{}, static_cast<std::int32_t*>(to), plain);
  if (kind.code == "u4") return each(std::uint32_t{}, static_cast<std::int64_t*>(to), [](std::uint32_t value) { return std::int64_t{value}; });
  each(std::uint64_t{}, static_cast<std::int64_t*>(to), [&](std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) throw sdk::DataError(who, fmt::format("expected whole numbers of 63 bits, found {}", value));
    return static_cast<std::int64_t>(value);
  });
}

void swap_bytes(unsigned char* raw, std::size_t count, std::size_t width) {
  for (std::size_t i = 0; i < count; ++i) std::reverse(raw + i * width, raw + (i + 1) * width);
}

void read_elements(ByteSource& bytes, const Kind& kind, const Header& header, const std::string& who, void* to) {
  const std::string what = fmt::format("the elements of shape {}", to_string(header.shape));
  const bool big_endian = header.descr[0] == '>';
  const std::int64_t all = element_count(header.shape);
  if (kind.as_stored) {
    bytes.read(to, static_cast<std::uint64_t>(all) * kind.bytes, what);
    if (big_endian) swap_bytes(static_cast<unsigned char*>(to), static_cast<std::size_t>(all), kind.bytes);
    return;
  }
  std::vector<unsigned char> piece(std::size_t{1} << 16);
  const std::int64_t at_once = static_cast<std::int64_t>(piece.size() / kind.bytes);
  for (std::int64_t first = 0; first < all; first += at_once) {
    const auto count = static_cast<std::size_t>(std::min(at_once, all - first));
    bytes.read(piece.data(), count * kind.bytes, what);
    if (big_endian) swap_bytes(piece.data(), count, kind.bytes);
    widen(kind, piece.data(), count, first, to, who);
  }
}

// From first-index-fastest to last-index-fastest.
void row_major(const Tensor& columns, void* out) {
  const Shape& shape = columns.shape();
  const std::size_t width = size_of(columns.type());
  std::vector<std::int64_t> index(shape.size(), 0), step(shape.size(), 1);
  for (std::size_t axis = 1; axis < shape.size(); ++axis) step[axis] = step[axis - 1] * shape[axis - 1];
  std::int64_t from = 0;
  for (std::int64_t to = 0; to < columns.count(); ++to) {
    std::memcpy(static_cast<char*>(out) + static_cast<std::size_t>(to) * width, static_cast<const char*>(columns.data()) + static_cast<std::size_t>(from) * width, width);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += step[axis];
      if (++index[axis] < shape[axis]) break;
      from -= step[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

Header read_header(ByteSource& bytes, const std::string& who) {
  std::array<unsigned char, 12> front{};
  bytes.read(front.data(), 8, "the npy header");
  if (std::memcmp(front.data(), "\x93NUMPY", 6) != 0)
    throw sdk::DataError(who, fmt::format("expected a NumPy array, which begins with the bytes 93 'NUMPY', found {:02x} {:02x} {:02x} {:02x}", front[0], front[1], front[2], front[3]));
  const int version = front[6];
  if (version < 1 || version > 3) throw sdk::DataError(who, fmt::format("expected version 1, 2 or 3 of the npy format, found {}.{}", version, front[7]));
  const std::size_t width = version == 1 ? 2 : 4;
  bytes.read(front.data() + 8, width, "the npy header");
  std::size_t size = 0;
  for (std::size_t i = width; i-- > 0;) size = size << 8 | front[8 + i];
  if (size > std::size_t{1} << 20 || size > bytes.most_bytes()) throw sdk::DataError(who, fmt::format("its header claims {} bytes, more than there are or than make sense", size));
  std::string text(size, '\0');
  bytes.read(text.data(), size, "the npy header");
  Header header = HeaderText(text, who).parse();
  header.end = 8 + width + size;
  return header;
}

class FileBytes : public ByteSource {
 public:
  explicit FileBytes(const std::string& path) : file_(path) {}
  void read(void* to, std::uint64_t bytes, std::string_view what) override { file_.read(to, bytes, what); }
  std::uint64_t most_bytes() const override { return file_.most_bytes(); }
  std::uint64_t left() const override { return 1; }  // a stream: nobody knows how much is left
  bool at_end() override { return file_.at_end(); }
  void prove(std::uint64_t bytes, std::string_view what) override { file_.prove(bytes, what); }
  bool packed() const { return file_.packed(); }

 private:
  InputFile file_;
};

// Nothing where it is not as expected in any way: whoever reads it then tells.
std::optional<HeldArray> mapped_npy(const std::string& path) {
  FileBytes bytes(path);
  if (bytes.packed()) return std::nullopt;
  const Header header = read_header(bytes, path);
  const Kind& kind = kind_of(header.descr, path);
  if (!kind.as_stored || (header.descr[0] == '>' && kind.bytes > 1) || (header.fortran && header.shape.size() > 1) || header.end % kind.bytes != 0) return std::nullopt;
  std::uint64_t size = kind.bytes;
  for (const std::int64_t extent : header.shape)
    if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(extent), &size) || size > bytes.most_bytes()) return std::nullopt;
  std::shared_ptr<const MappedFile> file = size == 0 ? nullptr : MappedFile::open(path);
  if (!file || file->size() != header.end + size) return std::nullopt;
  return HeldArray(std::move(file), header.end, kind.held_as, header.shape);
}

}  // namespace

HeldArray read_npy(ByteSource& bytes, const std::string& who) {
  const Header header = read_header(bytes, who);
  const Kind& kind = kind_of(header.descr, who);
  const bool empty = std::find(header.shape.begin(), header.shape.end(), 0) != header.shape.end();
  std::uint64_t size = empty ? 0 : kind.bytes;
  for (const std::int64_t extent : header.shape)
    if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(extent), &size) || size > bytes.most_bytes())
      throw sdk::DataError(who, fmt::format("its header promises more data than the file can hold (shape {}, {} bytes an element, at most {} bytes in the file)",
                                            to_string(header.shape), kind.bytes, bytes.most_bytes()),
                           -1, "the file is truncated or its header is damaged; fetch it again");
  if (empty) throw sdk::DataError(who, fmt::format("expected elements, found none: its shape is {}", to_string(header.shape)));
  bytes.prove(size, fmt::format("the elements of shape {}", to_string(header.shape)));
  const bool turned = header.fortran && header.shape.size() > 1;
  return HeldArray::made(who, kind.held_as, header.shape, [&](void* to) {
    Tensor columns;
    if (turned) columns = room_for(who, kind.held_as, header.shape);
    read_elements(bytes, kind, header, who, turned ? columns.data() : to);
    if (!bytes.at_end()) throw sdk::DataError(who, fmt::format("expected the end after the {} bytes that shape {} needs, found more", size, to_string(header.shape)));
    if (turned) row_major(columns, to);
  });
}

PickledArray read_pickled_npy(ByteSource& bytes, const std::string& who) {
  const Header header = read_header(bytes, who);
  if (header.descr.find('O') == header.descr.npos) throw sdk::DataError(who, fmt::format("expected pickled Python lists, found elements of type '{}'", header.descr));
  PickledArray array;
  array.shape = header.shape;
  std::string piece(std::size_t{1} << 16, '\0');
  while (!bytes.at_end()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), bytes.left()));
    bytes.read(piece.data(), size, "the pickled objects");
    array.pickle.append(piece, 0, size);
    if (array.pickle.size() > most_pickle_bytes) throw sdk::DataError(who, "expected at most 1 GiB of pickled objects, found more");
  }
  return array;
}

HeldArray read_npy_file(const std::string& path) {
  if (std::optional<HeldArray> mapped = mapped_npy(path)) return *std::move(mapped);
  FileBytes bytes(path);
  return read_npy(bytes, path);
}

}  // namespace teranga::datasets
