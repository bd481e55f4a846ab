// SPDX-License-Identifier: Apache-2.0
// The files that `teranga plugin new` writes, as launcher/plugin_templates has them: they are part of the program. Words in @ stand for what the author chose.
#pragma once

#include <string_view>
#include <vector>

namespace teranga::launcher {

struct PluginTemplate {
  std::string_view name;  // "c++/layer.cpp", "recipes/layer.toml", "CMakeLists.txt"
  std::string_view text;
};

const std::vector<PluginTemplate>& plugin_templates();

}  // namespace teranga::launcher
