// SPDX-License-Identifier: Apache-2.0
// Composites: layers that are a little graph of others. Their graphs are looked at; their parts are checked where they are from.
#pragma once

#include <teranga/conformance/finding.hpp>
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance::layer {

void composite_shapes(const Subject&, Findings&);
void composite_declarations(const Subject&, Findings&);
void composite_pure(const Subject&, Findings&);

}  // namespace teranga::conformance::layer
