/* SPDX-License-Identifier: Apache-2.0
 * The plain data of the plugin border, revision 1: status, error record, tensors, option values and their schema. Pure C11.
 *
 * Layout. Every struct that may grow starts with its size in bytes, as its maker knows it, and arrays of such structs carry a stride. Later
 * revisions append fields at the end and change nothing else. A zero in an appended field means the behaviour of before. A reader
 * looks at a field of a later revision only where the size says that the field is there. The structs marked "Frozen" never grow.
 *
 * Threads. Every call of these headers has a tag that says where it is made:
 *   [main]    on the main thread of the process, one call at a time
 *   [worker]  on any thread, several calls at the same time, also of one instance or plan
 *   [data]    on the thread that prepares batches, one call at a time for a data set
 *   [any]     of a function that the host lends: from any thread, also at the same time
 *
 * Ownership. What a pointer argument points to belongs to the caller and is valid until the call returns, unless the call says otherwise. A callee copies
 * what it wants to keep. What a plugin makes (void** results) belongs to the host, which gives it back to the matching destroy call once. A call that fails makes nothing: the host does not look at its result.
 *
 * Errors. A call that returns int32_t as its status returns TRG_OK, or another enum trg_status, which it also writes into the error record. No C++
 * exception may leave a call, and no call may end the process. */
#ifndef TERANGA_SDK_C_TYPES_H
#define TERANGA_SDK_C_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Revision 1 of the border is 1.0. */
#define TRG_BORDER_MAJOR 1
#define TRG_BORDER_MINOR 0
/* The smallest minor version of a host that can carry a plugin built with these headers. A host with a smaller one refuses the plugin. */
#define TRG_BORDER_LEAST_MINOR 0

/* What the host accepts at most; more is an error that names the plugin. */
enum trg_limits {
  TRG_MOST_AXES = 8,         /* axes of a tensor, samples included */
  TRG_MOST_SLOTS = 16,       /* slots of an optimizer */
  TRG_MOST_PORTS = 64,       /* outputs of a layer */
  TRG_MOST_PARAMETERS = 256, /* parameters, and as many states, of a layer */
  TRG_MOST_PASSES = 16,      /* passes of a call */
  TRG_MOST_ITEMS = 4096,     /* items of a library, options of an item, choices of an option */
  TRG_MOST_NAME = 255        /* bytes of a name */
};

/* What a call returns. The code picks the exit status of the job; another number counts as TRG_FAILED. */
enum trg_status {
  TRG_OK = 0,
  TRG_FAILED = 1,     /* failed inside the plugin: exit 4 */
  TRG_BAD_OPTION = 2, /* an option or a combination of options: exit 2 */
  TRG_BAD_SHAPE = 3,  /* shapes that do not fit: exit 2 */
  TRG_BAD_DATA = 4,   /* missing, truncated, mislabelled or empty data: exit 5 */
  TRG_DIVERGED = 5    /* not a finite number: exit 3 */
};

/* Owned by the caller of a call, filled by the callee. The texts are UTF-8 and end with a 0 within their arrays. `where` is an option, a port or a file. */
typedef struct trg_error {
  size_t size;
  int32_t code;   /* enum trg_status */
  int32_t reserved;
  int64_t sample; /* row of the batch or record of the data, -1 where it does not apply */
  char where[256];
  char text[1024];
  char hint[512];
} trg_error;

enum trg_type { TRG_F32 = 0, TRG_F64 = 1, TRG_I32 = 2, TRG_I64 = 3, TRG_U8 = 4 };

/* Dense, row-major. Axis 0 is samples wherever samples exist. Whole tensors are 64-byte aligned, slices of them at least to their
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
  size_t count; /* of items */
  const trg_option* items; /* in the order of the schema */
} trg_options;

enum trg_option_flag {
  TRG_REQUIRED = 1,
  TRG_NULLABLE = 2,       /* may be absent for good */
  TRG_SCALAR_EXPANDS = 4, /* of a list of fixed length: one value stands for all */
  TRG_MINIMUM_OPEN = 8,
  TRG_MAXIMUM_OPEN = 16,
  TRG_NUMBER_IS_TEXT = 32 /* of a text, or of a list of texts: a whole number without quotes is meant as its text, as that of a column is */
};

/* One option that a plugin takes. The host checks what a recipe gives against it, so that create gets complete and typed values within their ranges. */
typedef struct trg_option_spec {
  size_t size;
  const char* name; /* letters, digits and "_"; not "type" and not "name" */
  const char* doc;  /* one line for people */
  int32_t kind;      /* enum trg_value_kind */
  int32_t item_kind; /* of a list */
  int32_t flags;
  int32_t choice_count;
  const char* const* choices; /* of a text: the only values; null: any */
  const char* component_kind; /* of a component: "initializer", "activation", "regularizer", "layer", ...; "" or null: a plain table */
  trg_value default_value;    /* kind TRG_NONE: none; then TRG_REQUIRED or TRG_NULLABLE is set */
  double minimum, maximum;    /* of a number, and of the numbers of a list; -infinity and infinity: no bound */
  int64_t least_items, most_items; /* of a list; most_items 0: any number */
} trg_option_spec;

#ifdef __cplusplus
}
#endif
#endif
