// SPDX-License-Identifier: Apache-2.0
// Writes the newest checkpoint of a folder anew, as a former version or a forger wrote it:
//   former_checkpoint FOLDER STATE             with STATE as what the data set learnt
//   former_checkpoint FOLDER --without LINE    its recipe without that line
//   former_checkpoint FOLDER --empty NAME      with no numbers, and those of another type, as the tensor NAME of the run or of its phases
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>

#include <cstdio>
#include <string>

using namespace teranga;

namespace {

bool remove_line(std::string& text, const std::string& line) {
  const std::size_t at = text.find("\n" + line + "\n");
  if (at != text.npos) text.erase(at, line.size() + 1);
  return at != text.npos;
}

bool make_empty(std::vector<NamedTensor>& tensors, const std::string& name) {
  for (NamedTensor& tensor : tensors)
    if (tensor.name == name) {
      tensor.tensor = Tensor(ElementType::i32, {0});
      return true;
    }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 2;
  const std::string what = argv[2];
  try {
    std::optional<checkpoint::Snapshot> snapshot = checkpoint::newest_intact(argv[1]);
    if (!snapshot) return 2;
    if (argc == 3) snapshot->data_state = what;
    else if (what == "--without" ? !remove_line(snapshot->recipe, argv[3]) : !make_empty(snapshot->run, argv[3]) && !make_empty(snapshot->phases, argv[3])) return 3;
    checkpoint::write(argv[1], *snapshot, 2);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}
