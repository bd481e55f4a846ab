// SPDX-License-Identifier: Apache-2.0
// A system that gives this process no thread after the first MOST_THREADS: what `ulimit -u` does to users other than root.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef int (*create_call)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument) {
  static atomic_int made;
  const char* most = getenv("MOST_THREADS");
  if (most != NULL && atomic_fetch_add(&made, 1) >= atoi(most)) return EAGAIN;
  return ((create_call)dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, body, argument);
}
