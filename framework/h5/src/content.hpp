// SPDX-License-Identifier: Apache-2.0
// What is asked of the content of a file. Of a file that this process builds, libhdf5 is asked in this process (Hdf5Content); of a file that was opened,
// it is asked in a process of its own (RemoteContent), because a few wrong bytes make libhdf5 write out of bounds or never end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "teranga/h5/file.hpp"

namespace teranga::h5 {

// Rows first .. first + count - 1, or the whole data set, which may be a scalar.
struct RowRange {
  std::int64_t first = 0;
  std::int64_t count = -1;  // -1: the whole
};

class Content {
 public:
  virtual ~Content() = default;
  virtual bool has(const std::string& path) const = 0;
  virtual std::vector<Child> list(const std::string& group) const = 0;
  virtual Child describe(const std::string& path) const = 0;  // of a refused one: with its reason
  // `bytes` is the exact size of what is read; `child` is what describe() says of the path.
  virtual void read(const Child& child, const std::string& path, Type type, RowRange rows, void* to, std::size_t bytes) const = 0;
  virtual bool has_attribute(const std::string& object, const std::string& name) const = 0;
  virtual Attribute attribute(const std::string& object, const std::string& name) const = 0;
  virtual std::vector<NamedAttribute> attributes(const std::string& object) const = 0;
  virtual void end_reading() const = 0;

 protected:
  Content() = default;
  Content(const Content&) = default;
  Content& operator=(const Content&) = default;
};

}  // namespace teranga::h5
