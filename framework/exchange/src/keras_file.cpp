// SPDX-License-Identifier: Apache-2.0
#include "keras_file.hpp"

#include <teranga/checkpoint/foreign_file.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/zip/archive.hpp>

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace teranga::exchange {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t most_config_bytes = std::uint64_t{16} << 20;
constexpr std::uint64_t most_growth = 200;  // of weights that an archive holds packed: Keras stores them as they are
constexpr const char* config_name = "config.json";
constexpr const char* weights_name = "model.weights.h5";

// A file without a name, which goes with this object.
class Nameless {
 public:
  Nameless() {
    std::error_code error;
    const fs::path folder = fs::temp_directory_path(error);
    std::string path = ((error ? fs::path("/tmp") : folder) / "teranga-weights-XXXXXX").string();
    descriptor_ = ::mkstemp(path.data());
    if (descriptor_ >= 0) ::unlink(path.c_str());
    else throw Error(ExitCode::failure, fmt::format("cannot keep the weights in {}, the folder of temporary files (TMPDIR)", fs::path(path).parent_path().string()));
  }
  ~Nameless() { ::close(descriptor_); }
  Nameless(const Nameless&) = delete;
  Nameless& operator=(const Nameless&) = delete;

  int descriptor() const noexcept { return descriptor_; }
  void add(const char* from, std::size_t bytes) {
    while (bytes > 0) {
      const ssize_t done = ::write(descriptor_, from, bytes);
      if (done <= 0) throw Error(ExitCode::failure, "cannot keep the weights in the folder of temporary files (TMPDIR): it is full");
      from += done, bytes -= static_cast<std::size_t>(done);
    }
  }

 private:
  int descriptor_ = -1;
};

class KerasArchive {
 public:
  explicit KerasArchive(const std::string& path) : path_(path), archive_(opened(path)) {
    for (const zip::Entry& entry : archive_.entries()) check(entry);
    if (const auto name = archive_.double_name()) throw Error(ExitCode::data, fmt::format("{}: holds two members of the name \"{}\"", path_, printable_line(*name)));
  }

  bool has(const std::string& name) const { return find(name) < archive_.entries().size(); }

  std::string text(const std::string& name) const {
    const std::size_t entry = need(name);
    const std::uint64_t bytes = archive_.entries()[entry].bytes;
    if (bytes > most_config_bytes) throw Error(ExitCode::data, fmt::format("{}:{}: expected at most {} bytes, found {}", path_, name, most_config_bytes, bytes));
    std::string out;
    read(entry, [&](const char* from, std::size_t count) { out.append(from, count); });
    return out;
  }

  void unpack(const std::string& name, Nameless& into) const {
    const std::size_t number = need(name);
    const zip::Entry& entry = archive_.entries()[number];
    if (entry.method != 0 && entry.bytes / most_growth > entry.packed)
      throw Error(ExitCode::data, fmt::format("{}:{}: {} bytes would become {}: no weights are so much alike", path_, name, entry.packed, entry.bytes));
    read(number, [&](const char* from, std::size_t count) { into.add(from, count); });
  }

 private:
  static zip::Archive opened(const std::string& path) {
    try {
      return zip::Archive(path);
    } catch (const zip::Damage& damage) {
      throw Error(ExitCode::data, fmt::format("{}: the archive is truncated or damaged: {}", path, damage.what));
    }
  }

  // A path that leads out of the archive is in no file that Keras wrote.
  void check(const zip::Entry& entry) const {
    const fs::path name(entry.name);
    if (name.is_absolute() || entry.name.find('\\') != entry.name.npos || std::find(name.begin(), name.end(), fs::path("..")) != name.end())
      throw Error(ExitCode::data, fmt::format("{}: the name of a member leads out of the archive: \"{}\"", path_, printable_line(entry.name)));
  }

  std::size_t find(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::find(archive_.entries(), name, &zip::Entry::name) - archive_.entries().begin());
  }

  std::size_t need(const std::string& name) const {
    const std::size_t at = find(name);
    if (at == archive_.entries().size()) throw Error(ExitCode::data, fmt::format("{}: expected a model of Keras, which has a member \"{}\", found none", path_, name));
    const zip::Entry& entry = archive_.entries()[at];
    if (!entry.readable()) throw Error(ExitCode::data, fmt::format("{}:{}: expected a stored or deflated member, found {}", path_, name, entry.encrypted ? "an encrypted one" : fmt::format("packing method {}", entry.method)));
    if (!entry.possible()) throw Error(ExitCode::data, fmt::format("{}:{}: cannot be as long as it claims: {} bytes of {}", path_, name, entry.bytes, entry.packed));
    return at;
  }

  template <class F>
  void read(std::size_t entry, F&& take) const {
    const zip::Entry& of = archive_.entries()[entry];
    try {
      zip::Member member = archive_.open(entry);
      std::vector<char> piece(std::size_t{1} << 18);
      std::uint64_t done = 0;
      while (const std::size_t count = member.read(piece.data(), piece.size())) {
        done += count;
        if (done > of.bytes) throw zip::Damage{"it is longer than it claims"};
        take(piece.data(), count);
      }
      if (done != of.bytes) throw zip::Damage{"it is shorter than it claims"};
    } catch (const zip::Damage& damage) {
      throw Error(ExitCode::data, fmt::format("{}:{}: is damaged: {}", path_, of.name, damage.what));
    }
  }

  std::string path_;
  zip::Archive archive_;
};

KerasFile from_archive(const std::string& path) {
  const KerasArchive archive(path);
  KerasFile out;
  out.path = path;
  out.model = parse_json(archive.text(config_name), path + ":" + config_name);
  if (archive.has("metadata.json")) out.version = text_at(parse_json(archive.text("metadata.json"), path + ":metadata.json"), "keras_version");
  out.training = at(out.model, "compile_config");
  Nameless weights;
  archive.unpack(weights_name, weights);
  out.weights = checkpoint::read_keras_weights(weights.descriptor(), path + ":" + weights_name);
  return out;
}

KerasFile from_hdf5(const std::string& path) {
  checkpoint::KerasModelFile file = checkpoint::read_keras_model_file(path);
  if (file.config.empty())
    throw Error(ExitCode::data, fmt::format("{}: expected a whole model of Keras, found weights alone or other data", path), fmt::format("where it holds weights: teranga train RECIPE.toml --init-weights {}, with a recipe of the same layers", shell_word(path)));
  KerasFile out;
  out.path = path;
  out.version = file.version;
  out.model = parse_json(file.config, path + ": model_config");
  if (!file.training.empty()) out.training = parse_json(file.training, path + ": training_config");
  out.weights = std::move(file.weights);
  return out;
}

}  // namespace

KerasFile read_keras_model(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) throw Error(ExitCode::data, fmt::format("{}: expected a file that Keras saved a model in (.keras or .h5), found a folder", path), "in Keras 3: model.save(\"model.keras\")");
  if (!fs::is_regular_file(path, error)) throw Error(ExitCode::data, fmt::format("{}: there is no such file", path), fmt::format("look with: ls -l {}", shell_word(fs::absolute(path, error).parent_path().string())));
  return checkpoint::is_hdf5(path) ? from_hdf5(path) : from_archive(path);
}

}  // namespace teranga::exchange
