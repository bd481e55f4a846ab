/* SPDX-License-Identifier: Apache-2.0
 * How a shared library presents itself: an ELF note that is read before the library is opened, one exported symbol, and a list of items.
 * An item is one layer, loss, optimizer, ...: its facts are data here, its calls are a table whose type goes with its kind. */
#ifndef TERANGA_SDK_C_LIBRARY_H
#define TERANGA_SDK_C_LIBRARY_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

enum trg_item_kind {
  TRG_LAYER = 1,       /* calls: trg_layer_calls       */
  TRG_ACTIVATION = 2,  /* calls: trg_activation_calls  */
  TRG_LOSS = 3,        /* calls: trg_loss_calls        */
  TRG_OPTIMIZER = 4,   /* calls: trg_optimizer_calls   */
  TRG_METRIC = 5,      /* calls: trg_metric_calls      */
  TRG_SCHEDULE = 6,    /* calls: trg_schedule_calls    */
  TRG_INITIALIZER = 7, /* calls: trg_initializer_calls */
  TRG_DATASET = 8,     /* calls: trg_dataset_calls     */
  TRG_OBSERVER = 9     /* calls: trg_observer_calls    */
};

typedef struct trg_item {
  size_t size;
  int32_t kind;        /* enum trg_item_kind; a host skips kinds that it does not know */
  int32_t reserved;    /* 0 */
  const char* name;    /* "vendor.name", both of letters, digits and "_"; recipes may say "name" where only one vendor offers it, and a built-in item of that name comes first. "teranga" is the vendor of built-in items */
  const char* version; /* "1.2.0" */
  const char* licence; /* SPDX identifier: "MIT" */
  const char* author;  /* a person or a company */
  const char* summary; /* one line */
  const char* formula; /* what is computed: "y = x * sigmoid(beta * x)" */
  const char* source;  /* paper or Keras page */
  const trg_option_spec* options; /* the options that create takes */
  size_t option_count;  /* of options */
  size_t option_stride; /* bytes from one spec to the next */
  const void* calls;    /* the table of the kind; its first member is its size */
} trg_item;

typedef struct trg_library {
  size_t size;
  const trg_item* items; /* what the library offers */
  size_t item_count;     /* of items */
  size_t item_stride;    /* bytes from one item to the next */
} trg_library;

/* The one exported symbol. [main] Called once, when the library is opened. The table and all that it points to live as long as the process; null means "cannot work here". The host's
 * table lives as long as the process, too. */
typedef const trg_library* (*trg_open_library)(const trg_host* host);
#define TRG_OPEN_LIBRARY_SYMBOL "teranga_open_library"

/* The ELF note: section .note.teranga, owner "Teranga", type 1, this as its descriptor. */
#define TRG_NOTE_OWNER "Teranga"
#define TRG_NOTE_TYPE 1
#define TRG_NOTE_MAGIC 0x54524741u /* "TRGA" */

typedef struct trg_note {
  uint32_t magic;        /* TRG_NOTE_MAGIC */
  uint16_t major, minor; /* the border that the library was built against */
  uint16_t least_minor;  /* the smallest minor of a host that can carry it */
  uint16_t reserved;
} trg_note;

typedef struct trg_note_section {
  uint32_t owner_size, note_size, type; /* 8, sizeof(trg_note), TRG_NOTE_TYPE */
  char owner[8];                        /* TRG_NOTE_OWNER */
  trg_note note;                        /* the descriptor */
} trg_note_section;

#if defined(__GNUC__)
#define TRG_EXPORT __attribute__((visibility("default")))
/* Not inline on purpose: GCC would make an inline one an ordinary data section. Once a library. */
#define TRG_DECLARE_BORDER()                                                                                          \
  __attribute__((section(".note.teranga,\"a\",@note#"), used, aligned(4))) static const trg_note_section              \
      trg_border_note = {8, sizeof(trg_note), TRG_NOTE_TYPE, TRG_NOTE_OWNER,                                            \
                         {TRG_NOTE_MAGIC, TRG_BORDER_MAJOR, TRG_BORDER_MINOR, TRG_BORDER_LEAST_MINOR, 0}}
#else
#define TRG_EXPORT
#endif

#ifdef __cplusplus
}
#endif
#endif
