// SPDX-License-Identifier: Apache-2.0
// It changes the report that it is given, which other observers read as well.
#include "right.hpp"

static void spoil(trg_observer_calls& calls) {
  calls.epoch_end = [](void*, const trg_training_epoch* epoch, trg_stop_request*, trg_error*) -> std::int32_t {
    const_cast<trg_measure*>(epoch->measures)->value = 0;
    return TRG_OK;
  };
}
ZOO_CALLS(ObserverAdapter<zoo::Observer>, spoil);

TERANGA_PLUGIN(sdk::Item{TRG_OBSERVER, zoo::Observer::info(), &spoiled_calls})
