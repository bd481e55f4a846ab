// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace teranga::train {

// Whether plugin libraries are opened that nobody but the recipe in a checkpoint names: to open one is to run its code. Those of the search path, and
// those that the user's own recipe or --set names, are the user's choice.
enum class Trust { own_plugins, checkpoint };

}  // namespace teranga::train
