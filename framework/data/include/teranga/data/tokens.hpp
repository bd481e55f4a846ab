// SPDX-License-Identifier: Apache-2.0
// The host's side of a data set that knows texts: from a text to the steps of a sample, and from ids to a text. It is for those who let a network
// write. What is called anew before each step and in which order is theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/data/source.hpp>

namespace teranga::data {

enum class TokenRole : std::int32_t { so_far = TRG_TEXT_SO_FAR, source = TRG_TEXT_SOURCE };

// An id of -1: there is none.
struct TokenField {
  std::size_t field = 0;  // its number among those of the source
  TokenRole role = TokenRole::so_far;
  std::int64_t ids = 0, steps = 0;
  std::int32_t padding = -1, unknown = -1, start = -1, end = -1, first = -1;
  std::string between;
};

class Tokens {
 public:
  // Nothing where the data set knows no texts. The source must be restored and outlive it. Throws Error(plugin) for facts that make no sense.
  static std::optional<Tokens> of(const Source& source);

  const std::vector<TokenField>& fields() const noexcept { return fields_; }
  const TokenField* field(TokenRole role) const noexcept;  // nullptr: there is none

  std::vector<std::int32_t> encode(const TokenField& field, std::string_view text) const;
  std::string decode(const TokenField& field, std::span<const std::int32_t> ids) const;
  // Writes one sample of the field; ids: one or more. Gives the step at which the last one lies.
  std::int64_t lay(const TokenField& field, std::span<const std::int32_t> ids, void* to) const;

 private:
  Tokens(const Source& source, const trg_tokens& calls) : source_(&source), calls_(&calls) {}
  void check(const TokenField& field) const;
  [[noreturn]] void nonsense(std::string_view what) const;

  const Source* source_;
  const trg_tokens* calls_;
  std::vector<TokenField> fields_;
};

}  // namespace teranga::data
