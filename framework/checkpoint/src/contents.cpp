// SPDX-License-Identifier: Apache-2.0
#include "contents.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include <teranga/core/error.hpp>
#include <teranga/h5/walk.hpp>

#include "envelope.hpp"
#include "retention.hpp"

namespace teranga::checkpoint {
namespace {

constexpr const char* order = "order";
constexpr const char* data_state = "data_state";
constexpr const char* data_record = "data_record";

struct Section {
  const char* name;
  std::vector<NamedTensor> Snapshot::*tensors;
  std::vector<TensorView> LentTensors::*lent;
};
constexpr Section sections[] = {{"parameters", &Snapshot::parameters, &LentTensors::parameters},
                                {"slots", &Snapshot::slots, &LentTensors::slots},
                                {"states", &Snapshot::states, &LentTensors::states},
                                {"run", &Snapshot::run, &LentTensors::run},
                                {"phases", &Snapshot::phases, &LentTensors::phases}};

std::vector<TensorView> views_of(const std::vector<NamedTensor>& tensors) {
  std::vector<TensorView> views;
  views.reserve(tensors.size());
  for (const NamedTensor& named : tensors) views.push_back(view_of(named));
  return views;
}

void check_name(const std::string& name) {
  const std::string framed = "/" + name + "/";
  for (const char* bad : {"//", "/./", "/../"})
    if (framed.find(bad) != std::string::npos || name.find('\0') != std::string::npos)
      throw Error(ExitCode::failure,
                  fmt::format("checkpoint: tensor '{}': wanted a name of parts between slashes, none empty, '.' or '..'", name));
}

void write_scalar(h5::File& file, const std::string& path, std::int64_t value) { file.write(path, h5::Type::i64, {}, &value); }

std::int64_t read_scalar(const h5::File& file, const std::string& path) {
  std::int64_t value = 0;
  file.read(path, h5::Type::i64, &value, sizeof value);
  return value;
}

void write_bytes(h5::File& file, const std::string& path, const std::string& bytes) {
  file.write(path, h5::Type::u8, {static_cast<std::int64_t>(bytes.size())}, bytes.data());
}

std::string read_bytes(const h5::File& file, h5::Walk& walk, const std::string& path) {
  const h5::Child child = file.describe(path);
  if (child.shape.size() != 1 || child.type != h5::Type::u8) throw Error(ExitCode::data, fmt::format("{}: '{}': wanted a row of bytes", file.name(), path));
  walk.meet(path, child);
  const Tensor bytes = read_tensor(file, path, child);
  return {static_cast<const char*>(bytes.data()), bytes.bytes()};
}

void write_section(h5::File& file, const std::string& group, const std::vector<TensorView>& tensors) {
  file.make_group(group);
  std::int64_t place = 0;
  for (const TensorView& tensor : tensors) {
    check_name(tensor.name);
    const std::string path = group + "/" + tensor.name;
    write_tensor(file, path, tensor);
    file.set_attribute(path, order, place++);
  }
}

struct Placed {
  std::int64_t place;
  NamedTensor named;
};

void collect(const h5::File& file, h5::Walk& walk, const std::string& group, const std::string& prefix, std::vector<Placed>* to) {
  for (const h5::Child& child : file.list(group)) {
    const std::string path = group + "/" + child.name;
    walk.meet(path, child);
    if (child.kind == h5::Kind::group) {
      collect(file, walk, path, prefix + child.name + "/", to);
      continue;
    }
    const h5::Attribute place = file.attribute(path, order);
    if (!std::holds_alternative<std::int64_t>(place))
      throw Error(ExitCode::data, fmt::format("{}: '{}': wanted a whole number as its attribute '{}'", file.name(), path, order));
    to->push_back({std::get<std::int64_t>(place), {prefix + child.name, read_tensor(file, path, child)}});
  }
}

std::vector<NamedTensor> read_section(const h5::File& file, h5::Walk& walk, const std::string& group) {
  std::vector<Placed> placed;
  collect(file, walk, group, {}, &placed);
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.place < b.place; });
  std::vector<NamedTensor> tensors;
  tensors.reserve(placed.size());
  for (Placed& one : placed) tensors.push_back(std::move(one.named));
  return tensors;
}

std::string text_attribute(const h5::File& file, const std::string& object, const std::string& name) {
  const h5::Attribute value = file.attribute(object, name);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  throw Error(ExitCode::data, fmt::format("{}: '{}': wanted text as its attribute '{}', found a number", file.name(), object, name));
}

void read_plugins(const h5::File& file, Snapshot* snapshot) {
  for (const h5::Child& child : file.list("plugins")) {
    const std::string path = "plugins/" + child.name;
    snapshot->plugins.push_back(
        {text_attribute(file, path, "name"), text_attribute(file, path, "version"), text_attribute(file, path, "hash")});
  }
}

void read_ranks(const h5::File& file, h5::Walk& walk, Snapshot* snapshot) {
  for (const h5::Child& child : file.list("ranks")) {
    const std::string path = "ranks/" + child.name;
    walk.meet(path, child);
    const h5::Attribute rank = file.attribute(path, "rank");
    if (!std::holds_alternative<std::int64_t>(rank))
      throw Error(ExitCode::data, fmt::format("{}: '{}': wanted a whole number as its attribute 'rank'", file.name(), path));
    snapshot->rank_states.push_back({static_cast<int>(std::get<std::int64_t>(rank)), read_section(file, walk, path)});
  }
}

// No training counts so.
void check_counters(const h5::File& file, const Snapshot& snapshot) {
  for (const auto& [name, value] : {std::pair{"step", snapshot.step}, {"epoch", snapshot.epoch}, {"sample", snapshot.sample}})
    if (value < 0 || value >= steps_that_fit) throw Error(ExitCode::data, fmt::format("{}: damaged: its {} is {}, expected 0 to {}", file.name(), name, value, steps_that_fit - 1));
}

}  // namespace

std::size_t LentTensors::bytes() const {
  std::size_t sum = 0;
  for (const Section& section : sections)
    for (const TensorView& tensor : this->*section.lent) sum += tensor.bytes();
  return sum;
}

void write_tensor(h5::File& file, const std::string& path, const TensorView& tensor) {
  if (tensor.data == nullptr && tensor.bytes() > 0)  // a Tensor that was never given a shape
    throw Error(ExitCode::failure, fmt::format("checkpoint: tensor '{}' has no value", path));
  file.write_lent(path, static_cast<h5::Type>(tensor.type), tensor.shape, tensor.data);
}

Tensor read_tensor(const h5::File& file, const std::string& path, const h5::Child& child) {
  Tensor tensor(static_cast<ElementType>(child.type), child.shape);
  file.read(path, child.type, tensor.data(), tensor.bytes());
  return tensor;
}

h5::File to_file(const Snapshot& snapshot) {
  LentTensors own;
  for (const Section& section : sections) own.*section.lent = views_of(snapshot.*section.tensors);
  return to_file(snapshot, own);
}

h5::File to_file(const Snapshot& snapshot, const LentTensors& tensors) {
  h5::File file = h5::File::create_image("checkpoint", envelope_size);
  write_scalar(file, "progress/step", snapshot.step);
  write_scalar(file, "progress/epoch", snapshot.epoch);
  write_scalar(file, "progress/sample", snapshot.sample);
  write_scalar(file, "progress/seed", std::bit_cast<std::int64_t>(snapshot.seed));
  for (const Section& section : sections) write_section(file, section.name, tensors.*section.lent);
  file.make_group("ranks");
  for (std::size_t index = 0; index < snapshot.rank_states.size(); ++index) {
    const std::string group = fmt::format("ranks/{:08}", index);
    write_section(file, group, views_of(snapshot.rank_states[index].tensors));
    file.set_attribute(group, "rank", std::int64_t{snapshot.rank_states[index].rank});
  }
  write_bytes(file, data_state, snapshot.data_state);
  write_bytes(file, data_record, snapshot.data_record);
  file.set_attribute("/", "recipe", snapshot.recipe);
  file.make_group("plugins");
  for (std::size_t index = 0; index < snapshot.plugins.size(); ++index) {
    const std::string group = fmt::format("plugins/{:08}", index);
    const PluginIdentity& plugin = snapshot.plugins[index];
    file.make_group(group);
    file.set_attribute(group, "name", plugin.name);
    file.set_attribute(group, "version", plugin.version);
    file.set_attribute(group, "hash", plugin.hash);
  }
  file.make_group("provenance");
  for (const auto& [name, value] : snapshot.provenance) file.set_attribute("provenance", name, value);
  return file;
}

Snapshot from_file(const h5::File& file) {
  Snapshot snapshot;
  h5::Walk walk(file, h5::Walk::Packed::refused);
  snapshot.step = read_scalar(file, "progress/step");
  snapshot.epoch = read_scalar(file, "progress/epoch");
  snapshot.sample = read_scalar(file, "progress/sample");
  snapshot.seed = std::bit_cast<std::uint64_t>(read_scalar(file, "progress/seed"));
  check_counters(file, snapshot);
  for (const Section& section : sections) snapshot.*section.tensors = read_section(file, walk, section.name);
  read_ranks(file, walk, &snapshot);
  snapshot.data_state = read_bytes(file, walk, data_state);
  if (file.has(data_record)) snapshot.data_record = read_bytes(file, walk, data_record);
  snapshot.recipe = text_attribute(file, "/", "recipe");
  read_plugins(file, &snapshot);
  for (const h5::NamedAttribute& attribute : file.attributes("provenance"))
    if (const auto* text = std::get_if<std::string>(&attribute.value)) snapshot.provenance.emplace_back(attribute.name, *text);
  file.end_reading();
  return snapshot;
}

Heading heading_of(const h5::File& file) {
  Heading heading{read_scalar(file, "progress/step"), read_scalar(file, "progress/epoch"), {}};
  if (file.has_attribute("provenance", "time")) heading.time = text_attribute(file, "provenance", "time");
  return heading;
}

}  // namespace teranga::checkpoint
