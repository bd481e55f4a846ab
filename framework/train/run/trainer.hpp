// SPDX-License-Identifier: Apache-2.0
// One training run on one rank. Every rank holds the same weights, slots, counters and sums at the end of every step.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/checkpoint/writer.hpp>
#include <teranga/comm/communicator.hpp>
#include <teranga/core/temporary_folder.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/service/service.hpp>
#include <teranga/service/watchdog.hpp>
#include <teranga/tensor/node_memory.hpp>
#include <teranga/train/measured.hpp>
#include <teranga/train/train.hpp>

#include "run/best_checkpoints.hpp"
#include "run/dashboards.hpp"
#include "run/early_stopping.hpp"
#include "run/network_pictures.hpp"
#include "run/observers.hpp"
#include "run/request_files.hpp"
#include "session/agreement.hpp"
#include "session/former_run.hpp"
#include "session/initial_weights.hpp"
#include "session/same_files.hpp"
#include "session/group.hpp"
#include "update/local_updates.hpp"
#include "update/phase.hpp"
#include "run/profile_report.hpp"
#include "run/progress.hpp"
#include "run/report_writer.hpp"
#include "run/run_folder.hpp"
#include "run/job_limit.hpp"
#include "run/time_report.hpp"

namespace teranga::train {

// When it ends, so do the tasks that the background thread has.
class ServiceTasks {
 public:
  explicit ServiceTasks(Service& service) : service_(service) {}
  ~ServiceTasks() { service_.forget_tasks(); }
  ServiceTasks(const ServiceTasks&) = delete;
  ServiceTasks& operator=(const ServiceTasks&) = delete;

 private:
  Service& service_;
};

class Trainer {
 public:
  Trainer(const TrainOptions& options, const recipe::Recipe& recipe, const host::Registry& registry, Communicator& comm);

  ExitCode run();

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t request_count = 6;  // checkpoint, checkpoint and stop, stop, deadline, save by the clock, an observer's wish to stop

  void start_data();      // where the run goes on
  ExitCode run_epochs();  // from where the loader was started
  ExitCode run_to_end();
  void begin_report();
  void follow_folder(bool at_once);
  bool make_folder_again();
  bool keeps_marker() const noexcept { return folder_ && options_.fast_dev_run == 0 && options_.most_steps == 0; }
  void review_samples();  // collective
  void end(ExitCode code) noexcept;
  void require_folder();
  bool may_go_back(const AgreedError& error) const noexcept;
  void go_back(const AgreedError& error);  // collective: to the newest checkpoint
  void tell_of_all_data() const;
  void open();            // data, network, optimizer, run folder
  std::string run_path() const;
  void find_former();
  checkpoint::OwnerWait wait_for_owner();
  void take_initial_weights();
  FileFact prepare_data();  // collective
  void begin_or_resume();
  void take(const FormerRun& former);
  void take_early_stopping(const FormerRun& former);
  void take_best(const FormerRun& former);
  void take_cursor(std::span<const double> numbers);  // as cursor_tensor() stored them
  NamedTensor cursor_tensor() const;
  void share_state();     // rank 0's bits to all
  void banner();
  void begin_profile();
  void end_profile();  // collective
  void begin_times();
  void count_flops(std::int64_t samples);
  void tell_times();  // collective
  RankTimes own_times() const;
  void open_metrics();

  const data::Batch* next_batch();
  bool step(const data::Batch& batch);  // false: it is asked to stop, and next_ is the update at which the step goes on
  bool alone() const { return local_ && local_->applies(cursor_.epoch); }
  bool updates_at(const data::Batch& batch) const;
  bool meets_at(const data::Batch& batch) const;  // whether the ranks hold the same weights after it, and agree
  void compare_ranks(bool epoch_ended);  // collective
  bool passed(std::int64_t count, std::int64_t every) const;  // whether the steps since met_step_, of which the last is the count-th, passed a multiple
  std::array<double, request_count> own_requests();
  void heed(const std::array<double, request_count>& sums);
  [[noreturn]] void diverged(const std::string& found, const std::string& parameter);
  std::string calmer(const std::string& parameter) const;
  std::string hint_of_scale(const std::string& parameter) const;
  const Phase& trainer_of(const std::string& parameter) const;  // the first phase where none trains it
  std::string parameter_not_finite();  // the first one, or ""
  void log_step(std::int64_t in_epoch);
  void end_epoch();
  NamedNumbers epoch_numbers() const;
  NamedNumbers evaluate(data::Part part, const std::string& prefix);
  void restore_best();
  void evaluate_test();
  void begin_observers();  // collective, and so are the others
  void tell_observers(const NamedNumbers& numbers, double seconds);  // of the epoch that has ended
  void stop_as_observed();
  void end_observers(ExitCode code);
  void heed_requests(bool epoch_ended);
  void finish();

  // Collective: requires finite parameters, and gives the writer a copy of all that a checkpoint holds. Training stands still meanwhile, and before it
  // until the last checkpoint is written.
  void take_snapshot();
  std::string fill(checkpoint::Snapshot& snapshot);  // the first parameter that is not finite, or ""; without memory for a copy it leaves lent_
  void tell_of_memory(std::size_t bytes, const std::string& why);
  void begin_checkpoint();  // writes what was taken, aside (what was lent, at once); rank 0. Throws Error(failure) where another process has the folder
  void heed_writer(std::optional<checkpoint::Writer::Outcome> outcome);  // a failure is a warning
  std::uint64_t random_key() const;  // of the running step

  const TrainOptions& options_;
  std::optional<Service> own_service_;
  Service& service_;
  std::optional<TemporaryFolder> temporary_;  // in place of the run folder of a trial; rank 0
  std::string resume_file_;  // the checkpoint that --resume names, on rank 0
  const recipe::Recipe& recipe_;
  const host::Registry& registry_;
  Communicator& comm_;
  std::unique_ptr<Watchdog> watchdog_;  // ends after all that may hang at its own end
  const Placement placement_;
  Team team_;
  std::shared_ptr<NodeMemory> node_;  // of the data that the ranks on this node hold together; null: each holds its own
  std::unique_ptr<data::Source> source_;
  std::optional<FormerRun> former_;  // that the run goes on from, until it is taken; rank 0
  std::optional<std::filesystem::file_time_type> newest_write_;  // to the run's checkpoints when they were looked at; rank 0
  std::optional<TakenWeights> initial_;  // rank 0
  std::string initial_from_;
  std::string data_state_, data_record_;  // the record: rank 0
  std::optional<Networks> networks_;
  std::vector<Measured> measured_;
  std::vector<std::string> notes_;  // on recipe and data, for the banner
  std::deque<Phase> phases_;
  std::optional<LocalUpdates> local_;  // where ranks update alone, in some epochs
  std::unique_ptr<data::Loader> loader_;
  std::unique_ptr<checkpoint::RunLock> early_lock_;  // of a folder that has or had an owner, until folder_ has it; rank 0
  std::unique_ptr<RunFolder> folder_;  // rank 0
  const ServiceTasks tasks_{service_};  // end before the folder that they touch,
  std::optional<JobLimit> job_limit_;  // rank 0; where no other time limit was given
  std::optional<ReportWriter> report_;  // rank 0; where the recipe asks for it, and not of a dry run
  std::optional<Dashboards> dashboards_;  // so too
  std::optional<NetworkPictures> pictures_;  // where there is a report, and not of a trial
  std::optional<RequestFiles> request_files_;  // rank 0
  std::optional<checkpoint::Writer> writer_;  // and after what is still written into it; rank 0
  std::optional<Observers> observers_;  // rank 0; where the recipe has some, and not of a search for a rate
  bool observed_ = false;               // so too, on all ranks
  std::optional<EarlyStopping> early_stopping_;
  std::optional<BestCheckpoints> best_;
  bool is_best_ = false;  // the epoch that has just ended: its checkpoint is to be written
  std::optional<Progress> progress_;
  std::optional<Profile> profile_;
  MachineSpeed machine_;
  Work waiting_, logging_;  // rows of the profile
  std::int64_t warm_up_ = 0;  // the last step that warms up
  double data_seconds_ = 0, evaluation_seconds_ = 0, checkpoint_seconds_ = 0;
  Ticks round_ticks_ = 0;  // of averaging at the end of rounds
  Ticks first_tick_ = 0;   // when the training began, by both clocks
  Clock::time_point began_ = Clock::now();
  double flops_ = 0, flops_of_sample_ = 0;  // of all ranks so far; of a sample in the epoch flops_epoch_
  std::int64_t flops_epoch_ = -1;
  std::string resolved_;
  std::vector<checkpoint::PluginIdentity> plugins_;  // that the recipe uses

  // What a checkpoint stores.
  std::int64_t step_ = 0;
  data::Cursor cursor_;
  PhaseCursor next_;  // of the running step, which has done those before it
  std::vector<NamedTensor> row_states_;  // of the whole batch's rows; rank 0
  std::vector<checkpoint::RankState> rank_states_;  // of the other ranks; rank 0
  EndedBy ended_early_ = EndedBy::nobody;
  bool observer_stops_ = false;  // as the ranks have agreed
  bool resumed_ = false;
  LeftOut left_out_;
  std::int64_t times_back_ = 0;

  std::vector<const void*> field_pointers_;
  Request request_;
  std::optional<SnapshotViews> lent_;  // what the next checkpoint holds, where there was no memory for a copy
  bool told_of_memory_ = false;
  std::int64_t saved_step_ = -1;
  std::int64_t met_step_ = 0;  // when the ranks last agreed on requests: behind an update
  bool save_failed_ = false, no_memory_to_save_ = false;
  bool folder_lost_ = false;  // with its checkpoints; rank 0
  bool told_of_folder_ = false;
  Clock::time_point next_look_ = Clock::now();  // at the run folder
  std::int64_t log_every_ = 1;
  Clock::time_point epoch_began_ = Clock::now(), last_save_ = Clock::now();
  std::int64_t epoch_samples_ = 0;  // of this process, for the speed
  std::int64_t epoch_bytes_read_ = 0;  // by this process
  double data_wait_ = 0;            // s of the epoch in which this rank had no batch to train on,
  double checkpoint_wait_ = 0;      // and in which it stood still for checkpoints
};

}  // namespace teranga::train
