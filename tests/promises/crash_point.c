/* SPDX-License-Identifier: Apache-2.0 */
/* crash_point [--save | --files] COUNT COMMAND...: runs a command, and kills its process (SIGKILL) where it is about to make the COUNT-th of the system
 * calls that count; 0: never. --save: every system call of threads that are named teranga-save, whose writes get no more than 4 KiB on disk at a time, as
 * a system may do. --files: the calls of all threads that change files. The exit code is 137 if the process was killed, else its own. CALLS=FILE in the
 * environment gets the number of calls that counted, with what they were. For x86-64. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most_threads = 4096, piece = 4096, killed = 137 };

static const char saving[] = "teranga-save";
static pid_t process;
static long wanted, counted;
static int of_files;
static FILE* calls;
static pid_t seen[most_threads], savers[most_threads];
static int seen_count, saver_count;

static int known(const pid_t* list, int count, pid_t thread) {
  for (int i = count - 1; i >= 0; --i)
    if (list[i] == thread) return 1;
  return 0;
}

static void text_at(pid_t thread, unsigned long long address, char* text, size_t size) {
  struct iovec here = {text, size - 1}, there = {(void*)address, size - 1};
  const ssize_t count = process_vm_readv(thread, &here, 1, &there, 1, 0);
  text[count > 0 ? count : 0] = 0;
}

static int changes_files(const struct user_regs_struct* call) {
  switch (call->orig_rax) {
    case SYS_openat: return (call->rdx & (O_CREAT | O_TRUNC)) != 0;
    case SYS_open: return (call->rsi & (O_CREAT | O_TRUNC)) != 0;
    case SYS_write: case SYS_writev: return call->rdi > 2;
    case SYS_pwrite64: case SYS_ftruncate: case SYS_truncate: case SYS_rename: case SYS_renameat: case SYS_renameat2: case SYS_unlink: case SYS_unlinkat:
    case SYS_link: case SYS_linkat: case SYS_mkdir: case SYS_mkdirat: case SYS_rmdir: case SYS_fsync: case SYS_fdatasync: case SYS_utimensat: case SYS_creat:
      return 1;
    default: return 0;
  }
}

static void at_call(pid_t thread) {
  struct user_regs_struct call;
  if (ptrace(PTRACE_GETREGS, thread, 0, &call) != 0) return;
  if (call.orig_rax == SYS_prctl && call.rdi == PR_SET_NAME) {
    char name[sizeof(saving)];
    text_at(thread, call.rsi, name, sizeof(name));
    if (strcmp(name, saving) == 0 && saver_count < most_threads) savers[saver_count++] = thread;
  }
  if (of_files ? !changes_files(&call) : !known(savers, saver_count, thread)) return;
  if (!of_files && (call.orig_rax == SYS_write || call.orig_rax == SYS_pwrite64) && call.rdx > piece) {
    call.rdx = piece;
    ptrace(PTRACE_SETREGS, thread, 0, &call);
  }
  ++counted;
  if (calls) fprintf(calls, "%ld call %llu\n", counted, call.orig_rax);
  if (counted != wanted) return;
  kill(process, SIGKILL);
  /* What the process has started, such as a reader of HDF5, stays stopped, and ends with this tracer. */
  int status = 0;
  for (pid_t ended = 0; ended != process || WIFSTOPPED(status);) {
    ended = waitpid(-1, &status, __WALL);
    if (ended < 0 && errno != EINTR) break;
  }
  exit(killed);
}

static void stopped(pid_t thread, int status) {
  int signal = WSTOPSIG(status);
  const int is_new = !known(seen, seen_count, thread);
  if (is_new && seen_count < most_threads) seen[seen_count++] = thread;
  if (signal == (SIGTRAP | 0x80)) {
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY) at_call(thread);
    signal = 0;
  } else if (status >> 16 || (is_new && signal == SIGSTOP)) {
    signal = 0; /* told by the tracing itself */
  }
  ptrace(PTRACE_SYSCALL, thread, 0, signal);
}

static int watch(void) {
  int status = 0;
  for (;;) {
    const pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0 && errno == EINTR) continue;
    if (thread < 0) return 1;
    if (WIFSTOPPED(status)) stopped(thread, status);
    else if (thread == process) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  of_files = strcmp(argv[1], "--files") == 0;
  wanted = atol(argv[2]);
  if (getenv("CALLS")) calls = fopen(getenv("CALLS"), "we");
  process = fork();
  if (process == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    execvp(argv[3], argv + 3);
    _exit(127);
  }
  int status = 0;
  if (process < 0 || waitpid(process, &status, 0) != process || !WIFSTOPPED(status)) return 1;
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, process, 0, options) != 0) return 1;
  seen[seen_count++] = process;
  ptrace(PTRACE_SYSCALL, process, 0, 0);
  return watch();
}
