// SPDX-License-Identifier: Apache-2.0
// Which numbers the elements of a data set are, and in words what others are.
#include <fmt/core.h>

#include <cstring>

#include "object.hpp"

namespace teranga::h5 {
namespace {

// FALSE and TRUE, as h5py writes booleans.
bool is_boolean(hid_t enumeration) {
  if (H5Tget_size(enumeration) != 1 || H5Tget_nmembers(enumeration) != 2) return false;
  std::int8_t no = -1, yes = -1;
  return H5Tenum_valueof(enumeration, "FALSE", &no) >= 0 && H5Tenum_valueof(enumeration, "TRUE", &yes) >= 0 && no == 0 && yes == 1;
}

std::string integer_refusal(hid_t type, Type* out) {
  const std::size_t size = H5Tget_size(type);
  if (size != 1 && size != 2 && size != 4 && size != 8) return fmt::format("integers of {} bytes", size);
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  *out = size == 8 || (size == 4 && !is_signed) ? Type::i64 : size == 1 && !is_signed ? Type::u8 : Type::i32;
  return {};
}

// An enumeration is read as its integers, a boolean one as bytes.
std::string enumeration_refusal(hid_t type, Type* out) {
  const bool boolean = is_boolean(type);
  H5Eclear2(H5E_DEFAULT);
  const Handle base(H5Tget_super(type), H5Tclose);
  if (!base || H5Tget_class(base) != H5T_INTEGER) return "an enumeration of something else than integers";
  const std::string refusal = integer_refusal(base, out);
  if (!refusal.empty()) return "an enumeration of " + refusal;
  if (boolean) *out = Type::u8;
  return {};
}

std::string text_words(hid_t type) {
  const htri_t variable = H5Tis_variable_str(type);
  return variable > 0 ? "text of variable length" : fmt::format("text of {} bytes", H5Tget_size(type));
}

std::string compound_words(hid_t type) {
  constexpr int most_named = 8;
  std::string names;
  const int members = H5Tget_nmembers(type);
  for (int i = 0; i < members && i < most_named; ++i) {
    char* const name = H5Tget_member_name(type, static_cast<unsigned>(i));
    if (name != nullptr) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    H5free_memory(name);
  }
  return fmt::format("a compound of {} members ({}{})", members, names, members > most_named ? ", ..." : "");
}

}  // namespace

Handle text_type(std::size_t size) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  if (!type || H5Tset_size(type, size) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) return {-1, H5Tclose};
  return type;
}

std::string type_refusal(hid_t type, Type* out) {
  const std::size_t size = H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      if (size != 2 && size != 4 && size != 8) return fmt::format("real numbers of {} bytes", size);
      *out = size == 8 ? Type::f64 : Type::f32;
      return {};
    case H5T_INTEGER: return integer_refusal(type, out);
    case H5T_ENUM: return enumeration_refusal(type, out);
    case H5T_STRING: return text_words(type);
    case H5T_COMPOUND: return compound_words(type);
    case H5T_ARRAY: return "elements that are arrays themselves";
    case H5T_VLEN: return "lists of variable length";
    case H5T_REFERENCE: return "references to other objects";
    case H5T_OPAQUE: return fmt::format("raw bytes, {} an element", size);
    case H5T_BITFIELD: return fmt::format("bit fields of {} bytes", size);
    case H5T_TIME: return "times";
    default: return "elements of a type that is not known";
  }
}

}  // namespace teranga::h5
