// SPDX-License-Identifier: Apache-2.0
// An error record for a call of a plugin that finds out whether the plugin fills it as it must.
#pragma once

#include <cstdint>
#include <string>

#include <teranga/conformance/finding.hpp>
#include <teranga/sdk/c/types.h>

namespace teranga::conformance {

class ErrorRecord {
 public:
  ErrorRecord() noexcept;  // what lies in the texts before is no 0
  trg_error* native() noexcept { return &native_; }
  const trg_error* native() const noexcept { return &native_; }

  // After a call that returned `status`: the record of a refusal must say why, in texts that end; and nothing behind it may be written. False, and a finding, where it does not. `call` as in "create".
  bool judge(std::int32_t status, const std::string& call, const std::string& where, Findings& findings) const;
  // "code 2, units: must be even"
  std::string words() const;

 private:
  trg_error native_;
  unsigned char behind_[256];
};

const char* name_of_status(std::int32_t status) noexcept;  // "TRG_BAD_OPTION"

}  // namespace teranga::conformance
