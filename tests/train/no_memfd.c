/* SPDX-License-Identifier: Apache-2.0
 * A kernel without anonymous files: preloaded, processes can share no memory. */
#include <errno.h>

int memfd_create(const char* name, unsigned int flags);

int memfd_create(const char* name, unsigned int flags) {
  (void)name, (void)flags;
  errno = ENOSYS;
  return -1;
}
