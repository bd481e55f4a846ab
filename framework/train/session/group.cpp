// SPDX-License-Identifier: Apache-2.0
#include "session/group.hpp"

#include "session/agreement.hpp"
#include "session/same_work.hpp"

#include <teranga/core/log.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/exit_guard.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/parallel/cpu.hpp>

#include <iterator>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

void end_all(Communicator& comm, const std::string& message, const std::string& hint, ExitCode code) {
  log::error(message);
  if (!hint.empty()) log::error("hint: " + hint);
  host::ExitGuard::disarm();
  comm.abort(static_cast<int>(code));
}

}  // namespace

ExitCode in_group(const std::string& command, const std::function<ExitCode(Communicator&)>& work) {
  math::keep_openmp_single();
  const std::unique_ptr<Communicator> comm = Communicator::connect();
  log::set_rank(comm->rank(), comm->size(), comm->named(comm->rank()));
  host::report_crashes(comm->named(comm->rank()));
  const host::ExitGuard guard;  // a second one, whose handler runs before those of MPI and of the plugins
  try {
    require_same_program(*comm, command);
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

Placement place_threads(int asked, bool pin, Communicator& comm) {
  Placement out;
  const auto rank = static_cast<std::size_t>(comm.rank());
  out.ranks = out.pinned = cores_of_ranks(comm);
  out.threads = asked > 0 ? asked : fair_threads(out.ranks, rank);
  for (const std::string& count : comm.allgather(std::to_string(out.threads))) out.threads_of_ranks.push_back(std::stoi(count));
  if (!pin || comm.size() == 1) return out;
  // Each rank knows the machine that it runs on.
  std::vector<int> own = disjoint_cores(out.ranks, out.threads_of_ranks, cores_by_distance())[rank];
  if (!run_on(own)) own.clear();
  const std::vector<std::string> all = comm.allgather(fmt::format("{}", fmt::join(own, " ")));
  for (std::size_t other = 0; other < all.size(); ++other) {
    std::istringstream in(all[other]);
    const std::vector<int> cores{std::istream_iterator<int>(in), {}};
    if (!cores.empty()) out.pinned[other].cores = cores;
  }
  return out;
}

}  // namespace teranga::train
