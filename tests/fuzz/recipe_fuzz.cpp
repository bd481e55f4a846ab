// SPDX-License-Identifier: Apache-2.0
// Recipes: first lines that begin with "#=" are arguments of --set. What is read is written out with all defaults, read again, and its layers are planned.
#include <teranga/model/catalogue.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/first_checkpoint.hpp>

#include <utility>
#include <vector>

#include "plugins.hpp"
#include "target.hpp"

namespace {

using namespace teranga;

std::vector<std::string> overrides_of(std::string_view& text) {
  std::vector<std::string> overrides;
  while (text.starts_with("#=")) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    overrides.emplace_back(text.substr(2, end - 2));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return overrides;
}

model::Field field(std::string name, model::Role role, ElementType type, Shape shape, std::int64_t classes) {
  model::Field out;
  out.name = std::move(name), out.role = role, out.type = type, out.shape = std::move(shape), out.classes = classes;
  return out;
}

std::vector<model::Field> fields() {
  return {field("x", model::Role::feature, ElementType::f32, {6, 6, 2}, 0), field("ids", model::Role::feature, ElementType::i32, {5}, 9), field("y", model::Role::target, ElementType::i32, {}, 3)};
}

void read_again(const recipe::Recipe& recipe, const recipe::Catalogue& catalogue) {
  const std::string text = recipe::resolve(recipe);
  if (recipe::resolve(recipe::parse(text, "resolved.toml", {}, catalogue)) != text) throw std::logic_error("a resolved recipe is read as another one");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const model::PluginCatalogue catalogue(fuzz::registry());
  std::string_view text = fuzz::view(data, size);
  const std::vector<std::string> overrides = overrides_of(text);
  recipe::Recipe recipe;
  if (!fuzz::tried({ExitCode::usage}, [&] { recipe = recipe::parse(std::string(text), "net.toml", overrides, catalogue); })) return 0;
  read_again(recipe, catalogue);
  for (const recipe::PhaseRecipe& phase : recipe::phases_of(recipe))
    fuzz::tried({ExitCode::usage}, [&] { train::layers_of(recipe::unfold(recipe, phase), fields(), fuzz::registry()); });
  return 0;
}
