// SPDX-License-Identifier: Apache-2.0
// Connectionist temporal classification: the probability that the steps of an output tell a text, whichever steps tell its letters. The masked steps of the output are left out; the text ends
// where the target is 0. Formulas in ../../ctc/paths.hpp and the paper; sums are of logarithms in f64, so that no product vanishes.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "../../ctc/paths.hpp"
#include "logits.hpp"

namespace teranga::losses {

struct Ctc {
  static sdk::Info info() {
    return {.name = "teranga.ctc", .summary = "Connectionist temporal classification: texts for sequences whose letters have no known places; class 0 is the blank and fills up targets",
            .formula = "loss = -log of the sum over all paths whose text is the target of the product over t of softmax(logits[t])[path[t]]", .source = "keras.losses.CTC; Graves et al. 2006, https://dl.acm.org/doi/10.1145/1143844.1143891"};
  }
  explicit Ctc(const sdk::Options&) {}

  struct Plan {
    std::int64_t steps, classes, letters;  // of an output, and of a target
  };
  Plan plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const auto [steps, classes, letters] = shapes(c, "ctc");
    answer.leading = 2;  // so the mask of the steps is known: its loss stands at the first step that is not masked
    answer.targets = TRG_TARGETS_CLASSES;
    answer.absorbs = c.producer() == "teranga.softmax";
    return {steps, classes, letters};
  }

  // Steps, classes, letters.
  static Plan shapes(const sdk::Comparison& c, const std::string& who) {
    if (c.predictions() != 1 || c.targets() != 1) throw sdk::ShapeError(who + " compares one output with one target");
    const sdk::Shape prediction = c.prediction(), target = c.target();
    if (prediction.rank() != 3 || prediction.last() < 2 || prediction[1] < 1)
      throw sdk::ShapeError(who + " expects an output (samples, steps, classes) with two classes or more, the first of which is the blank, found " + prediction.text(), "prediction");
    if (target.rank() != 2 || target[1] < 1) throw sdk::ShapeError(who + " expects a target of class numbers (samples, letters), filled up with 0, found " + target.text(), "target");
    return {prediction[1], prediction[2], target[1]};
  }

  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Plan& p) const {
    const T* const prediction = s.prediction().data;
    T* const gradient = s.d_prediction().data;
    const auto target = s.classes();
    thread_local Work work;  // nothing is allocated again
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const double* const weights = s.weights() + n * p.steps;
      double* const values = s.values() + n * p.steps;
      std::fill_n(values, p.steps, 0.0);
      take(target, n, p, work.letters);
      // A mask is a weight of 0; a sample without any weight has no mask that is known, and no influence.
      work.kept.clear();
      for (std::int64_t t = 0; t < p.steps; ++t)
        if (weights[t] != 0) work.kept.push_back(t);
      const bool weighs = !work.kept.empty();
      for (std::int64_t t = 0; !weighs && t < p.steps; ++t) work.kept.push_back(t);
      work.told.begin(p.classes);
      for (const std::int64_t t : work.kept) work.told.add_logits(prediction + (n * p.steps + t) * p.classes);
      const std::int64_t first = work.kept.front();
      T* const d = gradient ? gradient + n * p.steps * p.classes : nullptr;
      if (d) std::fill_n(d, p.steps * p.classes, T(0));
      if (const std::int64_t least = ctc::least_steps(work.letters); least > std::ssize(work.kept)) {
        warn(work.letters.size(), least, work.kept.size());
        values[first] = impossible;
        continue;
      }
      values[first] = work.forward();
      if (d && weighs) work.backward(values[first], weights[first], d);
    }
  }

  // Samples with a step that is not masked.
  template <class T>
  double denominator(const sdk::LossSlice<T>& s, const Plan& p) const {
    double count = 0;
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const double* const mask = s.weights() ? s.weights() + n * p.steps : nullptr;
      count += !mask || std::any_of(mask, mask + p.steps, [](double w) { return w != 0; });
    }
    return count;
  }

 private:
  static constexpr double impossible = 1e5;  // of a text that does not fit into the steps; Keras has such a number, too

  // Of one sample: the text with blanks around its letters, and what is known of its states (step, place in that text).
  struct Work {
    std::int32_t at(std::size_t place) const { return place % 2 == 0 ? ctc::blank : letters[place / 2]; }
    std::size_t places() const { return 2 * letters.size() + 1; }
    // Whether a path may go to the place from the one two before: over a blank, between different letters.
    bool skips(std::size_t place) const { return place >= 2 && place % 2 == 1 && at(place) != at(place - 2); }

    // alpha[t, s]: log of the probability of the first t + 1 steps of all paths that are at place s then. Gives the loss.
    double forward() {
      const std::size_t count = places(), steps = kept.size();
      alpha.assign(steps * count, ctc::nowhere);
      alpha[0] = told.row(0)[ctc::blank];
      if (count > 1) alpha[1] = told.row(0)[at(1)];
      for (std::size_t t = 1; t < steps; ++t) {
        const double* const before = alpha.data() + (t - 1) * count;
        for (std::size_t s = 0; s < count; ++s) {
          double sum = before[s];
          if (s > 0) sum = ctc::log_sum(sum, before[s - 1]);
          if (skips(s)) sum = ctc::log_sum(sum, before[s - 2]);
          alpha[t * count + s] = sum + told.row(static_cast<std::int64_t>(t))[at(s)];
        }
      }
      const double* const end = alpha.data() + (steps - 1) * count;
      return -(count > 1 ? ctc::log_sum(end[count - 1], end[count - 2]) : end[0]);
    }

    // d logits[t, k] = weight (softmax[t, k] - the probability that a path of the text is at class k then).
    template <class T>
    void backward(double loss, double weight, T* d) {
      const std::size_t count = places(), steps = kept.size();
      beta.assign(count, ctc::nowhere);  // log of the probability of the steps after t from place s on
      beta[count - 1] = 0;
      if (count > 1) beta[count - 2] = 0;
      const std::int64_t classes = told.classes();
      share.resize(static_cast<std::size_t>(classes));
      for (std::size_t t = steps; t-- > 0;) {
        const double* const row = told.row(static_cast<std::int64_t>(t));
        std::fill(share.begin(), share.end(), 0.0);
        for (std::size_t s = 0; s < count; ++s) share[static_cast<std::size_t>(at(s))] += std::exp(alpha[t * count + s] + beta[s] + loss);
        T* const to = d + kept[t] * classes;
        for (std::int64_t k = 0; k < classes; ++k) to[k] = static_cast<T>(weight * (std::exp(row[k]) - share[static_cast<std::size_t>(k)]));
        after = beta;
        for (std::size_t s = 0; s < count; ++s) {
          double sum = after[s] + row[at(s)];
          if (s + 1 < count) sum = ctc::log_sum(sum, after[s + 1] + row[at(s + 1)]);
          if (s + 2 < count && skips(s + 2)) sum = ctc::log_sum(sum, after[s + 2] + row[at(s + 2)]);
          beta[s] = sum;
        }
      }
    }

    ctc::LogProbabilities told;
    std::vector<std::int64_t> kept;  // steps that are not masked
    std::vector<std::int32_t> letters;
    std::vector<double> alpha, beta, after, share;
  };

  static void take(const sdk::TargetView<std::int64_t>& target, std::int64_t n, const Plan& p, std::vector<std::int32_t>& letters) {
    for (std::int64_t i = n * p.letters; i < (n + 1) * p.letters; ++i)
      if (target[i] < 0 || target[i] >= p.classes) throw sdk::DataError("target", "ctc expects class numbers from 0 (no letter) to " + std::to_string(p.classes - 1) + ", found " + std::to_string(target[i]), n);
    ctc::take_letters(target, n * p.letters, p.letters, letters);
  }

  void warn(std::size_t letters, std::int64_t least, std::size_t steps) const {
    if (told_.test_and_set() || !sdk::host().log) return;
    const std::string text = "a text of " + std::to_string(letters) + " letters needs " + std::to_string(least) + " steps of the output, and has " + std::to_string(steps) +
                             ": its loss is 100000 and it is not learnt; more steps a second (a smaller hop_length, or smaller strides) make room, or leave such samples out";
    sdk::host().log(TRG_LOG_WARNING, text.c_str());
  }

  mutable std::atomic_flag told_ = ATOMIC_FLAG_INIT;
};

}  // namespace teranga::losses
