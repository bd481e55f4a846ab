// SPDX-License-Identifier: Apache-2.0
// A layout brought to life for so many samples: plans, arena and one prepared call for each operation and slice, so that running it allocates
// nothing and only follows pointers.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include <teranga/model/network.hpp>
#include <teranga/parallel/profile.hpp>

#include "gradient_reducer.hpp"
#include "layout.hpp"
#include "loss_evaluator.hpp"
#include "shared_values.hpp"

namespace teranga::model {

// What all programs of a network share.
struct PlanContext {
  const Graph& graph;
  const Objective& objective;
  const std::vector<Field>& fields;
  ParameterStore& store;
  const Places& places;
  Team& team;
  ElementType compute;
  std::int64_t slice_rows;  // of a full slice
  std::vector<double> class_weights;
  Profile* profile = nullptr;  // of training steps
  std::string profile_prefix = {};
  SharedPart* shared = nullptr;  // of training steps
};

class Program {
 public:
  Program(PlanContext& context, std::int64_t rows, Purpose purpose);
  ~Program();

  // Adds to sums (of purposes that evaluate a loss).
  void run(const Batch& batch, const Step& step, std::span<double> sums);

  // What a rank without samples owes to the others: its part, nothing, of every sum over ranks that run() makes.
  void skip(const Step& step);

  std::int64_t rows() const noexcept { return rows_; }
  std::size_t bytes() const noexcept { return bytes_; }  // of the memory that it runs in
  std::size_t derived_bytes() const noexcept;            // of what it makes of the parameters, in memory of its own
  const std::vector<int>& unlearnt() const noexcept { return layout_.unlearnt; }
  const void* value(Source source) const;
  // The first node that makes something not finite of this batch, or -1: runs forward once more (training).
  int first_not_finite(const Batch& batch, const Step& step);

 private:
  struct Frame;
  struct PreparedOp;
  struct PreparedStage;
  struct Slice {
    std::int64_t first, rows;
    char* arena = nullptr;
    char* partial = nullptr;  // gradients of this slice
  };

  void make_plans(Purpose purpose);
  bool shares_as_found() const;
  void cut_slices();
  void lay_out_memory();
  void find_fresh();
  bool overwritten(int parameter) const;
  void find_gradients();
  void make_sums();
  void settle();
  void move_slice(PreparedStage& stage, std::size_t index, int worker);
  char* take_memory();
  char* take_shared();
  void prepare();
  PreparedOp prepare_op(const Op& op);
  void prepare_call(PreparedOp& prepared, const Op& op, std::int64_t first, std::int64_t rows, const Slice* slice, std::int64_t range_begin, std::int64_t range_end);
  void prepare_loss();
  void add_comparison(std::vector<Comparison>& to, const Slice& slice, Source source, Source shown, int target, std::int32_t leading, int gradient);
  void prepare_derived();
  void watch();
  int profile_row(const std::string& name, Pass pass) const;
  Work work_of(const Op& op, const Frame& frame, const Slice* slice) const;
  void drop_copies();
  void derive();
  void point_at(const Batch& batch);
  void run_stage(PreparedStage& stage);
  void run_call(const PreparedOp& op, Frame& frame, int worker);
  void reduce(const PreparedStage& stage);
  void update_states();
  void begin_rows();
  void point_at_states();
  bool outputs_finite(const PreparedOp& op, const Frame& frame) const;

  NodePlan& plan_for(int node, const Slice* slice, std::int32_t granularity);
  char* address(int storage, const Slice* slice, std::int64_t first) const;
  const Shape* shape_with(const Shape& shape, std::int64_t rows, std::int64_t fold = 1);
  trg_tensor state_tensor(int node, std::size_t index, bool next, trg_tensor* slot);
  trg_tensor row_state_tensor(int node, std::size_t index, bool next, std::int64_t first, std::int64_t rows, trg_tensor* slot);
  trg_tensor mask_tensor(Source tensor, const Slice* slice, std::int64_t first, std::int64_t rows, std::int64_t fold = 1);
  trg_tensor tensor(const OutputPort& port, const TensorPlace& place, const Slice* slice, std::int64_t first, std::int64_t rows, trg_tensor* slot, std::int64_t fold = 1);

  PlanContext& context_;
  std::int64_t rows_;
  Purpose purpose_;
  bool training_;
  Profile* profile_;
  Work clear_, clear_slice_, find_, metrics_;
  int derive_wait_ = -1, drop_wait_ = -1, drop_row_ = -1;  // rows of the profile
  SharedPart* shared_;
  bool made_before_ = false;  // what is shared: this batch's is there
  std::unique_ptr<LossEvaluator> loss_;  // of purposes that evaluate one
  GradientReducer gradients_;
  std::vector<std::unique_ptr<NodePlan>> full_, short_, whole_;
  Layout layout_;
  std::vector<Slice> slices_;
  // Where one stage is all that slices pass through they leave nothing behind, and a worker runs them all in its own arena, which stays in its cache.
  bool by_worker_ = false;
  char* arenas_ = nullptr;
  char* base_;  // of the memory that all this lies in: `nowhere` until the first run, and elsewhere when another program has needed more
  char* shared_base_;  // of what is shared; it moves likewise
  std::size_t shared_bytes_ = 0;
  char *whole_arena_ = nullptr, *partials_ = nullptr, *scratch_ = nullptr;
  std::size_t bytes_ = 0, scratch_bytes_ = 0;
  std::size_t staging_bytes_ = 0;  // of a worker, from arenas_ on, while nothing there is alive: derived weights are made in it, then copied to where all read them
  std::vector<PreparedStage> stages_;

  std::deque<Shape> shapes_;
  std::deque<std::vector<trg_tensor>> tensors_;
  struct Patch {
    trg_tensor* tensor;
    int field;
    std::size_t offset;
  };
  std::vector<Patch> patches_;  // pointers into the batch
  // A state that two nodes update, one after the other: the second begins with what the first made of it.
  struct Chained {
    std::size_t offset, bytes;
    Buffer before;
  };
  struct StatePatch {
    trg_tensor* tensor;
    std::size_t offset;  // bytes
    bool next;
    int row_state = -1;  // a state of rows, else among the shared ones
  };
  std::vector<StatePatch> state_patches_;  // states change places with every step
  struct Sums {
    std::int64_t count = 0;
    std::vector<double> slices, local, global;
  };
  std::vector<std::vector<Sums>> sums_;  // [node * 2 + which][pass]
  Sums& sums_of(const Op& op);
  bool synchronised(const Op& op) const;
  struct Derived {
    int node;
    NodePlan* plan;
    Buffer buffer;
    std::uint64_t version = 0;
    trg_call call{};
    Work work = {};
  };
  std::deque<Derived> derived_;
  struct StateUpdate {
    int node;
    NodePlan* plan;
    trg_call call{};
    std::vector<Chained> chained = {};
    Work work = {};
  };
  std::deque<StateUpdate> state_updates_;
  std::vector<bool> fresh_;  // by node: its ranges are the first to write to gradients, and can overwrite
  struct Lookup {
    TouchedRows* rows;
    int field;  // whose numbers name the rows
  };
  std::vector<Lookup> lookups_;
  void find_touched_rows();
  std::vector<trg_error> errors_;       // one a worker
  std::map<std::int64_t, std::vector<std::uint64_t>> folded_keys_;  // by fold: random keys of the folded samples
  const Batch* batch_ = nullptr;
  const Step* step_ = nullptr;
};

}  // namespace teranga::model
