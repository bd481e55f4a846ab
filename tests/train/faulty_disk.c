// SPDX-License-Identifier: Apache-2.0
// A disk with a fault: the call FAULT_CALL ("write", "fsync", "close", "rename", "open", "short") fails with the error number FAULT_ERROR for files whose names hold FAULT_FILE. "short" writes one byte of
// each write, which is no failure.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_call(const char* call) {
  const char* const wanted = getenv("FAULT_CALL");
  return wanted != NULL && strcmp(wanted, call) == 0;
}

static int is_path(const char* path) {
  const char* const wanted = getenv("FAULT_FILE");
  return wanted != NULL && path != NULL && strstr(path, wanted) != NULL;
}

static int is_file(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_path(path);
}

static int failed(void) {
  const char* const number = getenv("FAULT_ERROR");
  errno = number != NULL ? atoi(number) : EIO;
  return -1;
}

ssize_t write(int file, const void* bytes, size_t count) {
  ssize_t (*const next)(int, const void*, size_t) = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  if (is_call("write") && is_file(file)) return failed();
  return next(file, bytes, is_call("short") && count > 1 && is_file(file) ? count / 2 : count);
}

int fsync(int file) {
  if (is_call("fsync") && is_file(file)) return failed();
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int close(int file) {
  const int fails = is_call("close") && is_file(file);
  const int code = ((int (*)(int))dlsym(RTLD_NEXT, "close"))(file);
  return fails ? failed() : code;
}

int rename(const char* from, const char* to) {
  if (is_call("rename") && is_path(to)) return failed();
  return ((int (*)(const char*, const char*))dlsym(RTLD_NEXT, "rename"))(from, to);
}

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if (is_call("open") && (flags & (O_WRONLY | O_RDWR)) != 0 && is_path(path)) return failed();
  return ((int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open"))(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open(path, flags, mode);
}
