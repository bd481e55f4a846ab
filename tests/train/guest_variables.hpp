// SPDX-License-Identifier: Apache-2.0
// How tests tell a guest, by variables of the environment, when and where it fails.
#pragma once

#include <cstdlib>

inline long number(const char* variable, long otherwise) { return std::getenv(variable) ? std::atol(std::getenv(variable)) : otherwise; }

inline bool is_last_rank() { return number("OMPI_COMM_WORLD_RANK", 0) == number("OMPI_COMM_WORLD_SIZE", 1) - 1; }
