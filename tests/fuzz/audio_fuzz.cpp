// SPDX-License-Identifier: Apache-2.0
// Sounds: the same bytes as a file of each of two classes, under the ending of a WAV, a FLAC or an Ogg file.
#include <fmt/format.h>

#include "dataset_target.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  const char* const endings[] = {"wav", "ogg", "flac", "oga"};
  const Folder sounds;
  std::vector<std::string> paths;
  for (const char* of_class : {"a", "b"}) {
    std::filesystem::create_directory(sounds / of_class);
    paths.push_back(sounds.write(fmt::format("{}/s.{}", of_class, endings[chosen & 3]), input));
  }
  DatasetCase one{"datasets_audio", "teranga.audio_folder", {{"train", sounds / ""}, {"memory", std::int64_t{16}}}, paths};
  if (chosen & 4) one.options["features"] = std::string("wave");
  if (chosen & 8) one.options["sample_rate"] = std::int64_t{6000};
  if (chosen & 16) one.options["features"] = std::string("mfcc"), one.options["normalize"] = std::string("standard");
  if (chosen & 32) one.options["on_error"] = std::string("skip");
  use_dataset(one);
  return 0;
}
