// SPDX-License-Identifier: Apache-2.0
// The reason for which it wants the training to stop has no end.
#include "right.hpp"

static void spoil(trg_observer_calls& calls) {
  calls.epoch_end = [](void*, const trg_training_epoch*, trg_stop_request* request, trg_error*) -> std::int32_t {
    request->stop = 1;
    std::memset(request->reason, 'x', sizeof(request->reason));
    return TRG_OK;
  };
}
ZOO_CALLS(ObserverAdapter<zoo::Observer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_OBSERVER, zoo::Observer::info(), &spoiled_calls})
