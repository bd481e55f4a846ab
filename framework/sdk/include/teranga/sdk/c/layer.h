/* SPDX-License-Identifier: Apache-2.0
 * The life of a layer: create(options) -> layer; plan(layer, exact input shapes) -> plan, as often as there are distinct shapes; then calls that
 * are given the plan and buffers that the host owns. Layer and plan never change after planning, so any worker may run any slice.
 * A layer lives at least as long as its plans. */
#ifndef TERANGA_SDK_C_LAYER_H
#define TERANGA_SDK_C_LAYER_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

enum trg_mode {
  TRG_TRAINING = 0,
  TRG_INFERENCE = 1,
  TRG_FROZEN = 2 /* gradients flow through, but parameters and states stay as they are: batch norm infers, as in Keras */
};

enum trg_which { TRG_FORWARD = 0, TRG_BACKWARD = 1, TRG_BACKWARD_PARAMS = 2 };

enum trg_granularity {
  TRG_SLICE = 1, /* any contiguous part of the batch: plain serial code */
  TRG_RANGE = 2, /* the whole batch, a range of a declared axis; ranges run at the same time */
  TRG_BATCH = 4, /* the whole batch at once, host threads lent through parallel_for */
  TRG_FRESH = 8  /* of backward_params, beside TRG_RANGE: where a call says fresh it overwrites instead of adding, and all ranges together write everything */
};

enum trg_port_flag {
  TRG_READ_IN_BACKWARD = 1, /* the tensor is read again by backward or backward_params */
  TRG_NO_GRADIENT = 2,      /* no gradient flows through this port (ids, a step) */
  TRG_SURROGATE = 4,        /* of an output: what backward and backward_params make of its gradient is a stand-in on purpose, not the derivative. The checker then compares no differences */
  TRG_MASK_PASSES = 8,      /* of an input: its mask becomes that of the first output, unless forward writes one; without the flag it ends here */
  TRG_MASK_PRODUCED = 16,   /* of an output: forward writes a mask for it */
  /* The output has the very bytes of the input that it shares memory with (reshape), and d_input those of d_output: the host may then let
   * both be one and leave the calls out. */
  TRG_SAME_BYTES = 32,
  /* Of an output: forward makes the very same bits of the same inputs, parameters and slices whenever and in whatever mode it is asked; it draws no
   * random numbers and knows no state. The host may then keep them for networks that ask for the same, instead of calling it again. */
  TRG_REPEATABLE = 64
};

/* An input as the plan sees it. The host fills it. */
typedef struct trg_input {
  size_t size;
  const char* name;
  trg_tensor tensor;       /* data is null: shape and type only; axis 0 = samples of one call */
  int32_t mask_rank;       /* leading axes of the u8 mask that travels with it (1: keep, 0: skip); 0: no mask */
  int32_t needs_gradient;  /* backward will be asked for its gradient */
} trg_input;

/* An output. */
typedef struct trg_port {
  size_t size;
  const char* name;     /* unique among the outputs */
  int32_t type, rank;
  const int64_t* shape; /* axis 0 = samples of one call, as of the inputs */
  int32_t flags;       /* enum trg_port_flag */
  /* Input whose memory the output may take over, -1: none. A layer with one input must then also bear d_input in the memory of d_output. */
  int32_t shares_with;
  int32_t mask_rank;   /* leading axes of a produced mask */
  int32_t reserved;
} trg_port;

/* A span of a parameter along its last axis with an initializer of its own (unit_forget_bias). */
typedef struct trg_piece {
  int64_t begin, end;
  const trg_value* initializer;
} trg_piece;

typedef struct trg_parameter {
  size_t size;
  const char* name; /* Keras's: "kernel", "bias", "gamma", or with parts: "query/kernel". Unique among parameters and states of the layer; no part is empty, "." or ".." */
  int32_t rank;
  int32_t trainable; /* 1: it has a gradient and is updated; 0: it stays as it is */
  const int64_t* shape;
  const trg_value* initializer; /* a component of kind initializer */
  const trg_piece* pieces; /* spans with initializers of their own; null: none */
  size_t piece_count;      /* of pieces */
  double l1, l2;                    /* penalty l1 sum |w| + l2 sum w^2, added to the loss by the host */
  int64_t fan_in, fan_out;          /* 0: derived from the shape as Keras does */
  /* 1 + the input whose whole numbers name the only rows (of axis 0) that get a gradient; 0: any may. The host then clears, sums, sends and
   * updates no others, where that gives the same as a gradient of zeros does. Numbers outside of the rows must fail in forward. */
  int32_t touched_by;
  int32_t lazy;                     /* 1: a row that was not touched stays as it is with every optimizer */
} trg_parameter;

/* State that outlives a step. Shared: one for the layer, changed once per training step by update_state. Row: one per batch row. */
enum trg_state_kind { TRG_SHARED = 0, TRG_ROW = 1 };
enum trg_merge { TRG_MERGE_MEAN = 0 /* by the samples of each rank */, TRG_MERGE_SUM = 1 /* of whole states, with what they held before the step */, TRG_MERGE_SAME = 2 /* equal on all ranks by construction: made of sums that are synchronised */ };

typedef struct trg_state {
  size_t size;
  const char* name;
  int32_t kind, merge; /* enum trg_state_kind; enum trg_merge: how ranks become one, of a shared state */
  int32_t type, rank;
  const int64_t* shape; /* of one layer, or of one row */
  const trg_value* initializer; /* a component of kind initializer */
  int32_t resets_each_epoch; /* 1: of a row state: it begins anew with each epoch of the training */
  int32_t reserved;
} trg_state;

enum trg_buffer_kind {
  TRG_SAVED = 0,   /* forward -> backward and backward_params */
  TRG_CARRY = 1,   /* backward -> backward_params */
  TRG_SCRATCH = 2, /* within one call */
  TRG_DERIVED = 3  /* made from parameters by derive(), read by all calls: packed weights */
};

/* A follower in the chain behind the layer, offered for absorption, nearest first: a layer or activation without parameters and states, which alone
 * reads what the one before it makes. A plan that absorbs some of them declares the output of the last one as its own, in the calls too, and must
 * compute what they would; its parameters, states and inputs stay the same. Every plan of the layer absorbs equally many. */
typedef struct trg_follower {
  size_t size;
  const char* kind; /* "activation", "layer" */
  const char* type; /* qualified */
  const trg_options* options;
} trg_follower;

typedef struct trg_plan_request {
  size_t size;
  int32_t type; /* TRG_F32, or TRG_F64 for the gradient checker */
  int32_t mode; /* enum trg_mode. Outputs, parameters and states are the same in every mode and type */
  const trg_input* inputs; /* in the order of the recipe */
  size_t input_count, input_stride; /* of inputs; bytes from one to the next */
  int32_t max_workers; /* threads that may run calls of the plan */
  int32_t granularity; /* the one that this plan will be run with, for all three calls that offer it */
  const trg_follower* followers; /* what may be absorbed; null: nothing */
  size_t follower_count, follower_stride; /* of followers; bytes from one to the next */
} trg_plan_request;

enum trg_pass_flag { TRG_SYNCHRONISED = 1 /* summed over the ranks, too */ };

/* The answers of a plan, to be called within plan only. Each function copies what it is given. What is wrong is told when plan returns. */
typedef struct trg_planner {
  size_t size;
  void* context;
  void (*input)(void* context, int32_t index, int32_t flags);
  void (*output)(void* context, const trg_port* port);
  void (*parameter)(void* context, const trg_parameter* parameter);
  void (*state)(void* context, const trg_state* state);
  /* bytes_per_row x samples + bytes, for one call; neither is negative. Saved and carry of the samples lie in order, each sample's part
   * bytes_per_row long, when bytes is 0. */
  void (*buffer)(void* context, int32_t kind, int64_t bytes_per_row, int64_t bytes);
  /* The call consists of `count` passes; pass p adds into sums[p] doubles, which are 0 at first, and pass p + 1 reads them summed over all slices. The number of sums
   * is that of the whole batch, not one for each sample of a slice. flags: enum trg_pass_flag. */
  void (*passes)(void* context, int32_t which, int32_t count, const int64_t* sums, int32_t flags);
  /* Offers granularities (bits) for a call; axis_length and multiple describe the axis of ranges. */
  void (*granularity)(void* context, int32_t which, int32_t offered, int64_t axis_length, int64_t multiple);
  void (*cost)(void* context, int32_t which, double flops); /* of this plan's whole shape */
  void (*absorb)(void* context, size_t count);              /* takes in that many followers */
} trg_planner;

/* One call. Which fields are set: see each call in trg_layer_calls; the others are null or 0. Tensors have the rows of this call only (axis 0), but for parameters, shared states and derived. */
typedef struct trg_call {
  size_t size;
  int32_t pass;
  int32_t worker;                  /* < max_workers; no two calls of one worker run at the same time */
  int64_t first_row, rows;         /* samples of this call, within the rank's batch */
  int64_t range_begin, range_end;  /* with TRG_RANGE */
  const trg_tensor* inputs;
  const trg_tensor* outputs;
  const trg_tensor* d_inputs;
  const trg_tensor* d_outputs;
  const trg_tensor* parameters;
  const trg_tensor* d_parameters;
  const trg_tensor* input_masks;
  const trg_tensor* output_masks;
  const trg_tensor* states_in;
  const trg_tensor* states_out;
  void* derived;
  void* saved;
  void* carry;
  void* scratch;
  double* sums;               /* of this pass: add into it; null where it has none */
  const double* local_sums;   /* of the pass before, over the rank's batch (in update_state: of the last pass of forward that has sums; 0 where the rank has no samples) */
  const double* global_sums;  /* the same over all ranks where the plan says synchronised, else equal to local_sums */
  uint64_t random_key;        /* seed, step, phase and call site */
  const uint64_t* row_keys;   /* one a sample */
  int32_t fresh;              /* 1: d_parameters hold whatever was left there (only where TRG_FRESH was offered, by ranges) */
  int32_t reserved;
} trg_call;

/* For composites: parts instead of calls. Node and port numbers start at 0; node -1 is the composite's own input. */
typedef struct trg_source {
  int32_t node, port;
} trg_source;

typedef struct trg_part {
  size_t size;
  const char* type;
  const char* name; /* a Keras path: "forward_lstm" */
  const trg_options* options;
  const trg_source* inputs; /* where its inputs come from: earlier parts */
  size_t input_count;       /* of inputs */
  int32_t weights_of;       /* node whose parameters it shares, -1: its own */
  int32_t fold;             /* 1: axis 1 is folded into the samples (time_distributed) */
} trg_part;

typedef struct trg_graph {
  size_t size;
  void* context;
  /* Returns the node; -1: it could not be made (the host says why when expand returns). */
  int32_t (*part)(void* context, const trg_part* part);
  void (*output)(void* context, const char* name, trg_source source); /* an output of the composite, in order */
} trg_graph;

typedef struct trg_layer_calls {
  size_t size;
  /* [main] The options stay valid as long as the layer lives. */
  int32_t (*create)(const trg_options* options, void** layer, trg_error* error);
  void (*destroy)(void* layer); /* [main] */
  /* [main] Pure: no side effect, the same answer for the same question. TRG_BAD_SHAPE for shapes that do not fit. */
  int32_t (*plan)(void* layer, const trg_plan_request* request, const trg_planner* planner, void** plan, trg_error* error);
  void (*destroy_plan)(void* plan); /* [main] */
  /* [worker] parameters -> derived; after every change of the parameters, before any other call. May be null. derived holds whatever was left there: write all that
   * calls read. The host may copy it elsewhere, as bytes, before they do: no pointers into it. */
  int32_t (*derive)(void* plan, const trg_call* call, trg_error* error);
  /* [worker] inputs, input_masks, parameters, derived, states_in -> outputs, output_masks, saved, states_out (row states). Overwrites them. */
  int32_t (*forward)(void* plan, const trg_call* call, trg_error* error);
  /* [worker] d_outputs (null data: zero), saved, parameters, derived, input_masks, states_in as in forward, and the inputs and outputs that were declared as read -> d_inputs (overwritten; null data: not wanted), carry. An input or output that was not declared as read has memory that nobody can read: do not test it for null.
   * The call is null where no gradient flows through the layer: each input is declared TRG_NO_GRADIENT then, or comes straight from the data. */
  int32_t (*backward)(void* plan, const trg_call* call, trg_error* error);
  /* [worker] the same, and carry -> adds to d_parameters (null data: not wanted), see TRG_FRESH. May be null where no parameter is trainable. */
  int32_t (*backward_params)(void* plan, const trg_call* call, trg_error* error);
  /* [worker] states_in (shared) and the sums of forward -> states_out, overwritten; row states have null data. Once per training step. May be null. */
  int32_t (*update_state)(void* plan, const trg_call* call, trg_error* error);
  /* [main] A composite: parts instead of all of the above but create and destroy, which are null then. May be null. */
  int32_t (*expand)(void* layer, const trg_plan_request* request, const trg_graph* graph, trg_error* error);
} trg_layer_calls;

/* A stateless activation over rows. It serves as a layer, as `activation = "x"` of any layer, and inside recurrent cells. */
enum trg_gradient_needs { TRG_NEEDS_X = 1, TRG_NEEDS_Y = 2, TRG_GRADIENT_SURROGATE = 4, TRG_GRADIENT_NONE = 8, TRG_WHOLE_ROWS = 16 };

typedef struct trg_activation_calls {
  size_t size;
  /* [main] The options stay valid as long as the activation lives. */
  int32_t (*create)(const trg_options* options, void** activation, trg_error* error);
  void (*destroy)(void* activation);  /* [main] */
  int32_t (*needs)(void* activation); /* [main] bits of enum trg_gradient_needs; TRG_WHOLE_ROWS: a row must not be cut (softmax) */
  /* [worker] y = f(x) over rows x length elements of TRG_F32 or TRG_F64, overwritten; y may be x. */
  int32_t (*value)(void* activation, int32_t type, int64_t rows, int64_t length, const void* x, void* y, trg_error* error);
  /* [worker] dx = dy f'(x), overwritten; x or y is null where it is not needed; dx may be dy. */
  int32_t (*gradient)(void* activation, int32_t type, int64_t rows, int64_t length, const void* x, const void* y, const void* dy, void* dx, trg_error* error);
} trg_activation_calls;

/* What the host's extension TRG_ACTIVATION_LENDER points to: the activation that an option of kind "activation" names, for layers that apply
 * it themselves (recurrent cells). [main] While the layer is created; what is lent lives as long as the process. */
#define TRG_ACTIVATION_LENDER "teranga.activation_lender/1"
typedef struct trg_activation_lender {
  size_t size;
  int32_t (*lend)(const trg_value* component, const trg_activation_calls** calls, void** activation, trg_error* error); /* [main] *calls and *activation stay valid for good */
} trg_activation_lender;

#ifdef __cplusplus
}
#endif
#endif
