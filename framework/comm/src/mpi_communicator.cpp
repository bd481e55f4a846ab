// SPDX-License-Identifier: Apache-2.0
// The group that a launcher started, over MPI. Errors are returned and thrown, not fatal inside MPI; counts above what MPI's int can say go
// in pieces.
#include <teranga/comm/communicator.hpp>

#include <teranga/comm/launch.hpp>
#include <teranga/core/activity.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/terminal.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <limits>

#include <fmt/format.h>
#include <unistd.h>

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

#include <teranga/comm/group_of_one.hpp>
#include "mpi_settings.hpp"
#include "self_test.hpp"
#include "shared_segments.hpp"

namespace teranga {
namespace {

constexpr std::size_t most_at_once = std::size_t{1} << 30;  // elements

void check(int code, const char* operation, std::size_t count) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw CommunicationError(ExitCode::failure, fmt::format("MPI failed in {} of {} elements: {}", operation, count,
                                             std::string_view(text, static_cast<std::size_t>(length))));
}

template <class T>
MPI_Datatype type_of() {
  if constexpr (std::is_same_v<T, float>)
    return MPI_FLOAT;
  else if constexpr (std::is_same_v<T, double>)
    return MPI_DOUBLE;
  else
    return MPI_INT64_T;
}

// On a group of its own: its tags meet no others.
class MpiMessages final : public Messages {
 public:
  explicit MpiMessages(MPI_Comm group) : group_(group) {}

  void send(int to, int tag, std::span<const std::byte> bytes) override {
    for_each_piece(bytes.size(), [&](std::size_t begin, int count) { check(MPI_Isend(bytes.data() + begin, count, MPI_BYTE, to, tag, group_, &requests_.emplace_back()), "a message to another rank", bytes.size()); });
  }

  void receive(int from, int tag, std::span<std::byte> bytes) override {
    for_each_piece(bytes.size(), [&](std::size_t begin, int count) { check(MPI_Irecv(bytes.data() + begin, count, MPI_BYTE, from, tag, group_, &requests_.emplace_back()), "a message from another rank", bytes.size()); });
  }

  bool receive_found(int from, int tag, std::vector<std::byte>& bytes) override {
    int found = 0, count = 0;
    MPI_Message message;
    MPI_Status status;
    check(MPI_Improbe(from, tag, group_, &found, &message, &status), "the look for a message", 0);
    if (!found) return false;
    check(MPI_Get_count(&status, MPI_BYTE, &count), "the question for the size of a message", 1);
    bytes.resize(static_cast<std::size_t>(count));
    check(MPI_Imrecv(bytes.data(), count, MPI_BYTE, &message, &requests_.emplace_back()), "a message from another rank", bytes.size());
    return true;
  }

  bool all_done() override {
    if (requests_.empty()) return true;
    int done = 0;
    check(MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, MPI_STATUSES_IGNORE), "messages", requests_.size());
    if (done) requests_.clear();
    return done != 0;
  }

 private:
  // A message without bytes is a message.
  template <class F>
  static void for_each_piece(std::size_t bytes, F&& f) {
    std::size_t begin = 0;
    do {
      f(begin, static_cast<int>(std::min(bytes - begin, most_at_once)));
      begin += most_at_once;
    } while (begin < bytes);
  }

  MPI_Comm group_;
  std::vector<MPI_Request> requests_;
};

class MpiCommunicator final : public Communicator {
 public:
  using Place = Communicator::Place;
  MpiCommunicator(MPI_Comm group, MPI_Comm for_messages, const Place& place) : Communicator(place), group_(group), for_messages_(for_messages) {}
  void remove_names_of_segments() {
    barrier();
    segments_.remove_names(local_rank());
  }

  // A rank that fails leaves without farewell: the launcher notices and ends the others, which would wait for it for ever.
  ~MpiCommunicator() override {
    if (std::uncaught_exceptions() > exceptions_) return;
    MPI_Comm_free(&for_messages_);
    MPI_Comm_free(&group_);
    segments_.give_back();
    MPI_Finalize();
  }

  void sum(std::span<float> values) override { reduce(values, MPI_SUM, "the sum"); }
  void sum(std::span<double> values) override { reduce(values, MPI_SUM, "the sum"); }
  void sum(std::span<std::int64_t> values) override { reduce(values, MPI_SUM, "the sum"); }
  void maximum(std::span<float> values) override { reduce(values, MPI_MAX, "the maximum"); }
  void maximum(std::span<double> values) override { reduce(values, MPI_MAX, "the maximum"); }
  void maximum(std::span<std::int64_t> values) override { reduce(values, MPI_MAX, "the maximum"); }

  void broadcast(void* bytes, std::size_t count, int root) override {
    const activity::Collective shown("the broadcast", count, false);
    auto* at = static_cast<char*>(bytes);
    for (std::size_t done = 0; done < count;) {
      const std::size_t piece = std::min(count - done, most_at_once);
      check(MPI_Bcast(at + done, static_cast<int>(piece), MPI_BYTE, root, group_), "the broadcast", count);
      activity::goes_on();
      done += piece;
    }
  }

  void barrier() override {
    const activity::Collective shown("the barrier", 0);
    check(MPI_Barrier(group_), "the barrier", 0);
  }

  std::unique_ptr<Messages> messages() override { return std::make_unique<MpiMessages>(for_messages_); }

  [[noreturn]] void abort(int code) noexcept override {
    terminal::settle(std::chrono::seconds(2));
    static int code_then = 0;
    code_then = code;
    std::signal(SIGALRM, [](int) { std::_Exit(code_then); });
    alarm(3);  // MPI has been seen to hang in here
    MPI_Abort(group_, code);
    std::_Exit(code);
  }

 private:
  template <class T>
  void reduce(std::span<T> values, MPI_Op operation, const char* name) {
    const activity::Collective shown(name, values.size_bytes());
    for (std::size_t done = 0; done < values.size();) {
      const std::size_t piece = std::min(values.size() - done, most_at_once);
      check(MPI_Allreduce(MPI_IN_PLACE, values.data() + done, static_cast<int>(piece), type_of<T>(), operation, group_), name,
            values.size());
      activity::goes_on();
      done += piece;
    }
  }

  std::string collect(const std::string& own, const std::vector<std::int64_t>& sizes, bool to_all) override {
    std::vector<int> counts;
    std::vector<int> places;
    std::int64_t total = 0;
    for (const std::int64_t size : sizes) {
      places.push_back(static_cast<int>(total));
      counts.push_back(static_cast<int>(size));
      total += size;
      if (total > std::numeric_limits<int>::max()) throw Error(ExitCode::failure, "the texts of all ranks together are longer than 2 GiB");
    }
    std::string joined(to_all || is_root() ? static_cast<std::size_t>(total) : 0, '\0');
    const auto length = static_cast<int>(own.size());
    const activity::Collective shown(to_all ? "the exchange of texts" : "the collection of texts", static_cast<std::size_t>(total), to_all);
    if (to_all)
      check(MPI_Allgatherv(own.data(), length, MPI_BYTE, joined.data(), counts.data(), places.data(), MPI_BYTE, group_),
            "the exchange of texts", joined.size());
    else
      check(MPI_Gatherv(own.data(), length, MPI_BYTE, joined.data(), counts.data(), places.data(), MPI_BYTE, 0, group_),
            "the collection of texts", own.size());
    return joined;
  }

  MPI_Comm group_, for_messages_;
  SharedSegments segments_;
  int exceptions_ = std::uncaught_exceptions();
};

MpiCommunicator::Place find_place(MPI_Comm group) {
  MpiCommunicator::Place place;
  check(MPI_Comm_rank(group, &place.rank), "the question for the rank", 1);
  check(MPI_Comm_size(group, &place.size), "the question for the size", 1);
  MPI_Comm node = MPI_COMM_NULL;
  check(MPI_Comm_split_type(group, MPI_COMM_TYPE_SHARED, place.rank, MPI_INFO_NULL, &node), "the search for ranks on the same node", 1);
  check(MPI_Comm_rank(node, &place.local_rank), "the question for the local rank", 1);
  check(MPI_Comm_size(node, &place.local_size), "the question for the local size", 1);
  place.first_on_node = place.rank;
  check(MPI_Bcast(&place.first_on_node, 1, MPI_INT, 0, node), "the question for the first rank on the node", 1);
  check(MPI_Comm_free(&node), "the release of the node's group", 1);
  return place;
}

// What starts processes that this MPI brings together.
std::string starter(int processes) {
  if (std::getenv("SLURM_JOB_ID")) return "with Slurm: srun --mpi=pmix teranga ...";
  char version[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  MPI_Get_library_version(version, &length);
  std::string all(version);
  std::ranges::replace(all, '\t', ' ');
  return fmt::format("use the mpirun of the MPI that Teranga was built with, {}: mpirun -n {} teranga ...", all.substr(0, all.find_first_of(",\n")), processes);
}

// The limit that this MPI goes by, in bytes; 0: it has none of that name.
std::int64_t effective_eager_limit() {
  int level = 0;
  if (MPI_T_init_thread(MPI_THREAD_SERIALIZED, &level) != MPI_SUCCESS) return 0;
  std::int64_t bytes = 0;
  int index = 0, count = 0;
  MPI_T_cvar_handle handle = nullptr;
  if (MPI_T_cvar_get_index(eager_limit.c_str(), &index) == MPI_SUCCESS && MPI_T_cvar_handle_alloc(index, nullptr, &handle, &count) == MPI_SUCCESS) {
    std::int64_t value[8] = {};
    if (count == 1 && MPI_T_cvar_read(handle, value) == MPI_SUCCESS) bytes = value[0];
    MPI_T_cvar_handle_free(&handle);
  }
  MPI_T_finalize();
  return bytes;
}

// Open MPI writes a message at once into memory of its receiver's limit: where the sender has a larger one, the receiver crashes.
void require_same_eager_limit(MPI_Comm group, int ranks) {
  const std::int64_t mine = effective_eager_limit();
  std::vector<std::int64_t> limits(static_cast<std::size_t>(ranks));
  check(MPI_Allgather(&mine, 1, MPI_INT64_T, limits.data(), 1, MPI_INT64_T, group), "the exchange of limits", limits.size());
  const auto [least, most] = std::ranges::minmax(limits);
  if (least == most) return;
  throw Error(ExitCode::usage, fmt::format("the processes have different limits for messages that MPI sends at once ({}): {} and {} bytes; MPI would crash", eager_limit, least, most),
              fmt::format("give all of them one limit: mpirun --mca {} {} ...", eager_limit, wanted_eager_limit));
}

}  // namespace

std::unique_ptr<Communicator> Communicator::connect() {
  if (!launched_by_mpi()) return group_of_one();
  int is_initialized = 0;
  MPI_Initialized(&is_initialized);
  if (is_initialized) throw Error(ExitCode::failure, "a second communicator was asked for; a process may join its launched group once");
  const int started = launched_size();  // a lone MPI sets variables of its own
  // MPI may end the process where it misses one, with advice that is not for users.
  if (launched_without_process_manager() && launched_rank() == 0)
    log::warning(fmt::format("Slurm started {} tasks without a process manager that MPI could ask for the others; if MPI ends here: srun --mpi=pmix teranga ...",
                             launched_size()));
  const bool told = set_eager_limit();
  int level = MPI_THREAD_SINGLE;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level), "the start", 0);
  if (level < MPI_THREAD_SERIALIZED)
    throw Error(ExitCode::failure, "this MPI was built without support for threads (MPI_THREAD_SERIALIZED is needed)");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm group = MPI_COMM_NULL, for_messages = MPI_COMM_NULL;
  for (MPI_Comm* const one : {&group, &for_messages}) {
    check(MPI_Comm_dup(MPI_COMM_WORLD, one), "the making of a group", 0);
    MPI_Comm_set_errhandler(*one, MPI_ERRORS_RETURN);
  }
  const MpiCommunicator::Place place = find_place(group);
  auto communicator = std::make_unique<MpiCommunicator>(group, for_messages, place);
  if (started > 1 && place.size == 1)
    throw Error(ExitCode::usage,
                fmt::format("the launcher started {} processes, but MPI sees this one alone: each would train by itself", started),
                starter(started));
  require_same_eager_limit(group, place.size);
  check_collectives(*communicator);
  communicator->learn_hosts();
  communicator->remove_names_of_segments();
  if (told && place.rank == 0 && place.local_size < place.size && effective_eager_limit() > 0)
    log::info(fmt::format("MPI: messages of up to {} bytes are sent to other nodes at once where they go over TCP ({}); OMPI_MCA_{}=BYTES sets another limit", effective_eager_limit(), eager_limit, eager_limit));
  return communicator;
}

}  // namespace teranga
