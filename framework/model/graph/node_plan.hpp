// SPDX-License-Identifier: Apache-2.0
// One plan of one layer for exact shapes, and everything that it answered.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/host/option_tree.hpp>
#include <teranga/sdk/c/layer.h>
#include <teranga/tensor/tensor.hpp>

namespace teranga::model {

struct Node;

struct InputPort {
  std::string name;
  ElementType type = ElementType::f32;
  Shape shape;  // axis 0 = samples
  bool needs_gradient = false;
  std::int32_t mask_rank = 0;  // leading axes of its mask; 0: none
};

struct OutputPort {
  std::string name;
  ElementType type = ElementType::f32;
  Shape shape;
  std::int32_t flags = 0;
  std::int32_t shares_with = -1;
  std::int32_t mask_rank = 0;  // of a mask that the layer makes for it
};

struct Piece {
  std::int64_t begin, end;
  Value initializer;
};

struct ParameterFacts {
  std::string name;
  Shape shape;
  bool trainable = true;
  Value initializer;
  std::vector<Piece> pieces;
  double l1 = 0, l2 = 0;
  std::int64_t fan_in = 0, fan_out = 0;
  int touched_by = -1;  // the input that names the only rows that get a gradient
  bool lazy = false;
};

struct StateFacts {
  std::string name;
  std::int32_t kind = TRG_SHARED;
  std::int32_t merge = TRG_MERGE_MEAN;
  Shape shape;
  Value initializer;
  bool resets_each_epoch = false;
};

struct BufferFacts {
  std::int64_t bytes_per_row = 0, bytes = 0;
  std::size_t size(std::int64_t rows) const { return static_cast<std::size_t>(bytes_per_row * rows + bytes); }
};

struct CallFacts {
  std::vector<std::int64_t> sums = {0};  // one a pass
  bool synchronised = false;
  std::int32_t offered = TRG_SLICE;
  std::int64_t axis_length = 0, multiple = 1;
  double flops = 0;
};

struct PlanAnswer {
  std::vector<std::int32_t> input_flags;
  std::vector<OutputPort> outputs;
  std::vector<ParameterFacts> parameters;
  std::vector<StateFacts> states;
  std::array<BufferFacts, 4> buffers{};  // by enum trg_buffer_kind
  std::array<CallFacts, 3> calls{};      // by enum trg_which
  std::size_t absorbed = 0;  // followers fused with the node: the outputs are those of the last one
};

struct PlanQuestion {
  ElementType type = ElementType::f32;
  std::int32_t mode = TRG_TRAINING;
  std::int32_t granularity = TRG_SLICE;
  std::int32_t workers = 1;
  std::int64_t fold = 1;  // see Node: the shapes here are those of the graph, the layer sees the folded ones
  std::vector<InputPort> inputs;
  std::vector<const Node*> followers = {};  // that the layer may take in, nearest first
};

// (N, T, ...) as the layer sees it, (N T, ...).
Shape folded(const Shape& shape, std::int64_t fold);

// A question in the border's form; points into the question.
struct NativeQuestion {
  explicit NativeQuestion(const PlanQuestion& question);
  NativeQuestion(const NativeQuestion&) = delete;

  std::vector<Shape> shapes;
  std::vector<trg_input> inputs;
  std::deque<host::OptionTree> options;
  std::vector<trg_follower> followers;
  trg_plan_request request{};
};

class NodePlan {
 public:
  // Throws Error as the layer reports it.
  NodePlan(const Node& node, const PlanQuestion& question);
  ~NodePlan();
  NodePlan(const NodePlan&) = delete;
  NodePlan& operator=(const NodePlan&) = delete;

  const PlanAnswer& answer() const noexcept { return answer_; }
  void* handle() const noexcept { return handle_; }

 private:
  void destroy() noexcept;

  const Node* node_;
  void* handle_ = nullptr;
  PlanAnswer answer_;
};

}  // namespace teranga::model
