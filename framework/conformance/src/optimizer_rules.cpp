// SPDX-License-Identifier: Apache-2.0
// Rules of optimizers: what they tell of their slots, segments of any length, steps that go downhill, and gradients of zeros.
#include <teranga/conformance/rule.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "optimizer_trial.hpp"
#include "two_threads.hpp"

namespace teranga::conformance {
namespace {

struct OptimizerCase {
  const HeldOptimizer& optimizer;
  const trg_optimizer_facts& facts;
  const OptionTrial& options;
  bool usual;  // the default options

  bool whole() const { return facts.whole_tensors != 0; }
  const char* call() const { return whole() ? "update_tensor" : "update"; }
  std::string where(const OptimizerTrial& trial, const std::string& more = {}) const { return joined({call(), options.words, trial.words(), more}); }
};

// Shapes of parameters: segments do not know theirs.
std::vector<Extents> parameter_shapes(const OptimizerCase& of, int level) {
  if (!of.whole()) return {{1237}};
  std::vector<Extents> shapes = {{37, 29}, {7}};
  if (level == full) shapes.insert(shapes.end(), {{3, 2, 5, 4}, {1}, {1, 1}, {213, 131}});
  return shapes;
}

// Runs the body for options that the optimizer takes, until it has reported something. Facts that make no sense are optimizer/slots' to report.
void for_each_optimizer(const Subject& subject, Findings& findings, const std::function<void(const OptimizerCase&)>& body) {
  if (!subject.calls<trg_optimizer_calls>().facts) return findings.not_applicable("facts is null");
  bool usual = true;
  Budget budget(findings);
  for (const OptionTrial& options : accepted_trials<trg_optimizer_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldOptimizer optimizer(subject, options.options);
    const OptimizerFacts facts = facts_of(optimizer);
    if (!fault_of(facts, optimizer, subject).empty()) return findings.not_applicable("its facts make no sense: see optimizer/slots");
    body({optimizer, facts.native, options, usual});
    usual = false;
    if (findings.errors() > 0) return;
  }
}

// A finding where a step failed or wrote what is not its own. f64 may be refused: the host trains in f32.
bool went_wrong(const OptimizerCase& of, const OptimizerTrial& trial, Findings& findings) {
  if (!trial.damage().empty()) return findings.error(trial.damage(), of.where(trial), "write count elements of weights and slots only; begin_step alone changes scalars"), true;
  if (!trial.ok() && trial.weights.type() == TRG_F32) findings.error(fmt::format("{} answers {}", trial.failed_call(), trial.failed().words()), of.where(trial), "update parameters of any shape");
  return !trial.ok();
}

// --- optimizer/slots

bool same_facts(const trg_optimizer_facts& a, const trg_optimizer_facts& b) {
  if (a.slot_count != b.slot_count || a.scalar_count != b.scalar_count || a.idle_without_gradient != b.idle_without_gradient || a.whole_tensors != b.whole_tensors || a.decays_itself != b.decays_itself) return false;
  const auto initial = [](const double* values, std::int32_t i) { return values ? values[i] : 0; };
  for (std::int32_t s = 0; s < a.slot_count; ++s)
    if (std::string(a.slot_names[s]) != b.slot_names[s] || initial(a.slot_initial, s) != initial(b.slot_initial, s)) return false;
  for (std::int32_t s = 0; s < a.scalar_count; ++s)
    if (initial(a.scalar_initial, s) != initial(b.scalar_initial, s)) return false;
  return true;
}

// Empty: the slot has a sane shape, and the same one when it is asked again.
std::string fault_of_slot_shape(const HeldOptimizer& optimizer, std::int32_t slot, const Extents& parameter) {
  trg_slot_shape shapes[2]{};
  for (trg_slot_shape& shape : shapes) {
    shape.size = sizeof(shape), shape.rank = static_cast<std::int32_t>(parameter.size());
    std::ranges::copy(parameter, shape.shape);
    const Answer answer = answer_of("slot_shape", [&](trg_error* error) { return optimizer.calls().slot_shape(optimizer.self(), slot, "dense/kernel", &shape, error); });
    if (!answer.ok()) return fmt::format("it answers {}", answer.words());
    if (shape.rank < -1 || shape.rank > TRG_MOST_AXES) return fmt::format("it gives {} axes: expected 0 to {}, or -1 where the parameter has no such slot", shape.rank, static_cast<int>(TRG_MOST_AXES));
    std::int64_t count = 1;
    for (std::int32_t axis = 0; axis < shape.rank; ++axis)
      if (shape.shape[axis] < 0 || __builtin_mul_overflow(count, shape.shape[axis], &count) || count > 64 * (count_of(parameter) + 64))
        return fmt::format("it gives the shape {}, for a parameter of {}", to_words({shape.shape, shape.shape + shape.rank}), to_words(parameter));
  }
  const bool same = shapes[0].rank == shapes[1].rank && (shapes[0].rank < 0 || std::equal(shapes[0].shape, shapes[0].shape + shapes[0].rank, shapes[1].shape));
  return same ? "" : "it gives another shape when it is asked again";
}

void optimizer_slots(const Subject& subject, Findings& findings) {
  if (!subject.calls<trg_optimizer_calls>().facts) return findings.not_applicable("facts is null");
  for (const OptionTrial& options : accepted_trials<trg_optimizer_calls>(subject, findings)) {
    const HeldOptimizer optimizer(subject, options.options), twin(subject, options.options);
    const std::string where = joined({"facts", options.words});
    const OptimizerFacts first = facts_of(optimizer);
    if (const std::string fault = fault_of(first, optimizer, subject); !fault.empty()) return findings.error(fault, where, "fill trg_optimizer_facts with what the optimizer has, and zeros elsewhere");
    if (!same_facts(first.native, facts_of(optimizer).native) || !same_facts(first.native, facts_of(twin).native))
      return findings.error("it tells other facts when it is asked again, or of a second instance with the same options", where, "let the facts depend on the options alone; a checkpoint is read back by them");
    if (!has_call(optimizer.calls(), &trg_optimizer_calls::slot_shape) || !first.native.whole_tensors) continue;
    for (const Extents& shape : {Extents{5, 3}, Extents{7}, Extents{2, 3, 4, 5}, Extents{1, 1}})
      for (std::int32_t s = 0; s < first.native.slot_count; ++s)
        if (const std::string fault = fault_of_slot_shape(optimizer, s, shape); !fault.empty())
          return findings.error(fault, joined({"slot_shape", options.words, fmt::format("slot \"{}\", parameter {}", first.native.slot_names[s], to_words(shape))}), "give a shape that follows from the parameter's name and shape alone");
  }
}

// --- optimizer/segments

constexpr double usual_rate = 0.01;

// The bits after a few steps, cut in one way.
std::vector<std::byte> after_steps(OptimizerTrial& trial, const StepHow& how) {
  for (std::int64_t step = 1; step <= 4; ++step) {
    trial.set_usual_gradient(step);
    trial.step(step, usual_rate / static_cast<double>(step), how);
  }
  return trial.bits();
}

// Two parameters that are updated at the same time, as workers do it, go where each goes alone.
void check_side_by_side(const OptimizerCase& of, Findings& findings) {
  const Extents shape = of.whole() ? Extents{181, 173} : Extents{40000};
  std::deque<OptimizerTrial> alone, together;
  constexpr std::int64_t steps = 3;
  for (std::int64_t i = 0; i < 2; ++i) {
    for (std::deque<OptimizerTrial>* trials : {&alone, &together}) trials->emplace_back(of.optimizer, of.facts, shape, TRG_F32).set_usual_gradient(7 * i + 1);
    for (std::int64_t step = 1; step <= steps; ++step) alone.back().step(step, usual_rate);
  }
  // Scalars as they are at each step: begin_step is the main thread's.
  for (std::int64_t step = 1; step <= steps; ++step) {
    for (OptimizerTrial& trial : together) trial.begin_step(step, usual_rate);
    std::vector<std::byte> before[2], first[2];
    for (std::size_t i = 0; i < 2; ++i) before[i] = together[i].bits();
    const auto once = [&](std::size_t i) {
      together[i].set_bits(before[i]);
      together[i].apply(step, usual_rate);
      if (first[i].empty()) first[i] = together[i].bits();
      return first[i] == together[i].bits();
    };
    if (!same_together(once) || (step == steps && (together[0].bits() != alone[0].bits() || together[1].bits() != alone[1].bits())))
      return findings.error("two parameters that are updated at the same time get other bits than each alone", of.where(together[0], "2 threads"), "use no static or shared memory; the state of an optimizer lies in slots and scalars");
  }
}

void check_segments(const OptimizerCase& of, int level, Findings& findings) {
  Team team(3);
  std::vector<StepHow> cuts = {{.team = &team}};
  if (!of.whole()) cuts = {{.segment = 1}, {.segment = 16}, {.segment = 100, .backwards = true}, {.segment = 61, .team = &team}};
  if (!of.whole() && level == full) cuts.insert(cuts.end(), {{.segment = 7}, {.segment = 256}, {.segment = 1000}, {.segment = 1, .backwards = true}, {.segment = 333, .team = &team}});
  for (const Extents& shape : parameter_shapes(of, level))
    for (const std::int32_t type : {TRG_F32, TRG_F64}) {
      OptimizerTrial whole(of.optimizer, of.facts, shape, type), again(of.optimizer, of.facts, shape, type, "dense/kernel", Edge::before);
      Call::set_place(joined({of.options.words, whole.words()}));
      const std::vector<std::byte> expected = after_steps(whole, {});
      const bool same = after_steps(again, {}) == expected;
      if (went_wrong(of, whole, findings) || went_wrong(of, again, findings)) break;
      if (!same) return findings.error("the same steps of a parameter elsewhere in memory give other bits", of.where(whole), "let updates depend on their arguments alone, and not on addresses or on what was called before");
      for (const StepHow& cut : cuts) {
        OptimizerTrial trial(of.optimizer, of.facts, shape, type);
        const std::vector<std::byte> found = after_steps(trial, cut);
        if (went_wrong(of, trial, findings)) return;
        if (found != expected)
          return findings.error(of.whole() ? "with threads that are lent it gives other bits than alone"
                                           : fmt::format("segments of {}{}{} give other bits than one update of all", cut.segment, cut.backwards ? " from the last to the first" : "", cut.team ? " at the same time" : ""),
                                of.where(trial), of.whole() ? "sum in pieces of a fixed size, and in their order (tensor_loops.hpp)" : "update element by element; for norms and sums of a parameter set whole_tensors");
      }
    }
  if (of.usual) check_side_by_side(of, findings);
}

void optimizer_segments(const Subject& subject, Findings& findings) {
  for_each_optimizer(subject, findings, [&](const OptimizerCase& of) { check_segments(of, subject.level, findings); });
}

// --- optimizer/step

// sum c (w - w*)^2 / 2, with w* = 0.
double quadratic(const OptimizerTrial& trial) {
  double sum = 0;
  for (std::int64_t i = 0; i < trial.weights.count(); ++i) sum += (0.2 + 0.1 * static_cast<double>(i % 8)) * std::pow(trial.weights.get(i), 2) / 2;
  return sum;
}

// After so many steps down from the start of a trial.
double descend(OptimizerTrial& trial, double rate, std::int64_t steps) {
  for (std::int64_t step = 1; step <= steps && trial.ok(); ++step) {
    for (std::int64_t i = 0; i < trial.weights.count(); ++i) trial.gradient.set(i, (0.2 + 0.1 * static_cast<double>(i % 8)) * trial.weights.get(i));
    trial.step(step, rate);
  }
  return quadratic(trial);
}

void check_descent(const OptimizerCase& of, Findings& findings) {
  const Extents shape = of.whole() ? Extents{8, 8} : Extents{64};
  double best = std::numeric_limits<double>::infinity(), start = 0;
  for (const double rate : {0.001, 0.01, 0.1, 1.0, 1e-4}) {
    OptimizerTrial trial(of.optimizer, of.facts, shape, TRG_F32);
    start = quadratic(trial);
    const std::string where = of.where(trial, fmt::format("100 steps of rate {}", rate));
    Call::set_place(where);
    const double end = descend(trial, rate, 100);
    if (went_wrong(of, trial, findings)) return;
    const bool finite = trial.finite();
    if (!finite && rate <= 0.01) return findings.error("weights, slots or scalars of a simple descent are not finite", where, "guard divisions and roots: by an epsilon, by a bound");
    if (finite) best = std::min(best, end);
  }
  if (best < start) return;
  OptimizerTrial trial(of.optimizer, of.facts, shape, TRG_F32);
  findings.error(best == start ? "100 steps move no weight" : fmt::format("at none of five rates 100 steps go downhill: from {:.4g} the best is {:.4g}", start, best), of.where(trial, "sum c w^2 / 2"), "move weights against the gradient: w -= rate x ...");
}

// Nothing moves at a rate of 0 that has never been another one.
void check_rate_of_zero(const OptimizerCase& of, Findings& findings) {
  OptimizerTrial trial(of.optimizer, of.facts, of.whole() ? Extents{8, 8} : Extents{64}, TRG_F32);
  const std::vector<std::byte> before = trial.weights.bits();
  for (std::int64_t step = 1; step <= 3; ++step) {
    trial.set_usual_gradient(step);
    trial.step(step, 0);
  }
  if (!trial.ok()) return;  // it says that it has no such rate
  if (!of.usual && !trial.finite()) return;
  if (trial.weights.bits() != before) findings.error("steps of rate 0 move the weights", of.where(trial, "3 steps of rate 0"), "multiply every move by the rate: a warm-up begins and a schedule may end at 0");
}

void optimizer_step(const Subject& subject, Findings& findings) {
  for_each_optimizer(subject, findings, [&](const OptimizerCase& of) {
    if (of.usual) check_descent(of, findings);  // other options may well be chosen badly
    if (findings.errors() == 0) check_rate_of_zero(of, findings);
  });
}

// --- optimizer/zero-gradient

void check_zero_gradient(const OptimizerCase& of, Findings& findings) {
  const Extents shape = of.whole() ? Extents{8, 9} : Extents{301};
  OptimizerTrial zeros(of.optimizer, of.facts, shape, TRG_F32), null(of.optimizer, of.facts, shape, TRG_F32), never(of.optimizer, of.facts, shape, TRG_F32);
  const auto clear = [](OptimizerTrial& trial) {
    for (std::int64_t i = 0; i < trial.gradient.count(); ++i) trial.gradient.set(i, 0);
  };
  clear(never);
  for (std::int64_t step = 1; step <= 5; ++step) never.step(step, usual_rate);
  if (went_wrong(of, never, findings)) return;
  if (of.usual && !never.finite()) return findings.error("steps whose gradients are all 0 make numbers that are not finite", of.where(never), "guard divisions and roots by an epsilon");
  for (OptimizerTrial* trial : {&zeros, &null})
    for (std::int64_t step = 1; step <= 3; ++step) trial->set_usual_gradient(step), trial->step(step, usual_rate);
  const std::vector<std::byte> before = zeros.weights.bits();
  std::vector<std::vector<std::byte>> slots_before;
  for (const auto& slot : zeros.slots) slots_before.push_back(slot ? slot->bits() : std::vector<std::byte>());
  clear(zeros), clear(null);
  zeros.step(4, usual_rate), null.step(4, usual_rate, {.null_gradient = !of.whole()});
  if (went_wrong(of, zeros, findings) || went_wrong(of, null, findings)) return;
  if (!of.usual && !zeros.finite()) return;
  for (std::int64_t i = 0; i < zeros.weights.count(); ++i)
    if (!(std::fabs(zeros.weights.get(i) - null.weights.get(i)) <= 1e-6 * (1 + std::fabs(zeros.weights.get(i)))))
      return findings.error(fmt::format("weight {} is {:.7g} after a null gradient, and {:.7g} after one of zeros", i, null.weights.get(i), zeros.weights.get(i)), of.where(null), "take a null gradient for zeros");
  bool idle = zeros.weights.bits() == before;
  for (std::size_t s = 0; s < slots_before.size(); ++s) idle = idle && (!zeros.slots[s] || zeros.slots[s]->bits() == slots_before[s]);
  if (of.facts.idle_without_gradient && !idle)
    findings.error("facts say idle_without_gradient = 1, but a gradient of zeros changes weights or slots", of.where(zeros), "leave idle_without_gradient 0: rows without a gradient would be left out");
}

void optimizer_zero_gradient(const Subject& subject, Findings& findings) {
  for_each_optimizer(subject, findings, [&](const OptimizerCase& of) { check_zero_gradient(of, findings); });
}

}  // namespace

std::vector<Rule> optimizer_rules() {
  const std::vector<std::int32_t> optimizers = {TRG_OPTIMIZER};
  return {{"optimizer/slots", "slots and scalars have names, shapes and first values that are sane and stay the same", quick, optimizers, optimizer_slots},
          {"optimizer/segments", "any cut of the weights gives the same bits, also at the same time", quick, optimizers, optimizer_segments},
          {"optimizer/step", "100 steps go downhill and stay finite; a rate of 0 moves nothing", quick, optimizers, optimizer_step},
          {"optimizer/zero-gradient", "a null gradient is one of zeros, and leaves all as it is where that is promised", quick, optimizers, optimizer_zero_gradient}};
}

}  // namespace teranga::conformance
