/* SPDX-License-Identifier: Apache-2.0
 * Data sets: a source of samples by number. open reads what it must to know counts and shapes; fit learns what is learnt (normalisation,
 * class labels, vocabulary) from the training samples only and gives it back as bytes that the host checkpoints and hands to restore when it
 * evaluates or predicts; fill writes a batch. open, fit and restore run on the main thread, fill on the prefetch thread. */
#ifndef TERANGA_SDK_C_DATASET_H
#define TERANGA_SDK_C_DATASET_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

enum trg_part_kind { TRG_TRAIN = 0, TRG_VALIDATION = 1, TRG_TEST = 2 };
enum trg_role { TRG_FEATURE = 0, TRG_TARGET = 1, TRG_SAMPLE_WEIGHT = 2 };

/* A column of the samples. */
typedef struct trg_field {
  size_t size;
  const char* name;     /* "x", "y", "weight", or what the file calls it */
  int32_t role;
  int32_t type;
  int32_t rank;
  int32_t reserved;
  const int64_t* shape; /* of one sample; -1: an axis whose length is the sample's own (see measure) */
  int64_t classes;      /* of a target that is a class number, 0: not one */
  const char* const* class_names; /* `classes` of them, or null */
} trg_field;

/* Where answers go; each function copies. */
typedef struct trg_data_answer {
  size_t size;
  void* context;
  void (*count)(void* context, int32_t part, int64_t samples); /* a part that is not told does not exist */
  void (*field)(void* context, const trg_field* field);        /* after restore, they may have changed: describe is called again */
  void (*bytes)(void* context, const void* data, size_t size); /* what fit learnt */
} trg_data_answer;

typedef struct trg_fill_batch {
  size_t size;
  int32_t part;
  int32_t reserved;
  int64_t rows;
  const int64_t* samples;    /* numbers within the part */
  const trg_tensor* fields;  /* one a field, [rows, ...]; null data: not wanted */
} trg_fill_batch;

typedef struct trg_dataset_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** dataset, trg_error* error); /* opens: paths are absolute */
  void (*destroy)(void* dataset);
  int32_t (*describe)(void* dataset, const trg_data_answer* answer, trg_error* error);
  /* samples: numbers of training samples to learn from. May be null: nothing is learnt. */
  int32_t (*fit)(void* dataset, const int64_t* samples, int64_t count, const trg_data_answer* answer, trg_error* error);
  int32_t (*restore)(void* dataset, const void* data, size_t size, trg_error* error);
  /* Lengths of the own axes of samples. May be null where there are none. */
  int32_t (*measure)(void* dataset, int32_t part, const int64_t* samples, int64_t count, int64_t* lengths, trg_error* error);
  int32_t (*fill)(void* dataset, const trg_fill_batch* batch, trg_error* error);
} trg_dataset_calls;

#ifdef __cplusplus
}
#endif
#endif
