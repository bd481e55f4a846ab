// SPDX-License-Identifier: Apache-2.0
// Calls of a layer over a batch: by slices, by ranges or as a whole, on one thread or on several.
#include "layer/run_state.hpp"

#include <teranga/host/host_table.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/parallel/thread_setup.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <thread>

namespace teranga::conformance {

std::int32_t enter_plugin(LayerEntry entry, void* plan, const trg_call* call, trg_error* error, const char* name, bool traps) {
  std::int32_t status = TRG_OK;
  call_plugin(name, traps, [&] { status = entry(plan, call, error); });
  return status;
}

// Of what plan did not declare: null data, so that a plugin that counts wrongly crashes there, and not elsewhere.
void CallTensors::pad(std::vector<trg_tensor>& set) {
  static constexpr std::int64_t none[TRG_MOST_AXES] = {};
  set.insert(set.end(), 4, trg_tensor{nullptr, none, 0, TRG_F32});
}

const trg_tensor* CallTensors::add(const std::vector<Tensor>& tensors, std::int64_t first, std::int64_t rows) {
  std::vector<trg_tensor> set;
  for (const Tensor& t : tensors) {
    std::vector<std::int64_t>& shape = shapes.emplace_back(t.shape);
    char* data = t.memory ? t.memory->data() : nullptr;
    if (rows != whole && !shape.empty()) {
      if (data) data += first * t.row_bytes();
      shape[0] = rows;
    }
    set.push_back({data, shape.data(), static_cast<std::int32_t>(shape.size()), t.type});
  }
  pad(set);
  return sets.emplace_back(std::move(set)).data();
}

std::vector<LayerRun::State::Part> LayerRun::State::parts_of(int which, std::int32_t granularity) {
  std::vector<Part> parts;
  if (granularity == TRG_SLICE) {
    std::int64_t first = 0;
    for (std::size_t i = 0; i < slices.size(); first += slices[i++]) parts.push_back({&plan_for(slices[i], TRG_SLICE), first, slices[i], i, {0, 0}});
    return parts;
  }
  LayerPlan& plan = plan_for(samples, granularity);
  if (granularity == TRG_BATCH) return {{&plan, 0, samples, 0, {0, 0}}};
  const PlannedCall& facts = plan.calls[which];
  auto ranges = test.ranges;
  for (std::int64_t b = 0; test.ranges.empty() && b < facts.axis; b += facts.multiple) ranges.emplace_back(b, std::min(b + facts.multiple, facts.axis));
  for (const auto& range : ranges) parts.push_back({&plan, 0, samples, 0, range});
  return parts;
}

// one(part, worker) for all parts: in their order, or on as many threads as the settings say. The error of the first part that fails is thrown.
void LayerRun::State::run_parts(const std::vector<Part>& parts, const std::function<void(std::size_t, int)>& one) {
  if (settings.threads == 0) {
    for (std::size_t i = 0; i < parts.size(); ++i) one(i, 0);
    return;
  }
  std::vector<std::exception_ptr> errors(parts.size());
  const auto threads = static_cast<std::size_t>(settings.threads);
  std::vector<std::thread> workers;
  for (std::size_t w = 0; w < threads; ++w)
    workers.emplace_back([&, w] {
      prepare_this_thread();
      for (std::size_t i = w; i < parts.size(); i += threads) try {
          one(i, static_cast<int>(w));
        } catch (...) {
          errors[i] = std::current_exception();
        }
    });
  for (std::thread& worker : workers) worker.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

// All passes of one call over the batch, with the sums combined in order.
void LayerRun::State::call(int which, LayerEntry entry, const char* name) {
  const LayerPlan& facts = plan_for(samples, TRG_SLICE);
  const std::int32_t granularity = facts.calls[which].offered & test.granularity ? test.granularity : facts.calls[which].offered & TRG_SLICE ? TRG_SLICE : facts.calls[which].offered & TRG_BATCH ? TRG_BATCH : TRG_RANGE;
  const std::vector<Part> parts = parts_of(which, granularity);
  const bool partial = which == TRG_BACKWARD_PARAMS && granularity == TRG_SLICE && settings.threads > 0;
  std::vector<Tensors> partials(partial ? parts.size() : 0);
  for (Tensors& all : partials)
    for (std::size_t i = 0; i < d_parameters.size(); ++i) {
      all.push_back(d_parameters[i].memory ? make(d_parameters[i].shape, d_parameters[i].type, Role::d_parameter, i) : d_parameters[i]);
      if (all.back().memory) all.back().memory->zero();
    }
  std::unique_ptr<Team> team;
  if (granularity == TRG_BATCH && settings.threads > 0) team = std::make_unique<Team>(settings.threads);
  Sums before;
  if (which == TRG_FORWARD) passes_of_forward.clear();
  for (std::size_t pass = 0; pass < facts.calls[which].sums.size(); ++pass) {
    const auto count = static_cast<std::size_t>(facts.calls[which].sums[pass]);
    std::vector<std::vector<double>> sums(parts.size());
    const auto one = [&](std::size_t i, int worker) {
      Memory own = buffer(static_cast<std::int64_t>(count * sizeof(double)), Role::sums);
      own.zero();
      one_call(parts[i], entry, name, static_cast<std::int32_t>(pass), worker, count > 0 ? reinterpret_cast<double*>(own.data()) : nullptr, before, partial ? partials[i] : d_parameters);
      own.check(name);
      sums[i].resize(count);
      if (count > 0) std::memcpy(sums[i].data(), own.data(), count * sizeof(double));
    };
    if (team) {
      const host::LendTeam lend(*team);
      one(0, 0);
    } else {
      run_parts(parts, one);
    }
    std::vector<double> total(count);
    for (const std::vector<double>& some : sums)
      for (std::size_t i = 0; i < some.size(); ++i) total[i] += some[i];
    if (which == TRG_FORWARD) passes_of_forward.push_back(total);
    if (total.empty()) continue;
    before = {total, total};
    if (which == TRG_FORWARD && facts.calls[which].synchronised && pass < settings.global_sums.size()) before.global = settings.global_sums[pass];
  }
  if (partial) add_partial_gradients(partials);
  if (which == TRG_FORWARD) forward_sums = before;
}

void LayerRun::State::add_partial_gradients(std::vector<Tensors>& partials) {
  for (std::size_t i = 0; i < d_parameters.size(); ++i) {
    if (!d_parameters[i].memory) continue;
    Array sum = d_parameters[i].read();
    for (const Tensors& some : partials) {
      const Array one = some[i].read();
      for (std::size_t k = 0; k < sum.values.size(); ++k) sum.values[k] += one.values[k];
    }
    d_parameters[i].write(sum);
  }
}

namespace {

// The rows of others in memory that a slice shares.
class OtherRows {
 public:
  void add(const std::vector<Tensor>& tensors, std::int64_t first, std::int64_t rows) {
    for (const Tensor& t : tensors)
      if (t.memory && !t.shape.empty()) add(*t.memory, t.row_bytes(), first, rows);
  }
  void add(const Memory& memory, std::int64_t row_bytes, std::int64_t first, std::int64_t rows) {
    all_.push_back({&memory, std::vector<char>(memory.data(), memory.data() + memory.size()), static_cast<std::size_t>(first * row_bytes), static_cast<std::size_t>((first + rows) * row_bytes)});
  }
  void check(const char* call) const {
    for (const Kept& k : all_) {
      const std::size_t end = std::min(k.end, k.bytes.size());
      const bool same = std::memcmp(k.bytes.data(), k.memory->data(), k.begin) == 0 && std::memcmp(k.bytes.data() + end, k.memory->data() + end, k.bytes.size() - end) == 0;
      if (!same) throw Breach(call, k.memory->name(), "wrote to rows of other slices in");
    }
  }

 private:
  struct Kept {
    const Memory* memory;
    std::vector<char> bytes;
    std::size_t begin, end;
  };
  std::vector<Kept> all_;
};

}  // namespace

void LayerRun::State::one_call(const Part& part, LayerEntry entry, const char* name, std::int32_t pass, int worker, double* sums, const Sums& before, const Tensors& gradients) {
  CallTensors tensors;
  trg_call native{};
  native.size = sizeof(native);
  native.pass = pass;
  native.worker = worker;
  native.first_row = part.first, native.rows = part.rows;
  native.range_begin = part.range.first, native.range_end = part.range.second;
  native.fresh = fresh;
  native.inputs = tensors.add(inputs, part.first, part.rows);
  native.outputs = tensors.add(outputs, part.first, part.rows);
  native.d_inputs = tensors.add(d_inputs, part.first, part.rows);
  native.d_outputs = tensors.add(d_outputs, part.first, part.rows);
  native.parameters = tensors.add(parameters, 0, CallTensors::whole);
  native.d_parameters = tensors.add(gradients, 0, CallTensors::whole);
  native.input_masks = tensors.add(input_masks, part.first, part.rows);
  native.output_masks = tensors.add(output_masks, part.first, part.rows);
  const auto states = [&](const Tensors& all) {
    std::vector<trg_tensor> set;
    for (std::size_t i = 0; i < all.size(); ++i) set.push_back(*tensors.add({all[i]}, part.first, part.plan->states[i].kind == TRG_ROW ? part.rows : CallTensors::whole));
    CallTensors::pad(set);
    return tensors.sets.emplace_back(std::move(set)).data();
  };
  native.states_in = states(states_in);
  native.states_out = states(states_out);
  OtherRows others;
  const auto of_samples = [&](int kind) -> void* {
    std::deque<Memory>& memory = kept[kind];
    if (memory.empty()) return nullptr;
    const PlannedBuffer& facts = part.plan->buffers[kind];
    if (facts.bytes != 0) return memory.at(std::min(part.slice, memory.size() - 1)).data();
    if (settings.watches_rows) others.add(memory[0], facts.per_row, part.first, part.rows);
    return memory[0].data() + part.first * facts.per_row;
  };
  native.saved = of_samples(TRG_SAVED);
  native.carry = of_samples(TRG_CARRY);
  Memory scratch = buffer(part.plan->buffers[TRG_SCRATCH].per_row * part.rows + part.plan->buffers[TRG_SCRATCH].bytes, Role::scratch);
  native.scratch = scratch.data();
  native.derived = derived.data();
  native.sums = sums;
  native.local_sums = before.local.data(), native.global_sums = before.global.data();
  native.random_key = random_key;
  native.row_keys = row_keys.data() + part.first;
  if (settings.watches_rows) {
    others.add(outputs, part.first, part.rows);
    others.add(output_masks, part.first, part.rows);
    others.add(d_inputs, part.first, part.rows);
  }
  trg_error error = fresh_error();
  const std::int32_t status = enter_plugin(entry, part.plan->handle, &native, &error, name, settings.guard != Guard::strips);
  scratch.check(name);
  need_ok(status, error, name);
  if (settings.watches_rows) others.check(name);
}

}  // namespace teranga::conformance
