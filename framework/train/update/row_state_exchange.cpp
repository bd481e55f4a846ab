// SPDX-License-Identifier: Apache-2.0
#include "update/row_state_exchange.hpp"

#include <teranga/core/error.hpp>
#include <teranga/data/order.hpp>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace teranga::train {
namespace {

std::string stored_name(const std::string& name) { return "row_states/" + name; }

std::string bytes_of(const Tensor& tensor) { return {static_cast<const char*>(tensor.data()), tensor.bytes()}; }

}  // namespace

std::vector<NamedTensor> gather_row_states(const model::RowStates& states, Communicator& comm) {
  std::vector<NamedTensor> out;
  for (NamedTensor& own : states.tensors()) {
    std::string all;
    for (const std::string& rows : comm.gather(bytes_of(own.tensor))) all += rows;  // rows lie in rank order
    if (!comm.is_root()) continue;
    Shape shape = own.tensor.shape();
    const std::size_t row = static_cast<std::size_t>(element_count({shape.begin() + 1, shape.end()})) * size_of(own.tensor.type());
    shape[0] = static_cast<std::int64_t>(all.size() / row);
    out.push_back({stored_name(own.name), Tensor(own.tensor.type(), shape)});
    std::memcpy(out.back().tensor.data(), all.data(), all.size());
  }
  return out;
}

std::vector<NamedTensor> row_states_in(const std::vector<NamedTensor>& run, const model::RowStates& states, std::int64_t batch_size, const std::string& from) {
  std::vector<NamedTensor> out;
  std::string faults, go_on;
  for (const model::RowState& s : states.states()) {
    Shape wanted = s.shape;
    wanted.insert(wanted.begin(), batch_size);
    const auto found = std::find_if(run.begin(), run.end(), [&](const NamedTensor& t) { return t.name == stored_name(s.name); });
    if (found == run.end()) faults += fmt::format("\n  the state \"{}\" of the batch's rows is missing", s.name);
    else if (found->tensor.shape() != wanted) {
      faults += fmt::format("\n  the state \"{}\" of the batch's rows: expected {}, found {}", s.name, to_string(wanted), to_string(found->tensor.shape()));
      if (!found->tensor.shape().empty() && found->tensor.shape()[0] != batch_size) go_on = fmt::format("batch_size = {} goes on; ", found->tensor.shape()[0]);
    }
    else out.push_back(*found);
  }
  if (!faults.empty()) throw Error(ExitCode::usage, fmt::format("{} does not fit the recipe's network:{}", from, faults), go_on + "--run OTHER or --fresh trains the changed recipe");
  return out;
}

void share_row_states(const std::vector<NamedTensor>& whole, model::RowStates& states, std::int64_t batch_size, data::RankOf who, Communicator& comm) {
  if (states.empty()) return;
  std::string all;
  for (const NamedTensor& tensor : whole) all += bytes_of(tensor.tensor);
  comm.broadcast(all);
  if (all.empty()) return;
  const data::Share share = data::share_of(batch_size, who);
  const char* state = all.data();
  for (std::size_t i = 0; i < states.states().size(); ++i) {
    const std::size_t row = states.states()[i].bytes;
    states.set(static_cast<int>(i), state + static_cast<std::size_t>(share.first_row) * row);
    state += static_cast<std::size_t>(batch_size) * row;
  }
}

}  // namespace teranga::train
