// SPDX-License-Identifier: Apache-2.0
// Its note names a major version of the border that no host has.
#include "right.hpp"

__attribute__((section(".note.teranga,\"a\",@note#"), used, aligned(4))) static const trg_note_section note = {
    8, sizeof(trg_note), TRG_NOTE_TYPE, TRG_NOTE_OWNER, {TRG_NOTE_MAGIC, TRG_BORDER_MAJOR + 1, 0, 0, 0}};

extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host) {
  return sdk::detail::open_library(host, [] { return std::vector<sdk::Item>{sdk::layer<zoo::Layer>()}; });
}
