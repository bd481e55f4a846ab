// SPDX-License-Identifier: Apache-2.0
#include "pieces.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace teranga::h5 {

void PieceMemory::write(std::uint64_t at, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  if (!lent_.empty() && bytes.data() >= lent_.data() && bytes.data() + bytes.size() <= lent_.data() + lent_.size()) {
    references_[at] = bytes;
    return;
  }
  while (!bytes.empty()) {
    const std::size_t from = at % page_size;
    const std::size_t size = std::min(bytes.size(), page_size - from);
    Page& page = pages_.try_emplace(at / page_size, Page{}).first->second;
    std::memcpy(page.data() + from, bytes.data(), size);
    at += size;
    bytes = bytes.subspan(size);
  }
}

void PieceMemory::read(std::uint64_t at, std::span<std::byte> to) const {
  for (std::size_t done = 0; done < to.size();) {
    const std::size_t from = (at + done) % page_size;
    const std::size_t size = std::min(to.size() - done, page_size - from);
    if (const auto page = pages_.find((at + done) / page_size); page != pages_.end()) std::memcpy(to.data() + done, page->second.data() + from, size);
    else std::memset(to.data() + done, 0, size);
    done += size;
  }
  auto one = references_.upper_bound(at);
  if (one != references_.begin()) --one;
  for (; one != references_.end() && one->first < at + to.size(); ++one) {
    const std::uint64_t begin = std::max(at, one->first);
    const std::uint64_t end = std::min<std::uint64_t>(at + to.size(), one->first + one->second.size());
    if (begin < end) std::memcpy(to.data() + (begin - at), one->second.data() + (begin - one->first), end - begin);
  }
}

Pieces PieceMemory::pieces(std::uint64_t end) const {
  Pieces out;
  const auto own = [&](std::uint64_t from, std::uint64_t to) {
    if (from >= to) return;
    out.own.emplace_back(static_cast<std::size_t>(to - from));
    read(from, out.own.back());
    out.all.emplace_back(out.own.back());
  };
  std::uint64_t at = 0;
  for (const auto& [place, bytes] : references_) {
    own(at, place);
    out.all.push_back(bytes);
    at = place + bytes.size();
  }
  own(at, end);
  return out;
}

namespace {

struct Info {
  PieceMemory* memory;
};

// HDF5 knows the first member alone.
struct OpenPieces {
  H5FD_t known;
  PieceMemory* memory;
  haddr_t allocated, written;  // ends
};

OpenPieces& of(H5FD_t* file) { return *reinterpret_cast<OpenPieces*>(file); }
const OpenPieces& of(const H5FD_t* file) { return *reinterpret_cast<const OpenPieces*>(file); }

H5FD_t* open(const char*, unsigned, hid_t access, haddr_t) {
  const auto* info = static_cast<const Info*>(H5Pget_driver_info(access));
  if (info == nullptr) return nullptr;
  auto* file = new (std::nothrow) OpenPieces{};
  if (file == nullptr) return nullptr;
  file->memory = info->memory;
  return &file->known;
}

herr_t close(H5FD_t* file) {
  delete &of(file);
  return 0;
}

// As HDF5's own driver for memory has it: the layout of files hangs on these.
herr_t query(const H5FD_t*, unsigned long* flags) {
  if (flags != nullptr) *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t get_allocated(const H5FD_t* file, H5FD_mem_t) { return of(file).allocated; }
haddr_t get_written(const H5FD_t* file, H5FD_mem_t) { return of(file).written; }

herr_t set_allocated(H5FD_t* file, H5FD_mem_t, haddr_t end) {
  of(file).allocated = end;
  return 0;
}

// No exception may pass through HDF5.
herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, void* to) {
  of(file).memory->read(at, {static_cast<std::byte*>(to), size});
  return 0;
}

herr_t write(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, const void* from) {
  try {
    of(file).memory->write(at, {static_cast<const std::byte*>(from), size});
  } catch (const std::bad_alloc&) {
    return -1;
  }
  of(file).written = std::max<haddr_t>(of(file).written, at + size);
  return 0;
}

herr_t truncate(H5FD_t* file, hid_t, hbool_t) {
  of(file).written = of(file).allocated;
  return 0;
}

herr_t get_handle(H5FD_t* file, hid_t, void** handle) {
  *handle = &of(file).allocated;
  return 0;
}

constexpr H5FD_class_t driver = {
    .name = "teranga_pieces", .maxaddr = HADDR_MAX - 1, .fc_degree = H5F_CLOSE_STRONG, .terminate = nullptr, .sb_size = nullptr, .sb_encode = nullptr,
    .sb_decode = nullptr, .fapl_size = sizeof(Info), .fapl_get = nullptr, .fapl_copy = nullptr, .fapl_free = nullptr, .dxpl_size = 0, .dxpl_copy = nullptr,
    .dxpl_free = nullptr, .open = open, .close = close, .cmp = nullptr, .query = query, .get_type_map = nullptr, .alloc = nullptr, .free = nullptr,
    .get_eoa = get_allocated, .set_eoa = set_allocated, .get_eof = get_written, .get_handle = get_handle, .read = read, .write = write, .flush = nullptr,
    .truncate = truncate, .lock = nullptr, .unlock = nullptr, .fl_map = H5FD_FLMAP_DICHOTOMY};

}  // namespace

bool build_in(hid_t access, PieceMemory& memory) {
  static const hid_t id = H5FDregister(&driver);
  const Info info{&memory};
  return id >= 0 && H5Pset_driver(access, id, &info) >= 0;
}

std::uint64_t end_of(hid_t file) {
  void* handle = nullptr;
  return H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0 || handle == nullptr ? 0 : *static_cast<const haddr_t*>(handle);
}

}  // namespace teranga::h5
