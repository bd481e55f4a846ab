/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a process, it makes the trouble that the environment asks for: TROUBLE_OWNER and TROUBLE_GROUP name a path that belongs to somebody else, TROUBLE_DENIED a part of the
   names that may not be opened, TROUBLE_FULL a part of the names of files on a full disk, and with TROUBLE_SUM the sums of MPI are wrong, unless their plainer kinds were chosen. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { somebody = 12345 };

static int asked(const char* variable, const char* name) {
  const char* part = getenv(variable);
  return part && strstr(name, part);
}

static const char* name_of(int file, char* name, size_t room) {
  char link[64];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, name, room - 1);
  name[length > 0 ? length : 0] = 0;
  return name;
}

int stat(const char* path, struct stat* facts) {
  int (*real)(const char*, struct stat*) = (int (*)(const char*, struct stat*))dlsym(RTLD_NEXT, "stat");
  const int code = real(path, facts);
  const char* owned = getenv("TROUBLE_OWNER");
  const char* shared = getenv("TROUBLE_GROUP");
  if (code == 0 && owned && strcmp(owned, path) == 0) facts->st_uid = somebody;
  if (code == 0 && shared && strcmp(shared, path) == 0) facts->st_gid = somebody;
  return code;
}

FILE* fopen(const char* path, const char* mode) {
  FILE* (*real)(const char*, const char*) = (FILE * (*)(const char*, const char*)) dlsym(RTLD_NEXT, "fopen");
  if (!asked("TROUBLE_DENIED", path)) return real(path, mode);
  errno = EACCES;
  return NULL;
}

DIR* fdopendir(int folder) {
  DIR* (*real)(int) = (DIR * (*)(int)) dlsym(RTLD_NEXT, "fdopendir");
  char name[4096];
  if (!asked("TROUBLE_DENIED", name_of(folder, name, sizeof(name)))) return real(folder);
  errno = EACCES;
  return NULL;
}

ssize_t write(int file, const void* bytes, size_t count) {
  ssize_t (*real)(int, const void*, size_t) = (ssize_t (*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  char name[4096];
  if (!asked("TROUBLE_FULL", name_of(file, name, sizeof(name)))) return real(file, bytes, count);
  errno = ENOSPC;
  return -1;
}

int MPI_Allreduce(const void* send, void* receive, int count, void* type, void* operation, void* group) {
  int (*real)(const void*, void*, int, void*, void*, void*) = (int (*)(const void*, void*, int, void*, void*, void*))dlsym(RTLD_NEXT, "MPI_Allreduce");
  const int code = real(send, receive, count, type, operation, group);
  if (getenv("TROUBLE_SUM") && !getenv("OMPI_MCA_coll")) *(char*)receive ^= 1;
  return code;
}
