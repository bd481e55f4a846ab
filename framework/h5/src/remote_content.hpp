// SPDX-License-Identifier: Apache-2.0
// The content of a file that was opened, as another process reads it. Numbers that lie in the file as they are wanted are read here, without HDF5.
#pragma once

#include <map>

#include "content.hpp"
#include "reader_process.hpp"

namespace teranga::h5 {

class RemoteContent final : public Content {
 public:
  // The descriptor stays with the caller. Throws Error(data) where the file is no HDF5 file.
  RemoteContent(int descriptor, std::uint64_t bytes, const std::string& who);

  bool has(const std::string& path) const override;
  std::vector<Child> list(const std::string& group) const override;
  Child describe(const std::string& path) const override;
  void read(const Child& child, const std::string& path, Type type, RowRange rows, void* to, std::size_t bytes) const override;
  bool has_attribute(const std::string& object, const std::string& name) const override;
  Attribute attribute(const std::string& object, const std::string& name) const override;
  std::vector<NamedAttribute> attributes(const std::string& object) const override;
  void end_reading() const override;

 private:
  bool read_here(const Child& child, Type type, RowRange rows, void* to, std::size_t bytes) const;

  int descriptor_;
  std::uint64_t bytes_;
  std::string who_;
  mutable ReaderProcess process_;
  mutable std::map<std::string, Child> described_;  // by path as it was asked for
};

}  // namespace teranga::h5
