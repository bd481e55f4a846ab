// SPDX-License-Identifier: Apache-2.0
// A checkpoint of 100 million parameters against a plain write and fsync of as many bytes, in turn, and the time for which training stands still against
// a warm copy of as many bytes in memory by one thread. By hand, on a quiet machine: checkpoint_bench [FOLDER [ROUNDS]]; the folder decides the disk.
#include <fcntl.h>
#include <fmt/core.h>
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/checkpoint/writer.hpp>
#include <teranga/parallel/team.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <vector>

#include "session/snapshot_copy.hpp"

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
  Team team;
  const std::vector<NamedTensor> parameters = model();
  train::SnapshotViews views;
  for (const NamedTensor& tensor : parameters) views.parameters.push_back(view_of(tensor));
  checkpoint::Writer writer(folder + "/checkpoints", 2);
  train::copy_tensors(views, writer.snapshot(), team);  // reserves the memory, as the start of a run does
  std::vector<double> plain, durable, whole, stalls, copies;
  std::vector<std::byte> from, to;
  for (int round = 0; round < rounds; ++round) {
    writer.snapshot().step = round;
    stalls.push_back(seconds([&] {
      train::copy_tensors(views, writer.snapshot(), team);
      writer.begin();
    }));
    whole.push_back(stalls.back() + seconds([&] { durable.push_back(stalls.back() + writer.wait().value().seconds); }));
    if (from.empty()) from.resize(std::filesystem::file_size(checkpoint::list(folder + "/checkpoints").back().path), std::byte{1}), to = from;
    copies.push_back(seconds([&] { std::memcpy(to.data(), from.data(), from.size()); }));
    plain.push_back(seconds([&] { plain_write(folder + "/plain", from); }));
    std::filesystem::remove(folder + "/plain");
    fmt::print("{} bytes: plain write {:.3f} s, checkpoint {:.3f} s, with the removal of an old one {:.3f} s; copy {:.3f} s, training stood still for {:.3f} s\n", from.size(),
               plain.back(), durable.back(), whole.back(), copies.back(), stalls.back());
  }
  fmt::print("medians: plain write {:.3f} s, checkpoint {:.3f} s ({:.0f} % of its speed), with the removal {:.3f} s ({:.0f} %); copy {:.3f} s, stall {:.3f} s ({:.2f} copies)\n",
             median(plain), median(durable), 100 * median(plain) / median(durable), median(whole), 100 * median(plain) / median(whole), median(copies), median(stalls),
             median(stalls) / median(copies));
  std::filesystem::remove_all(folder);
}
