// SPDX-License-Identifier: Apache-2.0
// Asks another program something, without waiting for it for ever.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace teranga {

// What the command printed on its standard output, up to 64 KiB. Nothing where it cannot be started, ends with another code than 0, or has not ended after `seconds`; it is killed then. `why`, where
// it is given, gets the reason: "squeue gave no answer within 10 s". It is killed, too, as soon as `stops` is set. Any thread; signals of this process are none of the command's.
std::optional<std::string> command_output(const std::vector<std::string>& words, double seconds, std::string* why = nullptr, const std::atomic<bool>* stops = nullptr);

}  // namespace teranga
