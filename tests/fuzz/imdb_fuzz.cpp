// SPDX-License-Identifier: Apache-2.0
// Keras's imdb.npz, whose texts are a pickle: the whole archive, the array with the pickle in an archive that is in order, or the word index.
#include <fmt/format.h>

#include "dataset_target.hpp"
#include "target.hpp"

namespace {

using namespace std::string_view_literals;

std::string array_of(const std::string& type, const std::string& shape, const std::string& elements) {
  const std::string head = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
  return fmt::format("\x93NUMPY\x01{}{:117}\n{}", "\0\x76\0"sv, head, elements);
}

// Two lists as NumPy pickles an object array of them.
std::string sound_lists() {
  const std::string pickle("\x80\x02" "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85" "c_codecs\nencode\nX\1\0\0\0bX\6\0\0\0latin1\x86R\x87R(K\1K\2\x85" "cnumpy\ndtype\nX\2\0\0\0O8"
                           "\x89\x88\x87R(K\3X\1\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ftb\x89](](K\1K\5e](K\7eetb."sv);
  return array_of("|O", "(2,)", pickle);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  static const std::string labels = array_of("<i8", "(2,)", std::string("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
  const auto archive = [](const std::string& lists) { return teranga::test::zip({{"x_train.npy", lists}, {"y_train.npy", labels}, {"x_test.npy", lists}, {"y_test.npy", labels}}); };
  const std::string text(input);
  const std::string bytes = (chosen & 3) == 0 ? text : (chosen & 3) == 1 ? archive(text) : (chosen & 3) == 2 ? archive(array_of("|O", "(2,)", text)) : archive(sound_lists());
  DatasetCase one{"datasets_text", "teranga.text", {{"train", folder().write("imdb.npz", bytes)}, {"maxlen", std::int64_t{8}}}};
  if ((chosen & 3) == 3) one.options["word_index"] = folder().write("index.json", text);
  if (chosen & 4) one.options["num_words"] = std::int64_t{20};
  if (chosen & 8) one.options["encoding"] = std::string("binary"), one.options.erase("maxlen");
  use_dataset(one);
  return 0;
}
