// SPDX-License-Identifier: Apache-2.0
// A stack machine of a few opcodes. Values are small; lists live beside the stack, so that a remembered list and the one on the stack are one.
#include "pickle_reader.hpp"

#include <cstring>
#include <deque>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

#include "pickle_opcodes.hpp"

namespace teranga::datasets {

namespace {

using Integers = std::vector<std::int32_t>;

enum class Kind { mark, integer, text, list, tuple, reconstruct, ndarray, dtype_type, encode, array, dtype, nothing };

// integer: its value. text, list, tuple: where it lies in its store.
struct Value {
  Kind kind = Kind::nothing;
  std::int64_t number = 0;
};

// Of whole numbers, or of lists.
struct List {
  Integers integers;
  std::vector<std::size_t> lists;
  bool placed = false;  // in a list already
};

class Machine {
 public:
  Machine(std::string_view pickle, std::uint64_t packed_bytes, const std::string& who) : pickle_(pickle), who_(who), most_values_(packed_bytes + 1'000'000) {}

  std::vector<Integers> run() {
    for (;;) {
      opcode_at_ = at_;
      const auto code = static_cast<unsigned char>(take(1)[0]);
      if (code == '.') return result();
      step(code);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& text) const {
    throw sdk::DataError(who_, fmt::format("{} (byte {} of the pickle)", text, opcode_at_), -1, "only arrays of lists of whole numbers are read, as in Keras's imdb.npz");
  }
  std::string_view take(std::uint64_t bytes) {
    if (bytes > pickle_.size() - at_) fail("the pickle ends early");
    const std::string_view taken = pickle_.substr(at_, bytes);
    at_ += bytes;
    return taken;
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view line() {
    const std::size_t end = pickle_.find('\n', at_);
    if (end == pickle_.npos) fail("the pickle ends early");
    const std::string_view text = pickle_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
  }

  void push(Kind kind, std::int64_t value = 0) {
    count_values();
    stack_.push_back({kind, value});
  }
  // Of whatever takes memory beside the numbers in lists.
  void count_values() const {
    if (stack_.size() + memo_.size() + lists_.size() + texts_.size() + tuples_.size() >= most_values_)
      fail(fmt::format("expected at most {} lists and other values, one for each byte of the file and a million, found more", most_values_));
  }
  Value pop() {
    if (stack_.empty()) fail("the pickle takes from an empty stack");
    const Value value = stack_.back();
    stack_.pop_back();
    return value;
  }
  Value pop(Kind kind, const char* what) {
    const Value value = pop();
    if (value.kind != kind) fail(fmt::format("expected {}, found something else", what));
    return value;
  }
  void push_text(std::string_view text) {
    texts_.emplace_back(text);
    push(Kind::text, static_cast<std::int64_t>(texts_.size() - 1));
  }
  std::size_t mark() const {
    for (std::size_t i = stack_.size(); i-- > 0;)
      if (stack_[i].kind == Kind::mark) return i;
    fail("the pickle takes back to a mark that is not there");
  }

  void step(unsigned char code) {
    switch (code) {
      case 0x80:  // PROTO
        if (const auto protocol = number<std::uint8_t>(); protocol < 2 || protocol > 5) fail(fmt::format("expected pickle protocol 2 to 5, found {}", protocol));
        return;
      case 0x95: number<std::uint64_t>(); return;                                        // FRAME
      case '(': return push(Kind::mark);                                                 // MARK
      case 'K': return push(Kind::integer, number<std::uint8_t>());                      // BININT1
      case 'M': return push(Kind::integer, number<std::uint16_t>());                     // BININT2
      case 'J': return push(Kind::integer, number<std::int32_t>());                      // BININT
      case 0x8a: return push_long(number<std::uint8_t>());                               // LONG1
      case 0x88: case 0x89: return push(Kind::integer, code == 0x88);                    // NEWTRUE, NEWFALSE
      case 'N': return push(Kind::nothing);                                              // NONE
      case 'U': case 'C': case 0x8c: return push_text(take(number<std::uint8_t>()));     // SHORT_BINSTRING, SHORT_BINBYTES, SHORT_BINUNICODE
      case 'X': return push_text(take(number<std::uint32_t>()));                         // BINUNICODE
      case 'q': memo_[number<std::uint8_t>()] = top(); return;                           // BINPUT
      case 'r': memo_[number<std::uint32_t>()] = top(); return;                          // LONG_BINPUT
      case 0x94: memo_.emplace(memo_.size(), top()); return;                             // MEMOIZE
      case 'h': return recall(number<std::uint8_t>());                                   // BINGET
      case 'j': return recall(number<std::uint32_t>());                                  // LONG_BINGET
      case ')': return push_tuple({});                                                   // EMPTY_TUPLE
      case 0x85: case 0x86: case 0x87: return push_tuple(cut(stack_.size() - std::min<std::size_t>(stack_.size(), code - 0x84u)));  // TUPLE1 to 3
      case 't': {                                                                        // TUPLE
        const std::size_t first = mark();
        std::vector<Value> items = cut(first + 1);
        stack_.pop_back();
        return push_tuple(std::move(items));
      }
      case ']':  // EMPTY_LIST
        lists_.emplace_back();
        return push(Kind::list, static_cast<std::int64_t>(lists_.size() - 1));
      case 'a': {  // APPEND
        const Value item = pop();
        return append(item);
      }
      case 'e': {  // APPENDS
        const std::size_t first = mark();
        const std::vector<Value> items = cut(first + 1);
        stack_.pop_back();
        for (const Value& item : items) append(item);
        return;
      }
      case 'c': {  // GLOBAL
        const std::string_view module = line();
        return push_name(module, line());
      }
      case 0x93: {  // STACK_GLOBAL
        const std::string name = text(pop(Kind::text, "a name")), module = text(pop(Kind::text, "a module"));
        return push_name(module, name);
      }
      case 'R': return reduce();
      case 'b': return build();
      default: fail(fmt::format("the opcode {} (0x{:02x}) is refused", pickle_opcode_name(code), code));
    }
  }

  const Value& top() const {
    if (stack_.empty()) fail("the pickle remembers from an empty stack");
    return stack_.back();
  }
  void recall(std::uint64_t which) {
    const auto found = memo_.find(which);
    if (found == memo_.end()) fail(fmt::format("the pickle recalls value {}, which it never remembered", which));
    count_values();
    stack_.push_back(found->second);
  }
  std::vector<Value> cut(std::size_t first) {
    std::vector<Value> items(stack_.begin() + static_cast<std::ptrdiff_t>(first), stack_.end());
    stack_.resize(first);
    return items;
  }
  void push_tuple(std::vector<Value> items) {
    tuples_.push_back(std::move(items));
    push(Kind::tuple, static_cast<std::int64_t>(tuples_.size() - 1));
  }
  const std::string& text(const Value& value) const { return texts_[static_cast<std::size_t>(value.number)]; }
  void push_long(std::size_t bytes) {
    if (bytes > 8) fail("expected whole numbers of 32 bits, found a longer one");
    const std::string_view raw = take(bytes);
    std::uint64_t value = bytes > 0 && (raw.back() & 0x80) ? ~std::uint64_t{0} : 0;
    for (std::size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
    push(Kind::integer, static_cast<std::int64_t>(value));
  }

  void push_name(std::string_view module, std::string_view name) {
    const bool numpy = module == "numpy.core.multiarray" || module == "numpy._core.multiarray";
    if (numpy && name == "_reconstruct") return push(Kind::reconstruct);
    if (module == "numpy" && name == "ndarray") return push(Kind::ndarray);
    if (module == "numpy" && name == "dtype") return push(Kind::dtype_type);
    if (module == "_codecs" && name == "encode") return push(Kind::encode);  // how protocol 2 writes the byte text b'b'
    fail(fmt::format("the name {}.{} is refused", module, name));
  }

  // Calls of the three functions; what they are given does not matter for lists, so it is dropped.
  void reduce() {
    const Value arguments = pop(Kind::tuple, "arguments");
    const Value called = pop();
    if (called.kind == Kind::reconstruct) return push(Kind::array);
    if (called.kind == Kind::dtype_type) {
      const std::vector<Value>& given = tuples_[static_cast<std::size_t>(arguments.number)];
      if (given.empty() || given[0].kind != Kind::text || !text(given[0]).starts_with('O')) fail("expected the element type 'O8', found another one");
      return push(Kind::dtype);
    }
    if (called.kind == Kind::encode) return push_text("b");
    fail("a call of something that is no function");
  }

  // The state of the array is (version, shape, dtype, fortran, list); that of a dtype does not matter.
  void build() {
    const Value state = pop(Kind::tuple, "a state");
    const Value& of = top();
    if (of.kind == Kind::dtype) return;
    const std::vector<Value>& parts = tuples_[static_cast<std::size_t>(state.number)];
    if (of.kind != Kind::array || has_array_ || parts.size() != 5 || parts[1].kind != Kind::tuple || parts[4].kind != Kind::list) fail("expected the state of one object array");
    const std::vector<Value>& shape = tuples_[static_cast<std::size_t>(parts[1].number)];
    const auto items = static_cast<std::size_t>(parts[4].number);
    if (shape.size() != 1 || shape[0].kind != Kind::integer || shape[0].number != static_cast<std::int64_t>(lists_[items].lists.size()))
      fail(fmt::format("expected an array of one axis with a list for each element, found {} lists", lists_[items].lists.size()));
    elements_ = items;
    has_array_ = true;
  }

  void append(const Value& item) {
    if (top().kind != Kind::list) fail("appends to something that is no list");
    List& list = lists_[static_cast<std::size_t>(top().number)];
    if (item.kind == Kind::list && list.integers.empty()) {
      // A list that stands in many places would make a small file fill the memory.
      List& placed = lists_[static_cast<std::size_t>(item.number)];
      if (std::exchange(placed.placed, true)) fail("expected lists of their own, found one list in two places");
      list.lists.push_back(static_cast<std::size_t>(item.number));
    } else if (item.kind == Kind::integer && list.lists.empty()) {
      if (item.number < 0 || item.number > std::numeric_limits<std::int32_t>::max() / 2) fail(fmt::format("expected word numbers from 0, found {}", item.number));
      list.integers.push_back(static_cast<std::int32_t>(item.number));
    } else {
      fail("expected lists of whole numbers, found something else in a list");
    }
  }

  std::vector<Integers> result() {
    if (!has_array_ || stack_.size() != 1 || stack_[0].kind != Kind::array) fail("the pickle holds no array");
    std::vector<Integers> out;
    for (const std::size_t which : std::vector<std::size_t>(lists_[elements_].lists)) {
      if (!lists_[which].lists.empty()) fail("expected lists of whole numbers, found lists of lists");
      out.push_back(std::move(lists_[which].integers));  // a list has one place
    }
    return out;
  }

  std::string_view pickle_;
  const std::string& who_;
  std::uint64_t most_values_;
  std::uint64_t at_ = 0, opcode_at_ = 0;
  std::vector<Value> stack_;
  std::unordered_map<std::uint64_t, Value> memo_;
  std::deque<List> lists_;
  std::deque<std::string> texts_;
  std::deque<std::vector<Value>> tuples_;
  std::size_t elements_ = 0;
  bool has_array_ = false;
};

}  // namespace

std::vector<std::vector<std::int32_t>> read_pickled_lists(std::string_view pickle, std::uint64_t packed_bytes, const std::string& who) { return Machine(pickle, packed_bytes, who).run(); }

}  // namespace teranga::datasets
