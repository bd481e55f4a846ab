// SPDX-License-Identifier: Apache-2.0
// A file of named arrays in the format safetensors: eight bytes with the length of a header, the header in JSON, then the elements. Arrays are read one by one, as they are asked for.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>

#include <teranga/tensor/tensor.hpp>

namespace teranga::exchange {

class SafetensorsFile {
 public:
  struct Entry {
    std::string type;  // "F32"
    Shape shape;
    std::uint64_t begin = 0;  // behind the header
  };

  explicit SafetensorsFile(const std::string& path);  // throws Error(data)

  const std::map<std::string, Entry>& entries() const noexcept { return entries_; }
  const std::string& path() const noexcept { return path_; }
  // Real numbers of 16, 32 and 64 bits, as 32-bit ones. Throws Error(data).
  Tensor read(const std::string& name);

 private:
  std::string path_;
  std::ifstream file_;
  std::uint64_t data_ = 0;  // where elements begin
  std::map<std::string, Entry> entries_;
};

}  // namespace teranga::exchange
