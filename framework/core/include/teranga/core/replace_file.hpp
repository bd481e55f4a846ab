// SPDX-License-Identifier: Apache-2.0
// Puts bytes under a name, whole or not at all: they are written to a new file beside it, `<path>.new`, which then takes the name. A link that lies at
// either name is replaced and never followed: in a folder that others may write to, it could lead anywhere.
#pragma once

#include <string>
#include <string_view>

namespace teranga {

// 0, or errno of the step that failed; what was under the name stays then.
int replace_file(const std::string& path, std::string_view bytes);

}  // namespace teranga
