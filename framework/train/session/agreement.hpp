// SPDX-License-Identifier: Apache-2.0
// Ranks that fail together: a part of the work that all ranks do, after which all of them know whether any failed, and why.
#pragma once

#include <new>
#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/core/error.hpp>

namespace teranga::train {

// Known to every rank and thrown on every rank: to be printed once.
class AgreedError : public Error {
 public:
  using Error::Error;
};

void share_failure(Communicator& comm, const Error* mine);

// Runs f on this rank; throws AgreedError on all ranks where it failed on any: the failure of the lowest rank.
template <class F>
void together(Communicator& comm, F&& f) {
  try {
    f();
  } catch (const Error& error) {
    share_failure(comm, &error);
    throw;
  } catch (const std::exception& error) {
    const bool memory = dynamic_cast<const std::bad_alloc*>(&error);
    const Error wrapped = Error(ExitCode::failure, memory ? "there is not enough memory" : error.what(), memory ? "a smaller training.batch_size needs less, and so do fewer samples: --set data.limit=10000" : "");
    share_failure(comm, &wrapped);
    throw wrapped;
  }
  share_failure(comm, nullptr);
}

}  // namespace teranga::train
