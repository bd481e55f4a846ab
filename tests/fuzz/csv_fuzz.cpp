// SPDX-License-Identifier: Apache-2.0
// Tables: the first byte chooses options, a form feed parts the training table from a test table.
#include "dataset_target.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  using Text = std::string;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  const std::size_t cut = std::min(input.find('\f'), input.size());
  DatasetCase one{"datasets_csv", "teranga.csv", {{"train", folder().write("train.csv", input.substr(0, cut))}}, {folder() / "train.csv"}};
  if (cut < input.size()) one.options["test"] = folder().write("test.csv", input.substr(cut + 1));
  if (chosen & 1) one.options["missing"] = Text("mean");
  if (chosen & 2) one.options["unknown"] = Text("zeros");
  if (chosen & 4) one.options["dates"] = Text("split");
  if (chosen & 8) one.options["header"] = Text("false");
  if (chosen & 16) one.options["normalize"] = Text(chosen & 32 ? "standard" : "minmax"), one.options["missing_target"] = Text("leave out");
  if (chosen & 64) one.options["target"] = std::vector<Text>{"1", "-1"};
  if ((chosen & 192) == 128) one.options["one_hot"] = true, one.options["test_split"] = 0.25, one.options["shuffle_seed"] = std::int64_t{3};
  use_dataset(one);
  return 0;
}
