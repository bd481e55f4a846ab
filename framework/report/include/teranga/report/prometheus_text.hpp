// SPDX-License-Identifier: Apache-2.0
// Numbers in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats), all of them gauges. They are kept and replaced one by one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace teranga::report {

using PrometheusLabels = std::vector<std::pair<std::string, std::string>>;  // names of letters, digits and _, and any texts

class PrometheusText {
 public:
  // These labels stand at every number, before its own.
  explicit PrometheusText(PrometheusLabels common) : common_(std::move(common)) {}

  // A letter of the name that Prometheus does not take becomes _. Of two names that become the same, the first one counts, and numbers of the other are left out.
  void set(std::string_view name, const std::string& help, double value, const PrometheusLabels& labels = {});
  std::string text() const;

 private:
  struct Sample {
    std::string labels;  // as they are written
    double value;
  };
  struct Family {
    std::string name, given, help;
    std::vector<Sample> samples;
  };

  PrometheusLabels common_;
  std::vector<Family> families_;
};

}  // namespace teranga::report
