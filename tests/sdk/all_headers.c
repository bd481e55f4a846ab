/* SPDX-License-Identifier: Apache-2.0
 * All headers of the border in one source of C11. */
#include <teranga/sdk/c/dataset.h>
#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/library.h>
#include <teranga/sdk/c/node_memory.h>
#include <teranga/sdk/c/observer.h>
#include <teranga/sdk/c/training.h>

int trg_headers_in_c(void);
int trg_headers_in_c(void) { return TRG_BORDER_MAJOR; }
