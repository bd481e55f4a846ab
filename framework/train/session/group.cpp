// SPDX-License-Identifier: Apache-2.0
#include "session/group.hpp"

#include "session/agreement.hpp"
#include "session/same_work.hpp"

#include <teranga/comm/number_of_node.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/sole_report.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/exit_guard.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/parallel/cpu.hpp>

#include <chrono>
#include <cstdlib>
#include <iterator>
#include <new>
#include <sstream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr int most_seconds_to_end = 10;                         // that the rank which speaks may need to end the job
constexpr auto other_host = std::chrono::milliseconds(1500);    // within which the first host would have ended the job
constexpr auto after_others = std::chrono::milliseconds(1500);  // a broken connection is mostly the end of another rank

// The launcher ends this process when the rank that speaks has ended.
[[noreturn]] void end_silently(ExitCode code) {
  std::this_thread::sleep_for(std::chrono::seconds(most_seconds_to_end));
  std::_Exit(static_cast<int>(code));
}

// One report for a job: of the ranks that fail, the first one on a host speaks, and that on the host of rank 0 before others.
void end_all(Communicator& comm, const std::string& message, const std::string& hint, ExitCode code, bool of_connection = false) {
  if (of_connection) std::this_thread::sleep_for(after_others);
  if (comm.first_on_node() != 0) std::this_thread::sleep_for(other_host);
  if (!may_report()) end_silently(code);
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
    share_reports(number_of_node(*comm));
    require_same_program(*comm, command);
    return work(*comm);
  } catch (const AgreedError& error) {
    if (comm->is_root()) throw;
    end_silently(error.code());  // rank 0 tells it
  } catch (const CommunicationError& error) {
    if (comm->size() > 1) end_all(*comm, error.what(), error.hint(), error.code(), true);
    throw;
  } catch (const Error& error) {
    if (comm->size() > 1) end_all(*comm, error.what(), error.hint(), error.code());
    throw;
  } catch (const std::bad_alloc&) {
    if (comm->size() > 1) end_all(*comm, "there is not enough memory", "a smaller training.batch_size needs less", ExitCode::failure);
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
