/* SPDX-License-Identifier: Apache-2.0
 * What the host lends to plugins. A plugin links nothing of Teranga: it is handed this table once, when its library is opened. All functions are [any]. No collective is here on purpose: reductions are declared and done by the host. */
#ifndef TERANGA_SDK_C_HOST_H
#define TERANGA_SDK_C_HOST_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

enum trg_log_level { TRG_LOG_DEBUG = 0, TRG_LOG_INFO = 1, TRG_LOG_WARNING = 2, TRG_LOG_ERROR = 3 };

/* C [m, n] = alpha op(A) [m, k] op(B) [k, n] + beta C, row-major; ld in elements, at least the length of a row; beta 0 never reads C. C overlaps neither A nor B. */
typedef struct trg_gemm {
  size_t size;
  int32_t type; /* TRG_F32 or TRG_F64, of all three */
  int32_t transpose_a, transpose_b;
  int32_t reserved;
  int64_t m, n, k;
  double alpha;
  const void* a;
  int64_t lda;
  const void* b;
  int64_t ldb;
  double beta;
  void* c;
  int64_t ldc;
} trg_gemm;

/* A counter-based random stream: draw i is a pure function of (key, row, i). Calls hand out key and rows. */
typedef struct trg_stream {
  uint64_t key;
  uint64_t row;
} trg_stream;

enum trg_vector_function { TRG_EXP = 0, TRG_LOG = 1, TRG_TANH = 2, TRG_SIGMOID = 3, TRG_ERF = 4 };

typedef struct trg_host {
  size_t size;
  uint32_t border_major, border_minor; /* of the host */
  const char* version; /* of the host, for messages */
  /* A line of the log, without an end of line; the host adds which item says it. */
  void (*log)(int32_t level, const char* text);
  /* On the calling thread alone. TRG_FAILED, and C as it was, for a negative extent or a row length that is too short. */
  int32_t (*gemm)(const trg_gemm* gemm);
  /* y[i] = f(x[i]), type TRG_F32 or TRG_F64; x and y may be the same array. */
  void (*vector)(int32_t function, int32_t type, int64_t count, const void* x, void* y);
  /* Draws first .. first + count - 1 of a stream: uniform in [0, 1), or standard normal. TRG_F32 and TRG_F64 give the same
   * numbers up to rounding. */
  void (*uniform)(trg_stream stream, uint64_t first, int64_t count, int32_t type, void* out);
  /* See uniform. */ void (*normal)(trg_stream stream, uint64_t first, int64_t count, int32_t type, void* out);
  /* Runs body(context, begin, end) over pieces of [0, count): on all threads inside a call of batch granularity and in update_tensor, inline elsewhere. The
   * pieces depend on count and grain only. The body must not throw. */
  void (*parallel_for)(int64_t count, int64_t grain, void (*body)(void* context, int64_t begin, int64_t end), void* context);
  /* An optional ability by id and revision, or null: TRG_ACTIVATION_LENDER (layer.h), TRG_NODE_MEMORY (node_memory.h). */
  const void* (*extension)(const char* id);
} trg_host;

#ifdef __cplusplus
}
#endif
#endif
