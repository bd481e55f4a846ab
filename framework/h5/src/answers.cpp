// SPDX-License-Identifier: Apache-2.0
#include "answers.hpp"

namespace teranga::h5 {

void put_child(Packet& to, const Child& child) {
  to.put(child.name).put(child.kind).put(child.type).put(child.reason).put(child.chunk_rows).put(child.chunk_bytes);
  to.put(child.address).put(child.place).put(child.packed).put<std::uint64_t>(child.shape.size());
  for (const std::int64_t extent : child.shape) to.put(extent);
}

Child get_child(PacketReader& from) {
  Child child;
  child.name = from.text();
  child.kind = from.get<Kind>();
  child.type = from.get<Type>();
  child.reason = from.text();
  child.chunk_rows = from.get<std::int64_t>();
  child.chunk_bytes = from.get<std::uint64_t>();
  child.address = from.get<std::uint64_t>();
  child.place = from.get<std::uint64_t>();
  child.packed = from.get<bool>();
  const auto rank = from.get<std::uint64_t>();
  if (rank > from.left() / sizeof(std::int64_t) || child.kind > Kind::refused || child.type > Type::u8) throw std::out_of_range("a packet that makes no sense");
  for (std::uint64_t axis = 0; axis < rank; ++axis) child.shape.push_back(from.get<std::int64_t>());
  return child;
}

void put_attribute(Packet& to, const Attribute& value) {
  to.put<std::int32_t>(static_cast<std::int32_t>(value.index()));
  if (const auto* text = std::get_if<std::string>(&value)) to.put(*text);
  else if (const auto* real = std::get_if<double>(&value)) to.put(*real);
  else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    to.put<std::uint64_t>(texts->size());
    for (const std::string& one : *texts) to.put(one);
  }
  else to.put(std::get<std::int64_t>(value));
}

Attribute get_attribute(PacketReader& from) {
  switch (from.get<std::int32_t>()) {
    case 0: return from.get<std::int64_t>();
    case 1: return from.get<double>();
    case 2: return from.text();
    case 3: {
      std::vector<std::string> texts;
      for (auto count = from.get<std::uint64_t>(); count > 0; --count) texts.push_back(from.text());
      return texts;
    }
    default: throw std::out_of_range("an attribute of no kind");
  }
}

}  // namespace teranga::h5
