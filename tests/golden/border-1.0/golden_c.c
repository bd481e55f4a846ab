/* SPDX-License-Identifier: Apache-2.0
 * A layer and a loss in C, as they were written for border 1.0: sums over the batch, a state, and all that the C++ layer does elsewhere. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/library.h>
#include <teranga/sdk/c/training.h>

static int32_t refuse(trg_error* error, int32_t code, const char* where, const char* text) {
  error->code = code;
  error->sample = -1;
  strncpy(error->where, where, sizeof(error->where) - 1);
  strncpy(error->text, text, sizeof(error->text) - 1);
  return code;
}

/* y = x - mean(x) over the samples of the batch; outside of the training, the mean of former batches. f32 only. */
typedef struct plan {
  int64_t channels;
  int32_t of_batch;
} plan;

static int32_t create(const trg_options* options, void** made, trg_error* error) {
  (void)options;
  *made = malloc(1);
  return *made ? TRG_OK : refuse(error, TRG_FAILED, "memory", "there is none");
}

static int32_t center_plan(void* layer, const trg_plan_request* request, const trg_planner* planner, void** made, trg_error* error) {
  (void)layer;
  if (request->input_count != 1 || request->type != TRG_F32 || request->inputs[0].tensor.type != TRG_F32)
    return refuse(error, TRG_BAD_SHAPE, "input", "expects one input of f32");
  const trg_tensor* x = &request->inputs[0].tensor;
  const int64_t channels = x->shape[x->rank - 1], sums[] = {channels + 1, 0};
  trg_value zeros;
  memset(&zeros, 0, sizeof(zeros));
  zeros.kind = TRG_COMPONENT;
  zeros.text = "teranga.zeros";
  const trg_port y = {.size = sizeof(y), .name = "output", .type = TRG_F32, .rank = x->rank, .shape = x->shape, .shares_with = -1};
  const trg_state mean = {.size = sizeof(mean), .name = "mean", .kind = TRG_SHARED, .merge = TRG_MERGE_MEAN, .type = TRG_F32, .rank = 1, .shape = &channels, .initializer = &zeros};
  planner->output(planner->context, &y);
  planner->state(planner->context, &mean);
  plan* p = malloc(sizeof(plan));
  if (!p) return refuse(error, TRG_FAILED, "memory", "there is none");
  p->channels = channels;
  p->of_batch = request->mode == TRG_TRAINING;
  if (p->of_batch) {
    planner->passes(planner->context, TRG_FORWARD, 2, sums, 0);
    planner->passes(planner->context, TRG_BACKWARD, 2, sums, 0);
  }
  *made = p;
  return TRG_OK;
}

static int64_t rows_of(const trg_tensor* t) {
  int64_t rows = 1;
  for (int32_t i = 0; i + 1 < t->rank; ++i) rows *= t->shape[i];
  return rows;
}

/* to = from less the mean of all slices; from null: zero */
static void centered(const plan* p, const trg_call* call, const trg_tensor* from, const trg_tensor* to) {
  const float* x = from->data;
  float* y = to->data;
  const int64_t c = p->channels, rows = rows_of(to);
  if (p->of_batch && call->pass == 0) {
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t k = 0; k < c; ++k) call->sums[k] += x ? x[r * c + k] : 0;
    call->sums[c] += (double)rows;
    return;
  }
  for (int64_t r = 0; y && r < rows; ++r)
    for (int64_t k = 0; k < c; ++k) y[r * c + k] = (x ? x[r * c + k] : 0) - (p->of_batch ? (float)(call->global_sums[k] / call->global_sums[c]) : 0);
}

static int32_t center_forward(void* made, const trg_call* call, trg_error* error) {
  (void)error;
  const plan* p = made;
  centered(p, call, &call->inputs[0], &call->outputs[0]);
  float* y = call->outputs[0].data;
  for (int64_t i = 0; !p->of_batch && i < rows_of(&call->outputs[0]) * p->channels; ++i) y[i] -= ((const float*)call->states_in[0].data)[i % p->channels];
  return TRG_OK;
}

static int32_t center_backward(void* made, const trg_call* call, trg_error* error) {
  (void)error;
  centered(made, call, &call->d_outputs[0], &call->d_inputs[0]);
  return TRG_OK;
}

static int32_t center_update_state(void* made, const trg_call* call, trg_error* error) {
  (void)error;
  const plan* p = made;
  for (int64_t k = 0; k < p->channels; ++k) {
    const float before = ((const float*)call->states_in[0].data)[k];
    ((float*)call->states_out[0].data)[k] = p->of_batch ? 0.75f * before + 0.25f * (float)(call->global_sums[k] / call->global_sums[p->channels]) : before;
  }
  return TRG_OK;
}

/* sum over c of |p[c] - [c = t]| */
static int32_t gap_plan(void* loss, const trg_compare_request* request, trg_loss_plan* answer, void** made, trg_error* error) {
  (void)loss;
  if (request->type != TRG_F32 || request->predictions[0].rank != 2 || request->targets[0].type != TRG_I32) return refuse(error, TRG_BAD_SHAPE, "target", "expects class numbers of i32");
  answer->leading = 1;
  answer->targets = TRG_TARGETS_CLASSES;
  *made = malloc(sizeof(int64_t));
  if (!*made) return refuse(error, TRG_FAILED, "memory", "there is none");
  *(int64_t*)*made = request->predictions[0].shape[1];
  return TRG_OK;
}

static int32_t gap_evaluate(void* made, const trg_loss_call* call, trg_error* error) {
  (void)error;
  const int64_t classes = *(const int64_t*)made;
  const float* p = call->predictions[0].data;
  const int32_t* t = call->targets[0].data;
  float* d = call->d_predictions[0].data;
  for (int64_t n = 0; n < call->rows; ++n) {
    call->values[n] = 0;
    for (int64_t c = 0; c < classes; ++c) {
      const float gap = p[n * classes + c] - (t[n] == c ? 1.0f : 0.0f);
      call->values[n] += fabs((double)gap);
      if (d) d[n * classes + c] = (float)call->weights[n] * (gap > 0 ? 1.0f : gap < 0 ? -1.0f : 0.0f);
    }
  }
  return TRG_OK;
}

static const trg_layer_calls center_calls = {.size = sizeof(trg_layer_calls), .create = create, .destroy = free, .plan = center_plan, .destroy_plan = free,
                                             .forward = center_forward, .backward = center_backward, .update_state = center_update_state};
static const trg_loss_calls gap_calls = {.size = sizeof(trg_loss_calls), .create = create, .destroy = free, .plan = gap_plan, .destroy_plan = free, .evaluate = gap_evaluate};

static const trg_item items[] = {
    {.size = sizeof(trg_item), .kind = TRG_LAYER, .name = "golden.center", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Takes the mean off",
     .formula = "y = x - mean(x)", .source = "", .option_stride = sizeof(trg_option_spec), .calls = &center_calls},
    {.size = sizeof(trg_item), .kind = TRG_LOSS, .name = "golden.gap", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Distance from the one-hot class",
     .formula = "sum_c |p_c - [c = t]|", .source = "", .option_stride = sizeof(trg_option_spec), .calls = &gap_calls}};
static const trg_library library = {sizeof(trg_library), items, sizeof(items) / sizeof(items[0]), sizeof(trg_item)};

TRG_DECLARE_BORDER();

TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host);
const trg_library* teranga_open_library(const trg_host* host) {
  (void)host;
  return &library;
}
