// SPDX-License-Identifier: Apache-2.0
#include "bert_model.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "json.hpp"

namespace teranga::exchange {
namespace {

// PyTorch has a row for each output.
Tensor transposed(const Tensor& from, Shape shape) {
  const auto rows = static_cast<std::size_t>(from.shape()[0]), columns = static_cast<std::size_t>(from.shape()[1]);
  Tensor out(ElementType::f32, std::move(shape));
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) out.as<float>()[c * rows + r] = from.as<float>()[r * columns + c];
  return out;
}

Tensor with_shape(const Tensor& from, Shape shape) {
  Tensor out(ElementType::f32, std::move(shape));
  std::ranges::copy(from.as<float>(), out.as<float>().begin());
  return out;
}

bool same_numbers(const Tensor& a, const Tensor& b) { return a.shape() == b.shape() && std::ranges::equal(a.as<float>(), b.as<float>()); }

}  // namespace

BertConfig BertConfig::read(const std::string& path) {
  std::error_code error;
  std::ifstream in(path);
  if (!std::filesystem::is_regular_file(path, error) || !in) throw Error(ExitCode::data, fmt::format("{}: there is no such file; it tells how many layers the model has, and of what width", path));
  std::ostringstream text;
  text << in.rdbuf();
  const Json config = parse_json(text.str(), path);
  const auto refuse = [&](const std::string& key, const std::string& expected) { throw Error(ExitCode::data, fmt::format("{}: {}: expected {}, found {}", path, key, expected, shown(at(config, key)))); };
  if (text_at(config, "model_type") != "bert") refuse("model_type", "\"bert\"");
  const auto whole = [&](const char* key, std::int64_t otherwise = 0) {
    const Json& number = at(config, key);
    if (number.is_null() && otherwise > 0) return otherwise;
    if (!number.is_number_integer() || number.get<std::int64_t>() < 1 || number.get<std::int64_t>() > 100'000'000) refuse(key, "a whole number from 1 to 100000000");
    return number.get<std::int64_t>();
  };
  const auto share = [&](const char* key, double otherwise) {
    const Json& number = at(config, key);
    if (number.is_null()) return otherwise;
    if (!number.is_number() || number.get<double>() < 0 || number.get<double>() >= 1) refuse(key, "a number from 0, and below 1");
    return number.get<double>();
  };
  BertConfig out{whole("vocab_size"), whole("hidden_size"), whole("num_hidden_layers"), whole("num_attention_heads"), whole("intermediate_size"), whole("max_position_embeddings"), whole("type_vocab_size", 2),
                 share("hidden_dropout_prob", 0.1), share("attention_probs_dropout_prob", 0.1), share("layer_norm_eps", 1e-12), {}};
  if (out.layers > 1000) refuse("num_hidden_layers", "at most 1000");
  if (out.width % out.heads != 0) refuse("num_attention_heads", fmt::format("a divisor of hidden_size = {}", out.width));
  const std::string function = text_at(config, "hidden_act");
  if (function == "gelu" || function == "relu" || function == "tanh") out.activation = fmt::format("\"{}\"", function);
  else if (function == "silu" || function == "swish") out.activation = "\"silu\"";
  else if (function == "gelu_new" || function == "gelu_pytorch_tanh") out.activation = "{ type = \"gelu\", approximate = true }";
  else refuse("hidden_act", "\"gelu\", \"gelu_new\", \"relu\", \"silu\" or \"tanh\"");
  if (const Json& kind = at(config, "position_embedding_type"); !kind.is_null() && kind != "absolute") refuse("position_embedding_type", "\"absolute\"");
  if (flag_at(config, "is_decoder", false)) refuse("is_decoder", "false");
  return out;
}

BertModel::BertModel(const std::string& config, const std::string& weights) : config_(BertConfig::read(config)), file_(weights) {
  for (const char* prefix : {"bert.", "model.bert."})
    if (has(std::string(prefix) + "embeddings.word_embeddings.weight")) prefix_ = prefix;
  if (!has(prefix_ + "embeddings.word_embeddings.weight")) throw Error(ExitCode::data, fmt::format("{}: expected the array \"embeddings.word_embeddings.weight\" of a BERT model, found none among {} arrays", weights, file_.entries().size()));
  heads_.pooler = has(prefix_ + "pooler.dense.weight");
  heads_.masked = has("cls.predictions.transform.dense.weight");
  heads_.next = heads_.pooler && has("cls.seq_relationship.weight");
  if (const auto classifier = file_.entries().find("classifier.weight"); classifier != file_.entries().end() && heads_.pooler && classifier->second.shape.size() == 2) heads_.classes = classifier->second.shape[0];
}

std::string BertModel::stored(const std::string& name) const {
  std::string older = name;
  if (name.ends_with("LayerNorm.weight")) older.replace(name.size() - 6, 6, "gamma");
  if (name.ends_with("LayerNorm.bias")) older.replace(name.size() - 4, 4, "beta");
  return !has(name) && has(older) ? older : name;
}

Tensor BertModel::take(const std::string& name, const Shape& shape) {
  const std::string called = stored(name);
  Tensor tensor = file_.read(called);
  if (tensor.shape() != shape) throw Error(ExitCode::data, fmt::format("{}: the array \"{}\": expected the shape {} by config.json, found {}", file_.path(), printable_line(called), to_string(shape), to_string(tensor.shape())));
  used_.push_back(called);
  return tensor;
}

void BertModel::put(const std::string& to, Tensor tensor, const Shape& shape) {
  out_.tensors.push_back({to, tensor.shape() == shape ? std::move(tensor) : with_shape(tensor, shape)});
}

void BertModel::dense(const std::string& from, const std::string& to, std::int64_t in, std::int64_t out, const Shape& kernel, const Shape& bias) {
  put(to + "/kernel", transposed(take(from + ".weight", {out, in}), kernel), kernel);
  put(to + "/bias", take(from + ".bias", {out}), bias);
}

void BertModel::norm(const std::string& from, const std::string& to) {
  put(to + "/gamma", take(from + ".weight", {config_.width}), {config_.width});
  put(to + "/beta", take(from + ".bias", {config_.width}), {config_.width});
}

void BertModel::attention(const std::string& from, const std::string& to) {
  const std::int64_t width = config_.width, heads = config_.heads, each = width / heads;
  for (const char* part : {"query", "key", "value"}) dense(fmt::format("{}.self.{}", from, part), fmt::format("{}/{}", to, part), width, width, {width, heads, each}, {heads, each});
  dense(from + ".output.dense", to + "/attention_output", width, width, {heads, each, width}, {width});
}

checkpoint::Weights BertModel::weights() {
  const BertConfig& c = config_;
  const std::string embeddings = prefix_ + "embeddings.";
  const Tensor words = take(embeddings + "word_embeddings.weight", {c.words, c.width});
  put("words/embeddings", with_shape(words, words.shape()), words.shape());
  put("segments/embeddings", take(embeddings + "token_type_embeddings.weight", {c.segments, c.width}), {c.segments, c.width});
  put("positions/embeddings", take(embeddings + "position_embeddings.weight", {c.positions, c.width}), {c.positions, c.width});
  norm(embeddings + "LayerNorm", "embedding_norm");
  for (std::int64_t i = 0; i < c.layers; ++i) {
    const std::string from = fmt::format("{}encoder.layer.{}.", prefix_, i), to = fmt::format("encoder{}_", i + 1);
    attention(from + "attention", to + "attention");
    norm(from + "attention.output.LayerNorm", to + "attention_norm");
    dense(from + "intermediate.dense", to + "wide", c.width, c.wide, {c.width, c.wide}, {c.wide});
    dense(from + "output.dense", to + "narrow", c.wide, c.width, {c.wide, c.width}, {c.width});
    norm(from + "output.LayerNorm", to + "norm");
  }
  if (heads_.pooler) dense(prefix_ + "pooler.dense", "pooler", c.width, c.width, {c.width, c.width}, {c.width});
  if (heads_.next) dense("cls.seq_relationship", "next", c.width, 2, {c.width, 2}, {2});
  if (heads_.classes > 0) dense("classifier", "classifier", c.width, heads_.classes, {c.width, heads_.classes}, {heads_.classes});
  if (heads_.masked) {
    dense("cls.predictions.transform.dense", "transform", c.width, c.width, {c.width, c.width}, {c.width});
    norm("cls.predictions.transform.LayerNorm", "transform_norm");
    put("masked/bias", take("cls.predictions.bias", {c.words}), {c.words});
    if (has("cls.predictions.decoder.bias")) take("cls.predictions.decoder.bias", {c.words});
    if (has("cls.predictions.decoder.weight") && !same_numbers(take("cls.predictions.decoder.weight", words.shape()), words))
      throw Error(ExitCode::data, fmt::format("{}: the array \"cls.predictions.decoder.weight\": expected that of the words, which the output of BERT shares, found other numbers", file_.path()));
  }
  for (const auto& [name, entry] : file_.entries())
    if (std::ranges::find(used_, name) == used_.end() && !name.ends_with("embeddings.position_ids"))
      throw Error(ExitCode::data, fmt::format("{}: the array \"{}\" has no counterpart: expected an encoder of BERT with its pooler, the head of its pre-training or a classifier of texts", file_.path(), printable_line(name)));
  return std::move(out_);
}

}  // namespace teranga::exchange
