// SPDX-License-Identifier: Apache-2.0
// A checkpoint of 100 million parameters against a plain write and fsync of as many bytes, in turn, and the time for which training stands still against
// a warm copy of as many bytes in memory. By hand, on a quiet machine: checkpoint_bench [FOLDER [ROUNDS]]; the folder decides the disk.
#include <fcntl.h>
#include <fmt/core.h>
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <vector>

namespace {

using namespace teranga;

double seconds(const std::function<void()>& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// 100 million parameters, in tensors of all sizes as nets have them.
std::vector<NamedTensor> model() {
  std::vector<NamedTensor> tensors;
  std::uint32_t bits = 1;
  for (int layer = 0; layer < 24; ++layer)
    for (const auto& [name, shape] : {std::pair<const char*, Shape>{"kernel", {1024, 4067}}, {"bias", {4067}}, {"gamma", {64}}}) {
      tensors.push_back({fmt::format("dense_{}/{}", layer, name), Tensor(ElementType::f32, shape)});
      for (float& value : tensors.back().tensor.as<float>()) value = static_cast<float>(bits = bits * 1664525u + 1013904223u);
    }
  return tensors;
}

void plain_write(const std::string& path, const std::vector<std::byte>& bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
  for (std::size_t done = 0; done < bytes.size();) done += static_cast<std::size_t>(::write(file, bytes.data() + done, bytes.size() - done));
  ::fsync(file);
  ::close(file);
}

}  // namespace

int main(int count, char** words) {
  const std::string folder = count > 1 ? words[1] : std::filesystem::temp_directory_path() / "checkpoint_bench";
  const int rounds = count > 2 ? std::atoi(words[2]) : 7;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  checkpoint::Snapshot snapshot;
  snapshot.parameters = model();
  std::vector<double> plain, ours, copies;
  std::vector<std::byte> from, to;
  for (int round = 0; round < rounds; ++round) {
    snapshot.step = round;
    std::string path;
    ours.push_back(seconds([&] { path = checkpoint::write(folder, snapshot, 2); }));
    if (from.empty()) from.resize(std::filesystem::file_size(path), std::byte{1}), to = from;
    copies.push_back(seconds([&] { std::memcpy(to.data(), from.data(), from.size()); }));
    plain.push_back(seconds([&] { plain_write(folder + "/plain", from); }));
    std::filesystem::remove(folder + "/plain");
    fmt::print("{} bytes: plain write {:.3f} s, checkpoint {:.3f} s; copy {:.3f} s\n", from.size(), plain.back(), ours.back(), copies.back());
  }
  fmt::print("medians: plain write {:.3f} s, checkpoint {:.3f} s: {:.0f} % of its speed\n", median(plain), median(ours), 100 * median(plain) / median(ours));
  std::filesystem::remove_all(folder);
}
