// SPDX-License-Identifier: Apache-2.0
#include "life_signature.hpp"

#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/training.h>

#include <array>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::conformance {
namespace {

template <class T>
void append_bytes(std::string& to, const T* values, std::size_t count) { to.append(reinterpret_cast<const char*>(values), count * sizeof(T)); }

constexpr std::array<float, 12> some_reals = {0.5F, -1.25F, 2.0F, 0.125F, -0.5F, 1.0F, 3.0F, -2.0F, 0.25F, 0.75F, -0.125F, 1.5F};
constexpr std::array<float, 12> some_shares = {0.2F, 0.3F, 0.5F, 0.1F, 0.7F, 0.2F, 0.6F, 0.3F, 0.1F, 0.25F, 0.25F, 0.5F};
constexpr std::array<float, 12> one_hot = {0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0};
constexpr std::array<std::int32_t, 4> class_numbers = {1, 0, 2, 1};

std::string signature_of_activation(const Subject& subject, void* self) {
  const auto& calls = subject.calls<trg_activation_calls>();
  std::string found;
  ErrorRecord record;
  std::array<float, 12> y{};
  const Call call("value");
  const std::int32_t status = calls.value(self, TRG_F32, 3, 4, some_reals.data(), y.data(), record.native());
  append_bytes(found, &status, 1);
  append_bytes(found, y.data(), y.size());
  return found;
}

// Predictions and targets that losses and metrics compare, of a few usual shapes.
struct Comparison {
  std::vector<std::int64_t> prediction, target;
  std::int32_t target_type;
  const void* target_data;
  std::string words() const { return fmt::format("prediction [{}] f32, target [{}] {}", fmt::join(prediction, ", "), fmt::join(target, ", "), target_type == TRG_F32 ? "f32" : "i32"); }
};

const std::vector<Comparison>& comparisons() {
  static const std::vector<Comparison> all = {{{4, 3}, {4, 3}, TRG_F32, one_hot.data()}, {{4, 3}, {4}, TRG_I32, class_numbers.data()}, {{4, 1}, {4, 1}, TRG_F32, one_hot.data()}, {{2, 2, 3}, {2, 2, 3}, TRG_F32, one_hot.data()},
                                              {{2, 2, 3}, {2, 2}, TRG_I32, class_numbers.data()}, {{4, 3}, {4, 5}, TRG_F32, nullptr}};  // the last one fits few
  return all;
}

template <class Plan, class Calls, class Use>
bool plan_comparison(const Calls& calls, void* self, const Comparison& one, std::int32_t target_count, std::vector<Refusal>* refused, Use&& use) {
  const trg_tensor prediction{nullptr, one.prediction.data(), static_cast<std::int32_t>(one.prediction.size()), TRG_F32}, target{nullptr, one.target.data(), static_cast<std::int32_t>(one.target.size()), one.target_type};
  trg_compare_request request{};
  request.size = sizeof(request), request.type = TRG_F32, request.prediction_count = 1, request.target_count = target_count, request.predictions = &prediction, request.targets = &target;
  Plan answer{};
  answer.size = sizeof(answer);
  void* plan = nullptr;
  ErrorRecord record;
  std::int32_t status = TRG_FAILED;
  {
    Call::set_place(one.words());
    const Call call("plan");
    status = calls.plan(self, &request, &answer, &plan, record.native());
  }
  if (status != TRG_OK) {
    if (refused) refused->push_back({status, record, fmt::format("plan, {}", one.words())});
    return false;
  }
  const bool fits = one.target_data != nullptr;
  if (fits) use(answer, plan, prediction, target);
  const Call call("destroy_plan");
  calls.destroy_plan(plan);
  return fits;
}

std::int32_t targets_of(const Subject& subject, void* self) {
  if (subject.item->kind != TRG_LOSS) return 1;
  const auto& calls = subject.calls<trg_loss_calls>();
  if (!has_call(calls, &trg_loss_calls::target_count)) return 1;
  const Call call("target_count");
  return calls.target_count(self);
}

std::optional<std::string> signature_of_loss(const Subject& subject, void* self) {
  const auto& calls = subject.calls<trg_loss_calls>();
  std::string found;
  for (const Comparison& one : comparisons())
    if (plan_comparison<trg_loss_plan>(calls, self, one, targets_of(subject, self), nullptr, [&](const trg_loss_plan&, void* plan, trg_tensor prediction, trg_tensor target) {
          std::array<double, 16> values{}, weights{};
          weights.fill(1);
          std::array<float, 16> gradient{};
          prediction.data = const_cast<float*>(some_shares.data()), target.data = const_cast<void*>(one.target_data);
          trg_tensor d_prediction = prediction;
          d_prediction.data = gradient.data();
          const trg_loss_call given{sizeof(trg_loss_call), one.prediction[0], &prediction, &target, &d_prediction, weights.data(), values.data()};
          ErrorRecord record;
          const Call call("evaluate");
          const std::int32_t status = calls.evaluate(plan, &given, record.native());
          append_bytes(found, &status, 1);
          append_bytes(found, values.data(), values.size());
          append_bytes(found, gradient.data(), gradient.size());
        }))
      return found;
  return std::nullopt;
}

std::optional<std::string> signature_of_metric(const Subject& subject, void* self) {
  const auto& calls = subject.calls<trg_metric_calls>();
  std::string found;
  for (const Comparison& one : comparisons())
    if (plan_comparison<trg_metric_plan>(calls, self, one, 1, nullptr, [&](const trg_metric_plan& answer, void* plan, trg_tensor prediction, trg_tensor target) {
          std::vector<double> sums(static_cast<std::size_t>(std::min<std::int64_t>(std::max<std::int64_t>(answer.sum_count, 0), 1 << 20)) + 1);
          std::array<double, 16> weights{};
          weights.fill(1);
          prediction.data = const_cast<float*>(some_shares.data()), target.data = const_cast<void*>(one.target_data);
          const trg_metric_call given{sizeof(trg_metric_call), one.prediction[0], &prediction, &target, weights.data(), sums.data()};
          ErrorRecord record;
          const Call call("update");
          const std::int32_t status = calls.update(plan, &given, record.native());
          append_bytes(found, &status, 1);
          append_bytes(found, sums.data(), sums.size());
        }))
      return found;
  return std::nullopt;
}

std::optional<std::string> signature_of_optimizer(const Subject& subject, void* self) {
  const auto& calls = subject.calls<trg_optimizer_calls>();
  trg_optimizer_facts facts{};
  facts.size = sizeof(facts);
  ErrorRecord record;
  {
    const Call call("facts");
    if (calls.facts(self, &facts, record.native()) != TRG_OK) return std::nullopt;
  }
  if (facts.slot_count < 0 || facts.slot_count > TRG_MOST_SLOTS || facts.scalar_count < 0 || facts.scalar_count > 4096) return std::nullopt;
  std::string found;
  append_bytes(found, &facts.slot_count, 1);
  if (facts.whole_tensors || !has_call(calls, &trg_optimizer_calls::update)) return found;
  std::vector<double> scalars(static_cast<std::size_t>(facts.scalar_count) + 1);
  for (std::int32_t i = 0; facts.scalar_initial && i < facts.scalar_count; ++i) scalars[static_cast<std::size_t>(i)] = facts.scalar_initial[i];
  std::vector<std::array<float, 12>> slots(static_cast<std::size_t>(facts.slot_count) + 1);
  std::vector<void*> places;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    slots[i].fill(facts.slot_initial && i < static_cast<std::size_t>(facts.slot_count) ? static_cast<float>(facts.slot_initial[i]) : 0.0F);
    places.push_back(slots[i].data());
  }
  std::array<float, 12> weights = some_shares;
  for (std::int64_t step = 1; step <= 3; ++step) {
    if (has_call(calls, &trg_optimizer_calls::begin_step)) {
      const Call call("begin_step");
      if (calls.begin_step(self, step, 0.01, scalars.data(), record.native()) != TRG_OK) return found;
    }
    const trg_update update{sizeof(trg_update), TRG_F32, 0, 12, weights.data(), some_reals.data(), places.data(), step, 0.01, scalars.data()};
    const Call call("update");
    const std::int32_t status = calls.update(self, &update, record.native());
    append_bytes(found, &status, 1);
    append_bytes(found, weights.data(), weights.size());
  }
  return found;
}

std::optional<std::string> signature_of_schedule(const Subject& subject, void* self) {
  const auto& calls = subject.calls<trg_schedule_calls>();
  std::int64_t count = 0;
  {
    const Call call("state_count");
    count = calls.state_count(self);
  }
  if (count < 0 || count > 1 << 20) return std::nullopt;
  const std::vector<double> state(static_cast<std::size_t>(count) + 1);
  std::string found;
  for (const std::int64_t step : {0, 1, 10, 1000}) {
    double rate = 0;
    ErrorRecord record;
    const Call call("rate");
    const std::int32_t status = calls.rate(self, step, 1 + step / 100, state.data(), &rate, record.native());
    append_bytes(found, &status, 1);
    append_bytes(found, &rate, 1);
  }
  return found;
}

std::string signature_of_initializer(const Subject& subject, void* self) {
  const auto& calls = subject.calls<trg_initializer_calls>();
  const std::array<std::int64_t, 2> shape = {4, 3};
  std::array<float, 12> filled{};
  trg_fill fill{};
  fill.size = sizeof(fill), fill.type = TRG_F32, fill.rank = 2, fill.shape = shape.data(), fill.fan_in = 4, fill.fan_out = 3, fill.stream = {7, 1}, fill.data = filled.data();
  ErrorRecord record;
  std::string found;
  const Call call("fill");
  const std::int32_t status = calls.fill(self, &fill, record.native());
  append_bytes(found, &status, 1);
  append_bytes(found, filled.data(), filled.size());
  return found;
}

// What a plan says, as text.
struct Answers {
  std::string text;
  template <class... Values>
  static void add(void* context, fmt::format_string<Values...> form, Values&&... values) { static_cast<Answers*>(context)->text += fmt::format(form, std::forward<Values>(values)...) + ";"; }
};

std::string shape_text(std::int32_t rank, const std::int64_t* shape) {
  std::string text;
  for (std::int32_t i = 0; i < std::clamp(rank, 0, static_cast<std::int32_t>(TRG_MOST_AXES)); ++i) text += fmt::format(" {}", shape[i]);
  return text;
}

trg_planner planner_into(Answers& answers) {
  trg_planner planner{};
  planner.size = sizeof(planner);
  planner.context = &answers;
  planner.input = [](void* context, std::int32_t index, std::int32_t flags) { Answers::add(context, "input {} {}", index, flags); };
  planner.output = [](void* context, const trg_port* port) { Answers::add(context, "output {}{} {}", port->type, shape_text(port->rank, port->shape), port->flags); };
  planner.parameter = [](void* context, const trg_parameter* one) { Answers::add(context, "parameter {}{}", one->name ? one->name : "", shape_text(one->rank, one->shape)); };
  planner.state = [](void* context, const trg_state* one) { Answers::add(context, "state {}{}", one->name ? one->name : "", shape_text(one->rank, one->shape)); };
  planner.buffer = [](void* context, std::int32_t kind, std::int64_t of_row, std::int64_t bytes) { Answers::add(context, "buffer {} {} {}", kind, of_row, bytes); };
  planner.passes = [](void* context, std::int32_t which, std::int32_t count, const std::int64_t*, std::int32_t synchronised) { Answers::add(context, "passes {} {} {}", which, count, synchronised); };
  planner.granularity = [](void* context, std::int32_t which, std::int32_t offered, std::int64_t length, std::int64_t multiple) { Answers::add(context, "granularity {} {} {} {}", which, offered, length, multiple); };
  planner.cost = [](void*, std::int32_t, double) {};
  planner.absorb = [](void*, std::size_t) {};
  return planner;
}

struct LayerInputs {
  std::vector<std::vector<std::int64_t>> shapes;
  std::int32_t type = TRG_F32;
};

const std::vector<LayerInputs>& layer_inputs() {
  static const std::vector<LayerInputs> all = {{{{4, 3}}, TRG_F32}, {{{2, 5, 3}}, TRG_F32}, {{{2, 8, 8, 3}}, TRG_F32}, {{{4, 3}, {4, 3}}, TRG_F32}, {{{2, 5}}, TRG_I32}, {{{2, 5, 3}, {2, 5, 3}}, TRG_F32}, {{{2, 4, 8, 8, 3}}, TRG_F32}};
  return all;
}

std::optional<std::string> planned(const Subject& subject, void* self, std::vector<Refusal>* refused) {
  const auto& calls = subject.calls<trg_layer_calls>();
  if (!has_call(calls, &trg_layer_calls::plan) || !has_call(calls, &trg_layer_calls::destroy_plan)) return std::nullopt;
  for (const LayerInputs& given : layer_inputs()) {
    std::vector<trg_input> inputs;
    for (const auto& shape : given.shapes) inputs.push_back({sizeof(trg_input), "input", {nullptr, shape.data(), static_cast<std::int32_t>(shape.size()), given.type}, 0, given.type == TRG_F32});
    trg_plan_request request{};
    request.size = sizeof(request), request.type = TRG_F32, request.mode = TRG_TRAINING, request.inputs = inputs.data(), request.input_count = inputs.size(), request.input_stride = sizeof(trg_input), request.max_workers = 1, request.granularity = TRG_SLICE;
    Answers answers;
    const trg_planner planner = planner_into(answers);
    void* plan = nullptr;
    ErrorRecord record;
    std::string words;
    for (const auto& shape : given.shapes) words += fmt::format("{}[{}]", words.empty() ? "" : ", ", fmt::join(shape, ", "));
    words += given.type == TRG_F32 ? " f32" : " i32";
    std::int32_t status = TRG_FAILED;
    {
      Call::set_place(fmt::format("inputs {}", words));
      const Call call("plan");
      status = calls.plan(self, &request, &planner, &plan, record.native());
    }
    if (status != TRG_OK) {
      if (refused) refused->push_back({status, record, fmt::format("plan, inputs {}", words)});
      continue;
    }
    {
      const Call call("destroy_plan");
      calls.destroy_plan(plan);
    }
    if (!refused) return answers.text;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> signature_of(const Subject& subject, void* instance) {
  switch (subject.item->kind) {
    case TRG_LAYER: return planned(subject, instance, nullptr);
    case TRG_ACTIVATION: return signature_of_activation(subject, instance);
    case TRG_LOSS: return signature_of_loss(subject, instance);
    case TRG_OPTIMIZER: return signature_of_optimizer(subject, instance);
    case TRG_METRIC: return signature_of_metric(subject, instance);
    case TRG_SCHEDULE: return signature_of_schedule(subject, instance);
    case TRG_INITIALIZER: return signature_of_initializer(subject, instance);
    default: return std::nullopt;
  }
}

bool make_and_destroy_plan(const Subject& subject, void* instance, std::vector<Refusal>* refused) {
  if (subject.item->kind == TRG_LAYER) return planned(subject, instance, refused).has_value();
  bool made = false;
  const auto nothing = [](const auto&, void*, const trg_tensor&, const trg_tensor&) {};
  for (const Comparison& one : comparisons()) {
    if (subject.item->kind == TRG_LOSS) made = plan_comparison<trg_loss_plan>(subject.calls<trg_loss_calls>(), instance, one, targets_of(subject, instance), refused, nothing);
    if (subject.item->kind == TRG_METRIC) made = plan_comparison<trg_metric_plan>(subject.calls<trg_metric_calls>(), instance, one, 1, refused, nothing);
    if (made && !refused) return true;
  }
  return made;
}

}  // namespace teranga::conformance
