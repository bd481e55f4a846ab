// SPDX-License-Identifier: Apache-2.0
// Runs a schedule: binds its arenas to memory, then makes its calls stage by stage, on all threads. Running allocates nothing and only follows pointers.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <teranga/model/network.hpp>

#include "plan/schedule.hpp"
#include "run/bindings.hpp"
#include "run/frames.hpp"
#include "run/gradient_reducer.hpp"
#include "run/loss_evaluator.hpp"

namespace teranga::model {

class Executor {
 public:
  // The context must outlive the executor.
  Executor(const PlanContext& context, std::int64_t rows, Purpose purpose);

  // Adds to sums (of purposes that evaluate a loss). The batch has the rows of the schedule, which may be none.
  void run(const Batch& batch, const Step& step, std::span<double> sums);
  // An output of the network, of the batch that ran last.
  const void* value(Source source) const;
  // The first node that makes something not finite of this batch, or -1: runs forward once more (training).
  int first_not_finite(const Batch& batch, const Step& step);

 private:
  static constexpr std::size_t guard_words = guard_bytes / sizeof(double);
  struct Sums {
    std::vector<double> slices, local, global;  // of each slice with a guard behind it
  };
  struct alignas(64) SlicePasses {
    PassTicks ticks;
  };
  struct Derived {
    Buffer buffer;
    std::uint64_t version = 0;  // of the weights that it was made of
    trg_call call{};
    std::vector<trg_tensor> tensors = {};
    Work work = {};
  };
  struct Updating {
    trg_call call{};
    std::vector<trg_tensor> tensors = {};
    Work work = {};
  };

  void make_sums();
  void make_derived();
  void make_frames();
  Frame frame_of(const ScheduledCall& call, const Op& op);
  void bind_frame(Frame& frame, const ScheduledCall& call);
  void make_updates();
  void bind_fixed();

  void begin(const Batch& batch, const Step& step);
  void end();
  void tell_greediest() const;
  void bind_memory();
  void bind_shared();
  void bind_batch();
  void bind_states();
  void bind_slice(std::size_t slice, int worker);
  void begin_rows();
  void drop_copies();
  void derive();
  void derive_one(std::size_t index, int worker);
  void find_touched_rows();
  void run_stage(StageFrames& stage);
  void run_ranges(StageFrames& stage);
  void run_whole(StageFrames& stage);
  void run_slices(StageFrames& stage);
  void run_slice(StageFrames& stage, std::size_t slice, int worker, LapTimer& lap);
  void run_call(const ScheduledOp& op, Frame& frame, int worker);
  static void set_guards(Frame& frame);
  static const char* broken_guard(const Frame& frame);
  void drive(int worker);
  void finish_bucket(std::size_t bucket);
  void add_up_gradients(std::size_t bucket, bool onto);
  void count_time(const ScheduledStage& stage, Ticks spent);
  void add_losses(std::span<double> sums);
  void reduce(const ScheduledStage& stage);
  void update_states();
  bool outputs_finite(const OpFrames& op, const Frame& frame) const;

  int profile_row(const std::string& name, Pass pass) const;
  Work work_of(const Op& op, const ScheduledCall& call) const;
  Work work_of_losses(const BatchSlice& slice) const;
  void watch();
  void watch_stage(StageFrames& stage);

  const PlanContext& context_;
  std::unique_ptr<const Schedule> schedule_;
  Bindings bindings_;
  std::vector<Sums> sums_;
  std::deque<Derived> derived_;
  std::vector<Buffer> former_states_;
  std::vector<StageFrames> stages_;
  std::deque<Updating> updates_;
  std::optional<LossEvaluator> loss_;
  GradientReducer gradients_;
  std::vector<double> batch_sums_;  // of losses and metrics, where they are made in the order of the samples

  char* memory_ = nullptr;         // that arenas are bound to
  char* shared_memory_ = nullptr;
  std::vector<char*> slice_memory_;  // by slice
  std::vector<trg_error> errors_;    // one a worker
  std::map<std::int64_t, std::vector<std::uint64_t>> folded_keys_;  // by fold: random keys of the folded samples
  const Batch* batch_ = nullptr;
  const Step* step_ = nullptr;
  bool made_before_ = false;  // what is shared: this batch's is there

  Profile* profile_;
  Work clear_, clear_slice_, find_, metrics_;
  PassTicks* const passes_;                // null: not of training steps
  std::vector<SlicePasses> slice_passes_;  // by worker, of the stage with the losses
  bool behind_losses_ = false;
  int derive_wait_ = -1, drop_wait_ = -1, drop_row_ = -1;  // rows of the profile
};

}  // namespace teranga::model
