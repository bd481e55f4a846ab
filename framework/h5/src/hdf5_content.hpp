// SPDX-License-Identifier: Apache-2.0
// The content of an open file as libhdf5 reads it in this process.
#pragma once

#include "call.hpp"
#include "content.hpp"

namespace teranga::h5 {

class Hdf5Content final : public Content {
 public:
  // The file stays with the caller, who closes it after this object's last use. `bytes`: of the file; UINT64_MAX for one that is being built.
  Hdf5Content(hid_t file, std::string who, std::uint64_t bytes) : id_(file), who_(std::move(who)), bytes_(bytes) {}

  bool has(const std::string& path) const override;
  std::vector<Child> list(const std::string& group) const override;
  Child describe(const std::string& path) const override;
  void read(const Child& child, const std::string& path, Type type, RowRange rows, void* to, std::size_t bytes) const override;
  bool has_attribute(const std::string& object, const std::string& name) const override;
  Attribute attribute(const std::string& object, const std::string& name) const override;
  std::vector<NamedAttribute> attributes(const std::string& object) const override;
  void end_reading() const override {}

 private:
  hid_t id_;
  std::string who_;
  std::uint64_t bytes_;
};

// The group or data set of that path; throws Error(data) where there is none.
Handle open_object(hid_t file, const std::string& who, const std::string& object);

}  // namespace teranga::h5
