// SPDX-License-Identifier: Apache-2.0
// It has ten classes, and names for two of them: the others are null.
#include "right_dataset.hpp"

static void spoil(trg_dataset_calls& calls) {
  calls.describe = [](void*, const trg_data_answer* answer, trg_error*) -> std::int32_t {
    static const char* const names[10] = {"zero", "one"};
    static const std::int64_t eight[] = {8};
    trg_field x{}, y{};
    x.size = y.size = sizeof(trg_field);
    x.name = "x", x.rank = 1, x.shape = eight;
    y.name = "y", y.role = TRG_TARGET, y.type = TRG_I32, y.classes = 10, y.class_names = names;
    answer->count(answer->context, TRG_TRAIN, 640);
    answer->field(answer->context, &x);
    answer->field(answer->context, &y);
    return TRG_OK;
  };
}
static const auto spoiled_calls = [] {
  auto calls = sdk::detail::DatasetAdapter<zoo::Dataset>::calls;
  spoil(calls);
  return calls;
}();

TERANGA_PLUGIN(sdk::Item{TRG_DATASET, zoo::Dataset::info(), &spoiled_calls})
