/* SPDX-License-Identifier: Apache-2.0
 * What a data set that prepares new samples (dataset.h, TRG_NEW_SAMPLES) calls the columns of its input. */
#ifndef TERANGA_SDK_C_COLUMN_NAMES_H
#define TERANGA_SDK_C_COLUMN_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include <teranga/sdk/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What extension(TRG_COLUMN_NAMES) points to. Main thread. */
#define TRG_COLUMN_NAMES "teranga.column_names/1"

typedef struct trg_column_names {
  size_t size;
  /* Of the data set that trg_new_samples::open gave: the name of the column that trg_new_samples::column finds by this name or number; take is not called where the input gives it none. */
  int32_t (*name)(void* dataset, const char* wanted, void* context, void (*take)(void* context, const char* name), trg_error* error);
} trg_column_names;

#ifdef __cplusplus
}
#endif
#endif
