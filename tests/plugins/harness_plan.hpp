// SPDX-License-Identifier: Apache-2.0
// Inside the harness: memory that notices writes behind its end, and the answers of a plan.
#pragma once

#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "harness.hpp"

namespace teranga::test {

std::size_t size_of_type(std::int32_t type);

// Bytes between two watched strips, at first all ones: NaN as f32 and f64, -1 as an integer.
class Memory {
 public:
  explicit Memory(std::int64_t bytes = 0) : size_(static_cast<std::size_t>(bytes)), store_(size_ + 3 * strip) {
    poison();
    std::memset(data() - strip, mark, strip);
    std::memset(data() + size_, mark, strip);
  }
  char* data() { return reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(store_.data()) + 2 * strip - 1) / strip * strip); }
  std::size_t size() const { return size_; }
  void poison() { std::memset(data(), 0xff, size_); }
  void zero() { std::memset(data(), 0, size_); }
  void check(const std::string& what) {
    for (std::size_t i = 0; i < strip; ++i)
      if (data()[size_ + i] != mark || (data() - strip)[i] != mark) throw std::runtime_error("written outside of " + what);
  }

 private:
  static constexpr std::size_t strip = 64;
  static constexpr char mark = 0x5a;
  std::size_t size_;
  std::vector<char> store_;
};

// A whole tensor in memory of its own, or in another's.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::int32_t type = TRG_F64;
  std::shared_ptr<Memory> memory;
  std::int64_t count() const;
  std::int64_t row_bytes() const;
  void write(const Array& from);
  Array read() const;
};
Tensor make_tensor(std::vector<std::int64_t> shape, std::int32_t type);

struct PlannedBuffer {
  std::int64_t per_row = 0, bytes = 0;
};
struct PlannedPort : Declared {
  std::int32_t shares_with = -1, mask_rank = 0;
};
struct PlannedParameter : Declared {};
struct PlannedState : Declared {
  std::int32_t kind = TRG_SHARED;
  double initial = 0;
};
struct PlannedCall {
  std::vector<std::int64_t> sums = {0};
  std::int32_t offered = TRG_SLICE;
  std::int64_t axis = 0, multiple = 1;
  double flops = 0;
};

// One plan of a layer, destroyed with it.
class Plan {
 public:
  Plan(Instance<trg_layer_calls>& layer, const Case& test, std::int32_t type, std::int64_t samples, std::int32_t granularity);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  ~Plan();

  void* handle = nullptr;
  std::vector<std::int32_t> input_flags;
  std::vector<PlannedPort> outputs;
  std::vector<PlannedParameter> parameters;
  std::vector<PlannedState> states;
  PlannedBuffer buffers[4];
  PlannedCall calls[3];
  std::size_t absorbed = 0;

 private:
  Instance<trg_layer_calls>& layer_;
};

}  // namespace teranga::test
