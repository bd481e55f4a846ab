/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a process, it has no aligned memory of exactly SCARCE_BYTES bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

void* aligned_alloc(size_t alignment, size_t size) {
  void* (*real)(size_t, size_t) = (void* (*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
  if (size != strtoull(getenv("SCARCE_BYTES"), NULL, 10)) return real(alignment, size);
  errno = ENOMEM;
  return NULL;
}
