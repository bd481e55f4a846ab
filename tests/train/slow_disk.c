/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a process, it takes five seconds to bring a file to disk whose name holds what SLOW_FILE says. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fsync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  char link[64], name[4096];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, name, sizeof(name) - 1);
  name[length > 0 ? length : 0] = 0;
  if (strstr(name, getenv("SLOW_FILE"))) sleep(5);
  return real(fd);
}
