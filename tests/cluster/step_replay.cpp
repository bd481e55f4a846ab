// SPDX-License-Identifier: Apache-2.0
// step_replay FILE ROUNDS: sends the messages of recorded steps by the exchanges of a real group, and sleeps where the record computes. So a few cores can stand for many hosts: it is no
// training, and its times are of the network alone. Prints the median milliseconds of a round. The file has a line for each event:
//   work SECONDS LOOK | bucket CHANNEL ELEMENTS WIRE | numbers COUNT | rows CHANNEL BYTES | wait | sum BYTES | gather BYTES
#include <teranga/comm/communicator.hpp>
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/comm/number_exchange.hpp>
#include <teranga/comm/wait_until.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using teranga::Communicator;

struct Event {
  std::string kind;
  int channel = 0;
  double first = 0, second = 0;
  std::string wire;
};

std::vector<Event> read(const char* path) {
  std::vector<Event> out;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    Event event;
    words >> event.kind;
    if (event.kind == "work") words >> event.first >> event.second;
    else if (event.kind == "bucket") words >> event.channel >> event.first >> event.wire;
    else if (event.kind == "rows") words >> event.channel >> event.first;
    else words >> event.first;
    out.push_back(event);
  }
  return out;
}

// Rows of a table: as many bytes to each rank, of a size that it does not know.
class Rows {
 public:
  Rows(Communicator& comm, int tag, std::size_t bytes) : comm_(comm), messages_(comm.messages()), tag_(tag), own_(bytes), of_ranks_(static_cast<std::size_t>(comm.size())) {}

  void start() {
    for (int i = 1; i < comm_.size(); ++i) messages_->send((comm_.rank() + i) % comm_.size(), tag_, own_);
    found_.assign(of_ranks_.size(), false);
    found_[static_cast<std::size_t>(comm_.rank())] = true;
  }
  void drive() {
    for (std::size_t rank = 0; rank < found_.size(); ++rank)
      if (!found_[rank]) found_[rank] = messages_->receive_found(static_cast<int>(rank), tag_, of_ranks_[rank]);
  }
  void finish() {
    wait_until(comm_, [this] {
      drive();
      return std::ranges::count(found_, false) == 0 && messages_->all_done();
    });
  }

 private:
  Communicator& comm_;
  std::unique_ptr<teranga::Messages> messages_;
  int tag_;
  std::vector<std::byte> own_;
  std::vector<std::vector<std::byte>> of_ranks_;
  std::vector<bool> found_;
};

class Replay {
 public:
  Replay(Communicator& comm, std::vector<Event> events) : comm_(comm), events_(std::move(events)), numbers_(comm) {
    std::vector<teranga::Bucket> buckets;
    std::size_t elements = 0;
    teranga::Wire wire = teranga::Wire::f32;
    for (const Event& event : events_) {
      if (event.kind == "rows") rows_.try_emplace(event.channel, comm, teranga::Messages::tags - 2 - event.channel, static_cast<std::size_t>(event.first));
      if (event.kind == "sum" || event.kind == "gather") sums_.resize(std::max(sums_.size(), static_cast<std::size_t>(event.first) / sizeof(float)));
      if (event.kind != "bucket" || bucket_of_.contains(event.channel)) continue;
      bucket_of_[event.channel] = buckets.size();
      buckets.push_back({buckets.size(), 1, elements, static_cast<std::size_t>(event.first)});
      elements += buckets.back().count;
      if (event.wire == "bf16") wire = teranga::Wire::bf16;
    }
    gradients_.resize(elements);
    exchange_ = gradient_exchange(comm, std::move(buckets), wire);
  }

  double round_ms() {
    comm_.barrier();
    const auto begin = Clock::now();
    for (const Event& event : events_) play(event);
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  }

 private:
  void drive() {
    exchange_->drive();
    for (auto& [channel, rows] : rows_)
      if (started_rows_) rows.drive();
  }

  void sleep(double seconds, double look) {
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    const auto gap = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(look > 0 ? std::max(2 * look, 1e-4) : seconds));
    while (Clock::now() < end) {
      std::this_thread::sleep_until(std::min(end, Clock::now() + gap));
      drive();
    }
  }

  void play(const Event& event) {
    if (event.kind == "work") return sleep(event.first, event.second);
    if (event.kind == "bucket") {
      const teranga::Bucket& bucket = exchange_->buckets()[bucket_of_[event.channel]];
      exchange_->start(bucket_of_[event.channel], std::span(gradients_).subspan(bucket.begin, bucket.count));
      ++started_buckets_;
    } else if (event.kind == "numbers") {
      own_.assign(static_cast<std::size_t>(event.first), 1.0);
      numbers_.start(own_);
      started_numbers_ = true;
    } else if (event.kind == "rows") {
      rows_.at(event.channel).start();
      started_rows_ = true;
    } else if (event.kind == "sum") {
      comm_.sum(std::span(sums_).first(static_cast<std::size_t>(event.first) / sizeof(float)));
    } else if (event.kind == "gather") {
      comm_.allgather(std::string(static_cast<std::size_t>(event.first), 'x'));
    } else if (event.kind == "wait") {
      finish();
    }
  }

  void finish() {
    if (std::exchange(started_numbers_, false)) {
      wait_until(comm_, [this] {
        drive();
        return numbers_.arrived();
      });
      numbers_.finish(own_);
    }
    if (std::exchange(started_buckets_, 0) > 0) exchange_->finish();
    if (std::exchange(started_rows_, false))
      for (auto& [channel, rows] : rows_) rows.finish();
  }

  Communicator& comm_;
  const std::vector<Event> events_;
  std::vector<float> gradients_, sums_;
  std::vector<double> own_;
  std::map<int, std::size_t> bucket_of_;
  std::map<int, Rows> rows_;
  std::unique_ptr<teranga::GradientExchange> exchange_;
  teranga::NumberExchange numbers_;
  int started_buckets_ = 0;
  bool started_numbers_ = false, started_rows_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: step_replay FILE ROUNDS\n"), 2;
  const auto comm = Communicator::connect();
  Replay replay(*comm, read(argv[1]));
  std::vector<double> times;
  for (int i = 0; i < 2 + std::stoi(argv[2]); ++i) {
    const double ms = replay.round_ms();
    if (i >= 2) times.push_back(ms);
  }
  std::ranges::sort(times);
  if (comm->is_root()) std::printf("%.4f\n", times[times.size() / 2]);
  return 0;
}
