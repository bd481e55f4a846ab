// SPDX-License-Identifier: Apache-2.0
// The smallest host that can carry a data set.
#include "plugin_under_test.hpp"

#include <dlfcn.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace teranga::test {

namespace {

trg_error fresh_error() {
  trg_error error{};
  error.size = sizeof(error);
  error.sample = -1;
  return error;
}

void check(std::int32_t status, const trg_error& error) {
  if (status != TRG_OK) throw Refused(error);
}

// Not those of the true host, but as good: each is a hash of the key, the row and its number.
void uniform(trg_stream stream, std::uint64_t first, std::int64_t count, std::int32_t type, void* out) {
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint64_t z = stream.key;
    for (const std::uint64_t more : {stream.row, first + static_cast<std::uint64_t>(i)}) {
      z += 0x9e3779b97f4a7c15u * (more + 1);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      z ^= z >> 31;
    }
    const double draw = static_cast<double>(z >> 40) / 16777216.0;
    if (type == TRG_F64) static_cast<double*>(out)[i] = draw;
    else static_cast<float*>(out)[i] = static_cast<float>(draw);
  }
}

const trg_library& open(const std::string& name) {
  static std::map<std::string, const trg_library*> opened;
  if (const trg_library*& library = opened[name]; library) return *library;
  const std::string path = std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins/" + name + ".so";
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw std::runtime_error(dlerror());
  const auto entry = reinterpret_cast<trg_open_library>(dlsym(handle, TRG_OPEN_LIBRARY_SYMBOL));
  static trg_host host{};
  host.size = sizeof(host);
  host.border_major = TRG_BORDER_MAJOR;
  host.border_minor = TRG_BORDER_MINOR;
  host.uniform = uniform;
  host.log = [](std::int32_t, const char* text) { logged().emplace_back(text); };
  return *(opened[name] = entry(&host));
}

const trg_item& item_of(const std::string& library, const std::string& item) {
  const trg_library& plugin = open(library);
  for (std::size_t i = 0; i < plugin.item_count; ++i)
    if (plugin.items[i].name == item && plugin.items[i].kind == TRG_DATASET) return plugin.items[i];
  throw std::runtime_error(library + " has no data set " + item);
}

const trg_new_samples& new_samples_of(const trg_dataset_calls& calls) {
  const void* found = calls.extension ? calls.extension(TRG_NEW_SAMPLES) : nullptr;
  if (!found) throw std::logic_error("it prepares no new samples");
  return *static_cast<const trg_new_samples*>(found);
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const std::string& text : texts) out.push_back(text.c_str());
  return out;
}

}  // namespace

Dataset::Dataset(const std::string& library, const std::string& item, const GivenOptions& given) {
  lay_options(item_of(library, item), given);
  const trg_options options{sizeof(trg_options), options_.size(), options_.data()};
  trg_error error = fresh_error();
  check(calls_->create(&options, &dataset_, &error), error);
}

Dataset::Dataset(const std::string& library, const std::string& item, const GivenOptions& given, const NewSamples& input) {
  lay_options(item_of(library, item), given);
  const trg_options options{sizeof(trg_options), options_.size(), options_.data()};
  const std::vector<const char*> paths = pointers(input.paths), texts = pointers(input.texts);
  const trg_new_input native{sizeof(native), paths.data(), static_cast<std::int64_t>(paths.size()), texts.data(), static_cast<std::int64_t>(texts.size()), input.judged, 0};
  trg_error error = fresh_error();
  check(new_samples_of(*calls_).open(&options, input.learnt.data(), input.learnt.size(), &native, &dataset_, &error), error);
}

void Dataset::lay_options(const trg_item& found, const GivenOptions& given) {
  const std::string item = found.name;
  calls_ = static_cast<const trg_dataset_calls*>(found.calls);
  std::size_t known = 0;
  for (std::size_t i = 0; i < found.option_count; ++i) {
    const trg_option_spec& spec = found.options[i];
    trg_option option{spec.name, spec.default_value};
    if (const auto at = given.find(spec.name); at != given.end()) {
      ++known;
      trg_value value{};
      if (const auto* b = std::get_if<bool>(&at->second)) value.kind = TRG_BOOLEAN, value.integer = *b;
      if (const auto* n = std::get_if<std::int64_t>(&at->second)) value.kind = TRG_INTEGER, value.integer = *n, value.real = static_cast<double>(*n);
      if (const auto* r = std::get_if<double>(&at->second)) value.kind = TRG_REAL, value.real = *r;
      if (const auto* t = std::get_if<std::string>(&at->second)) value.kind = TRG_TEXT, value.text = texts_.emplace_back(*t).c_str();
      auto list = [&](const auto& items, auto&& convert) {
        std::vector<trg_value>& values = lists_.emplace_back();
        for (const auto& one : items) values.push_back(convert(one));
        value.kind = TRG_LIST, value.items = values.data(), value.count = static_cast<std::int32_t>(values.size());
      };
      if (const auto* texts = std::get_if<std::vector<std::string>>(&at->second))
        list(*texts, [&](const std::string& text) {
          trg_value v{};
          v.kind = TRG_TEXT, v.text = texts_.emplace_back(text).c_str();
          return v;
        });
      if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&at->second))
        list(*numbers, [&](std::int64_t n) {
          trg_value v{};
          v.kind = TRG_INTEGER, v.integer = n, v.real = static_cast<double>(n);
          return v;
        });
      option.value = value;
    } else if (spec.flags & TRG_REQUIRED) {
      throw std::runtime_error(item + " needs the option " + spec.name);
    }
    options_.push_back(option);
  }
  if (known != given.size()) throw std::runtime_error(item + " was given an option that it does not declare");
}

Dataset::~Dataset() {
  if (dataset_) calls_->destroy(dataset_);
}

void Dataset::describe() {
  for (std::int64_t& count : counts_) count = -1;
  for (auto& blocks : blocks_) blocks = {};
  fields_.clear(), buckets_.clear();
  trg_data_answer answer{};
  answer.size = sizeof(answer);
  answer.context = this;
  answer.count = [](void* self, std::int32_t part, std::int64_t samples) { static_cast<Dataset*>(self)->counts_[part] = samples; };
  answer.field = [](void* self, const trg_field* field) {
    FieldSeen seen{field->name, field->role, field->type, {field->shape, field->shape + field->rank}, field->classes, {}, (field->flags & TRG_ABSENT) != 0};
    for (std::int64_t i = 0; field->class_names && i < field->classes; ++i) seen.class_names.emplace_back(field->class_names[i]);
    for (std::int64_t i = 0; i < field->column_count; ++i) seen.columns.emplace_back(field->columns[i]);
    const std::int64_t units = !field->scales ? 0 : field->rank == 0 ? 1 : field->shape[field->rank - 1];
    if (units > 0) seen.offsets.assign(field->offsets, field->offsets + units), seen.scales.assign(field->scales, field->scales + units);
    static_cast<Dataset*>(self)->fields_.push_back(seen);
  };
  answer.bucket = [](void* self, std::int64_t length) { static_cast<Dataset*>(self)->buckets_.push_back(length); };
  answer.blocks = [](void* self, std::int32_t part, std::int64_t rows, std::int64_t window) { static_cast<Dataset*>(self)->blocks_[part] = {rows, window}; };
  trg_error error = fresh_error();
  check(calls_->describe(dataset_, &answer, &error), error);
}

std::int64_t Dataset::count(std::int32_t part) { return describe(), counts_[part]; }
std::vector<FieldSeen> Dataset::fields() { return describe(), fields_; }
std::vector<std::int64_t> Dataset::buckets() { return describe(), buckets_; }
std::pair<std::int64_t, std::int64_t> Dataset::blocks(std::int32_t part) { return describe(), blocks_[part]; }

std::vector<std::int64_t> Dataset::measure(std::int32_t part, const std::vector<std::int64_t>& samples) {
  std::vector<std::int64_t> lengths(samples.size(), -1);
  trg_error error = fresh_error();
  check(calls_->measure(dataset_, part, samples.data(), static_cast<std::int64_t>(samples.size()), lengths.data(), &error), error);
  return lengths;
}

std::string Dataset::fit(const std::vector<std::int64_t>& samples) {
  std::string bytes;
  trg_data_answer answer{};
  answer.size = sizeof(answer);
  answer.context = &bytes;
  answer.bytes = [](void* to, const void* data, std::size_t size) { static_cast<std::string*>(to)->assign(static_cast<const char*>(data), size); };
  trg_error error = fresh_error();
  check(calls_->fit(dataset_, samples.data(), static_cast<std::int64_t>(samples.size()), &answer, &error), error);
  return bytes;
}

void Dataset::restore(const std::string& bytes) {
  trg_error error = fresh_error();
  check(calls_->restore(dataset_, bytes.data(), bytes.size(), &error), error);
}

std::vector<std::pair<std::string, std::string>> Dataset::knowledge(const std::string& learnt) {
  std::vector<std::pair<std::string, std::string>> out;
  if (!new_samples_of(*calls_).knowledge) return out;
  trg_error error = fresh_error();
  const auto take = [](void* to, const char* name, const char* text) { static_cast<std::vector<std::pair<std::string, std::string>>*>(to)->emplace_back(name, text); };
  check(new_samples_of(*calls_).knowledge(dataset_, learnt.data(), learnt.size(), &out, take, &error), error);
  return out;
}

const trg_tokens& Dataset::tokens() const { return *static_cast<const trg_tokens*>(calls_->extension(TRG_TOKENS)); }

std::vector<trg_token_field> Dataset::token_fields() {
  std::vector<trg_token_field> out;
  trg_error error = fresh_error();
  const auto take = [](void* to, const trg_token_field* field) {
    static_cast<std::vector<trg_token_field>*>(to)->push_back(*field);
    static_cast<std::vector<trg_token_field>*>(to)->back().between = nullptr;
  };
  check(tokens().describe(dataset_, &out, take, &error), error);
  return out;
}

std::vector<std::int32_t> Dataset::encode(std::int32_t field, const std::string& text) {
  std::vector<std::int32_t> out;
  trg_error error = fresh_error();
  const auto take = [](void* to, const std::int32_t* ids, std::size_t count) { static_cast<std::vector<std::int32_t>*>(to)->assign(ids, ids + count); };
  check(tokens().encode(dataset_, field, text.data(), text.size(), &out, take, &error), error);
  return out;
}

std::string Dataset::decode(std::int32_t field, const std::vector<std::int32_t>& ids) {
  std::string out;
  trg_error error = fresh_error();
  const auto take = [](void* to, const char* text, std::size_t size) { static_cast<std::string*>(to)->assign(text, size); };
  check(tokens().decode(dataset_, field, ids.data(), ids.size(), &out, take, &error), error);
  return out;
}

std::int64_t Dataset::lay_at(std::int32_t field, const std::vector<std::int32_t>& ids, void* to) {
  std::int64_t last = -1;
  trg_error error = fresh_error();
  check(tokens().lay(dataset_, field, ids.data(), ids.size(), to, &last, &error), error);
  return last;
}

void Dataset::fill_at(std::int32_t part, const std::vector<std::int64_t>& samples, std::size_t field, const std::vector<FieldSeen>& seen, void* to,
                      std::size_t element_bytes) {
  constexpr std::size_t bytes_of[] = {4, 8, 4, 8, 1};
  if (bytes_of[seen[field].type] != element_bytes) throw std::logic_error("the field has another element type");
  std::vector<std::vector<std::int64_t>> shapes;
  for (const FieldSeen& one : seen) {
    shapes.push_back(one.shape);
    shapes.back().insert(shapes.back().begin(), static_cast<std::int64_t>(samples.size()));
  }
  std::vector<trg_tensor> tensors;
  for (std::size_t i = 0; i < seen.size(); ++i)
    tensors.push_back({i == field ? to : nullptr, shapes[i].data(), static_cast<std::int32_t>(shapes[i].size()), seen[i].type});
  const trg_fill_batch batch{sizeof(trg_fill_batch), part, 0, static_cast<std::int64_t>(samples.size()), samples.data(), tensors.data(), key_, epoch_};
  trg_error error = fresh_error();
  check(calls_->fill(dataset_, &batch, &error), error);
}

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "teranga-datasets-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& bytes) const {
  const std::string path = *this / name;
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

std::string zip(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string bytes, directory;
  const auto number = [](std::string& to, std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) to += static_cast<char>(value >> 8 * i & 0xff);
  };
  for (const auto& [name, data] : members) {
    std::string facts;
    number(facts, 20, 2), number(facts, 0, 2), number(facts, 0, 2), number(facts, 0, 4);
    number(facts, crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())), 4);
    number(facts, data.size(), 4), number(facts, data.size(), 4), number(facts, name.size(), 2), number(facts, 0, 2);
    number(directory, 0x02014b50, 4), number(directory, 20, 2);
    directory += facts;
    number(directory, 0, 2), number(directory, 0, 2), number(directory, 0, 2), number(directory, 0, 4), number(directory, bytes.size(), 4);
    directory += name;
    number(bytes, 0x04034b50, 4);
    bytes += facts + name + data;
  }
  const std::size_t begin = bytes.size();
  bytes += directory;
  number(bytes, 0x06054b50, 4), number(bytes, 0, 4), number(bytes, members.size(), 2), number(bytes, members.size(), 2);
  number(bytes, directory.size(), 4), number(bytes, begin, 4), number(bytes, 0, 2);
  return bytes;
}

std::string debian_folder(const std::string& path, const std::string& package) {
  for (const std::string& root : {std::string("/"), std::string(TERANGA_SOURCE_FOLDER) + "/build/debian-data/"})
    if (std::filesystem::exists(root + path)) return root + path + "/";
  const std::string told = "nothing is there of " + package + ": tests/run fetches it, or: apt-get install --no-install-recommends " + package;
  if (const char* ci = std::getenv("CI"); ci && std::string(ci) == "true") throw std::runtime_error(told);
  std::cout << "SKIPPED: " << told << std::endl;
  return "";
}

std::vector<std::string>& logged() {
  static std::vector<std::string> texts;
  return texts;
}

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace teranga::test
