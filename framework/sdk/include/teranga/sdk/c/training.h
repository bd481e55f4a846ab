/* SPDX-License-Identifier: Apache-2.0
 * Losses, optimizers, metrics, schedules and initializers: a few calls each. All are immutable after create; what changes lies in
 * buffers of the host. The options that create is given stay valid as long as the instance lives. */
#ifndef TERANGA_SDK_C_TRAINING_H
#define TERANGA_SDK_C_TRAINING_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Losses and metrics are planned from the shapes of what they compare; axis 0 = samples of one call. */
typedef struct trg_compare_request {
  size_t size;
  int32_t type; /* of predictions: TRG_F32 or TRG_F64 */
  int32_t prediction_count, target_count;
  int32_t reserved;
  const trg_tensor* predictions; /* data null */
  const trg_tensor* targets;     /* data null; any type */
  /* The activation that makes prediction 0, offered for absorption; null where it is not an activation. */
  const char* producer;
  const trg_options* producer_options;
} trg_compare_request;

/* Which numbers a loss can judge as targets; the host looks at the data before a training and tells what does not fit. */
enum trg_targets {
  TRG_TARGETS_ANY = 0,
  TRG_TARGETS_CLASSES = 1,      /* class numbers: whole, from 0 to K - 1, K the last axis of prediction 0 */
  TRG_TARGETS_SHARES = 2,       /* from 0 to 1 */
  TRG_TARGETS_DISTRIBUTION = 3, /* from 0 to 1, and those of the last axis add up to 1: one-hot classes, or soft ones */
  TRG_TARGETS_SIGNS = 4,        /* from -1 to 1; 0 counts as -1 */
  TRG_TARGETS_YES_NO = 5,       /* 0 or 1 */
  TRG_TARGETS_COUNTS = 6        /* 0 or more */
};

/* The host makes it, zeroed but for its size; plan fills it. */
typedef struct trg_loss_plan {
  size_t size;
  int32_t leading;  /* leading axes of prediction 0 that have a loss value each: 1 = [N], 2 = [N, T] */
  int32_t absorbs;  /* 1: evaluate is given what the producer was given (logits), not what it made */
  int32_t surrogate; /* 1: d_predictions are a stand-in on purpose, not the derivative */
  int32_t plain_count; /* 1: denominator would only count what is not masked, and need not be called */
  int32_t targets;     /* enum trg_targets */
  int32_t ignores;     /* 1: a target of the number `ignored` has no loss, whatever it is */
  int64_t ignored;
} trg_loss_plan;

typedef struct trg_loss_call {
  size_t size;
  int64_t rows; /* samples */
  const trg_tensor* predictions; /* as planned, with `rows` samples */
  const trg_tensor* targets;     /* the same */
  const trg_tensor* d_predictions; /* overwritten; null data: not wanted */
  const double* weights;           /* per leading element: sample weight x class weight x mask / denominator */
  double* values;                  /* per leading element, unweighted; overwritten */
} trg_loss_call;

typedef struct trg_loss_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** loss, trg_error* error); /* [main] */
  void (*destroy)(void* loss);                                                  /* [main] */
  /* [main] Pure. TRG_BAD_SHAPE for shapes that do not fit. */
  int32_t (*plan)(void* loss, const trg_compare_request* request, trg_loss_plan* answer, void** plan, trg_error* error);
  void (*destroy_plan)(void* plan); /* [main] */
  /* [worker] values[i] = loss, d_predictions = weights[i] x its gradient; both are overwritten. */
  int32_t (*evaluate)(void* plan, const trg_loss_call* call, trg_error* error);
  /* [worker] *sum: the slice's part of what the sum of weighted losses is divided by, which is summed over the global batch before backward. Null: the number of leading elements
   * whose mask is not 0 (Keras's sum_over_batch_size). Of the call, targets and weights are set; weights is the mask (0 or 1), or null. */
  int32_t (*denominator)(void* plan, const trg_loss_call* call, double* sum, trg_error* error);
  /* [main] Targets that it compares with: 1, or 0 where it judges the prediction alone. Null: 1. */
  int32_t (*target_count)(void* loss);
} trg_loss_calls;

/* The host makes it, zeroed but for its size; facts fills it. What it points to lives as long as the optimizer. */
typedef struct trg_optimizer_facts {
  size_t size;
  int32_t slot_count;             /* at most TRG_MOST_SLOTS */
  int32_t scalar_count;           /* doubles of state for the whole optimizer (Nadam's running product) */
  const char* const* slot_names;  /* unique, without "/" */
  const double* slot_initial;     /* null: zeros */
  const double* scalar_initial;   /* null: zeros */
  /* 1: a gradient of zeros leaves weights and slots as they are, so that rows without a gradient may be left out. */
  int32_t idle_without_gradient;
  int32_t reserved;
  int32_t whole_tensors; /* 1: update_tensor is called in place of update */
  int32_t decays_itself; /* 1: of whole_tensors: the host takes no weight decay off; the optimizer has an option weight_decay and does so itself */
} trg_optimizer_facts;

typedef struct trg_update {
  size_t size;
  int32_t type; /* TRG_F32 or TRG_F64 */
  int32_t reserved;
  int64_t count;         /* elements of the segment */
  void* weights;         /* to be changed */
  const void* gradient;  /* null: zero */
  void* const* slots;    /* to be changed; `count` elements each */
  int64_t step;          /* 1 at the first update */
  double rate;           /* learning rate of this step */
  const double* scalars; /* after begin_step */
} trg_update;

/* One parameter, whole. Its axes are those of Keras: (inputs, units) of a dense kernel. */
typedef struct trg_tensor_update {
  size_t size;
  int32_t type; /* TRG_F32 or TRG_F64 */
  int32_t rank;
  const int64_t* shape;
  const char* parameter; /* "dense/kernel" */
  int64_t count;         /* of weights and of gradient */
  void* weights;
  const void* gradient;
  void* const* slots;    /* as slot_shape says; null: this parameter has no such slot */
  int64_t step;          /* 1 at the first update */
  double rate;           /* learning rate of this step */
  const double* scalars; /* after begin_step */
} trg_tensor_update;

typedef struct trg_slot_shape {
  size_t size;
  int32_t rank; /* -1: the parameter has no such slot */
  int32_t reserved;
  int64_t shape[TRG_MOST_AXES];
} trg_slot_shape;

typedef struct trg_optimizer_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** optimizer, trg_error* error); /* [main] */
  void (*destroy)(void* optimizer);                                                  /* [main] */
  int32_t (*facts)(void* optimizer, trg_optimizer_facts* facts, trg_error* error);   /* [main] */
  /* [main] Before the updates of a step; may change the scalars. May be null. */
  int32_t (*begin_step)(void* optimizer, int64_t step, double rate, double* scalars, trg_error* error);
  /* [worker] One pass over a segment of the tensors, element by element: weights and slots are read and written. How long segments are changes from machine to machine and from step to
   * step, and must change no bit. Segments of one step run at the same time. Null: see whole_tensors. */
  int32_t (*update)(void* optimizer, const trg_update* update, trg_error* error);
  /* [worker] For optimizers that need more than an element to update it: norms, matrices. Once a step for each parameter: on the
   * main thread with the host's threads lent through parallel_for, or on any thread, which then computes alone, while other parameters are updated on others. Results
   * must have the same bits either way: sums go by pieces of a fixed size, and in their order. May be null. */
  int32_t (*update_tensor)(void* optimizer, const trg_tensor_update* update, trg_error* error);
  /* [main] The shape of a slot for a parameter; the same for the same arguments. `shape` comes as that of the parameter. May be null: all slots have it. */
  int32_t (*slot_shape)(void* optimizer, int32_t slot, const char* parameter, trg_slot_shape* shape, trg_error* error);
} trg_optimizer_calls;

typedef struct trg_metric_call {
  size_t size;
  int64_t rows; /* samples */
  const trg_tensor* predictions; /* as planned, with `rows` samples */
  const trg_tensor* targets;     /* the same */
  const double* weights; /* per leading element: sample weight x mask */
  double* sums;          /* add into it */
} trg_metric_call;

/* The host makes it, zeroed but for its size; plan fills it. */
typedef struct trg_metric_plan {
  size_t size;
  int64_t sum_count; /* doubles; they are 0 at first, and slices and ranks are added up. So a metric over all predictions keeps counts (a histogram), not the predictions */
  int32_t leading;   /* leading axes that are weighted */
  int32_t direction; /* 1: larger is better, -1: smaller is better, 0: no order */
} trg_metric_plan;

typedef struct trg_metric_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** metric, trg_error* error); /* [main] */
  void (*destroy)(void* metric);                                                  /* [main] */
  /* [main] Pure. TRG_BAD_SHAPE for shapes that do not fit. */
  int32_t (*plan)(void* metric, const trg_compare_request* request, trg_metric_plan* answer, void** plan, trg_error* error);
  void (*destroy_plan)(void* plan); /* [main] */
  /* [worker] Adds to call->sums. */
  int32_t (*update)(void* plan, const trg_metric_call* call, trg_error* error);
  /* [main] *value of sums over all samples and ranks; NaN: there is none, as of no samples. */
  int32_t (*value)(void* plan, const double* sums, double* value, trg_error* error);
} trg_metric_calls;

/* A number that an epoch has measured ("loss", "val_loss", "accuracy", ...). */
typedef struct trg_measure {
  size_t size;
  const char* name;
  double value;
  int32_t direction; /* 1: larger is better, -1: smaller is better, 0: it is not known, or there is no order (a learning rate) */
  int32_t reserved;
} trg_measure;

typedef struct trg_schedule_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** schedule, trg_error* error); /* [main] */
  void (*destroy)(void* schedule);                                                  /* [main] */
  int64_t (*state_count)(void* schedule); /* [main] doubles, zeros at the start, checkpointed */
  /* [main] *rate, a pure function of its arguments. step counts finished updates: 0 first; epoch: the running one, 1 = the first. */
  int32_t (*rate)(void* schedule, int64_t step, int64_t epoch, const double* state, double* rate, trg_error* error);
  /* [main] After each epoch (1 = the first) with what it has measured, `stride` bytes from one measure to the next; may change the state. May be null. */
  int32_t (*epoch_end)(void* schedule, int64_t epoch, const trg_measure* measures, size_t count, size_t stride, double* state, trg_error* error);
} trg_schedule_calls;

typedef struct trg_fill {
  size_t size;
  int32_t type, rank;
  const int64_t* shape;
  int64_t fan_in, fan_out; /* inputs and outputs of a unit, as Keras counts them */
  trg_stream stream; /* of this tensor */
  void* data;        /* of the type and shape */
} trg_fill;

typedef struct trg_initializer_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** initializer, trg_error* error); /* [main] */
  void (*destroy)(void* initializer);                                                  /* [main] */
  /* [main] Writes all elements of fill->data, by draws of fill->stream alone. */
  int32_t (*fill)(void* initializer, const trg_fill* fill, trg_error* error);
} trg_initializer_calls;

#ifdef __cplusplus
}
#endif
#endif
