/* SPDX-License-Identifier: Apache-2.0
 * An ability of the host that data sets may use: large arrays that are only read, held once for all processes of a machine. trg_host::extension gives it by
 * its id, or null: then a data set holds them itself. Where the host cannot share, it gives memory of the process alone, and the calls are the same. */
#ifndef TERANGA_SDK_C_NODE_MEMORY_H
#define TERANGA_SDK_C_NODE_MEMORY_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TRG_NODE_MEMORY "teranga.node_memory/1"

typedef struct trg_node_block {
  size_t size;
  const void* data; /* at least 64-byte aligned */
  void* handle;     /* for release */
} trg_node_block;

typedef struct trg_node_memory {
  size_t size;
  /* A block of `bytes` bytes (1 or more), which holds zeros when fill(context, memory, error) is called to write it; it is read-only afterwards. fill is called once on each machine, by the
   * process that comes first there: the others wait for it and get the same bytes, or the same error. So fill depends on nothing but what all processes know, and whatever
   * else it finds out must be found in the bytes. `name` says what they are, for messages, and all processes must ask for blocks of the same names and sizes in the same order.
   * Called in create, open (TRG_NEW_SAMPLES), fit and restore, on their thread. Status and error are those of fill; without memory, TRG_FAILED with "memory" as `where`. */
  int32_t (*hold)(const char* name, uint64_t bytes, int32_t (*fill)(void* context, void* memory, trg_error* error), void* context, trg_node_block* block, trg_error* error);
  /* From any thread; nothing of the block may be used afterwards. */
  void (*release)(void* handle);
} trg_node_memory;

#ifdef __cplusplus
}
#endif
#endif
