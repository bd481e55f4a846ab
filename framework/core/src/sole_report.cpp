// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/sole_report.hpp>

namespace teranga {
namespace {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);  // for signal handlers, and between processes

std::atomic<std::atomic<std::uint32_t>*> has_been_spoken{nullptr};
std::atomic<bool> was_first{false};

}  // namespace

void share_reports(std::atomic<std::uint32_t>* spoken) noexcept { has_been_spoken = spoken; }

bool may_report() noexcept {
  std::atomic<std::uint32_t>* const spoken = has_been_spoken;
  if (spoken == nullptr || was_first) return true;
  if (spoken->exchange(1) != 0) return false;
  was_first = true;
  return true;
}

}  // namespace teranga
