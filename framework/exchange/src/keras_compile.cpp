// SPDX-License-Identifier: Apache-2.0
#include "keras_compile.hpp"

#include <teranga/core/printable.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "keras_graph.hpp"

namespace teranga::exchange {
namespace {

// A name, a class or a function, and no list or dictionary of those.
bool is_one(const Json& written) { return written.is_string() || !class_of(written).empty(); }

class TrainingReader {
 public:
  TrainingReader(const Json& compiled, const std::vector<KerasOutput>& outputs, const KerasOptions& options) : compiled_(compiled), outputs_(outputs), options_(options) {}

  KerasTraining read() {
    if (!compiled_.is_object() || compiled_.empty()) out_.notes.emplace_back("The file tells no loss and no optimizer, as the model was not compiled: those of the recipe are the usual ones.");
    for (std::size_t i = 0; i < outputs_.size(); ++i) add_loss(i);
    if (out_.losses.empty()) out_.losses.push_back({usual_loss(0), 0, 1, true});
    for (std::size_t i = 0; i < outputs_.size(); ++i) add_metrics(i);
    add_optimizer();
    const Json& weighted = at(compiled_, "weighted_metrics");
    if (!weighted.is_null() && !weighted.empty()) out_.notes.emplace_back("Weighted metrics are left out.");
    return std::move(out_);
  }

 private:
  // What a list, a dictionary by names or one for all says of an output.
  const Json& of_output(const Json& written, std::size_t output) const {
    if (is_one(written) || written.is_number()) return written;
    if (written.is_array()) return output < written.size() ? written[output] : nothing_;
    return at(written, outputs_[output].keras_name);
  }

  std::string of_several(std::size_t output) const { return outputs_.size() > 1 ? fmt::format(" of the output \"{}\"", printable_line(outputs_[output].keras_name)) : ""; }

  KerasPart usual_loss(std::size_t output) const {
    const std::string& activation = outputs_[output].activation;
    return {activation == "softmax" ? "sparse_categorical_crossentropy" : activation == "sigmoid" ? "binary_crossentropy" : "mean_squared_error", {}};
  }

  void add_loss(std::size_t output) {
    const Json& written = of_output(at(compiled_, "loss"), output);
    if (written.is_null()) {
      if (!compiled_.is_object() || compiled_.empty() || at(compiled_, "loss").is_null()) out_.losses.push_back({usual_loss(output), output, 1, true});
      return;
    }
    const Json& weight = of_output(at(compiled_, "loss_weights"), output);
    KerasLoss loss{{}, output, weight.is_number() ? shortest(weight.get<double>()) : 1.0, false};
    std::vector<std::string> faults;
    if (std::optional<KerasPart> part = options_.part("loss", written, faults)) {
      loss.part = std::move(*part);
    } else {
      loss.part = usual_loss(output), loss.assumed = true;
      out_.notes.push_back(fmt::format("The loss{} has no counterpart ({}): {} stands in its place.", of_several(output), fmt::join(faults, "; "), loss.part.type));
    }
    out_.losses.push_back(std::move(loss));
  }

  // Keras gives a list of metrics to the only output, or an item of the list to each output.
  std::vector<Json> metrics_of(std::size_t output) const {
    const Json& all = at(compiled_, "metrics");
    const Json& written = outputs_.size() == 1 && all.is_array() && !(all.size() == 1 && all[0].is_array()) ? all : of_output(all, output);
    if (is_one(written)) return {written};
    std::vector<Json> out;
    for (const Json& item : written)
      if (is_one(item)) out.push_back(item);
    return out;
  }

  void add_metrics(std::size_t output) {
    if (std::none_of(out_.losses.begin(), out_.losses.end(), [&](const KerasLoss& loss) { return loss.output == output; })) return;
    std::set<std::string> known;
    for (const Json& written : metrics_of(output)) {
      std::vector<std::string> faults;
      std::optional<KerasPart> part = options_.part("metric", written, faults);
      if (!part) out_.notes.push_back(fmt::format("A metric{} is left out: {}.", of_several(output), fmt::join(faults, "; ")));
      else if (known.insert(to_toml(value_of(*part))).second) out_.metrics.push_back({std::move(*part), output});
    }
  }

  void add_optimizer() {
    const Json& written = at(compiled_, "optimizer").is_null() ? at(compiled_, "optimizer_config") : at(compiled_, "optimizer");
    out_.optimizer = {"adam", {}};
    if (written.is_null()) return;
    std::vector<std::string> faults;
    Json config = at(written, "config"), rest = Json::object();
    const std::string type = options_.type_of("optimizer", written.is_string() ? written.get<std::string>() : class_of(written));
    if (type.empty() || (written.is_object() && is_foreign(written))) {
      out_.notes.push_back(fmt::format("The optimizer {} has no counterpart: adam stands in its place.", shown(written.is_object() ? Json(class_of(written)) : written)));
      return;
    }
    out_.optimizer.type = type;
    if (!config.is_object()) return;
    const Schema& schema = options_.schema("optimizer", type);
    Options common;
    for (const auto& [key, value] : config.items()) {
      static const std::set<std::string> shared = {"learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm"};
      if (key == "use_ema" || key.starts_with("ema_")) {
        add_average(config, key, value, common);
      } else if (key == "gradient_accumulation_steps") {
        if (!value.is_null()) out_.notes.push_back(fmt::format("The optimizer gathers gradients over {0} batches: set accumulate = {0} in [training].", shown(value)));
      } else if (!shared.contains(key)) {
        rest[key] = value;
      } else if (key == "learning_rate" && value.is_object()) {
        if (const std::optional<KerasPart> schedule = options_.part("schedule", value, faults)) common.push_back({key, value_of(*schedule), {}});
      } else if (value.is_number() && (value.get<double>() != 0 || key == "learning_rate")) {
        const OptionSpec* const spec = find_option(schema, key);
        const Value made{shortest(value.get<double>()), {}};
        if (!spec || spec->default_value.empty() || to_toml(spec->default_value) != to_toml(made)) common.push_back({key, made, {}});
      }
    }
    out_.optimizer.options = options_.options("optimizer", type, rest, faults);
    out_.optimizer.options.insert(out_.optimizer.options.begin(), common.begin(), common.end());
    for (const std::string& fault : faults) out_.notes.push_back(fmt::format("Of the optimizer: {}.", fault));
  }

  // Of a moving average of the weights, where there is one.
  static void add_average(const Json& config, const std::string& key, const Json& value, Options& common) {
    if (!flag_at(config, "use_ema", false)) return;
    if (value.is_boolean()) common.push_back({key, {value.get<bool>(), {}}, {}});
    else if (value.is_number_integer()) common.push_back({key, {value.get<std::int64_t>(), {}}, {}});
    else if (value.is_number()) common.push_back({key, {shortest(value.get<double>()), {}}, {}});
  }

  const Json& compiled_;
  const std::vector<KerasOutput>& outputs_;
  const KerasOptions& options_;
  const Json nothing_;
  KerasTraining out_;
};

}  // namespace

KerasTraining training_of(const Json& compiled, const std::vector<KerasOutput>& outputs, const KerasOptions& options) { return TrainingReader(compiled, outputs, options).read(); }

}  // namespace teranga::exchange
