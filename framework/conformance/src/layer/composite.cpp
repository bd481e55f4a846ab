// SPDX-License-Identifier: Apache-2.0
#include "layer/composite.hpp"
#include "layer/trials.hpp"

#include <teranga/conformance/option_trials.hpp>

#include <algorithm>
#include <functional>
#include <set>

namespace teranga::conformance::layer {
namespace {

struct Part {
  std::string type, name;
  std::vector<std::pair<std::int32_t, std::int32_t>> inputs;
  std::int32_t weights_of = -1;
  bool fold = false;
  bool operator==(const Part&) const = default;
};

// What expand said.
struct Expansion {
  std::vector<Part> parts;
  std::vector<std::pair<std::string, std::pair<std::int32_t, std::int32_t>>> outputs;
  bool operator==(const Expansion&) const = default;
};

std::int32_t on_part(void* context, const trg_part* part) {
  auto& graph = *static_cast<Expansion*>(context);
  Part one{part->type ? part->type : "", part->name ? part->name : "", {}, part->weights_of, part->fold != 0};
  for (std::size_t i = 0; part->inputs && i < std::min<std::size_t>(part->input_count, 64); ++i) one.inputs.emplace_back(part->inputs[i].node, part->inputs[i].port);
  graph.parts.push_back(std::move(one));
  return static_cast<std::int32_t>(graph.parts.size()) - 1;
}

void on_output(void* context, const char* name, trg_source source) { static_cast<Expansion*>(context)->outputs.push_back({name ? name : "", {source.node, source.port}}); }

Expansion expand(LivingLayer& living, const LayerCase& layer) {
  Expansion graph;
  const trg_graph native = {sizeof(trg_graph), &graph, on_part, on_output};
  const NativeRequest request(layer, {TRG_F32, layer.samples(), TRG_SLICE, 1});
  trg_error error = fresh_error();
  std::int32_t status = TRG_OK;
  call_plugin("expand", false, [&] { status = living.calls.expand(living.handle, &request.native, &native, &error); });
  need_ok(status, error, "expand");
  return graph;
}

struct Accepted {
  LayerCase layer;
  std::string words;
};

// Calls try_one(living layer, accepted case, its graph) for each set of options and layout of inputs that expand accepts. Nothing where the options cannot be guessed.
void over_expansions(const Subject& subject, Findings& findings, const std::function<void(LivingLayer&, const Accepted&, const Expansion&)>& try_one, std::vector<std::string>* refusals = nullptr) {
  const Lending lending(subject);
  std::string missing;
  if (!default_trial(subject, &missing)) return findings.not_applicable(fmt::format("needs --set {}=...", missing));
  std::size_t accepted = 0;
  for (const OptionTrial& trial : option_trials(subject)) {
    const host::OptionTree options(trial.options);
    for (const InputLayout& layout : input_layouts(subject.level)) {
      const Accepted one{{.calls = &subject.calls<trg_layer_calls>(), .options = options.native(), .inputs = draw_inputs(layout, 1, false, 2)},
                         trial.words.empty() ? words_of(layout) : trial.words + ", " + words_of(layout)};
      Call::set_place(one.words);
      try {
        LivingLayer living(*one.layer.calls, one.layer.options);
        const Expansion graph = expand(living, one.layer);
        ++accepted;
        try_one(living, one, graph);
      } catch (const Failure& failure) {
        if (refusals && refusals->size() < 3 && std::ranges::find(*refusals, words_of(failure)) == refusals->end()) refusals->push_back(words_of(failure));
      }
      if (findings.errors() >= 3) return;
    }
  }
  if (accepted == 0 && !refusals) findings.not_applicable("no input was found that it accepts: plan/shapes says what was tried");
}

std::string source_fault(const std::pair<std::int32_t, std::int32_t>& source, std::size_t nodes, std::size_t inputs) {
  const auto [node, port] = source;
  if (node < -1 || node >= static_cast<std::int32_t>(nodes)) return fmt::format("node {}, of {} that there are so far", node, nodes);
  if (port < 0 || (node == -1 && port >= static_cast<std::int32_t>(inputs))) return fmt::format("port {} of {}", port, node == -1 ? fmt::format("the {} inputs of the composite", inputs) : fmt::format("node {}", node));
  return {};
}

}  // namespace

void composite_shapes(const Subject& subject, Findings& findings) {
  std::vector<std::string> refusals;
  bool any = false;
  over_expansions(subject, findings, [&](LivingLayer&, const Accepted&, const Expansion&) { any = true; }, &refusals);
  if (any || !findings.inapplicable().empty()) return;
  findings.error(fmt::format("no input was found that it accepts. It said: {}", fmt::join(refusals, "; ")), fmt::format("{} layouts of inputs", input_layouts(subject.level).size()),
                 "Give values to its options with --set NAME=VALUE. If it needs inputs of a special kind, let expand say in error->text what it expects, and what it was given.");
}

void composite_declarations(const Subject& subject, Findings& findings) {
  std::set<std::string> said;
  over_expansions(subject, findings, [&](LivingLayer&, const Accepted& accepted, const Expansion& graph) {
    const auto tell = [&](const std::string& text, const std::string& mend) {
      if (said.insert(text).second) findings.error(text, "expand, " + accepted.words, mend);
    };
    if (graph.parts.empty()) tell("its graph has no part", "Add a part for each layer that it is made of.");
    if (graph.outputs.empty()) tell("its graph has no output", "Call graph->output for each output.");
    std::set<std::string> names;
    for (std::size_t n = 0; n < graph.parts.size(); ++n) {
      const Part& part = graph.parts[n];
      const std::string which = fmt::format("part {} (\"{}\")", n, part.name);
      if (part.name.empty() || !names.insert(part.name).second) tell(which + " has no name of its own", "Give each part a name as Keras does: \"forward_lstm\".");
      if (!subject.registry().find(host::Kind::layer, part.type) && !subject.registry().find(host::Kind::activation, part.type))
        tell(fmt::format("{} is of the type \"{}\", which no plugin offers", which, part.type), "Give the qualified name of a layer: \"teranga.dense\".");
      if (part.inputs.empty()) tell(which + " has no input", "Name the parts or inputs that it reads.");
      for (const auto& source : part.inputs)
        if (std::string fault = source_fault(source, n, accepted.layer.inputs.size()); !fault.empty()) tell(fmt::format("{} reads {}", which, fault), "Read from earlier parts, or from an input of the composite (node -1).");
      if (part.weights_of < -1 || part.weights_of >= static_cast<std::int32_t>(n)) tell(fmt::format("{} shares the weights of node {}", which, part.weights_of), "Name an earlier part, or -1.");
      else if (part.weights_of >= 0 && graph.parts[static_cast<std::size_t>(part.weights_of)].type != part.type) tell(which + " shares the weights of a part of another type", "Share weights among parts of one type.");
    }
    for (const auto& [name, source] : graph.outputs)
      if (std::string fault = source_fault(source, graph.parts.size(), accepted.layer.inputs.size()); !fault.empty()) tell(fmt::format("output \"{}\" is {}", name, fault), "Name a part and one of its outputs.");
  });
}

void composite_pure(const Subject& subject, Findings& findings) {
  over_expansions(subject, findings, [&](LivingLayer& living, const Accepted& accepted, const Expansion& graph) {
    LivingLayer second(*accepted.layer.calls, accepted.layer.options);
    if (!(expand(living, accepted.layer) == graph) || !(expand(second, accepted.layer) == graph))
      findings.error("the same question is answered with two graphs", "expand, " + accepted.words, "Let expand answer from the request and the options alone.");
  });
}

}  // namespace teranga::conformance::layer
