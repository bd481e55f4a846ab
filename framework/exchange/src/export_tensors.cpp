// SPDX-License-Identifier: Apache-2.0
#include <teranga/exchange/export_tensors.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/zip/write.hpp>

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "json.hpp"
#include "pytorch_layout.hpp"

namespace teranga::exchange {
namespace {

// The header of NumPy's format (version 1.0): a dictionary of Python, filled up with blanks to a multiple of 64 bytes.
std::string npy_of(const Tensor& tensor) {
  std::string shape;
  for (const std::int64_t extent : tensor.shape()) shape += fmt::format("{},", extent);
  std::string header = fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': ({}), }}", size_of(tensor.type()), shape);
  constexpr std::size_t prefix = 10;
  header.append(63 - (prefix + header.size()) % 64, ' ').append("\n");
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() % 256);
  out += static_cast<char>(header.size() / 256);
  out += header;
  return out.append(static_cast<const char*>(tensor.data()), tensor.bytes());
}

void write_npz(const std::vector<NamedTensor>& tensors, const std::string& output) {
  std::vector<std::string> arrays;
  for (const NamedTensor& tensor : tensors) arrays.push_back(npy_of(tensor.tensor));
  std::vector<zip::NewMember> members;
  for (std::size_t i = 0; i < arrays.size(); ++i) members.push_back({tensors[i].name + ".npy", std::as_bytes(std::span(arrays[i]))});
  zip::write_archive(output, members);
}

// Eight bytes with the length of the header, which is JSON filled up with blanks to a multiple of 8; then the elements.
void write_safetensors(const std::vector<NamedTensor>& tensors, const std::string& output) {
  Json header = Json::object();
  header["__metadata__"] = {{"format", "pt"}};
  std::uint64_t begin = 0;
  for (const NamedTensor& tensor : tensors) {
    header[tensor.name] = {{"dtype", tensor.tensor.type() == ElementType::f64 ? "F64" : "F32"}, {"shape", tensor.tensor.shape()}, {"data_offsets", {begin, begin + tensor.tensor.bytes()}}};
    begin += tensor.tensor.bytes();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string bytes;
  for (std::uint64_t i = 0, length = text.size(); i < 8; ++i) bytes += static_cast<char>(length >> 8 * i & 0xff);
  bytes += text;
  for (const NamedTensor& tensor : tensors) bytes.append(static_cast<const char*>(tensor.tensor.data()), tensor.tensor.bytes());
  if (const int failed = replace_file(output, bytes); failed != 0) throw Error(ExitCode::failure, fmt::format("{} cannot be written: {}", output, std::strerror(failed)));
}

}  // namespace

std::size_t export_tensors(const recipe::Recipe& recipe, const checkpoint::Snapshot& snapshot, TensorFormat format, TensorLayout layout, const std::string& output) {
  std::vector<NamedTensor> tensors;
  std::vector<std::string> faults;
  for (const recipe::LayerRecipe& layer : recipe.layers) {
    if (layer.weights_of) continue;
    const std::string& owner = layer.weights_as.empty() ? layer.name : layer.weights_as;
    std::vector<NamedTensor> own;
    for (const auto& [from, prefix] : {std::pair{&snapshot.parameters, owner}, {&snapshot.states, layer.name}})
      for (const NamedTensor& tensor : *from)
        if (tensor.name.starts_with(prefix + "/")) own.push_back(tensor);
    if (own.empty()) continue;
    if (layout == TensorLayout::pytorch) own = in_pytorch_layout(layer, own, faults);
    for (NamedTensor& tensor : own) tensors.push_back(std::move(tensor));
  }
  if (!faults.empty()) throw Error(ExitCode::usage, fmt::format("export: {} {} no counterpart in the layout of PyTorch:\n  {}", faults.size(), faults.size() == 1 ? "layer has" : "layers have", fmt::join(faults, "\n  ")));
  if (format == TensorFormat::npz) write_npz(tensors, output);
  else write_safetensors(tensors, output);
  return tensors.size();
}

}  // namespace teranga::exchange
