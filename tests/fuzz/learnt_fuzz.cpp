// SPDX-License-Identifier: Apache-2.0
// What a checkpoint keeps of its data: the true bytes of a small data set are changed as the input says (four bytes a change: what, where, and a byte), and the
// data set takes them back.
#include "dataset_target.hpp"
#include "target.hpp"

namespace {

using namespace teranga::fuzz;
using Text = std::string;
using Texts = std::vector<Text>;
using Number = std::int64_t;

std::vector<DatasetCase> sound_cases() {
  const Text table = folder().write("t.csv", "size,colour,day,kind\n1.5,red,2024-01-31,cat\n2,blue,2024-02-01,dog\n3,red,2024-02-02,cat\n");
  const Text sentences = folder().write("s.txt", "the cat sat\tle chat\nthe dog ran\tle chien\n");
  const Text tags = folder().write("g.txt", "the\tDET\ncat\tNOUN\n\na\tDET\ndog\tNOUN\n\n");
  const Text picture = folder().write("p.pgm", "P5 2 2 255\nabcd"), image = folder().write("i", std::string("\0\0\x08\x02\0\0\0\2\0\0\0\2abcd", 16));
  std::filesystem::create_directories(folder() / "pictures/a");
  folder().write("pictures/a/p.pgm", "P5 2 2 255\nabcd");
  const Text sound = folder().write("s.wav", Text("RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\x08\0\0\0\1\0\2\0\3\0\4\0", 52));
  const Text transcripts = folder().write("a.tsv", "s.wav\tcab a\n");
  return {
      {"datasets_csv", "teranga.csv", {{"train", table}, {"dates", Text("split")}, {"normalize", Text("standard")}, {"missing", Text("mean")}}, {table}},
      {"datasets_text", "teranga.text", {{"train", sentences}, {"text_column", Text("1")}, {"label_column", Text("2")}, {"maxlen", Number{4}}, {"header", Text("false")}}, {sentences}},
      {"datasets_language", "teranga.language", {{"train", Texts{sentences}}, {"length", Number{4}}}, {sentences}},
      {"datasets_pairs", "teranga.pairs", {{"train", sentences}}, {sentences}},
      {"datasets_tags", "teranga.tags", {{"train", tags}}, {tags}},
      {"datasets_windows", "teranga.windows", {{"train", table}, {"columns", Texts{"size"}}, {"window", Number{2}}, {"normalize", Text("minmax")}}, {table}},
      {"datasets_idx", "teranga.idx", {{"train", Texts{image}}, {"normalize", Text("minmax")}}, {image}},
      {"datasets_images", "teranga.images", {{"folder", folder() / "pictures"}}, {picture}},
      {"datasets_audio", "teranga.audio_folder", {{"train", transcripts}, {"target_is", Text("text")}, {"normalize", Text("standard")}}, {transcripts}},
      {"datasets_text", "teranga.text", {{"train", sentences}, {"text_column", Text("1")}, {"label_column", Text("2")}, {"header", Text("false")}, {"split", Text("word_piece")}, {"standardize", Text("bert")}}, {sentences}},
  };
}

std::string changed(std::string bytes, std::string_view changes) {
  for (; changes.size() >= 4; changes.remove_prefix(4)) {
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(changes[i])); };
    const std::size_t at = (byte(1) + 256 * byte(2)) % (bytes.size() + 1);
    switch (byte(0) % 4) {
      case 0: bytes.resize(at); break;
      case 1: bytes.insert(at, 1, changes[3]); break;
      case 2: bytes.erase(at, byte(3)); break;
      default: bytes.replace(at, std::min<std::size_t>(1, bytes.size() - at), 1, changes[3]);
    }
  }
  return bytes;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<DatasetCase> cases = sound_cases();
  static std::vector<std::string> learnt;
  if (learnt.empty())
    for (const DatasetCase& one : cases) learnt.push_back(use_dataset(one));
  std::string_view input = view(data, size);
  const std::size_t which = choice(input) % cases.size();
  if (learnt[which].empty()) throw std::logic_error(cases[which].item + ": the sound data set is refused, or learns nothing");
  use_learnt(cases[which], changed(learnt[which], input));
  return 0;
}
