// SPDX-License-Identifier: Apache-2.0
// One array in NumPy's format (numpy.org/doc/stable/reference/generated/numpy.lib.format.html), versions 1 to 3: any byte order, either
// index order, whole and real numbers and booleans. Pickled objects are never made: their bytes can be had, for a reader that knows what to expect.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <teranga/datasets/held_array.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

// Where the bytes come from: a file, or a member of an archive.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Exactly that many, or a DataError saying that it ends inside `what`.
  virtual void read(void* to, std::uint64_t bytes, std::string_view what) = 0;
  virtual std::uint64_t most_bytes() const = 0;  // no more can come out of it
  virtual std::uint64_t left() const = 0;        // bytes that can certainly be read next, where not at_end()
  virtual bool at_end() = 0;
  // Throws DataError where fewer than `bytes` more come; asked before memory for many is taken.
  virtual void prove(std::uint64_t bytes, std::string_view what) = 0;
};

// Held once for all processes of the machine. u8 and booleans stay u8; narrow whole numbers become i32, u32 and u64 i64; f16 becomes f32. `who` names it in a DataError.
HeldArray read_npy(ByteSource& bytes, const std::string& who);
// Of a plain file whose elements lie as they are held (little-endian, last index fastest, no type that is widened), nothing is read: it is mapped.
HeldArray read_npy_file(const std::string& path);

// An array of Python objects as it lies in the file: its shape and the pickle that follows the header.
struct PickledArray {
  Shape shape;
  std::string pickle;
  std::uint64_t packed_bytes = 0;  // of the file that it came from
};
// Throws DataError where the elements are numbers.
PickledArray read_pickled_npy(ByteSource& bytes, const std::string& who);

}  // namespace teranga::datasets
