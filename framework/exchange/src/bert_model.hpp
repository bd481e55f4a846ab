// SPDX-License-Identifier: Apache-2.0
// What a BERT model of HuggingFace's transformers is, and what its layers and arrays are called in Teranga.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/checkpoint/weights.hpp>

#include "safetensors_file.hpp"

namespace teranga::exchange {

struct BertConfig {
  std::int64_t words, width, layers, heads, wide, positions, segments;
  double dropout, attention_dropout, epsilon;
  std::string activation;  // as a recipe writes it

  static BertConfig read(const std::string& path);  // config.json; throws Error(data)
};

// The parts behind the encoder that the file has arrays for.
struct BertHeads {
  bool pooler = false, masked = false, next = false;
  std::int64_t classes = 0;  // of a classifier of texts; 0: there is none
};

class BertModel {
 public:
  BertModel(const std::string& config, const std::string& weights);  // the files; throws Error(data)

  const BertConfig& config() const noexcept { return config_; }
  const BertHeads& heads() const noexcept { return heads_; }
  // Under the names of the layers of bert_layers(). Throws Error(data) naming an array that is missing, left over or of another shape.
  checkpoint::Weights weights();

 private:
  bool has(const std::string& name) const { return file_.entries().contains(name); }
  std::string stored(const std::string& name) const;  // with the prefix and the older endings that the file may have
  Tensor take(const std::string& name, const Shape& shape);
  void put(const std::string& to, Tensor tensor, const Shape& shape);
  void dense(const std::string& from, const std::string& to, std::int64_t in, std::int64_t out, const Shape& kernel, const Shape& bias);
  void norm(const std::string& from, const std::string& to);
  void attention(const std::string& from, const std::string& to);

  BertConfig config_;
  SafetensorsFile file_;
  std::string prefix_;  // "bert." of models with heads
  BertHeads heads_;
  std::vector<std::string> used_;
  checkpoint::Weights out_;
};

// The layers as the text of a recipe, for samples of so many steps. Those of the encoder have the names of the recipe bert-pretrain.
std::string bert_layers(const BertConfig& config, const BertHeads& heads, std::int64_t steps);

}  // namespace teranga::exchange
