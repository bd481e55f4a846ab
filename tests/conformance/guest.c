/* SPDX-License-Identifier: Apache-2.0
 * An initializer that fills with a value, in plain C. A macro of the build makes it wrong in one way. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <teranga/sdk/c/library.h>
#include <teranga/sdk/c/training.h>

#ifndef NO_NOTE
TRG_DECLARE_BORDER();
#endif

#ifndef OPTION_NAME
#define OPTION_NAME "value"
#endif

struct guest {
  double value;
};

static double shared_value = 0;

static int32_t refuse(trg_error* error, const char* text) {
  error->code = TRG_BAD_OPTION;
#ifdef ENDLESS_TEXT
  memset(error->text, 'x', sizeof(error->text));
#else
  strncpy(error->text, text, sizeof(error->text) - 1);
  error->text[strlen(text)] = '\0';
#endif
#ifdef MISNAMED
  strcpy(error->where, "is too small");
#else
  strcpy(error->where, OPTION_NAME);
#endif
#ifdef SILENT
  error->text[0] = '\0';
#endif
#ifdef OTHER_CODE
  error->code = TRG_OK;
#endif
  return TRG_BAD_OPTION;
}

static void* sleep_for_ever(void* unused) {
  for (;;) pause();
  return unused;
}

static int32_t create(const trg_options* options, void** made, trg_error* error) {
#ifdef CRASH
  *(volatile int*)8 = 1;
#endif
#ifdef ABORT
  abort();
#endif
#ifdef EXIT
  exit(0);
#endif
#ifdef EXIT_AT_ONCE
  _exit(0);
#endif
#ifdef LOOP
  for (volatile int i = 0;; ++i) i = 0;
#endif
#ifdef DEADLOCK
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&mutex);
#endif
#ifdef HUNGRY
  volatile char* all = malloc((size_t)100 << 30);
  if (!all) return error->code = TRG_FAILED, strcpy(error->text, "no memory"), TRG_FAILED;
#endif
#ifdef PROCESS
  if (fork() == 0) {
    setsid();
    for (;;) pause();
  }
#endif
#ifdef FILES
  close(open("left-behind", O_CREAT | O_WRONLY, 0600));
#endif
#ifdef THREAD
  pthread_t thread;
  pthread_create(&thread, 0, sleep_for_ever, 0);
#endif
  (void)sleep_for_ever;
  struct guest* guest = malloc(sizeof(*guest));
  guest->value = options->items[0].value.real;
  shared_value = guest->value;
#ifdef NO_INSTANCE
  free(guest);
  return TRG_OK;
#endif
  if (guest->value >= 10) {
    free(guest);
#ifdef CRASH_AT_END
    *(volatile int*)8 = 1;
#endif
#ifdef FAILS_AT_END
    return error->code = TRG_FAILED, strcpy(error->text, "cannot do this"), TRG_FAILED;
#endif
    return refuse(error, "must be below 10");
  }
  *made = guest;
  return TRG_OK;
}

static void destroy(void* guest) {
#ifdef LEAK
  (void)guest;
#else
  free(guest);
#endif
}

static int32_t fill(void* self, const trg_fill* fill, trg_error* error) {
  (void)error;
  double value = ((struct guest*)self)->value;
#ifdef SHARED
  value = shared_value;
#endif
  int64_t count = 1;
  for (int32_t i = 0; i < fill->rank; ++i) count *= fill->shape[i];
  for (int64_t i = 0; i < count; ++i) {
    if (fill->type == TRG_F64) ((double*)fill->data)[i] = value;
    else ((float*)fill->data)[i] = (float)value;
  }
  return TRG_OK;
}

#ifndef FILL
#define FILL fill
#endif
#ifndef CALLS_SIZE
#define CALLS_SIZE sizeof(trg_initializer_calls)
#endif
#ifndef NAME
#define NAME "guest.fill"
#endif
#ifndef SUMMARY
#define SUMMARY "fills with a value"
#endif
#ifndef OPTION_DOC
#define OPTION_DOC "what is filled in"
#endif
#ifndef DEFAULT
#define DEFAULT 1
#endif
#ifndef FLAGS
#define FLAGS 0
#endif
#ifndef OPTION_STRIDE
#define OPTION_STRIDE sizeof(trg_option_spec)
#endif
#ifndef ITEMS
#define ITEMS 1
#endif
#ifndef KIND
#define KIND TRG_INITIALIZER
#endif
#ifndef ITEM_SIZE
#define ITEM_SIZE sizeof(trg_item)
#endif

static const trg_initializer_calls calls = {CALLS_SIZE, create, destroy, FILL};
static const trg_option_spec options[] = {
    {.size = sizeof(trg_option_spec), .name = OPTION_NAME, .doc = OPTION_DOC, .kind = TRG_REAL, .flags = FLAGS, .default_value = {.kind = TRG_REAL, .real = DEFAULT}, .minimum = 0, .maximum = 10},
#ifdef OPTION_TWICE
    {.size = sizeof(trg_option_spec), .name = OPTION_NAME, .doc = OPTION_DOC, .kind = TRG_REAL, .default_value = {.kind = TRG_REAL, .real = 1}, .minimum = 0, .maximum = 10},
#endif
};
static const trg_item items[] = {
    {.size = ITEM_SIZE, .kind = KIND, .name = NAME, .version = "1.0.0", .licence = "MIT", .author = "somebody", .summary = SUMMARY, .formula = "w = value", .source = "none", .options = options,
     .option_count = sizeof(options) / sizeof(options[0]), .option_stride = OPTION_STRIDE, .calls = &calls},
#ifdef ITEM_TWICE
    {.size = sizeof(trg_item), .kind = TRG_INITIALIZER, .name = NAME, .version = "1.0.0", .licence = "MIT", .author = "somebody", .summary = SUMMARY, .formula = "w = value", .source = "none", .options = options,
     .option_count = sizeof(options) / sizeof(options[0]), .option_stride = OPTION_STRIDE, .calls = &calls},
#endif
};
static const trg_library library = {sizeof(trg_library), items, ITEMS * sizeof(items) / sizeof(items[0]), sizeof(trg_item)};

#ifdef SHOWS_MORE
TRG_EXPORT int helper_of_the_guest(void);
int helper_of_the_guest(void) { return 1; }
#endif
#ifdef NEEDS_MPI
extern int MPI_Initialized(int* flag) __attribute__((weak));
#endif

TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host);
const trg_library* teranga_open_library(const trg_host* host) {
  (void)host;
#ifdef NEEDS_MPI
  int flag = 0;
  if (MPI_Initialized) MPI_Initialized(&flag);
#endif
#ifdef OPEN_NULL
  return 0;
#endif
#ifdef OPEN_CRASH
  *(volatile int*)8 = 1;
#endif
  return &library;
}
