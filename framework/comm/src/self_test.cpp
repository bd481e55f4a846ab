// SPDX-License-Identifier: Apache-2.0
#include "self_test.hpp"

#include <teranga/core/error.hpp>

#include <array>
#include <vector>

#include <fmt/format.h>

namespace teranga {
namespace {

void expect(bool right, const Communicator& group, const char* what, std::size_t count) {
  if (right) return;
  throw Error(ExitCode::failure,
              fmt::format("MPI gives a wrong result on rank {} of {}: {} of {} elements, checked at the start", group.rank(), group.size(),
                          what, count),
              "mpirun --mca coll ^han,adapt,sm chooses plainer collectives; compare `ompi_info --version` on all nodes");
}

// Element i of rank r is (r + 1) (i mod 7): small integers, so that any order of summation gives the exact answer.
template <class T>
void check_type(Communicator& group, const char* name, std::size_t count) {
  const auto ranks = static_cast<std::int64_t>(group.size());
  std::vector<T> values(count);
  const auto fill = [&] {
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<T>((group.rank() + 1) * static_cast<int>(i % 7));
  };
  const auto is = [&](std::int64_t factor) {
    for (std::size_t i = 0; i < count; ++i)
      if (values[i] != static_cast<T>(factor * static_cast<std::int64_t>(i % 7))) return false;
    return true;
  };
  fill();
  group.sum(values);
  expect(is(ranks * (ranks + 1) / 2), group, fmt::format("the sum in {}", name).c_str(), count);
  fill();
  group.maximum(values);
  expect(is(ranks), group, fmt::format("the maximum in {}", name).c_str(), count);
}

}  // namespace

void check_collectives(Communicator& group) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{1031}, std::size_t{70001}}) {  // MPI changes its algorithm with the size
    check_type<float>(group, "f32", count);
    check_type<double>(group, "f64", count);
    check_type<std::int64_t>(group, "i64", count);
  }
  for (const int root : {0, group.size() - 1}) {
    std::array<int, 300> numbers{};
    if (group.rank() == root) numbers.fill(root + 17);
    group.broadcast(numbers.data(), sizeof numbers, root);
    for (const int number : numbers) expect(number == root + 17, group, "the broadcast", numbers.size());
  }
  const std::vector<std::string> texts = group.allgather(fmt::format("rank {}", group.rank()));
  for (int rank = 0; rank < group.size(); ++rank)
    expect(texts.at(static_cast<std::size_t>(rank)) == fmt::format("rank {}", rank), group, "the exchange of texts", texts.size());
}

}  // namespace teranga
