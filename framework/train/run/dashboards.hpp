// SPDX-License-Identifier: Apache-2.0
// What [log] of the recipe asks for beside the report: event files for TensorBoard, and a text file for Prometheus. Rank 0 alone has one. It reads what the training has
// made and changes nothing of it; what cannot be written is a warning, once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <teranga/data/source.hpp>
#include <teranga/report/prometheus_text.hpp>
#include <teranga/train/networks.hpp>

#include "run/noise_pictures.hpp"
#include "run/tensorboard_log.hpp"
#include "session/named_numbers.hpp"

namespace teranga::train {

class Dashboards {
 public:
  struct Run {
    const recipe::Recipe& recipe;
    const Networks& networks;
    const data::Source& source;
    const host::Registry& registry;
    Team& team;
    std::string folder;             // absolute
    std::string resolved;           // the recipe as text
    std::int64_t epochs = 0, steps = 0;  // that are behind it
  };

  // All of the run must outlive it.
  explicit Dashboards(Run run) noexcept;

  // What metrics.jsonl has of a logged step, an epoch and the test; epochs from 1.
  void step(std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers, double samples_per_second) noexcept;
  void epoch(std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers) noexcept;
  void test(std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers) noexcept;

 private:
  void begin_tensorboard();
  void begin_prometheus();
  void add_scalars(std::int64_t epoch, const NamedNumbers& numbers);
  void add_weights(std::int64_t epoch);
  void set_numbers(const NamedNumbers& numbers);
  void set_progress(std::int64_t step, std::int64_t epochs);
  void write_prometheus();
  void or_warn_once(const char* what, bool& warned, const std::function<void()>& work) const noexcept;

  const Run run_;
  std::optional<TensorBoardLog> tensorboard_;
  std::optional<NoisePictures> pictures_;
  std::string prometheus_file_;
  std::optional<report::PrometheusText> prometheus_;
  bool tensorboard_warned_ = false, prometheus_warned_ = false;
};

}  // namespace teranga::train
