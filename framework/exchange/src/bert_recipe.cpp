// SPDX-License-Identifier: Apache-2.0
// The layers of a BERT model as text. Each sublayer is normalised behind its sum (arXiv 1810.04805).
#include "bert_model.hpp"

#include <fmt/format.h>

namespace teranga::exchange {
namespace {

class Layers {
 public:
  Layers(const BertConfig& config) : config_(config) {}

  std::string take() { return std::move(text_); }
  void add(const std::string& type, const std::string& name, const std::string& more = "") { text_ += fmt::format("\n[[layer]]\ntype = \"{}\"\nname = \"{}\"\n{}", type, name, more); }
  void dense(const std::string& name, std::int64_t units, const std::string& more = "") { add("dense", name, fmt::format("units = {}\n{}", units, more)); }
  void norm(const std::string& name) { add("layer_normalization", name, fmt::format("epsilon = {}\n", config_.epsilon)); }
  void dropout(const std::string& name) { add("dropout", name, fmt::format("rate = {}\n", config_.dropout)); }
  void sum(const std::string& name, const std::string& one, const std::string& other) { add("add", name, fmt::format("input = [\"{}\", \"{}\"]\n", one, other)); }
  std::string activation() const { return fmt::format("activation = {}\n", config_.activation); }

 private:
  const BertConfig& config_;
  std::string text_;
};

}  // namespace

std::string bert_layers(const BertConfig& c, const BertHeads& heads, std::int64_t steps) {
  Layers out(c);
  out.add("input", "ids", fmt::format("shape = [{}]\nfield = \"x\"\n", steps));
  out.add("input", "segment_ids", fmt::format("shape = [{}]\nfield = \"segments\"\n", steps));
  out.add("embedding", "words", fmt::format("input = \"ids\"\ninput_dim = {}\noutput_dim = {}\nmask_zero = true\n", c.words, c.width));
  out.add("segment_embedding", "segments", fmt::format("input = [\"words\", \"segment_ids\"]\nsegments = {}\n", c.segments));
  out.add("position_embedding", "positions", fmt::format("sequence_length = {}\n", c.positions));
  out.norm("embedding_norm");
  out.dropout("embedding_dropout");
  std::string before = "embedding_dropout";
  for (std::int64_t i = 1; i <= c.layers; ++i) {
    const std::string name = fmt::format("encoder{}_", i);
    out.add("multi_head_attention", name + "attention", fmt::format("num_heads = {}\nkey_dim = {}\ndropout = {}\n", c.heads, c.width / c.heads, c.attention_dropout));
    out.dropout(name + "attention_dropout");
    out.sum(name + "attended", before, name + "attention_dropout");
    out.norm(name + "attention_norm");
    out.dense(name + "wide", c.wide, out.activation());
    out.dense(name + "narrow", c.width);
    out.dropout(name + "dropout");
    out.sum(name + "sum", name + "attention_norm", name + "dropout");
    out.norm(before = name + "norm");
  }
  const std::string of_encoder = fmt::format("input = \"{}\"\n", before);
  if (heads.masked) {
    out.dense("transform", c.width, of_encoder + out.activation());
    out.norm("transform_norm");
    out.add("tied_dense", "logits", fmt::format("units = {}\nweights_of = \"words\"\n", c.words));
    out.add("bias", "masked");
  }
  if (!heads.pooler) return out.take();
  out.add("pick_step", "first", of_encoder);
  out.dense("pooler", c.width, "activation = \"tanh\"\n");
  if (heads.next) out.dense("next", 2, "input = \"pooler\"\n");
  if (heads.classes > 0) {
    out.add("dropout", "pooler_dropout", fmt::format("input = \"pooler\"\nrate = {}\n", c.dropout));
    out.dense("classifier", heads.classes);
  }
  return out.take();
}

}  // namespace teranga::exchange
