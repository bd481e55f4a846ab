// SPDX-License-Identifier: Apache-2.0
#include "session/group.hpp"

#include "session/agreement.hpp"
#include "session/core_shares.hpp"

#include <teranga/core/log.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/math/gemm.hpp>

#include <algorithm>

namespace teranga::train {
namespace {

void end_all(Communicator& comm, const std::string& message, const std::string& hint, ExitCode code) {
  log::error(message);
  if (!hint.empty()) log::error("hint: " + hint);
  comm.abort(static_cast<int>(code));
}

}  // namespace

ExitCode in_group(const std::function<ExitCode(Communicator&)>& work) {
  math::keep_openmp_single();
  const std::unique_ptr<Communicator> comm = Communicator::connect();
  log::set_rank(comm->rank(), comm->size());
  host::report_crashes(comm->rank());
  try {
    return work(*comm);
  } catch (const AgreedError&) {
    throw;
  } catch (const Error& error) {
    if (comm->size() > 1) end_all(*comm, error.what(), error.hint(), error.code());
    throw;
  } catch (const std::exception& error) {
    if (comm->size() > 1) end_all(*comm, error.what(), {}, ExitCode::failure);
    throw;
  }
}

int threads_for(int asked, Communicator& comm) {
  const std::vector<RankCores> ranks = cores_of_ranks(comm);
  return asked > 0 ? asked : fair_threads(ranks, static_cast<std::size_t>(comm.rank()));
}

}  // namespace teranga::train
