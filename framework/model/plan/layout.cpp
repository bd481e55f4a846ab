// SPDX-License-Identifier: Apache-2.0
#include "plan/layout.hpp"

#include "graph/followers.hpp"
#include "plan/bucket_progress.hpp"
#include "graph/guard.hpp"
#include "plan/shared_values.hpp"

#include <algorithm>
#include <climits>
#include <iterator>
#include <set>

namespace teranga::model {
namespace {

// From here on, a gradient is computed by ranges of the parameter instead of by partial sums of slices (elements).
constexpr std::int64_t ranged_from = 16384;
// From here on, the weights of a layer (bytes) would come from memory anew for every slice.
constexpr std::int64_t far_weights = std::int64_t{8} << 20;

class LayoutBuilder {
 public:
  LayoutBuilder(const PlanContext& context, const std::vector<std::unique_ptr<NodePlan>>& plans, Purpose purpose, std::int64_t rows, const SharedPart* shared)
      : shared_(shared), graph_(context.graph), objective_(context.objective), plans_(plans), in_order_(context.in_order), training_(purpose == Purpose::training), has_loss_(purpose != Purpose::prediction),
        slice_rows_(std::min(rows, context.slice_rows)), rows_(rows), guards_(context.guards), gradient_order_(context.buckets.order), progress_(context.buckets, context.graph, context.store, context.parameter_index) {
    layout_.nodes.resize(graph_.nodes.size());
    layout_.term_gradients.assign(objective_.terms.size(), -1);
  }

  Layout build() {
    find_fused();
    choose_learners();
    place_values();
    for (int n = 0; n < count(); ++n)
      if (!node(n).is_input()) forward(n);
    if (has_loss_) loss();
    if (training_) {
      for (int n = count() - 1; n >= 0; --n) {
        if (!node(n).is_input()) backward(n);
        pass(n);
      }
      finish_gradients();
    }
    close_stage();
    keep_outputs();
    give_offsets();
    return std::move(layout_);
  }

 private:
  int count() const { return static_cast<int>(graph_.nodes.size()); }
  const Node& node(int n) const { return graph_.at(n); }
  NodePlaces& places(int n) { return layout_.nodes[static_cast<std::size_t>(n)]; }
  const PlanAnswer& answer(int n) const { return plans_[static_cast<std::size_t>(n)] ? plans_[static_cast<std::size_t>(n)]->answer() : node(n).facts; }
  TensorPlace& place_of(Source s) { return places(s.node).outputs[static_cast<std::size_t>(s.port)]; }

  static std::int64_t row_elements(const OutputPort& port) {
    std::int64_t n = 1;
    for (std::size_t i = 1; i < port.shape.size(); ++i) n *= port.shape[i];
    return n;
  }
  static std::int64_t row_bytes(const OutputPort& port) { return row_elements(port) * static_cast<std::int64_t>(size_of(port.type)); }

  static std::int64_t mask_elements(const OutputPort& port) {
    std::int64_t n = 1;
    for (std::int32_t i = 1; i < port.mask_rank; ++i) n *= port.shape[static_cast<std::size_t>(i)];
    return n;
  }

  int storage(std::int64_t bytes_per_row, std::int64_t bytes = 0) {
    Storage s;
    s.bytes_per_row = bytes_per_row;
    s.bytes = (bytes + 63) / 64 * 64;
    layout_.storages.push_back(s);
    return static_cast<int>(layout_.storages.size()) - 1;
  }

  void touch(int s, int at) {
    if (s < 0) return;
    Lifetime& life = layout_.storages[static_cast<std::size_t>(s)].life;
    if (life.birth < 0) life.birth = at;
    life.birth = std::min(life.birth, at);
    life.death = std::max(life.death, at);
  }
  void make_whole(int s) {
    if (s >= 0) layout_.storages[static_cast<std::size_t>(s)].whole = true;
  }

  // Every slice reads all weights of a layer. Where they are too many to stay in caches, ranges over the whole batch read each of them once.
  bool reads_far_weights(int n) const {
    std::int64_t bytes = 0;
    for (const ParameterFacts& p : answer(n).parameters) bytes += p.touched_by >= 0 ? 0 : element_count(p.shape) * compute_bytes();
    return rows_ > slice_rows_ && bytes >= far_weights;
  }

  std::int32_t granularity(int n, std::int32_t which) const {
    const CallFacts& call = answer(n).calls[static_cast<std::size_t>(which)];
    const std::int32_t offered = call.offered;
    if (!in_order_ && which != TRG_BACKWARD_PARAMS && (offered & TRG_RANGE) && call.axis_length > 0 && reads_far_weights(n)) return TRG_RANGE;
    return offered & TRG_SLICE ? TRG_SLICE : offered & TRG_BATCH ? TRG_BATCH : TRG_SLICE;
  }

  int owner(int n) const { return node(n).weights_of >= 0 ? node(n).weights_of : n; }

  void choose_learners() {
    for (int n = 0; n < count(); ++n) {
      if (!node(n).trainable || !training_) continue;
      std::int64_t elements = 0;
      for (const ParameterFacts& p : answer(n).parameters)
        if (p.trainable) elements += element_count(p.shape);
      places(n).learns = elements > 0;
      const CallFacts& call = answer(n).calls[TRG_BACKWARD_PARAMS];
      const auto& all = answer(n).parameters;
      const bool lookup = std::any_of(all.begin(), all.end(), [](const ParameterFacts& p) { return p.touched_by >= 0; });
      places(n).ranged = !in_order_ && (elements >= ranged_from || lookup) && (call.offered & TRG_RANGE) && call.axis_length > 0;
    }
    // Layers of the same weights add to one gradient: all of them by ranges, or none.
    std::set<int> by_slices;
    for (int n = 0; n < count(); ++n)
      if (places(n).learns && !places(n).ranged) by_slices.insert(owner(n));
    for (int n = 0; n < count(); ++n)
      if (by_slices.contains(owner(n))) places(n).ranged = false;
  }

  // The last forward operation that reads a tensor; INT_MAX where backward or the outside reads it too.
  int last_forward_use(Source s, int producer_flags) const {
    if (training_ && (producer_flags & TRG_READ_IN_BACKWARD)) return INT_MAX;
    for (const Source& out : graph_.outputs)
      if (out == s) return INT_MAX;
    if (has_loss_)
      for (const LossTerm& term : objective_.terms)
        if (term.prediction == s || term.shown == s) return INT_MAX;
    int last = -1;
    for (int n = 0; n < count(); ++n)
      for (std::size_t i = 0; i < node(n).inputs.size(); ++i) {
        if (!(node(n).inputs[i] == s)) continue;
        if (training_ && (answer(n).input_flags[i] & TRG_READ_IN_BACKWARD)) return INT_MAX;
        last = std::max(last, n);
      }
    return last;
  }

  bool all_slices(int n) const {
    return granularity(n, TRG_FORWARD) == TRG_SLICE && granularity(n, TRG_BACKWARD) == TRG_SLICE;
  }

  void find_fused() {
    for (int n = 0; n < count(); ++n)
      for (const int follower : fused_followers(graph_, objective_, n, answer(n).absorbed)) places(follower).fused = true;
  }

  void place_values() {
    for (int n = 0; n < count(); ++n) {
      if (places(n).fused) {
        places(n).outputs.push_back(place_of(node(n).inputs[0]));
        continue;
      }
      const auto& outputs = answer(n).outputs;
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        TensorPlace place;
        const int shared = outputs[i].shares_with;
        if (node(n).is_input()) {
          place.field = node(n).field;
        } else if (shared >= 0 && static_cast<std::size_t>(shared) < node(n).inputs.size() && may_share(n, i)) {
          const TensorPlace& source = place_of(node(n).inputs[static_cast<std::size_t>(shared)]);
          place.storage = source.storage;
          place.field = source.field;
          places(n).skipped = outputs[i].flags & TRG_SAME_BYTES;
        } else {
          place.storage = storage(row_bytes(outputs[i]));
        }
        if (shared_ && shared_->value_of[static_cast<std::size_t>(n)] >= 0 && place.storage >= 0) layout_.storages[static_cast<std::size_t>(place.storage)].shared = shared_->value_of[static_cast<std::size_t>(n)];
        if (outputs[i].mask_rank > 0) place.mask = storage(mask_elements(outputs[i]));
        places(n).outputs.push_back(place);
      }
    }
  }

  // In-place: always where the bytes stay the same, else where nothing reads the input again.
  bool may_share(int n, std::size_t port) {
    const OutputPort& out = answer(n).outputs[port];
    const Source source = node(n).inputs[static_cast<std::size_t>(out.shares_with)];
    const OutputPort& in = graph_.port(source);
    if (out.type != in.type || row_bytes(out) != row_bytes(in) || !all_slices(n)) return false;
    const bool others_read = place_of(source).storage >= 0 && layout_.storages[static_cast<std::size_t>(place_of(source).storage)].shared >= 0;
    if (others_read && shared_->value_of[static_cast<std::size_t>(n)] >= 0) return false;
    if (out.flags & TRG_SAME_BYTES) return answer(n).outputs.size() == 1;
    if (place_of(source).field >= 0) return false;
    if (others_read) return false;
    // Nor may another input of this node lie there: it may be read after the first output is written.
    for (std::size_t i = 0; i < node(n).inputs.size(); ++i)
      if (static_cast<std::int32_t>(i) != out.shares_with && place_of(node(n).inputs[i]).storage == place_of(source).storage) return false;
    // Everything that shares the storage so far must be read no more.
    for (int m = 0; m < n; ++m)
      for (std::size_t i = 0; i < places(m).outputs.size(); ++i)
        if (places(m).outputs[i].storage == place_of(source).storage && last_forward_use({m, static_cast<int>(i)}, answer(m).outputs[i].flags) > n) return false;
    return true;
  }

  int now() const { return op_; }

  Stage& stage(std::int32_t granularity) {
    if (open_ && layout_.stages.back().granularity != granularity) close_stage();
    if (!open_) {
      layout_.stages.emplace_back().granularity = granularity;
      open_ = true;
    }
    return layout_.stages.back();
  }
  void close_stage() { open_ = false; }

  void add(const Op& op) {
    stage(op.granularity).ops.push_back(op);
    ++op_;
  }

  // All passes of a call; touches what they use at each of them.
  template <class Touch>
  void add_call(int n, std::int32_t which, Touch&& touch_all) {
    const CallFacts& call = answer(n).calls[static_cast<std::size_t>(which)];
    for (std::size_t pass = 0; pass < call.sums.size(); ++pass) {
      Op op;
      op.node = n;
      op.which = which;
      op.pass = static_cast<std::int32_t>(pass);
      op.granularity = granularity(n, which);
      touch_all(now());
      add(op);
      if (call.sums[pass] > 0) {
        layout_.stages.back().reductions.push_back(op);
        close_stage();
      } else if (op.granularity != TRG_SLICE) {
        close_stage();
      }
    }
  }

  void forward(int n) {
    NodePlaces& p = places(n);
    if (p.fused) return;
    const auto& buffers = answer(n).buffers;
    const BufferFacts& saved = buffers[TRG_SAVED];
    if (training_ && (saved.bytes || saved.bytes_per_row)) p.saved = storage(saved.bytes_per_row, saved.bytes);
    else if (saved.bytes || saved.bytes_per_row) p.saved = storage(saved.bytes_per_row, saved.bytes);
    if (p.skipped) return;
    const bool whole = granularity(n, TRG_FORWARD) != TRG_SLICE;
    add_call(n, TRG_FORWARD, [&](int at) {
      for (const Source& in : node(n).inputs) use(place_of(in).storage, at, whole);
      for (const TensorPlace& out : p.outputs) use(out.storage, at, whole);
      use(p.saved, at, whole);
      use_masks(n, at, whole);
    });
  }

  // The masks of the inputs, and those that the node makes.
  void use_masks(int n, int at, bool whole) {
    for (const Source& in : node(n).inputs) use_mask(in, at, whole);
    for (const TensorPlace& out : places(n).outputs) use(out.mask, at, whole);
  }
  void use_mask(Source tensor, int at, bool whole) {
    if (const auto mask = graph_.mask_of(tensor)) use(place_of(*mask).mask, at, whole);
  }

  void use(int s, int at, bool whole) {
    touch(s, at);
    if (whole) make_whole(s);
  }

  void loss() {
    for (std::size_t t = 0; t < objective_.terms.size(); ++t) {
      const LossTerm& term = objective_.terms[t];
      if (training_ && graph_.wants_gradient(term.prediction)) layout_.term_gradients[t] = contribution(term.prediction);
      touch(place_of(term.prediction).storage, now());
      touch(place_of(term.shown).storage, now());
      touch(layout_.term_gradients[t], now());
      use_mask(term.shown, now(), false);
    }
    for (const MetricUse& metric : objective_.metrics) {
      touch(place_of(metric.prediction).storage, now());
      use_mask(metric.prediction, now(), false);
    }
    if (objective_.counts_itself(graph_)) close_stage();
    Op op;
    op.kind = OpKind::loss;
    add(op);
    layout_.stages.back().evaluates_loss = true;
    for (std::size_t t = 0; t < objective_.terms.size(); ++t) accumulate(objective_.terms[t].prediction, layout_.term_gradients[t]);
  }

  // A storage for one contribution to a tensor's gradient: the first is the gradient itself.
  int contribution(Source source) {
    TensorPlace& place = place_of(source);
    const int fresh = storage(row_elements(graph_.port(source)) * compute_bytes());
    if (place.gradient < 0) place.gradient = fresh;
    return fresh;
  }

  std::int64_t compute_bytes() const {
    for (int n = 0; n < count(); ++n)
      if (!node(n).is_input() && !answer(n).outputs.empty() && (answer(n).outputs[0].type == ElementType::f64)) return 8;
    return 4;
  }

  void accumulate(Source source, int contributed) {
    const int total = place_of(source).gradient;
    if (contributed < 0 || contributed == total) return;
    Op op;
    op.kind = OpKind::accumulate;
    op.node = source.node;
    op.from = contributed;
    op.into = total;
    op.row_elements = row_elements(graph_.port(source));
    touch(contributed, now());
    touch(total, now());
    add(op);
  }

  void backward(int n) {
    NodePlaces& p = places(n);
    p.d_inputs.assign(node(n).inputs.size(), {});
    const bool reached = std::any_of(p.outputs.begin(), p.outputs.end(), [](const TensorPlace& out) { return out.gradient >= 0; });
    if (!reached) {
      if (p.learns) layout_.unlearnt.push_back(n);
      p.learns = p.ranged = false;
      return;
    }
    if (p.fused) {
      place_of(node(n).inputs[0]).gradient = p.outputs[0].gradient;
      return;
    }
    const BufferFacts& carry = answer(n).buffers[TRG_CARRY];
    if (carry.bytes || carry.bytes_per_row) p.carry = storage(carry.bytes_per_row, carry.bytes);
    if (node(n).runs_backward && node(n).calls->backward) add_backward(n);
    if (p.learns && !p.ranged) {
      const bool whole = granularity(n, TRG_BACKWARD_PARAMS) != TRG_SLICE;
      add_call(n, TRG_BACKWARD_PARAMS, [&](int at) { touch_backward(n, at, whole); });
    }
    if (p.ranged) ranged_.push_back(n);
  }

  void add_backward(int n) {
    NodePlaces& p = places(n);
    const auto& inputs = node(n).inputs;
    // One and the same memory for the gradients of output and input.
    const bool in_place = inputs.size() == 1 && p.outputs.size() == 1 && answer(n).outputs[0].shares_with == 0 && !p.learns && all_slices(n) &&
                          graph_.wants_gradient(inputs[0]) && row_bytes(answer(n).outputs[0]) == row_elements(graph_.port(inputs[0])) * compute_bytes();
    if (in_place && place_of(inputs[0]).gradient < 0) {
      place_of(inputs[0]).gradient = p.d_inputs[0].storage = p.outputs[0].gradient;
      if (answer(n).outputs[0].flags & TRG_SAME_BYTES) return;
    } else {
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (graph_.wants_gradient(inputs[i])) p.d_inputs[i].storage = contribution(inputs[i]);
    }
    const bool whole = granularity(n, TRG_BACKWARD) != TRG_SLICE;
    add_call(n, TRG_BACKWARD, [&](int at) {
      touch_backward(n, at, whole);
      for (const Contribution& d : p.d_inputs) use(d.storage, at, whole);
    });
    for (std::size_t i = 0; i < inputs.size(); ++i) accumulate(inputs[i], p.d_inputs[i].storage);
  }

  void touch_backward(int n, int at, bool whole) {
    NodePlaces& p = places(n);
    for (std::size_t i = 0; i < node(n).inputs.size(); ++i)
      if (answer(n).input_flags[i] & TRG_READ_IN_BACKWARD) use(place_of(node(n).inputs[i]).storage, at, whole);
    for (std::size_t i = 0; i < p.outputs.size(); ++i) {
      if (answer(n).outputs[i].flags & TRG_READ_IN_BACKWARD) use(p.outputs[i].storage, at, whole);
      use(p.outputs[i].gradient, at, whole);
    }
    use(p.saved, at, whole);
    use(p.carry, at, whole);
    use_masks(n, at, whole);
  }

  // Backward has passed through the node: its gradients are complete, unless ranges are still to compute them.
  void pass(int n) {
    progress_.pass(n);
    if (!places(n).ranged) progress_.complete(n);
    if (gradient_order_ != GradientOrder::early) return;
    for (const std::size_t bucket : progress_.buckets_of(n))
      if (progress_.all_passed(bucket)) finish_bucket(bucket);
  }

  void finish_bucket(std::size_t bucket) {
    const auto others = std::stable_partition(ranged_.begin(), ranged_.end(), [&](int n) { return progress_.has(bucket, n); });
    const std::vector<int> nodes(ranged_.begin(), others);
    ranged_.erase(ranged_.begin(), others);
    compute_ranges(nodes);
    tell_complete();
  }

  void tell_complete() {
    const std::vector<std::size_t> complete = progress_.take_complete();
    if (complete.empty()) return;
    close_stage();
    std::ranges::copy(complete, std::back_inserter(layout_.stages.back().buckets));
  }

  void finish_gradients() {
    tell_complete();
    for (const std::size_t bucket : progress_.open_by_work()) finish_bucket(bucket);
    compute_ranges(ranged_);
  }

  // All at the same time, but for layers of the same weights: one after another.
  void compute_ranges(std::vector<int> nodes) {
    while (!nodes.empty()) {
      close_stage();
      std::vector<int> later;
      std::set<int> busy;
      for (const int n : nodes) {
        if (!busy.insert(owner(n)).second) {
          later.push_back(n);
          continue;
        }
        Op op;
        op.node = n;
        op.which = TRG_BACKWARD_PARAMS;
        op.granularity = TRG_RANGE;
        stage(TRG_RANGE).ops.push_back(op);
        touch_backward(n, now(), true);
        progress_.complete(n);
      }
      ++op_;
      nodes = std::move(later);
    }
  }

  void keep_outputs() {
    for (const Source& out : graph_.outputs) use(place_of(out).storage, now(), true);
  }

  void give_offsets() {
    for (const bool whole : {false, true}) {
      std::vector<Lifetime> buffers;
      std::vector<Storage*> owners;
      for (Storage& s : layout_.storages) {
        if (s.whole != whole || s.shared >= 0) continue;
        Lifetime life = s.life;
        // Bytes of one call: each slice has its own in a whole buffer, too.
        const std::int64_t calls = whole ? (rows_ + slice_rows_ - 1) / slice_rows_ : 1;
        life.bytes = static_cast<std::size_t>(s.bytes_per_row * (whole ? rows_ : slice_rows_) + s.bytes * calls) + (guards_ && !whole ? guard_bytes : 0);
        // A later stage finds other slices at other places: whole buffers are shared by nobody.
        if (whole && life.birth >= 0) life.birth = 0, life.death = INT_MAX;
        buffers.push_back(life);
        owners.push_back(&s);
      }
      (whole ? layout_.whole_bytes : layout_.slice_bytes) = place(buffers);
      for (std::size_t i = 0; i < owners.size(); ++i) owners[i]->life = buffers[i];
    }
  }

  const SharedPart* shared_;
  const Graph& graph_;
  const Objective& objective_;
  const std::vector<std::unique_ptr<NodePlan>>& plans_;
  bool in_order_, training_, has_loss_;
  std::int64_t slice_rows_, rows_;
  bool guards_;
  GradientOrder gradient_order_;
  BucketProgress progress_;
  Layout layout_;
  std::vector<int> ranged_;
  int op_ = 0;
  bool open_ = false;
};

}  // namespace

Layout make_layout(const PlanContext& context, const std::vector<std::unique_ptr<NodePlan>>& plans, Purpose purpose, std::int64_t rows, const SharedPart* shared) {
  return LayoutBuilder(context, plans, purpose, rows, shared).build();
}

}  // namespace teranga::model
