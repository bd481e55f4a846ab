// SPDX-License-Identifier: Apache-2.0
// The data set `random`: samples drawn anew wherever they are asked for, so that a network can be timed or tried at any shape without a file. Sample i of
// a part depends on the seed and on i alone; there is nothing to learn in it.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {
namespace {

// 2^24: a uniform draw has so many values, and more ids than that would never all come.
constexpr std::int64_t most_ids = 1 << 24;

class RandomDataset {
 public:
  static sdk::Info info() {
    return {.name = "teranga.random",
            .summary = "random samples of any shape, to time or try a network without a file",
            .options = {sdk::integer("samples", 1024).in(1, 1e12).says("number of samples of the training part"), sdk::integer("validation_samples", 0).in(0, 1e12).says("number of samples of the validation part; 0: there is none"),
                        sdk::integer("test_samples", 0).in(0, 1e12).says("number of samples of the test part; 0: there is none"),
                        sdk::integers("shape").or_one().items(1, 7).says("shape of the feature \"x\" of one sample"),
                        sdk::text("values", "normal").choices({"normal", "uniform", "ids"}).says("normal: f32 of mean 0 and deviation 1; uniform: f32 from minimum to maximum; ids: i32 from 0 to ids - 1"),
                        sdk::real("minimum", 0.0).says("least value of uniform features"), sdk::real("maximum", 1.0).says("bound of uniform features"),
                        sdk::integer("ids", 0).in(0, most_ids).says("number of ids, where values = \"ids\""),
                        sdk::integers("noise", {}).or_one().items(0, 7).says("shape of a second feature, \"noise\", f32 of mean 0 and deviation 1; left out: there is none"),
                        sdk::text("target", "classes").choices({"classes", "normal", "uniform", "none"}).says("the target \"y\": classes: i32 from 0 to classes - 1; normal and uniform (0 to 1): f32; none: there is no target"),
                        sdk::integer("classes", 2).in(1, most_ids).says("number of classes"),
                        sdk::integers("target_shape", {}).or_one().items(0, 7).says("shape of the target of one sample; left out: a single value"),
                        sdk::integer("seed", 1).in(0, 9e15).says("seed of the random numbers; another one gives other samples")}};
  }

  explicit RandomDataset(const sdk::Options& options)
      : counts_{options.integer("samples"), options.integer("validation_samples"), options.integer("test_samples")}, seed_(static_cast<std::uint64_t>(options.integer("seed"))) {
    const std::string values = options.text("values"), target = options.text("target");
    const std::int64_t ids = options.integer("ids"), classes = options.integer("classes");
    const double minimum = options.real("minimum"), maximum = options.real("maximum");
    if (values == "ids" && ids == 0) throw sdk::OptionError("ids", "values = \"ids\" needs the number of ids", "ids = 10000");
    if (values != "ids" && ids != 0) throw sdk::OptionError("ids", "goes with values = \"ids\" only, found values = \"" + values + "\"", "values = \"ids\"");
    if (minimum >= maximum) throw sdk::OptionError("maximum", "must be above minimum", "maximum = 1.0");
    add({"x", TRG_FEATURE, TRG_F32, {}}, values, shape(options, "shape"), ids, minimum, maximum);
    if (const auto noise = shape(options, "noise"); !noise.empty()) add({"noise", TRG_FEATURE, TRG_F32, {}}, "normal", noise, 0, 0, 1);
    if (target != "none") add({"y", TRG_TARGET, TRG_F32, {}}, target, shape(options, "target_shape"), classes, 0, 1);
  }

  void describe(sdk::Description& description) const {
    for (std::int32_t part = 0; part < 3; ++part)
      if (counts_[static_cast<std::size_t>(part)] > 0) description.count(part, counts_[static_cast<std::size_t>(part)]);
    for (const Column& column : columns_) description.field(column.field);
  }

  void fill(const sdk::Batch& batch) const {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (!batch.wanted(static_cast<int>(c))) continue;
      const std::uint64_t key = (seed_ + 1) * 0x9e3779b97f4a7c15u ^ static_cast<std::uint64_t>(batch.part()) << 8 ^ static_cast<std::uint64_t>(c);
      for (std::int64_t r = 0; r < batch.rows(); ++r) columns_[c].draw({key, static_cast<std::uint64_t>(batch.sample(r))}, batch.call.fields[c].data, r);
    }
  }

 private:
  struct Column {
    sdk::Field field;
    bool normal = false;
    std::int64_t elements = 1, ids = 0;  // of a sample; ids 0: real numbers
    float minimum = 0, width = 1;

    // Row `row` of the array at `to`.
    void draw(trg_stream stream, void* to, std::int64_t row) const {
      if (ids > 0) {
        std::vector<float> draws(static_cast<std::size_t>(elements));
        sdk::host().uniform(stream, 0, elements, TRG_F32, draws.data());
        auto* out = static_cast<std::int32_t*>(to) + row * elements;
        std::ranges::transform(draws, out, [this](float u) { return static_cast<std::int32_t>(static_cast<double>(u) * static_cast<double>(ids)); });
        return;
      }
      float* out = static_cast<float*>(to) + row * elements;
      if (normal) return sdk::host().normal(stream, 0, elements, TRG_F32, out);
      sdk::host().uniform(stream, 0, elements, TRG_F32, out);
      for (std::int64_t i = 0; i < elements; ++i) out[i] = minimum + out[i] * width;
    }
  };

  static std::vector<std::int64_t> shape(const sdk::Options& options, const char* name) {
    constexpr std::int64_t most = std::int64_t{1} << 40;
    std::vector<std::int64_t> out = options.integers(name);
    std::int64_t elements = 1;
    for (const std::int64_t extent : out) {
      if (extent < 1) throw sdk::OptionError(name, "an extent must be 1 or more, found " + std::to_string(extent));
      if (extent > most / elements) throw sdk::OptionError(name, "a sample of more than 2^40 numbers is beyond all memory");
      elements *= extent;
    }
    return out;
  }

  void add(sdk::Field field, const std::string& values, const std::vector<std::int64_t>& shape, std::int64_t ids, double minimum, double maximum) {
    Column column{std::move(field), values == "normal"};
    column.field.shape = shape;
    for (const std::int64_t extent : shape) column.elements *= extent;
    column.minimum = static_cast<float>(minimum);
    column.width = static_cast<float>(maximum - minimum);
    if (values == "ids" || values == "classes") {
      column.field.type = TRG_I32;
      column.ids = ids;
      column.field.classes = ids;
    }
    columns_.push_back(std::move(column));
  }

  std::array<std::int64_t, 3> counts_;
  std::uint64_t seed_;
  std::vector<Column> columns_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::RandomDataset>())
