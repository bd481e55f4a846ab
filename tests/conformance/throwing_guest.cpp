// SPDX-License-Identifier: Apache-2.0
// An activation whose C table is not guarded against exceptions. A macro of the build says what is thrown, and where.
#include <stdexcept>
#include <thread>

#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/library.h>

TRG_DECLARE_BORDER();

namespace {

int self = 0;

std::int32_t create(const trg_options*, void** made, trg_error*) {
#ifdef THROWS_ERROR
  throw std::runtime_error("no such luck");
#endif
#ifdef THROWS_NUMBER
  throw 7;
#endif
#ifdef THROWS_ON_A_THREAD
  std::thread([] { throw std::runtime_error("nobody catches this"); }).join();
#endif
#ifdef THROWS_OF_MEMORY
  static char* volatile kept = new char[std::size_t{100} << 30];
  kept[0] = 1;
#endif
  *made = &self;
  return TRG_OK;
}

void destroy(void*) {
#ifdef THROWS_IN_DESTROY
  throw std::runtime_error("not even here");
#endif
}

std::int32_t needs(void*) { return TRG_NEEDS_Y; }
std::int32_t value(void*, std::int32_t, std::int64_t, std::int64_t, const void*, void*, trg_error*) { return TRG_OK; }
std::int32_t gradient(void*, std::int32_t, std::int64_t, std::int64_t, const void*, const void*, const void*, void*, trg_error*) { return TRG_OK; }

const trg_activation_calls calls = {sizeof(calls), create, destroy, needs, value, gradient};
const trg_item item = {sizeof(item), TRG_ACTIVATION, 0, "guest.throws", "1.0.0", "MIT", "somebody", "throws", "y = x", "none", nullptr, 0, 0, &calls};
const trg_library library = {sizeof(library), &item, 1, sizeof(item)};

}  // namespace

extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host*);
const trg_library* teranga_open_library(const trg_host*) { return &library; }
