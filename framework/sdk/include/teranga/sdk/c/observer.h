/* SPDX-License-Identifier: Apache-2.0
 * Observers: they are told how a training goes, for reports, dashboards and rules of stopping. They change nothing of it, but may ask that it stops. The host calls them on rank 0
 * alone, so what they write is written once. Loss and measures are those of all ranks. */
#ifndef TERANGA_SDK_C_OBSERVER_H
#define TERANGA_SDK_C_OBSERVER_H

#include "training.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What an observer wants to be told beyond the epochs; the host computes only what is wanted. */
enum trg_observer_wants {
  TRG_WANTS_STEPS = 1,        /* step is called after each step that ends with an update of all ranks */
  TRG_WANTS_GRADIENT_NORM = 2 /* of each step; it costs a pass over the gradients */
};

typedef struct trg_training_start {
  size_t size;
  const char* run_folder;  /* absolute; files that an observer writes belong there; "" where a run keeps none */
  int64_t step, epoch;     /* finished steps, and the epoch that comes next (1 = the first); a step beyond 0: the training is resumed, or goes back */
  int64_t epochs;          /* that the training will have in all */
  int64_t steps_per_epoch; /* 0: not known */
  int64_t parameters;      /* trainable numbers of the model */
} trg_training_start;

typedef struct trg_training_step {
  size_t size;
  int64_t step, epoch;  /* finished steps, as metrics.csv counts them, and the running epoch; 1 = the first */
  const char* phase;    /* of a training in phases: the name of the phase that made the update, one call for each; else "" */
  double loss;          /* of all samples since the update before, on all ranks */
  double rate;          /* learning rate of the step */
  double gradient_norm; /* L2 norm of the gradients of all parameters of the phase, before clipping; NaN where it is not wanted, or where ranks make updates of their own */
} trg_training_step;

typedef struct trg_training_epoch {
  size_t size;
  int64_t step, epoch;         /* finished steps; the epoch that ended, 1 = the first */
  double seconds;              /* that the epoch took */
  const trg_measure* measures; /* loss, val_loss, metrics, learning_rate */
  size_t measure_count, measure_stride; /* of measures; bytes from one to the next */
} trg_training_epoch;

typedef struct trg_training_end {
  size_t size;
  int64_t step, epoch; /* finished steps and epochs */
  int32_t exit_code;   /* of the program: 0 done, 3 diverged, 75 stopped and resumable, ... */
  int32_t reserved;
} trg_training_end;

/* The host makes it, zeroed but for its size. An observer that wants the training to stop sets `stop` and says why. All ranks stop together, behind this epoch or behind
 * the step after this one; a checkpoint is written, and the run counts as done. */
typedef struct trg_stop_request {
  size_t size;
  int32_t stop;
  int32_t reserved;
  char reason[256]; /* UTF-8, ends with a 0 */
} trg_stop_request;

typedef struct trg_observer_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** observer, trg_error* error); /* [main] It writes nothing: a check of a recipe creates observers, too, and destroys them. Files are opened in begin */
  void (*destroy)(void* observer);                                                  /* [main] */
  int32_t (*wants)(void* observer); /* [main] bits of enum trg_observer_wants. May be null: 0 */
  /* [main] Each of these may be null. An error ends the job with its status. begin comes again where a training goes back to a checkpoint after a divergence. After a begin that
   * succeeds, end is called once, also when the training ends by an error; a process that a signal ends calls nothing. */
  int32_t (*begin)(void* observer, const trg_training_start* start, trg_error* error);
  int32_t (*step)(void* observer, const trg_training_step* step, trg_stop_request* request, trg_error* error); /* only with TRG_WANTS_STEPS */
  int32_t (*epoch_end)(void* observer, const trg_training_epoch* epoch, trg_stop_request* request, trg_error* error); /* after its evaluation */
  int32_t (*end)(void* observer, const trg_training_end* end, trg_error* error); /* the last call but destroy */
} trg_observer_calls;

#ifdef __cplusplus
}
#endif
#endif
