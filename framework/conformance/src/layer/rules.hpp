// SPDX-License-Identifier: Apache-2.0
// The rules of layers, by what they look at; each is one function of a table in layer_rules.cpp.
#pragma once

#include <teranga/conformance/finding.hpp>
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance::layer {

// plan_rules.cpp
void plan_shapes(const Subject&, Findings&);
void plan_declarations(const Subject&, Findings&);
void plan_pure(const Subject&, Findings&);
// gradient_rules.cpp
void gradient_inputs(const Subject&, Findings&);
void gradient_parameters(const Subject&, Findings&);
void gradient_overwrites(const Subject&, Findings&);
void gradient_adds(const Subject&, Findings&);
// cut_rules.cpp
void slices_equal(const Subject&, Findings&);
void threads_bits(const Subject&, Findings&);
void types_f32(const Subject&, Findings&);
// memory_rules.cpp
void memory_bounds(const Subject&, Findings&);
void memory_undefined(const Subject&, Findings&);
void memory_undeclared(const Subject&, Findings&);
// number_rules.cpp
void numbers_finite(const Subject&, Findings&);
void random_source(const Subject&, Findings&);
// mask_rules.cpp
void masks_used(const Subject&, Findings&);
// state_rules.cpp
void step_allocation(const Subject&, Findings&);
void state_global(const Subject&, Findings&);
void state_round_trip(const Subject&, Findings&);
void speed_naive(const Subject&, Findings&);
// rank_rules.cpp
void state_merge(const Subject&, Findings&);

}  // namespace teranga::conformance::layer
