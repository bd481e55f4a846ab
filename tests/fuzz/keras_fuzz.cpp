// SPDX-License-Identifier: Apache-2.0
// Models of Keras: a whole .keras archive, or the JSON text of one whose other members are in order.
#include <teranga/exchange/import_keras.hpp>
#include <teranga/zip/archive.hpp>

#include <string>
#include <utility>
#include <vector>

#include "datasets/plugin_under_test.hpp"
#include "plugins.hpp"
#include "target.hpp"

namespace {

using namespace teranga;

using Members = std::vector<std::pair<std::string, std::string>>;

Members members_of(const std::string& path) {
  Members members;
  const zip::Archive archive(path);
  for (std::size_t i = 0; i < archive.entries().size(); ++i) {
    std::string bytes(archive.entries()[i].bytes, '\0');
    zip::Member member = archive.open(i);
    for (std::size_t done = 0; done < bytes.size();) done += member.read(bytes.data() + done, bytes.size() - done);
    members.emplace_back(archive.entries()[i].name, std::move(bytes));
  }
  return members;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Members sound = members_of(TERANGA_SOURCE_FOLDER "/tests/exchange/golden/small.keras");
  std::string_view input = fuzz::view(data, size);
  std::string bytes(input);
  if (input.starts_with('{')) {
    Members members = sound;
    for (auto& [name, text] : members)
      if (name == "config.json") text = bytes;
    bytes = test::zip(members);
  }
  const exchange::ImportOptions options{fuzz::folder().write("m.keras", bytes), fuzz::folder() / "m.toml", fuzz::folder() / "m.h5"};
  if (fuzz::tried({ExitCode::data}, [&] { exchange::import_keras(options, fuzz::registry()); }))
    for (const std::string& made : {options.recipe, options.weights}) std::filesystem::remove(made);
  return 0;
}
