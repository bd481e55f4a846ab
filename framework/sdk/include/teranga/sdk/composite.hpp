// SPDX-License-Identifier: Apache-2.0
// Writing a composite: a layer that is a little graph of other layers. A struct with info(), a constructor from Options, and
//
//   void expand(Composite&) const       parts in order, then the outputs
//
// instead of plan() and calls; `sdk::composite<C>()` makes an item of it. Parameters of parts are found under "composite/part/kernel".
#pragma once

#include <string>
#include <vector>

#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/plugin.hpp>
#include <teranga/sdk/shape.hpp>

namespace teranga::sdk {

// The options of a layer that an option names, to be changed before they go to a part.
class PartOptions {
 public:
  PartOptions() = default;
  explicit PartOptions(const Component& component) : items_(component.options().begin(), component.options().end()) {}

  bool has(std::string_view name) const {
    const trg_options all = native();
    return Options(&all).has(name);
  }
  bool boolean(std::string_view name) const {
    const trg_options all = native();
    return has(name) && Options(&all).boolean(name);
  }
  // `name` must outlive this.
  PartOptions& set(const char* name, bool value) {
    trg_option option{name, {}};
    option.value.kind = TRG_BOOLEAN;
    option.value.integer = value;
    for (trg_option& item : items_)
      if (std::string_view(item.name) == name) return item = option, *this;
    items_.push_back(option);
    return *this;
  }
  trg_options native() const { return {sizeof(trg_options), items_.size(), items_.data()}; }

 private:
  std::vector<trg_option> items_;
};

struct Part {
  std::string type;  // qualified
  std::string name;  // a Keras path: "forward_lstm"
  PartOptions options = {};
  std::vector<trg_source> inputs;
  std::int32_t weights_of = -1;  // the part whose parameters it shares
  bool fold = false;             // axis 1 of its inputs is folded into the samples, and unfolded again
};

class Composite {
 public:
  Composite(const trg_plan_request& request, const trg_graph& graph) : request_(request), graph_(graph) {}

  std::int32_t inputs() const { return static_cast<std::int32_t>(request_.input_count); }
  Shape shape(std::int32_t input) const { return Shape(native(input).tensor); }
  bool has_mask(std::int32_t input) const { return native(input).mask_rank > 0; }
  // The composite's own input.
  static trg_source own(std::int32_t input) { return {-1, input}; }

  // The part's number, for the inputs of later parts.
  std::int32_t add(const Part& part) {
    const trg_options options = part.options.native();
    trg_part native{};
    native.size = sizeof(native);
    native.type = part.type.c_str();
    native.name = part.name.c_str();
    native.options = &options;
    native.inputs = part.inputs.data();
    native.input_count = part.inputs.size();
    native.weights_of = part.weights_of;
    native.fold = part.fold;
    return graph_.part(graph_.context, &native);
  }
  void output(const std::string& name, trg_source source) { graph_.output(graph_.context, name.c_str(), source); }

 private:
  const trg_input& native(std::int32_t input) const {
    if (input >= inputs()) throw too_few_inputs(input + 1, inputs());
    return *reinterpret_cast<const trg_input*>(reinterpret_cast<const char*>(request_.inputs) + static_cast<std::size_t>(input) * request_.input_stride);
  }

  const trg_plan_request& request_;
  const trg_graph& graph_;
};

namespace detail {

template <class C>
struct CompositeAdapter {
  static std::int32_t create(const trg_options* options, void** layer, trg_error* error) {
    return guarded(error, [&] { *layer = new C(Options(options)); });
  }
  static void destroy(void* layer) { delete static_cast<C*>(layer); }
  static std::int32_t expand(void* layer, const trg_plan_request* request, const trg_graph* graph, trg_error* error) {
    return guarded(error, [&] {
      Composite composite(*request, *graph);
      static_cast<const C*>(layer)->expand(composite);
    });
  }
  static constexpr trg_layer_calls calls = {
      sizeof(trg_layer_calls), create, destroy, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, expand};
};

}  // namespace detail

template <class C>
Item composite() {
  return {TRG_LAYER, C::info(), &detail::CompositeAdapter<C>::calls};
}

}  // namespace teranga::sdk
