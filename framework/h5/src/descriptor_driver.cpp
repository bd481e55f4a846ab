// SPDX-License-Identifier: Apache-2.0
#include "descriptor_driver.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace teranga::h5 {
namespace {

struct Source {
  int descriptor;
  haddr_t bytes;
};

// HDF5 knows the first member alone.
struct OpenDescriptor {
  H5FD_t known;
  Source source;
  haddr_t allocated;  // end, as HDF5 sees it
};

OpenDescriptor& opened(H5FD_t* file) { return *reinterpret_cast<OpenDescriptor*>(file); }
const OpenDescriptor& opened(const H5FD_t* file) { return *reinterpret_cast<const OpenDescriptor*>(file); }

H5FD_t* open_source(const char*, unsigned flags, hid_t access, haddr_t) {
  const auto* source = static_cast<const Source*>(H5Pget_driver_info(access));
  if (source == nullptr || (flags & H5F_ACC_RDWR) != 0) return nullptr;
  auto* file = new (std::nothrow) OpenDescriptor{};
  if (file == nullptr) return nullptr;
  file->source = *source;
  return &file->known;
}

herr_t close_source(H5FD_t* file) {
  delete &opened(file);
  return 0;
}

herr_t query_source(const H5FD_t*, unsigned long* flags) {
  if (flags != nullptr) *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t allocated_source(const H5FD_t* file, H5FD_mem_t) { return opened(file).allocated; }
haddr_t end_of_source(const H5FD_t* file, H5FD_mem_t) { return opened(file).source.bytes; }

herr_t allocate_source(H5FD_t* file, H5FD_mem_t, haddr_t end) {
  opened(file).allocated = end;
  return 0;
}

// Zeros beyond the end, as HDF5's own driver has it.
herr_t read_source(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, void* to) {
  auto* out = static_cast<char*>(to);
  while (size > 0) {
    if (at > static_cast<haddr_t>(INT64_MAX)) return -1;
    const ssize_t got = ::pread(opened(file).source.descriptor, out, std::min<std::size_t>(size, std::size_t{1} << 30), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) {
      std::memset(out, 0, size);
      return 0;
    }
    out += got;
    at += static_cast<haddr_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return 0;
}

herr_t write_source(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, size_t, const void*) { return -1; }

constexpr H5FD_class_t descriptor_driver = {
    .name = "teranga_descriptor", .maxaddr = INT64_MAX, .fc_degree = H5F_CLOSE_STRONG, .terminate = nullptr, .sb_size = nullptr, .sb_encode = nullptr,
    .sb_decode = nullptr, .fapl_size = sizeof(Source), .fapl_get = nullptr, .fapl_copy = nullptr, .fapl_free = nullptr, .dxpl_size = 0, .dxpl_copy = nullptr,
    .dxpl_free = nullptr, .open = open_source, .close = close_source, .cmp = nullptr, .query = query_source, .get_type_map = nullptr, .alloc = nullptr,
    .free = nullptr, .get_eoa = allocated_source, .set_eoa = allocate_source, .get_eof = end_of_source, .get_handle = nullptr, .read = read_source,
    .write = write_source, .flush = nullptr, .truncate = nullptr, .lock = nullptr, .unlock = nullptr, .fl_map = H5FD_FLMAP_DICHOTOMY};

}  // namespace

bool read_from(hid_t access, int descriptor, std::uint64_t bytes) {
  static const hid_t id = H5FDregister(&descriptor_driver);
  const Source source{descriptor, bytes};
  return id >= 0 && H5Pset_driver(access, id, &source) >= 0;
}

}  // namespace teranga::h5
