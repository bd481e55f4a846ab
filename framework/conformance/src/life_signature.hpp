// SPDX-License-Identifier: Apache-2.0
// What an instance does, as bytes: two instances that are made alike do the same. Of each kind a call or two are made with small fixed numbers; whether the results are right is left to the rules of the kinds.
#pragma once

#include <optional>
#include <string>

#include "trial_instance.hpp"

namespace teranga::conformance {

// Nothing where a kind tells too little, or no shape of a few is accepted.
std::optional<std::string> signature_of(const Subject& subject, void* instance);

// Makes and destroys one plan of an instance, for kinds that have plans. False: of this kind there is none, or the few shapes that are tried do not fit. The record of the last refusal goes to `refused`, if it is given.
struct Refusal {
  std::int32_t status = TRG_OK;
  ErrorRecord record;
  std::string where;
};
bool make_and_destroy_plan(const Subject& subject, void* instance, std::vector<Refusal>* refused = nullptr);

}  // namespace teranga::conformance
