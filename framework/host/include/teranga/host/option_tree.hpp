// SPDX-License-Identifier: Apache-2.0
// The framework's options in the border's form, and back; a plugin's schema in the framework's form.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/sdk/c/library.h>

namespace teranga::host {

// Owns everything that native() points to; stays where it is once made.
class OptionTree {
 public:
  explicit OptionTree(const Options& options);
  OptionTree(const OptionTree&) = delete;
  OptionTree& operator=(const OptionTree&) = delete;
  const trg_options* native() const noexcept { return &native_; }

 private:
  trg_value convert(const Value& value);
  const trg_option* convert(const Options& options);

  std::deque<std::string> texts_;
  std::deque<std::vector<trg_value>> lists_;
  std::deque<std::vector<trg_option>> tables_;
  trg_options native_{};
};

Value to_value(const trg_value& native);
Schema to_schema(const trg_item& item);

}  // namespace teranga::host
