// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/layer/run.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

template <class F>
void for_each_pair(const Result& found, const Result& expected, F&& f) {
  const auto all = [&](const std::vector<Array>& a, const std::vector<Array>& b, const char* noun, const std::vector<Declared>* facts) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      f(a[i], b[i], facts && i < facts->size() ? fmt::format("{} \"{}\"", noun, (*facts)[i].name) : fmt::format("{} {}", noun, i));
  };
  all(found.outputs, expected.outputs, "output", &found.output_ports);
  all(found.output_masks, expected.output_masks, "mask of output", &found.output_ports);
  all(found.d_inputs, expected.d_inputs, "gradient of input", nullptr);
  all(found.d_parameters, expected.d_parameters, "gradient of parameter", &found.parameter_facts);
  all(found.states, expected.states, "state", &found.state_facts);
}

}  // namespace

std::vector<std::string> differences(const Result& found, const Result& expected, const Tolerance& tolerance) {
  std::vector<std::string> texts;
  for_each_pair(found, expected, [&](const Array& a, const Array& b, const std::string& name) {
    for (const std::string& text : differences(a, b, tolerance)) texts.push_back(name + ": " + text);
  });
  return texts;
}

std::string first_other_bits(const Result& found, const Result& expected) {
  std::string first;
  for_each_pair(found, expected, [&](const Array& a, const Array& b, const std::string& name) {
    if (!first.empty()) return;
    if (std::string text = first_other_bits(a, b); !text.empty()) first = name + ": " + text;
  });
  return first;
}

}  // namespace teranga::conformance
