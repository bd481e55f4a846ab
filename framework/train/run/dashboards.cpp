// SPDX-License-Identifier: Apache-2.0
#include "run/dashboards.hpp"

#include "run/line_file.hpp"

#include <teranga/core/log.hpp>

#include <exception>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace {

// A number of an epoch by the part of the data that it is of: "val_loss" is the loss of the validation part.
struct NumberOfPart {
  const char* part;
  std::string name;
};

NumberOfPart number_of_part(const std::string& name) {
  if (name.starts_with("val_")) return {"validation", name.substr(4)};
  if (name.starts_with("test_")) return {"test", name.substr(5)};
  return {"train", name};
}

// Numbers of no part of the data, under the names and in the units that Prometheus asks for.
struct RunNumber {
  std::string_view name;
  const char *gauge, *help;
};
constexpr RunNumber run_numbers[] = {{"seconds", "teranga_epoch_seconds", "Seconds of the last epoch, without its evaluation."},
                                     {"samples_per_second", "teranga_samples_per_second", "Samples that all processes train on in a second."},
                                     {"data_wait", "teranga_data_wait_ratio", "Share of the last epoch in which the training waited for data."},
                                     {"checkpoint_wait", "teranga_checkpoint_wait_ratio", "Share of the last epoch in which the training waited for checkpoints."},
                                     {"bytes_read", "teranga_epoch_read_bytes", "Most bytes that a process read in the last epoch."}};

}  // namespace

Dashboards::Dashboards(Run run) noexcept : run_(std::move(run)) {
  if (run_.recipe.log.tensorboard) or_warn_once("the files for TensorBoard", tensorboard_warned_, [this] { begin_tensorboard(); });
  if (!run_.recipe.log.prometheus.empty()) or_warn_once("the file for Prometheus", prometheus_warned_, [this] { begin_prometheus(); });
}

void Dashboards::or_warn_once(const char* what, bool& warned, const std::function<void()>& work) const noexcept {
  try {
    try {
      work();
    } catch (const std::exception& error) {
      if (!std::exchange(warned, true)) log::warning(fmt::format("{}: {}; the training goes on without them", what, error.what()));
    }
  } catch (...) {  // no memory for the warning
  }
}

// The text belongs to the first epoch that this start of the command trains: a later start from the same epoch replaces it.
void Dashboards::begin_tensorboard() {
  tensorboard_.emplace(run_.folder, run_.epochs, run_.steps);
  report::EventSummary summary;
  summary.add_text("recipe", report::code_block(run_.resolved));
  tensorboard_->add("train", run_.epochs + 1, summary);
  pictures_ = NoisePictures::of(run_.recipe, run_.source, run_.registry, run_.team);
}

void Dashboards::begin_prometheus() {
  prometheus_file_ = (std::filesystem::path(run_.folder) / run_.recipe.log.prometheus).string();
  prometheus_.emplace(report::PrometheusLabels{{"recipe", run_.recipe.name}, {"run", run_.folder}});
  prometheus_->set("teranga_epochs_planned", "Epochs that the recipe asks for.", static_cast<double>(run_.recipe.training.epochs));
  set_progress(run_.steps, run_.epochs);
  write_prometheus();
}

void Dashboards::step(std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers, double samples_per_second) noexcept {
  if (tensorboard_)
    or_warn_once("the files for TensorBoard", tensorboard_warned_, [&] {
      report::EventSummary summary;
      for (const auto& [name, value] : numbers) summary.add_scalar("batch_" + name, value);
      tensorboard_->add(TensorBoardLog::of_steps, step, summary);
    });
  if (prometheus_)
    or_warn_once("the file for Prometheus", prometheus_warned_, [&] {
      for (const auto& [name, value] : numbers) prometheus_->set("teranga_batch_" + name, fmt::format("The {} of the last logged step.", name), value);
      set_numbers({{"samples_per_second", samples_per_second}});
      set_progress(step, epoch - 1);
      write_prometheus();
    });
}

void Dashboards::epoch(std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers) noexcept {
  if (tensorboard_)
    or_warn_once("the files for TensorBoard", tensorboard_warned_, [&] {
      add_scalars(epoch, numbers);
      add_weights(epoch);
    });
  if (prometheus_)
    or_warn_once("the file for Prometheus", prometheus_warned_, [&] {
      set_numbers(numbers);
      set_progress(step, epoch);
      write_prometheus();
    });
}

void Dashboards::test(std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers) noexcept {
  if (tensorboard_) or_warn_once("the files for TensorBoard", tensorboard_warned_, [&] { add_scalars(epoch, numbers); });
  if (prometheus_)
    or_warn_once("the file for Prometheus", prometheus_warned_, [&] {
      set_numbers(numbers);
      set_progress(step, epoch);
      write_prometheus();
    });
}

void Dashboards::add_scalars(std::int64_t epoch, const NamedNumbers& numbers) {
  std::map<std::string, report::EventSummary> runs;
  for (const auto& [whole, value] : numbers) {
    const auto [part, name] = number_of_part(whole);
    runs[part].add_scalar("epoch_" + name, value);
  }
  for (const auto& [run, summary] : runs) tensorboard_->add(run, epoch, summary);
}

void Dashboards::add_weights(std::int64_t epoch) {
  const model::ParameterStore& store = run_.networks.store();
  report::EventSummary summary;
  for (const std::vector<TensorView>& views : {store.parameter_views(), store.state_views()})
    for (const TensorView& view : views)
      if (view.type == ElementType::f32) summary.add_histogram(view.name + "/histogram", {static_cast<const float*>(view.data), static_cast<std::size_t>(element_count(view.shape))});
  if (pictures_) summary.add_picture(pictures_->network() + "/pictures", pictures_->sheet(store));
  else if (const auto filters = first_filters(run_.recipe, store)) summary.add_picture(filters->parameter + "/image", filters->sheet);
  tensorboard_->add("train", epoch, summary);
}

void Dashboards::set_numbers(const NamedNumbers& numbers) {
  for (const auto& [whole, value] : numbers) {
    const auto own = std::ranges::find(run_numbers, whole, &RunNumber::name);
    const auto [part, name] = number_of_part(whole);
    if (own != std::end(run_numbers)) prometheus_->set(own->gauge, own->help, value);
    else if (name.ends_with("learning_rate")) prometheus_->set("teranga_" + name, "The learning rate of the last epoch.", value);
    else prometheus_->set("teranga_" + name, fmt::format("The {} of the last epoch that measured it.", name), value, {{"part", part}});
  }
}

void Dashboards::set_progress(std::int64_t step, std::int64_t epochs) {
  prometheus_->set("teranga_epoch", "Epochs that have ended.", static_cast<double>(epochs));
  prometheus_->set("teranga_step", "Steps that have been made.", static_cast<double>(step));
}

void Dashboards::write_prometheus() { replace_file(prometheus_file_, prometheus_->text()); }

}  // namespace teranga::train
