// SPDX-License-Identifier: Apache-2.0
#include <teranga/data/tokens.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <teranga/core/error.hpp>

namespace teranga::data {
namespace {

// No exception may pass through the plugin's frames: whatever goes wrong in here is told by `failed`.
template <class T>
struct Taken {
  T value = {};
  bool failed = false;

  template <class F>
  void take(F&& f) noexcept {
    try {
      f(value);
    } catch (...) {
      failed = true;
    }
  }
};

void take_field(void* context, const trg_token_field* native) noexcept {
  static_cast<Taken<std::vector<TokenField>>*>(context)->take([&](auto& fields) {
    fields.push_back({static_cast<std::size_t>(native->field), static_cast<TokenRole>(native->role), native->ids, native->steps, native->padding, native->unknown, native->start, native->end, native->first,
                      native->between ? native->between : ""});
  });
}

void take_ids(void* context, const std::int32_t* ids, std::size_t count) noexcept {
  static_cast<Taken<std::vector<std::int32_t>>*>(context)->take([&](auto& to) { to.assign(ids, ids + count); });
}

void take_text(void* context, const char* text, std::size_t size) noexcept {
  static_cast<Taken<std::string>*>(context)->take([&](auto& to) { to.assign(text, size); });
}

}  // namespace

std::optional<Tokens> Tokens::of(const Source& source) {
  const auto* calls = static_cast<const trg_tokens*>(source.extension(TRG_TOKENS));
  if (!calls) return std::nullopt;
  Tokens out(source, *calls);
  Taken<std::vector<TokenField>> told;
  source.call("describe tokens", [&](void* dataset, trg_error* error) { return calls->describe(dataset, &told, take_field, error); });
  if (told.failed) out.nonsense("its description of tokens");
  out.fields_ = std::move(told.value);
  for (const TokenField& field : out.fields_) out.check(field);
  return out;
}

void Tokens::check(const TokenField& field) const {
  const bool known = field.field < source_->fields().size() && (field.role == TokenRole::so_far || field.role == TokenRole::source);
  if (!known || source_->fields()[field.field].role != Role::feature || field.ids < 1 || field.steps < 1) nonsense("its description of tokens (a field, role or count out of range)");
  for (const std::int32_t id : {field.padding, field.unknown, field.start, field.end, field.first})
    if (id < -1 || id >= field.ids) nonsense(fmt::format("the special id {} of {} ids", id, field.ids));
}

void Tokens::nonsense(std::string_view what) const { throw Error(ExitCode::plugin, fmt::format("data set \"{}\": {} makes no sense", source_->name(), what)); }

const TokenField* Tokens::field(TokenRole role) const noexcept {
  const auto at = std::find_if(fields_.begin(), fields_.end(), [&](const TokenField& field) { return field.role == role; });
  return at == fields_.end() ? nullptr : &*at;
}

std::vector<std::int32_t> Tokens::encode(const TokenField& field, std::string_view text) const {
  Taken<std::vector<std::int32_t>> taken;
  source_->call("encode", [&](void* dataset, trg_error* error) { return calls_->encode(dataset, static_cast<std::int32_t>(field.field), text.data(), text.size(), &taken, take_ids, error); });
  if (taken.failed || std::any_of(taken.value.begin(), taken.value.end(), [&](std::int32_t id) { return id < 0 || id >= field.ids; })) nonsense("what it makes of a text");
  return std::move(taken.value);
}

std::string Tokens::decode(const TokenField& field, std::span<const std::int32_t> ids) const {
  Taken<std::string> taken;
  source_->call("decode", [&](void* dataset, trg_error* error) { return calls_->decode(dataset, static_cast<std::int32_t>(field.field), ids.data(), ids.size(), &taken, take_text, error); });
  if (taken.failed) nonsense("what it makes of ids");
  return std::move(taken.value);
}

std::int64_t Tokens::lay(const TokenField& field, std::span<const std::int32_t> ids, void* to) const {
  std::int64_t last = -1;
  source_->call("lay", [&](void* dataset, trg_error* error) { return calls_->lay(dataset, static_cast<std::int32_t>(field.field), ids.data(), ids.size(), to, &last, error); });
  if (last < 0 || last >= field.steps) nonsense(fmt::format("the step {} of {}, where it says that a text ends,", last, field.steps));
  return last;
}

}  // namespace teranga::data
