// SPDX-License-Identifier: Apache-2.0
// A data set plugin driven through the border's C calls, with a host that offers a log and uniform random numbers alone: what the reader tests stand on. Also a folder of
// files that goes away with the test.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <teranga/sdk/c/dataset.h>
#include <teranga/sdk/c/library.h>

namespace teranga::test {

// What a call reported.
struct Refused : std::runtime_error {
  explicit Refused(const trg_error& e) : std::runtime_error(e.text), code(e.code), record(e.sample), where(e.where), hint(e.hint) {}
  std::int32_t code;
  std::int64_t record;
  std::string where, hint;
};

// null is an option left out.
using Given = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>, std::vector<std::int64_t>>;
using GivenOptions = std::map<std::string, Given>;

struct FieldSeen {
  std::string name;
  std::int32_t role, type;
  std::vector<std::int64_t> shape;
  std::int64_t classes;
  std::vector<std::string> class_names;
  bool absent;
  std::vector<std::string> columns = {};
  std::vector<double> offsets = {}, scales = {};
};

// New samples, and what a training learnt.
struct NewSamples {
  std::string learnt;
  std::vector<std::string> paths;
  std::vector<std::string> texts = {};
  bool judged = false;
};

class Dataset {
 public:
  // Defaults are filled in from the plugin's own schema, as the host does. Throws Refused.
  Dataset(const std::string& library, const std::string& item, const GivenOptions& options);
  // Prepares new samples, as the host does for predictions. Throws std::logic_error where the data set cannot.
  Dataset(const std::string& library, const std::string& item, const GivenOptions& options, const NewSamples& input);
  ~Dataset();
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  std::int64_t count(std::int32_t part);  // -1: no such part
  std::vector<FieldSeen> fields();
  std::vector<std::int64_t> buckets();
  std::pair<std::int64_t, std::int64_t> blocks(std::int32_t part);  // rows and window; 0: it is held
  std::vector<std::int64_t> measure(std::int32_t part, const std::vector<std::int64_t>& samples);
  void pad_to(std::int64_t bucket) { bucket_ = bucket; }  // what fill() makes of an axis of -1
  void draw_with(std::uint64_t key, std::int64_t epoch = 1) { key_ = key, epoch_ = epoch; }  // fill() then makes batches for training; 0: no longer
  std::string fit(const std::vector<std::int64_t>& samples);
  void restore(const std::string& bytes);
  std::vector<std::pair<std::string, std::string>> knowledge(const std::string& learnt);  // what was learnt, in words

  // What it offers to those who let networks write.
  std::vector<trg_token_field> token_fields();  // whose `between` is gone: it lives during the call only
  std::vector<std::int32_t> encode(std::int32_t field, const std::string& text);
  std::string decode(std::int32_t field, const std::vector<std::int32_t>& ids);
  // The sample that it makes of these steps, `values` of T, and where the last step lies.
  template <class T>
  std::pair<std::vector<T>, std::int64_t> lay(std::int32_t field, const std::vector<std::int32_t>& ids, std::size_t values) {
    std::pair<std::vector<T>, std::int64_t> out{std::vector<T>(values), -1};
    out.second = lay_at(field, ids, out.first.data());
    return out;
  }

  // The wanted field of those samples, as T, which must be the type that is described.
  template <class T>
  std::vector<T> fill(std::int32_t part, const std::vector<std::int64_t>& samples, std::size_t field) {
    std::vector<T> out;
    fill_field(part, samples, field, sizeof(T), [&](std::size_t values) { return out.resize(values), static_cast<void*>(out.data()); });
    return out;
  }

 private:
  template <class F>
  void fill_field(std::int32_t part, const std::vector<std::int64_t>& samples, std::size_t field, std::size_t bytes, F&& memory) {
    std::vector<FieldSeen> seen = fields();
    for (FieldSeen& one : seen) std::replace(one.shape.begin(), one.shape.end(), std::int64_t{-1}, bucket_);
    std::size_t values = samples.size();
    for (const std::int64_t extent : seen.at(field).shape) values *= static_cast<std::size_t>(extent);
    fill_at(part, samples, field, seen, memory(values), bytes);
  }
  void fill_at(std::int32_t part, const std::vector<std::int64_t>& samples, std::size_t field, const std::vector<FieldSeen>& seen, void* to,
               std::size_t element_bytes);
  void lay_options(const trg_item& item, const GivenOptions& given);
  void describe();
  const trg_tokens& tokens() const;
  std::int64_t lay_at(std::int32_t field, const std::vector<std::int32_t>& ids, void* to);

  const trg_dataset_calls* calls_ = nullptr;
  void* dataset_ = nullptr;
  std::int64_t counts_[3] = {-1, -1, -1};
  std::vector<FieldSeen> fields_;
  std::vector<std::int64_t> buckets_;
  std::pair<std::int64_t, std::int64_t> blocks_[3] = {};
  std::int64_t bucket_ = -1;
  std::uint64_t key_ = 0;
  std::int64_t epoch_ = 0;
  std::deque<std::string> texts_;
  std::deque<std::vector<trg_value>> lists_;
  std::vector<trg_option> options_;
};

// A new folder under the system's temporary one, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& bytes) const;  // gives the path

 private:
  std::filesystem::path path_;
};

std::string gzip(const std::string& bytes);
// A zip archive of stored members, as np.savez writes.
std::string zip(const std::vector<std::pair<std::string, std::string>>& members);

// A folder of a Debian package, with a slash at its end: where it is installed, or where tests/run unpacks it; "" where it is neither, and that is told. Throws
// std::runtime_error where it is missing and nothing may be skipped (CI=true).
std::string debian_folder(const std::string& path, const std::string& package);

// What plugins wrote into the host's log.
std::vector<std::string>& logged();

// Runs it, expecting Refused with data at fault; gives what was said, for more checks. Throws std::logic_error where nothing was refused.
template <class F>
Refused refused(F&& call) {
  try {
    call();
  } catch (const Refused& e) {
    return e;
  }
  throw std::logic_error("nothing was refused");
}

}  // namespace teranga::test
