// SPDX-License-Identifier: Apache-2.0
#include <teranga/model/row_states.hpp>

#include <cstring>

namespace teranga::model {

int RowStates::add(const std::string& layer, const std::string& name, Shape shape, bool resets_each_epoch) {
  const std::size_t bytes = static_cast<std::size_t>(element_count(shape)) * size_of(type_);
  states_.push_back({layer + "/" + name, layer, std::move(shape), resets_each_epoch, bytes, Buffer(bytes)});
  return static_cast<int>(states_.size()) - 1;
}

void RowStates::reset(Walk& walk, std::size_t state) {
  const RowState& s = states_[state];
  for (std::int64_t row = 0; row < walk.rows; ++row) std::memcpy(static_cast<char*>(walk.now[state].data()) + static_cast<std::size_t>(row) * s.bytes, s.initial.data(), s.bytes);
}

void RowStates::begin(Purpose purpose, std::int64_t rows) {
  Walk& walk = walks_[index(purpose)];
  walk = {rows, {}, {}};
  for (std::size_t i = 0; i < states_.size(); ++i) {
    walk.now.emplace_back(static_cast<std::size_t>(rows) * states_[i].bytes);
    reset(walk, i);
  }
  walk.next = walk.now;
}

void RowStates::end(Purpose walk) { walks_[index(walk)] = {}; }

void RowStates::begin_epoch() {
  Walk& walk = walks_[index(Purpose::training)];
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (states_[i].resets_each_epoch) reset(walk, i);
}

void* RowStates::data(Purpose purpose, int state, bool next) noexcept {
  Walk& walk = walks_[index(purpose)];
  return walk.rows == 0 ? nullptr : (next ? walk.next : walk.now)[static_cast<std::size_t>(state)].data();
}

std::vector<NamedTensor> RowStates::tensors() const {
  std::vector<NamedTensor> out;
  const Walk& walk = walks_[index(Purpose::training)];
  for (std::size_t i = 0; i < states_.size(); ++i) {
    Shape shape = states_[i].shape;
    shape.insert(shape.begin(), walk.rows);
    out.push_back({states_[i].name, Tensor(type_, shape)});
    if (out.back().tensor.bytes()) std::memcpy(out.back().tensor.data(), walk.now[i].data(), out.back().tensor.bytes());
  }
  return out;
}

void RowStates::set(int state, const void* rows) {
  Walk& walk = walks_[index(Purpose::training)];
  const auto i = static_cast<std::size_t>(state);
  if (walk.rows > 0) std::memcpy(walk.now[i].data(), rows, static_cast<std::size_t>(walk.rows) * states_[i].bytes);
}

}  // namespace teranga::model
