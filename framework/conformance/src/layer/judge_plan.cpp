// SPDX-License-Identifier: Apache-2.0
// What a plan's answers must keep beside each other.
#include <teranga/conformance/layer/plan.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr std::int32_t known_flags = TRG_READ_IN_BACKWARD | TRG_NO_GRADIENT | TRG_SURROGATE | TRG_MASK_PASSES | TRG_MASK_PRODUCED | TRG_SAME_BYTES | TRG_REPEATABLE;

std::int64_t elements_of(const std::vector<std::int64_t>& shape) {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

// A path of Keras: parts between "/", none of them empty, "." or "..".
bool is_path(const std::string& name) {
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return name.size() <= TRG_MOST_NAME;
}

template <class D>
std::string difference(const std::vector<D>& a, const std::vector<D>& b, const char* noun, std::size_t from_axis) {
  if (a.size() != b.size()) return fmt::format("{} {}s, then {}", b.size(), noun, a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name) return fmt::format("{} {} is called \"{}\", then \"{}\"", noun, i, b[i].name, a[i].name);
    if (a[i].shape.size() != b[i].shape.size() || !std::equal(a[i].shape.begin() + static_cast<std::ptrdiff_t>(std::min(from_axis, a[i].shape.size())), a[i].shape.end(), b[i].shape.begin() + static_cast<std::ptrdiff_t>(std::min(from_axis, a[i].shape.size()))))
      return fmt::format("{} \"{}\" has the shape {}, then {}", noun, a[i].name, words_of_shape(b[i].shape), words_of_shape(a[i].shape));
    if (a[i].type != b[i].type || a[i].flags != b[i].flags) return fmt::format("{} \"{}\" has another type or other flags", noun, a[i].name);
    if (a[i].trainable != b[i].trainable || a[i].initializer != b[i].initializer || a[i].l1 != b[i].l1 || a[i].l2 != b[i].l2) return fmt::format("{} \"{}\" has another initializer or penalty", noun, a[i].name);
  }
  return {};
}

}  // namespace

std::string LayerPlan::difference_from(const LayerPlan& other) const {
  if (std::string text = difference(outputs, other.outputs, "output", 0); !text.empty()) return text;
  if (std::string text = difference(parameters, other.parameters, "parameter", 0); !text.empty()) return text;
  if (std::string text = difference(states, other.states, "state", 0); !text.empty()) return text;
  if (input_flags != other.input_flags) return "other flags of inputs";
  for (std::size_t i = 0; i < 4; ++i)
    if (buffers[i].per_row != other.buffers[i].per_row || buffers[i].bytes != other.buffers[i].bytes)
      return fmt::format("a buffer of {} bytes a sample and {} bytes, then one of {} and {}", other.buffers[i].per_row, other.buffers[i].bytes, buffers[i].per_row, buffers[i].bytes);
  for (std::size_t i = 0; i < 3; ++i)
    if (calls[i].sums != other.calls[i].sums || calls[i].offered != other.calls[i].offered || calls[i].axis != other.calls[i].axis || calls[i].multiple != other.calls[i].multiple)
      return "other passes or granularities";
  return {};
}

std::string LayerPlan::contradiction_of(const LayerPlan& other) const {
  if (std::string text = difference(outputs, other.outputs, "output", 1); !text.empty()) return text;
  if (std::string text = difference(parameters, other.parameters, "parameter", 0); !text.empty()) return text;
  return difference(states, other.states, "state", 0);
}

void LayerPlan::judge(const LayerCase& given, const PlanRequest& request) {
  const auto say = [&](std::string text, std::string where, std::string mend) { nonsense.push_back({std::move(text), "plan" + std::move(where), std::move(mend)}); };
  if (outputs.empty() && nonsense.empty()) say("it declares no output", "", "Call planner->output for each output.");
  if (absorbed > given.followers.size())
    say(fmt::format("it takes in {} layers behind it, of {} that were offered", absorbed, given.followers.size()), ", call absorb", "Take in at most follower_count of the request.");
  const auto limit = [&](std::size_t count, std::size_t most, const char* noun) {
    if (count > most) say(fmt::format("it declares {} {}, expected at most {}", count, noun, most), "", "Declare fewer.");
  };
  limit(outputs.size(), TRG_MOST_PORTS, "outputs"), limit(parameters.size(), TRG_MOST_PARAMETERS, "parameters"), limit(states.size(), TRG_MOST_PARAMETERS, "states");
  std::set<std::string> ports, weights;
  for (const PlannedPort& port : outputs)
    if (!ports.insert(port.name).second) say(fmt::format("two outputs are called \"{}\"", port.name), ", outputs", "Give each a name of its own.");
  const auto names_of = [&](const auto& all, const char* noun) {
    for (const Declared& one : all) {
      if (!weights.insert(one.name).second) say(fmt::format("two parameters or states are called \"{}\"", one.name), fmt::format(", {}s", noun), "Give each a name of its own: checkpoints know them by it.");
      else if (!is_path(one.name)) say(fmt::format("a {} is called \"{}\"", noun, one.name), fmt::format(", {}s", noun), "Give it a name as Keras does: \"kernel\", or with parts that are not empty: \"query/kernel\".");
    }
  };
  names_of(parameters, "parameter"), names_of(states, "state");
  for (std::size_t i = 0; i < input_flags.size(); ++i)
    if (input_flags[i] & ~known_flags) say(fmt::format("the flags {:#x} have bits that mean nothing", input_flags[i]), fmt::format(", input {}", i), "Use bits of enum trg_port_flag.");
  double elements = 0;
  for (const Array& input : given.inputs) {
    double own = request.samples > 0 ? static_cast<double>(request.samples) : 1;
    for (std::size_t axis = 1; axis < input.shape.size(); ++axis) own *= static_cast<double>(input.shape[axis]);
    elements += own;
  }
  for (const PlannedPort& port : outputs) elements += static_cast<double>(elements_of(port.shape));
  for (const PlannedParameter& p : parameters) elements += static_cast<double>(elements_of(p.shape));
  constexpr double much = 1 << 30, much_for_an_element = 1 << 20;
  for (const PlannedBuffer& buffer : buffers) {
    const double bytes = static_cast<double>(buffer.per_row) * static_cast<double>(request.samples) + static_cast<double>(buffer.bytes);
    if (bytes <= much || bytes <= much_for_an_element * elements) continue;
    say(fmt::format("it asks for a buffer of {:.3g} bytes, but its inputs, outputs and parameters have {:.0f} elements", bytes, elements), ", call buffer", "Count the bytes again: bytes_per_row is for one sample.");
  }
  bool flows = false;
  for (const PlannedPort& port : outputs) {
    const std::string where = fmt::format(", output \"{}\"", port.name);
    flows = flows || !(port.flags & TRG_NO_GRADIENT);
    if (port.type < TRG_F32 || port.type > TRG_U8) say(fmt::format("its type is {}, expected one of enum trg_type", port.type), where, "Give the type of the request, or that of whole numbers.");
    if ((port.type == TRG_F32 || port.type == TRG_F64) && port.type != request.type)
      say(fmt::format("its type is {}, the layer was asked for {}", name_of_type(port.type), name_of_type(request.type)), where, "Take the type of the request.");
    if (port.flags & ~known_flags) say(fmt::format("the flags {:#x} have bits that mean nothing", port.flags), where, "Use bits of enum trg_port_flag.");
    if (port.shape.empty() || port.shape[0] != request.samples)
      say(fmt::format("its shape is {}, expected {} samples along axis 0", words_of_shape(port.shape), request.samples), where, "Keep axis 0 of the inputs: it is samples.");
    if (port.shares_with < -1 || port.shares_with >= static_cast<std::int32_t>(input_flags.size())) {
      say(fmt::format("it shares memory with input {}, of {} inputs", port.shares_with, input_flags.size()), where, "Give the number of an input, or -1.");
    } else if (port.shares_with >= 0) {
      const Array& input = given.inputs[static_cast<std::size_t>(port.shares_with)];
      std::vector<std::int64_t> shape = input.shape;
      if (!shape.empty()) shape[0] = request.samples;
      const std::int32_t type = input.type < 0 ? request.type : input.type;
      if (elements_of(shape) != elements_of(port.shape) || size_of_type(type) != size_of_type(port.type))
        say(fmt::format("it shares memory with input {}, which has {} elements of {}, but it has {} of {}", port.shares_with, elements_of(shape), name_of_type(type), elements_of(port.shape), name_of_type(port.type)), where,
            "Offer to share only where both have as many bytes.");
      if (input_flags[static_cast<std::size_t>(port.shares_with)] & TRG_READ_IN_BACKWARD)
        say(fmt::format("it takes over the memory of input {}, which is declared to be read in backward", port.shares_with), where, "Declare one of both only.");
    }
    if ((port.flags & TRG_MASK_PRODUCED) && (port.mask_rank < 1 || port.mask_rank > static_cast<std::int32_t>(port.shape.size())))
      say(fmt::format("it makes a mask over {} leading axes, of {} axes", port.mask_rank, port.shape.size()), where, "Set mask_rank to 1 up to the rank of the output.");
  }
  for (const PlannedParameter& p : parameters) {
    const std::string where = fmt::format(", parameter \"{}\"", p.name);
    if (std::ranges::find(p.shape, 0) != p.shape.end()) say(fmt::format("its shape is {}: it has no element", words_of_shape(p.shape)), where, "Refuse options or shapes that leave nothing of it.");
    if (p.trainable && !table_.backward_params) say("it is trainable, but the layer has no backward_params", where, "Write backward_params, or declare the parameter with trainable = 0. A member of another name is not called.");
    if (!std::isfinite(p.l1) || !std::isfinite(p.l2) || p.l1 < 0 || p.l2 < 0) say(fmt::format("its penalties are l1 = {} and l2 = {}", p.l1, p.l2), where, "Give finite numbers of 0 or more.");
    if (p.fan_in < 0 || p.fan_out < 0) say(fmt::format("fan_in is {} and fan_out is {}", p.fan_in, p.fan_out), where, "Give numbers of 0 or more; 0: derived from the shape.");
    if (p.touched_by < 0 || p.touched_by > static_cast<std::int32_t>(input_flags.size())) say(fmt::format("touched_by is {}, of {} inputs", p.touched_by, input_flags.size()), where, "Give 1 + the number of an input, or 0.");
    for (const Piece& piece : p.pieces)
      if (p.shape.empty() || piece.begin < 0 || piece.end < piece.begin || piece.end > p.shape.back())
        say(fmt::format("a piece reaches from {} to {} of its last axis, shape {}", piece.begin, piece.end, words_of_shape(p.shape)), where, "Keep pieces within the last axis.");
  }
  for (const PlannedState& s : states) {
    const std::string where = fmt::format(", state \"{}\"", s.name);
    if (s.type != request.type) say(fmt::format("its type is {}, the layer was asked for {}", name_of_type(s.type), name_of_type(request.type)), where, "Take the type of the request.");
    if (s.kind != TRG_SHARED && s.kind != TRG_ROW) say(fmt::format("its kind is {}", s.kind), where, "Give TRG_SHARED or TRG_ROW.");
  }
  if (!table_.backward && flows && given.mode != TRG_INFERENCE)
    for (std::size_t i = 0; i < input_flags.size(); ++i) {
      const std::int32_t type = given.inputs[i].type < 0 ? request.type : given.inputs[i].type;
      const bool wanted = type == request.type && std::ranges::find(given.no_gradient, static_cast<int>(i)) == given.no_gradient.end();
      if (wanted && !(input_flags[i] & TRG_NO_GRADIENT))
        say(fmt::format("input {} needs a gradient, but the layer has no backward", i), fmt::format(", input {}", i), "Write backward, or declare the input or all outputs with TRG_NO_GRADIENT. A member of another name is not called.");
    }
}

}  // namespace teranga::conformance
