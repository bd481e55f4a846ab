// SPDX-License-Identifier: Apache-2.0
// What a team of threads can do at most on this machine, measured: the marks that the speed of a training step is held against. Each call takes some
// ten milliseconds of all threads, and gives the best of several rounds: what else runs on the machine only slows a round down.
#pragma once

#include <teranga/parallel/team.hpp>

namespace teranga::math {

// Gflop/s of f32 multiply-adds (each counts as two), in the widest vectors that the CPU runs: every thread goes round twelve sums that do not wait for
// each other and stay in registers.
double multiply_add_gflops(Team& team);

// GB/s of a[i] = b[i] + s c[i] over three arrays of 64 MiB, which no usual cache holds: the twelve bytes of an element are counted, not what the CPU
// reads of `a` before it writes there. This is the triad of STREAM (J. D. McCalpin, www.cs.virginia.edu/stream).
double triad_gbytes(Team& team);

}  // namespace teranga::math
