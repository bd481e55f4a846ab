// SPDX-License-Identifier: Apache-2.0
// A plugin of a border that does not exist yet: 1.7. Its structs have more fields at their ends, it has an item of a new kind, and it either carries on on hosts of 1.0, or
// needs one of 1.7 (NEEDS_NEWER).
#include <cstring>

#include <teranga/sdk/layer.hpp>

namespace sdk = teranga::sdk;

#ifdef NEEDS_NEWER
constexpr std::uint16_t least_minor = 7;
#else
constexpr std::uint16_t least_minor = 0;
#endif

struct Twice {
  static sdk::LayerInfo info() {
    return {.name = "later.twice", .author = "Teranga", .summary = "Twice as much", .formula = "y = factor x",
            .options = {sdk::real("factor", 2.0).in(0, 9).says("the factor"), sdk::boolean("sign", false).says("whether to change the sign")}};
  }
  double factor;
  explicit Twice(const sdk::Options& options) : factor(options.boolean("sign") ? -options.real("factor") : options.real("factor")) {}
  void plan(sdk::LayerPlan& p) const { p.output(p.real_input(0).shape); }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = static_cast<T>(factor) * x;
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = static_cast<T>(factor) * dy;
  }
};

// T with fields behind it that a host of 1.0 knows nothing of, and must not read.
template <class T>
struct Later {
  T now;
  const void* more[3];
};
template <class T>
Later<T> later(const T& now) {
  Later<T> made;
  std::memset(&made, 0x5a, sizeof(made));
  std::memcpy(&made.now, &now, sizeof(now));
  made.now.size = sizeof(made);
  return made;
}

__attribute__((section(".note.teranga,\"a\",@note#"), used, aligned(4))) static const trg_note_section note = {
    8, sizeof(trg_note), TRG_NOTE_TYPE, TRG_NOTE_OWNER, {TRG_NOTE_MAGIC, TRG_BORDER_MAJOR, 7, least_minor, 0}};

extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host) {
  const trg_library& today = *sdk::detail::open_library(host, [] { return std::vector<sdk::Item>{sdk::layer<Twice>()}; });
  static const auto calls = later(sdk::detail::LayerAdapter<Twice>::calls);
  static const Later<trg_option_spec> options[] = {later(today.items[0].options[0]), later(today.items[0].options[1])};
  static Later<trg_item> items[] = {later(today.items[0]), later(today.items[0])};
  items[0].now.kind = 40;  // a kind that has come since
  items[0].now.name = "later.kind";
  items[1].now.calls = &calls;
  items[1].now.options = &options[0].now;
  items[1].now.option_stride = sizeof(options[0]);
  static auto library = later(today);
  library.now.items = &items[0].now;
  library.now.item_count = 2;
  library.now.item_stride = sizeof(items[0]);
  return &library.now;
}
