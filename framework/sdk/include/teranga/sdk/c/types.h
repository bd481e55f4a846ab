/* SPDX-License-Identifier: Apache-2.0
 * The plain data of the plugin border: status, error record, tensors, option values and their schema. Pure C11; every
 * struct that may grow starts with its size, arrays of such structs carry a stride, fields are only ever appended, and
 * a zero in an appended field means the behaviour of before. trg_tensor, trg_value and trg_option are frozen for good. */
#ifndef TERANGA_SDK_C_TYPES_H
#define TERANGA_SDK_C_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRG_BORDER_MAJOR 1
#define TRG_BORDER_MINOR 0
/* The oldest minor version that has all this header set uses; a host with a smaller one refuses the plugin. */
#define TRG_BORDER_LEAST_MINOR 0

/* What a call returns; the code picks the exit status of the job. */
enum trg_status {
  TRG_OK = 0,
  TRG_FAILED = 1,     /* failed inside the plugin: exit 4 */
  TRG_BAD_OPTION = 2, /* an option or a combination of options: exit 2 */
  TRG_BAD_SHAPE = 3,  /* shapes that do not fit: exit 2 */
  TRG_BAD_DATA = 4,   /* missing, truncated, mislabelled or empty data: exit 5 */
  TRG_DIVERGED = 5    /* not a finite number: exit 3 */
};

/* Owned by the caller of a call, filled by the callee, 0-terminated texts. `where` is an option, a port or a file. */
typedef struct trg_error {
  size_t size;
  int32_t code;
  int32_t reserved;
  int64_t sample; /* row of the batch or record of the data, -1 where it does not apply */
  char where[256];
  char text[1024];
  char hint[512];
} trg_error;

enum trg_type { TRG_F32 = 0, TRG_F64 = 1, TRG_I32 = 2, TRG_I64 = 3, TRG_U8 = 4 };

/* Dense, row-major; axis 0 is samples wherever samples exist; whole tensors are 64-byte aligned, slices of them at least to their
 * element. data may be null where a call says so ("not wanted", "zero", "no mask"). Frozen. */
typedef struct trg_tensor {
  void* data;
  const int64_t* shape;
  int32_t rank;
  int32_t type; /* enum trg_type */
} trg_tensor;

enum trg_value_kind {
  TRG_NONE = 0,
  TRG_BOOLEAN = 1,
  TRG_INTEGER = 2,
  TRG_REAL = 3,
  TRG_TEXT = 4,
  TRG_LIST = 5,
  TRG_COMPONENT = 6, /* text = qualified type, "" for a plain table; options = its options */
  TRG_PATH = 7       /* in a schema only: a text that the host makes absolute, seen from the recipe's folder */
};

struct trg_option;

/* Frozen. */
typedef struct trg_value {
  int32_t kind;
  int32_t count;    /* of items or options */
  int64_t integer;  /* also 0 / 1 of a boolean */
  double real;      /* also set for an integer */
  const char* text; /* UTF-8 */
  const struct trg_value* items;
  const struct trg_option* options;
} trg_value;

/* Frozen. */
typedef struct trg_option {
  const char* name;
  trg_value value;
} trg_option;

typedef struct trg_options {
  size_t size;
  size_t count;
  const trg_option* items;
} trg_options;

enum trg_option_flag {
  TRG_REQUIRED = 1,
  TRG_NULLABLE = 2,       /* may be absent for good */
  TRG_SCALAR_EXPANDS = 4, /* of a list of fixed length: one value stands for all */
  TRG_MINIMUM_OPEN = 8,
  TRG_MAXIMUM_OPEN = 16,
  TRG_NUMBER_IS_TEXT = 32 /* of a text, or of a list of texts: a whole number without quotes is meant as its text, as that of a column is */
};

/* One option that a plugin takes. */
typedef struct trg_option_spec {
  size_t size;
  const char* name;
  const char* doc;
  int32_t kind;      /* enum trg_value_kind */
  int32_t item_kind; /* of a list */
  int32_t flags;
  int32_t choice_count;
  const char* const* choices; /* of a text */
  const char* component_kind; /* "initializer", "activation", "regularizer", "layer", ... */
  trg_value default_value;
  double minimum, maximum;
  int64_t least_items, most_items;
} trg_option_spec;

#ifdef __cplusplus
}
#endif
#endif
