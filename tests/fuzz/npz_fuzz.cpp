// SPDX-License-Identifier: Apache-2.0
// Archives of NumPy's arrays, for the data sets npz and arrays: raw, or (so that the arrays inside change and the archive stays in order) packed anew from
// the parts of the input between form feeds.
#include "dataset_target.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  using Texts = std::vector<std::string>;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  std::string bytes(input);
  if (chosen & 1) {
    const std::size_t cut = std::min(input.find('\f'), input.size());
    bytes = teranga::test::zip({{"x.npy", std::string(input.substr(0, cut))}, {"y.npy", std::string(input.substr(std::min(cut + 1, input.size())))}});
  }
  const std::string file = folder().write("a.npz", bytes);
  DatasetCase one{"datasets_npy", "teranga.npz", {{"train", file}}, {file}};
  if (chosen & 2) one = {"datasets_arrays", "teranga.arrays", {{"train", file}, {"features", Texts{"x"}}, {"targets", Texts{"y"}}}, {file}};
  if (chosen & 4) one.options["test"] = file;
  if ((chosen & 10) == 10) one.options["ids"] = Texts{"x"};
  if ((chosen & 10) == 8) one.options["train_arrays"] = Texts{"x"};
  if ((chosen & 18) == 16) one.options["one_hot"] = true;
  use_dataset(one);
  return 0;
}
