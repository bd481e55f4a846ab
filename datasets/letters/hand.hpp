// SPDX-License-Identifier: Apache-2.0
// Draws a character as a hand might: turned, slanted, stretched, with another pen and unsteady each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace teranga::datasets {

// Writes size x size pixels from 0 (paper) to 255 (ink). The same numbers give the same picture. `wobble` 0: always the same, upright; 1: as a hand.
void draw(char character, std::uint64_t seed, double wobble, std::size_t size, std::span<std::uint8_t> pixels);

}  // namespace teranga::datasets
