// SPDX-License-Identifier: Apache-2.0
#include "sound_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <sndfile.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr int most_channels = 256, least_rate = 100, most_rate = 1'000'000;

[[noreturn]] void refuse(const std::string& path, const std::string& what) { throw sdk::DataError(path, what); }

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct CloseSound {
  void operator()(SNDFILE* sound) const { sf_close(sound); }
};
using Sound = std::unique_ptr<SNDFILE, CloseSound>;

std::uint32_t little_endian(const unsigned char* bytes) { return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8 | static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24; }

// libsndfile takes a WAV file that was cut off for a shorter one. The size that stands before the samples tells the difference; programs that write into a pipe put a very large
// number there, which says nothing.
void check_wav_is_whole(const std::string& path, std::FILE* file, std::uint64_t size) {
  constexpr std::uint32_t unknown_size = 0x7fff0000;
  unsigned char chunk[8];
  for (std::uint64_t at = 12; at + sizeof(chunk) <= size;) {
    if (std::fseek(file, static_cast<long>(at), SEEK_SET) != 0 || std::fread(chunk, 1, sizeof(chunk), file) != sizeof(chunk)) return;
    const std::uint32_t bytes = little_endian(chunk + 4);
    at += sizeof(chunk);
    if (std::memcmp(chunk, "data", 4) == 0) {
      if (bytes < unknown_size && bytes > size - at) refuse(path, fmt::format("it ends early: its header promises {} bytes of sound, and {} are there", bytes, size - at));
      return;
    }
    at += std::uint64_t{bytes} + (bytes & 1);
  }
}

// An Ogg file consists of pages; the last one of a sound says that it is the last.
void check_ogg_is_whole(const std::string& path, std::FILE* file, std::uint64_t size) {
  constexpr std::uint64_t longest_page = 27 + 255 + 255 * 255;
  std::string end(static_cast<std::size_t>(std::min(size, longest_page)), '\0');
  if (std::fseek(file, static_cast<long>(size - end.size()), SEEK_SET) != 0 || std::fread(end.data(), 1, end.size(), file) != end.size()) return;
  const std::size_t page = end.rfind("OggS");
  constexpr unsigned char is_last = 4;
  if (page == end.npos || page + 27 > end.size() || (static_cast<unsigned char>(end[page + 5]) & is_last) == 0) refuse(path, "it ends early: its last page is missing");
}

void check_is_whole(const std::string& path) {
  std::error_code failed;
  const std::uint64_t size = std::filesystem::file_size(path, failed);
  const std::unique_ptr<std::FILE, CloseFile> file(failed ? nullptr : std::fopen(path.c_str(), "rb"));
  char begin[4] = {};
  if (!file || std::fread(begin, 1, sizeof(begin), file.get()) != sizeof(begin)) return;
  if (std::memcmp(begin, "RIFF", 4) == 0) check_wav_is_whole(path, file.get(), size);
  else if (std::memcmp(begin, "OggS", 4) == 0) check_ogg_is_whole(path, file.get(), size);
}

Sound open_sound(const std::string& path, SF_INFO& info) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) refuse(path, "there is no such file");
  if (!std::filesystem::is_regular_file(path, failed)) refuse(path, "expected a file with a sound, found another kind of file");
  if (std::filesystem::file_size(path, failed) == 0 && !failed) refuse(path, "the file is empty");
  info = {};
  Sound sound(sf_open(path.c_str(), SFM_READ, &info));
  if (!sound) {
    std::string why = sf_strerror(nullptr);
    while (!why.empty() && (why.back() == '.' || why.back() == '\n')) why.pop_back();
    refuse(path, "expected a sound (WAV, FLAC or Ogg), and libsndfile says: " + why);
  }
  const int kind = info.format & SF_FORMAT_TYPEMASK;
  const bool known = kind == SF_FORMAT_WAV || kind == SF_FORMAT_WAVEX || kind == SF_FORMAT_RF64 || kind == SF_FORMAT_W64 || kind == SF_FORMAT_FLAC || kind == SF_FORMAT_OGG;
  if (!known) refuse(path, "expected a sound (WAV, FLAC or Ogg), found one of another kind");
  if (info.samplerate < least_rate || info.samplerate > most_rate || info.channels < 1 || info.channels > most_channels)
    refuse(path, fmt::format("expected 1 to {} channels and a sample rate from {} to {} Hz, found {} channels of {} Hz", most_channels, least_rate, most_rate, info.channels, info.samplerate));
  if (info.frames < 1) refuse(path, "it has no sound: its length is 0");
  if (info.frames > most_frames) refuse(path, fmt::format("its header promises {} moments ({} channels, {} Hz); expected at most {}", info.frames, info.channels, info.samplerate, most_frames));
  return sound;
}

}  // namespace

SoundFacts sound_facts(const std::string& path) {
  SF_INFO info;
  open_sound(path, info);
  check_is_whole(path);
  return {info.samplerate, info.frames, info.channels};
}

std::vector<float> read_sound(const std::string& path) {
  SF_INFO info;
  const Sound sound = open_sound(path, info);
  constexpr sf_count_t at_once = 16384;
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> piece(static_cast<std::size_t>(at_once) * channels), out;
  for (sf_count_t read = 0; (read = sf_readf_float(sound.get(), piece.data(), at_once)) > 0;)
    for (std::size_t i = 0; i < static_cast<std::size_t>(read); ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < channels; ++c) sum += static_cast<double>(piece[i * channels + c]);
      if (!std::isfinite(sum)) refuse(path, fmt::format("moment {} is no finite number", out.size()));
      out.push_back(static_cast<float>(sum / static_cast<double>(channels)));
    }
  if (std::ssize(out) != info.frames) refuse(path, fmt::format("it ends early or is damaged: its header promises {} moments, and {} can be read", info.frames, out.size()));
  return out;
}

}  // namespace teranga::datasets
