// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/group_of_one.hpp>

#include <teranga/core/error.hpp>

#include <cstdlib>

#include <fmt/format.h>

namespace teranga {
namespace {

class NoMessages final : public Messages {
 public:
  void send(int to, int, std::span<const std::byte>) override { refuse(to); }
  void receive(int from, int, std::span<std::byte>) override { refuse(from); }
  bool receive_found(int from, int, std::vector<std::byte>&) override { refuse(from); }
  bool all_done() override { return true; }

 private:
  [[noreturn]] static void refuse(int other) { throw Error(ExitCode::failure, fmt::format("a message to or from rank {}: there is rank 0 only", other)); }
};

class GroupOfOne final : public Communicator {
 public:
  GroupOfOne() noexcept : Communicator(Place{}) {}

  void sum(std::span<float>) override {}
  void sum(std::span<double>) override {}
  void sum(std::span<std::int64_t>) override {}
  void maximum(std::span<float>) override {}
  void maximum(std::span<double>) override {}
  void maximum(std::span<std::int64_t>) override {}
  void broadcast(void*, std::size_t count, int root) override {
    if (root != 0) throw Error(ExitCode::failure, fmt::format("broadcast of {} bytes from rank {}: there is rank 0 only", count, root));
  }
  void barrier() override {}
  std::unique_ptr<Messages> messages() override { return std::make_unique<NoMessages>(); }
  [[noreturn]] void abort(int code) noexcept override { std::_Exit(code); }

 private:
  std::string collect(const std::string& own, const std::vector<std::int64_t>&, bool) override { return own; }
};

}  // namespace

std::unique_ptr<Communicator> group_of_one() { return std::make_unique<GroupOfOne>(); }

}  // namespace teranga
