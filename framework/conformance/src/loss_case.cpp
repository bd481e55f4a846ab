// SPDX-License-Identifier: Apache-2.0
#include "loss_case.hpp"

#include <utility>

#include <fmt/format.h>

namespace teranga::conformance {

void for_each_case(const Subject& subject, Findings& findings, const std::vector<std::int32_t>& types, const std::function<void(const LossCase&)>& body) {
  const auto& calls = subject.calls<trg_loss_calls>();
  if (!calls.plan || !calls.evaluate) return findings.not_applicable("plan or evaluate is null");
  Budget budget(findings);
  std::size_t most = subject.level == full ? 100 : 4;
  for (const OptionTrial& options : accepted_trials<trg_loss_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldLoss loss(subject, options.options);
    std::string refusal;
    const bool usual = most > 3;
    const std::vector<ComparisonShapes> shapes = accepted_shapes(subject, loss, std::exchange(most, 3), refusal);
    if (shapes.empty() && !usual) continue;  // options that go with other shapes
    if (shapes.empty()) return findings.not_applicable(fmt::format("plan refuses all shapes that were tried, with {}", refusal));
    for (const ComparisonShapes& one : shapes)
      for (const std::int32_t type : types) {
        const LossTrial trial(loss, one, loss_samples, type);
        Call::set_place(joined({options.words, trial.words()}));
        if (!trial.ok() || !trial.plan_fault().empty()) continue;
        const LossNumbers numbers = finite_numbers(trial);
        if (!numbers.finite.empty()) body({subject, loss, trial, numbers.finite, options.words});
        if (findings.errors() > 0) return;
      }
  }
}

}  // namespace teranga::conformance
