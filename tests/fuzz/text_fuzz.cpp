// SPDX-License-Identifier: Apache-2.0
// The data sets of texts: labelled texts of a table, a language model, pairs of sentences, tags, windows of a time series.
#include "dataset_target.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  using Text = std::string;
  using Texts = std::vector<Text>;
  using Number = std::int64_t;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  const Text file = folder().write(chosen & 128 ? "t.txt.gz" : "t.txt", input);
  DatasetCase one;
  switch (chosen & 7) {
    case 0: case 1:
      one = {"datasets_text", "teranga.text", {{"train", file}, {"text_column", Text("1")}, {"label_column", Text("2")}, {"maxlen", Number{6}}, {"header", Text("false")}}, {file}};
      if (chosen & 1) one.options.erase("maxlen"), one.options["encoding"] = Text(chosen & 8 ? "tf_idf" : "one_hot"), one.options["num_words"] = Number{12};
      if (chosen & 16) one.options["standardize"] = Text("unicode"), one.options["strip_html"] = true;
      break;
    case 2: case 3:
      one = {"datasets_language", "teranga.language", {{"train", Texts{file}}, {"length", Number{4}}}, {file}};
      if (chosen & 1) one.options["level"] = Text("word"), one.options["num_words"] = Number{9};
      if (chosen & 8) one.options["encoding"] = Text("one_hot"), one.options["predict"] = Text("last");
      if (chosen & 16) one.options["validation_share"] = 0.2, one.options["test_split"] = 0.2, one.options["stride"] = Number{1};
      break;
    case 4:
      one = {"datasets_pairs", "teranga.pairs", {{"train", file}}, {file}};
      if (chosen & 8) one.options["train_target"] = file;
      if (chosen & 16) one.options["source_length"] = Number{5}, one.options["target_length"] = Number{5}, one.options["drop_equal"] = true;
      break;
    case 5:
      one = {"datasets_tags", "teranga.tags", {{"train", file}}, {file}};
      if (chosen & 8) one.options["form"] = Text("inline");
      if (chosen & 16) one.options["lower_case"] = true, one.options["num_words"] = Number{10};
      break;
    default:
      one = {"datasets_windows", "teranga.windows", {{"train", file}, {"columns", Texts{"1", "-1"}}, {"window", Number{2}}}, {file}};
      if (chosen & 1) one.options["predict"] = Text("every"), one.options["horizon"] = Number{2};
      if (chosen & 8) one.options["normalize"] = Text("standard"), one.options["validation_share"] = 0.2;
  }
  use_dataset(one);
  return 0;
}
