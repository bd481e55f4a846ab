// SPDX-License-Identifier: Apache-2.0
// How a run begins, what it stores, and how it goes on from there.
#include "run/trainer.hpp"

#include "run/log_head.hpp"
#include "session/agreement.hpp"
#include "session/core_shares.hpp"
#include "session/group.hpp"
#include "session/host_name.hpp"
#include "session/hosts_told.hpp"
#include "session/initial_weights.hpp"
#include "session/number_tensor.hpp"
#include "session/rank_sums.hpp"
#include "run/run_facts.hpp"
#include "run/watch.hpp"
#include "update/row_state_exchange.hpp"
#include "update/sent_parameters.hpp"
#include "session/same_work.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/comm/memory_of_node.hpp>
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/activity.hpp>
#include <teranga/core/counted.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/core/log.hpp>
#include <teranga/host/node_lender.hpp>
#include <teranga/parallel/cpu.hpp>
#include <teranga/train/checkpoint_path.hpp>
#include <teranga/train/class_weights.hpp>
#include <teranga/train/data_checks.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/recipe_checks.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr const char* divergences = "divergences";

std::string time_text() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, const recipe::Recipe& recipe, const host::Registry& registry, Communicator& comm)
    : options_(options), service_(options.service ? *options.service : own_service_.emplace()), recipe_(recipe), registry_(registry), comm_(comm), placement_(place_threads(options.threads, options.pin, comm)), team_(placement_.threads), resolved_(recipe::resolve(recipe)) {
  if (options.max_time > 0) service_.set_deadline(time_to_deadline(options.max_time));
  watchdog_ = watch(options, comm);
}

void Trainer::open() {
  plugins_ = plugins_of(recipe_, registry_);
  require_same(comm_, {recipe_fact(resolved_), profile_fact(options_.profile), dry_run_fact(options_.dry_run), plugin_fact(plugins_)});
  together(comm_, [&] { find_former(); });
  log::HeldWarnings of_data;  // an error of the network must not stand below warnings of the data
  node_ = memory_of_node(comm_);
  together(comm_, [&] {
    const host::LendNode lent(node_.get());
    source_ = open_data(recipe_, registry_);
    source_->share(node_);
  });
  const FileFact files = prepare_data();
  together(comm_, [&] {
    networks_.emplace(recipe_, *source_, registry_, team_);
    measured_ = measured_by(*networks_, *source_);
    check_monitors(recipe_, measured_, registry_);
    check_row_states(recipe_, networks_->store(), *source_);
    of_data.release();
    networks_->store().row_states().begin(model::Purpose::training, data::share_of(recipe_.training.batch_size, rank_of(comm_, recipe::rows_in_order(recipe_.training))).rows);
    ClassWeights weights = class_weights(recipe_, *source_, *networks_);
    notes_ = std::move(weights.notes);
    for (std::string& note : notes_on_steps(recipe_, *source_)) notes_.push_back(std::move(note));
    if (std::string note = note_on_idle_ranks(recipe_, *source_, comm_.size()); !note.empty()) notes_.push_back(std::move(note));
    if (comm_.is_root())
      for (std::string& note : check_data(recipe_, *source_, *networks_, Extent::beginning)) notes_.push_back(std::move(note));
    phases_ = phases_of(*networks_, weights.factors, wire_of(recipe_.training), registry_, comm_, team_);
    left_out_.most = recipe_.training.on_divergence.most;
    if (recipe_.training.on_divergence.action == "skip")
      for (Phase& phase : phases_) phase.leave_out_diverged(left_out_);
    if (LocalUpdates::wanted(recipe_.training, comm_)) local_.emplace(recipe_.training, phases_, networks_->store(), registry_, comm_, team_);
    observed_ = !recipe_.observers.empty() && options_.most_steps == 0;
    if (observed_ && comm_.is_root()) observers_.emplace(recipe_.observers, registry_);
    if (observers_ && observers_->want_gradient_norm())
      for (Phase& phase : phases_) phase.watch_gradient_norm();
    if (recipe_.checkpoint.keep_best) best_.emplace(*recipe_.checkpoint.keep_best, measured_);
    if (recipe_.training.early_stopping) early_stopping_.emplace(*recipe_.training.early_stopping, measured_);
    data::LoaderOptions loading;
    loading.batch_size = recipe_.training.batch_size;
    loading.shuffle = recipe_.training.shuffle;
    loading.seed = static_cast<std::uint64_t>(recipe_.training.seed);
    loading.random = true;
    loading.steps_per_epoch = recipe_.training.steps_per_epoch.value_or(0);
    loading.epochs = recipe_.training.epochs;
    loading.who = rank_of(comm_, recipe::rows_in_order(recipe_.training));
    loader_ = std::make_unique<data::Loader>(*source_, loading);
  });
  require_same(comm_, data_facts(*source_, data_state_, files));
  together(comm_, [&] {
    if (!comm_.is_root()) return;
    // Weights that cannot be had leave the former run where it is.
    if (!former_) take_initial_weights();
    service_.forget_tasks();  // those of the early lock
    folder_ = std::make_unique<RunFolder>(run_path(), std::move(early_lock_), wait_for_owner());
    if (newest_write_in(folder_->path()) != newest_write_)
      throw Error(ExitCode::requeue, fmt::format("another run has written checkpoints to {} while this one was prepared", folder_->checkpoints()), "start the same command again: it goes on from them");
    if (options_.resume == Resume::fresh && !options_.dry_run)
      if (const std::string aside = folder_->set_aside(); !aside.empty()) log::info(fmt::format("the former run is kept in {}", aside));
    writer_.emplace(folder_->checkpoints(), static_cast<int>(recipe_.checkpoint.keep));
    log::open_file(folder_->path() + "/log.txt");
    request_files_.emplace(folder_->path());
    service_.every(checkpoint::touch_seconds, [folder = folder_.get()] { folder->still_ours(); });
    if (options_.heeds_job_limit && options_.max_time == 0 && !options_.dry_run) job_limit_.emplace(service_);
    service_.on_sudden_end([folder = folder_.get()] { folder->release(); });
  });
  if (options_.fast_dev_run == 0) watchdog_->report_to(absolute_path(run_path()).string());
  progress_.emplace(options_.progress, comm_.is_root(), recipe_.training.epochs, loader_->steps_per_epoch());
  log_every_ = recipe_.training.log_every_steps > 0 ? recipe_.training.log_every_steps : std::max<std::int64_t>(1, loader_->steps_per_epoch() / 10);
}

std::string Trainer::run_path() const { return temporary_ ? temporary_->path() : options_.run.empty() ? "runs/" + recipe_.name : options_.run; }

// The checkpoint to go on from, if there is one. On rank 0.
void Trainer::find_former() {
  if (!comm_.is_root()) return;
  if (options_.fast_dev_run > 0) temporary_.emplace();
  // Another job may still run, and write checkpoints: they are looked at when it has ended.
  if (checkpoint::RunLock::is_there(run_path())) {
    early_lock_ = std::make_unique<checkpoint::RunLock>(run_path(), wait_for_owner());
    service_.every(checkpoint::touch_seconds, [lock = early_lock_.get()] { lock->touch(); });
    service_.on_sudden_end([lock = early_lock_.get()] { lock->release(); });
  }
  newest_write_ = newest_write_in(run_path());
  if (options_.resume == Resume::never || options_.resume == Resume::fresh) return;
  if (options_.resume == Resume::from_file) {
    resume_file_ = checkpoint_file(options_.resume_file);
    former_.emplace(resume_file_, checkpoint::read(resume_file_), resolved_, registry_);
    return;
  }
  const std::string folder = run_path() + "/checkpoints";
  std::vector<std::string> refused;
  std::optional<checkpoint::Snapshot> found = checkpoint::newest_intact(folder, &refused);
  for (const std::string& reason : refused) log::warning("checkpoint refused: " + reason);
  if (!found && !refused.empty())
    throw Error(ExitCode::data, fmt::format("{} holds {}, and none is intact", folder, counted(refused.size(), "checkpoint")), "--fresh keeps them aside and trains anew");
  if (found) former_.emplace(folder, std::move(*found), resolved_, registry_);
}

checkpoint::OwnerWait Trainer::wait_for_owner() {
  return {options_.wait_for_owner, [this] {
            activity::goes_on();  // for the watchdog
            return service_.requested().stops();
          }};
}

// Learns from the training part, or takes what the former run learnt from it: never anew.
FileFact Trainer::prepare_data() {
  std::string known;
  std::int64_t resumes = former_.has_value();
  DataRecord record;
  together(comm_, [&] {
    if (!comm_.is_root()) return;
    record = record_of(recipe_, registry_, *source_);
    if (!former_) return;
    former_->check_recipe(recipe_);
    former_->check_data(recipe_, registry_, *source_, record, options_.force_data);
    known = former_->snapshot.data_state;
  });
  comm_.broadcast(&resumes, sizeof(resumes), 0);
  if (resumes) comm_.broadcast(known);
  FileFact files = file_fact(comm_, data_paths(recipe_, registry_), registry_.need(host::Kind::dataset, recipe_.require_data().component.type), record.files);
  together(comm_, [&] {
    const host::LendNode lent(node_.get());
    data_state_ = resumes ? known : source_->fit();
    if (resumes) source_->restore(known);
    if (!comm_.is_root()) return;
    record.describe(*source_);
    data_record_ = to_text(record);
  });
  return files;
}

// Those of the command line, else those of the recipe. On rank 0.
void Trainer::take_initial_weights() {
  recipe::InitialWeights choice = recipe_.initial_weights.value_or(recipe::InitialWeights{});
  choice.partial |= options_.partly;
  if (!options_.init_weights.empty()) choice.from = options_.init_weights;
  else if (!choice.from.empty()) choice.from = absolute_path(std::filesystem::path(recipe_.folder) / choice.from).string();
  if (!choice.from.empty()) initial_ = set_initial_weights(networks_->layers(), choice.from, choice);
  else if (recipe_.initial_weights) log::info("[initial_weights] has no \"from\", and --init-weights is not given: all weights are random");
  initial_from_ = choice.from;
}

void Trainer::begin_or_resume() {
  together(comm_, [&] {
    if (!comm_.is_root()) return;
    if (options_.resume == Resume::never && folder_->has_checkpoints())
      throw Error(ExitCode::usage, fmt::format("the run folder {} holds checkpoints of a former run, and --resume never would overwrite them", folder_->path()),
                  "--run OTHER trains in another folder; --fresh instead of --resume never puts the former run aside");
    if (former_) {
      if (!options_.init_weights.empty()) log::info("--init-weights is left aside: the run goes on from its checkpoint");
      take(*former_);
      former_.reset();
      return;
    }
    if (initial_) tell(*initial_, initial_from_);
  });
  share_state();
  if (!resumed_)
    for (Phase& phase : phases_) phase.begin_average();
  take_snapshot();
  together(comm_, [&] {
    if (!folder_) return;
    if (options_.resume == Resume::from_file && !options_.dry_run) {
      if (const int later = folder_->set_aside_after(step_))
        log::info(fmt::format("{}: {} renamed to *.abandoned; the run continues from step {}", folder_->checkpoints(), counted(later, "later checkpoint"), step_));
    }
    if (options_.dry_run && folder_->has_checkpoints())
      return log::info(fmt::format("{} holds a former run, which a dry run leaves as it is: no checkpoint is written", folder_->path()));
    folder_->write_recipe(resolved_);
    open_metrics();
    if (best_ && resumed_) best_->publish(folder_->checkpoints());  // what is of a future that was left goes
    // Before the first step: a bad path, quota or format fails at once. A checkpoint from elsewhere becomes this folder's own, so that the same
    // command without --resume goes on from it.
    const bool from_elsewhere = options_.resume == Resume::from_file && !options_.dry_run && !folder_->owns(resume_file_);
    if (resumed_ && !from_elsewhere) return;
    begin_checkpoint();
    heed_writer(writer_->wait());
    if (save_failed_ && no_memory_to_save_) throw Error(ExitCode::failure, fmt::format("there is not enough memory for the first checkpoint in {}", folder_->checkpoints()));
    if (save_failed_) throw Error(ExitCode::failure, fmt::format("the first checkpoint cannot be written to {}", folder_->checkpoints()), "choose another folder with --run FOLDER");
  });
  saved_step_ = step_;
}

void Trainer::take(const FormerRun& former) {
  const checkpoint::Snapshot& snapshot = former.snapshot;
  try {
    set_weights(networks_->layers(), snapshot, former.from);
  } catch (const Error& error) {
    throw Error(error.code(), former.of_other_recipe() + error.what(), "--run OTHER or --fresh trains the changed recipe");
  }
  for (Phase& phase : phases_) phase.take(former);
  if (local_) local_->take(former);
  else if (!snapshot.rank_states.empty()) {
    LocalUpdates::take_travelled(snapshot.rank_states, networks_->store());
    if (snapshot.rank_states.size() > 1 || snapshot.rank_states[0].rank > 0) log::info("the processes of the former run had optimizers of their own: all go on with that of process 0");
  }
  row_states_ = row_states_in(snapshot.run, networks_->store().row_states(), recipe_.training.batch_size, former.from);
  // What does not fit at all has been told before.
  former.tell_changes(options_.force_recipe, options_.command);
  former.tell_plugins(plugins_);
  if (early_stopping_) take_early_stopping(former);
  if (best_) take_best(former);
  ended_early_ = former.ended_early();
  take_cursor(numbers_of(snapshot.run, "turn", 2 + 3 * phases_.size()));
  constexpr double most_times = 1e15;
  if (const auto counts = numbers_of(snapshot.run, divergences, 2); !counts.empty() && counts[0] >= 0 && counts[0] < most_times && counts[1] >= 0 && counts[1] < most_times) {
    left_out_.count = static_cast<std::int64_t>(counts[0]);
    times_back_ = static_cast<std::int64_t>(counts[1]);
  }
  step_ = snapshot.step;
  cursor_ = {snapshot.epoch, snapshot.sample};
  resumed_ = true;
  if (!former.other_samples || cursor_.sample == 0) return;
  log::info(fmt::format("epoch {} begins anew: the training part has another number of samples than before", cursor_.epoch + 1));
  cursor_.sample = 0;
  next_ = {};
  for (Phase& phase : phases_) phase.begin_epoch();
}

// The best number of one monitor says nothing of another.
void Trainer::take_early_stopping(const FormerRun& former) {
  for (const char* key : {"training.early_stopping.monitor", "training.early_stopping.mode"})
    if (const RecipeChange* const change = former.change_of(key)) return log::info(fmt::format("early stopping begins anew with its best number: {}", to_text(*change)));
  early_stopping_->set_tensors(former.snapshot.run);
}

void Trainer::take_best(const FormerRun& former) {
  for (const char* key : {"checkpoint.keep_best.monitor", "checkpoint.keep_best.mode"})
    if (const RecipeChange* const change = former.change_of(key)) return log::info(fmt::format("the best checkpoints are looked for anew, and those of before are removed: {}", to_text(*change)));
  best_->set_tensors(former.snapshot.run);
}

// The next update, and what the end of the step tells of those before it.
NamedTensor Trainer::cursor_tensor() const {
  std::vector<double> numbers = {static_cast<double>(next_.phase), static_cast<double>(next_.runs)};
  for (const Phase& phase : phases_)
    for (const double number : phase.last()) numbers.push_back(number);
  return number_tensor("turn", numbers);
}

// Of other phases than the recipe's it says nothing: the step begins anew.
void Trainer::take_cursor(std::span<const double> numbers) {
  constexpr double most = 1e15;
  if (numbers.empty() || !(numbers[0] >= 0 && numbers[0] < static_cast<double>(phases_.size())) || !(numbers[1] >= 0 && numbers[1] < most)) return;
  next_ = {static_cast<std::size_t>(numbers[0]), static_cast<std::int64_t>(numbers[1])};
  for (std::size_t p = 0; p < phases_.size(); ++p)
    if (const double* last = &numbers[2 + 3 * p]; std::abs(last[0]) < most) phases_[p].set_last({last[0], last[1], last[2]});
}

void Trainer::share_state() {
  model::ParameterStore& store = networks_->store();
  comm_.broadcast(store.weights(), store.elements() * sizeof(float), 0);
  comm_.broadcast(store.state(), store.state_elements() * sizeof(float), 0);
  if (store.state_elements()) std::memcpy(store.state(true), store.state(), store.state_elements() * sizeof(float));
  share_row_states(row_states_, store.row_states(), recipe_.training.batch_size, rank_of(comm_, recipe::rows_in_order(recipe_.training)), comm_);
  for (Phase& phase : phases_) phase.share(comm_);
  if (local_) local_->share();
  std::int64_t counters[] = {step_, cursor_.epoch, cursor_.sample, static_cast<std::int64_t>(ended_early_), resumed_, static_cast<std::int64_t>(next_.phase), next_.runs, left_out_.count, times_back_};
  comm_.broadcast(counters, sizeof(counters), 0);
  step_ = counters[0];
  cursor_ = {counters[1], counters[2]};
  ended_early_ = static_cast<EndedBy>(counters[3]);
  resumed_ = counters[4] != 0;
  next_ = {static_cast<std::size_t>(counters[5]), counters[6]};
  left_out_.count = counters[7];
  times_back_ = counters[8];
  met_step_ = step_;
  store.changed();
  if (local_ && !alone()) local_->come_together();  // the recipe has other rounds now
}

void Trainer::open_metrics() {
  MetricColumns columns;
  for (const char* prefix : {"", "val_"}) {
    if (*prefix && !source_->has(data::Part::validation)) continue;
    for (const PhaseNetwork& phase : networks_->phases()) {
      columns.of_epochs.push_back(prefix + phase.named("loss"));
      for (const model::MetricFacts& metric : phase.network->metrics()) columns.of_epochs.push_back(prefix + phase.named(metric.name));
    }
  }
  for (const PhaseNetwork& phase : networks_->phases()) {
    columns.of_epochs.push_back(phase.named("learning_rate"));
    columns.of_steps.insert(columns.of_steps.end(), {phase.named("loss"), phase.named("learning_rate")});
  }
  columns.of_epochs.insert(columns.of_epochs.end(), {"seconds", "samples_per_second", "data_wait", "checkpoint_wait"});
  if (source_->tells_bytes_read()) columns.of_epochs.push_back("bytes_read");
  folder_->open_metrics(columns, step_);
}

void Trainer::banner() {
  if (!comm_.is_root()) return;
  for (const std::string& line : log_head(options_, placement_, plugins_)) log::write_to_file(log::Level::info, line);
  for (const std::string& lost : lost_cores(placement_.ranks, placement_.threads_of_ranks, launcher_of_ranks())) log::warning(lost);
  for (const std::string& note : notes_) log::warning(note);
  const model::Summary summary = networks_->summary(0);
  const std::string processes = comm_.size() > 1 ? fmt::format("{} processes x ", comm_.size()) : "";
  progress_->note(fmt::format("Teranga {}: recipe {}, {}{} on {}, batches of {} samples, seed {}", TERANGA_VERSION, recipe_.name, processes, counted(team_.threads(), "thread"), hosts_told(comm_), recipe_.training.batch_size, recipe_.training.seed));
  progress_->note(fmt::format("{} parameters, {} training samples, {:.3g} Gflop a step, {} samples at a time on each thread; run folder {}", summary.parameters,
                              source_->count(data::Part::training), summary.step_flops / 1e9, summary.slice_rows, folder_->path()));
  for (const std::string& cores : cores_told(placement_.pinned)) progress_->note(cores);
  for (const std::string& line : service_.armed()) log::debug(line);
  if (!resumed_) return;
  const bool complete = cursor_.epoch >= recipe_.training.epochs;
  if (ended_early_ != EndedBy::nobody && !complete) progress_->note(fmt::format("the training is complete: {} ended it at step {}, after epoch {} of {}; --fresh or --run OTHER trains anew", ended_early_ == EndedBy::observer ? "an observer" : "early stopping", step_, cursor_.epoch, recipe_.training.epochs));
  else progress_->note(fmt::format("going on from step {} (epoch {} of {}{})", step_, std::min(cursor_.epoch + 1, recipe_.training.epochs), recipe_.training.epochs, complete ? ": the training is complete" : ""));
}

// What the report tells of the run beside its numbers.
void Trainer::begin_report() {
  if (!folder_) return;
  const model::Summary summary = networks_->summary(0);
  StartFacts start = {{"version", TERANGA_VERSION}, {"started", time_text()}, {"from step", fmt::format("{}", step_)}, {"machine", hosts_told(comm_)}, {"processes", fmt::format("{}", comm_.size())},
                      {"threads of each", fmt::format("{}", team_.threads())}, {"instruction set", host::instruction_set()}, {"training samples", fmt::format("{}", source_->count(data::Part::training))},
                      {"samples of a batch", fmt::format("{}", recipe_.training.batch_size)}, {"parameters", fmt::format("{}", summary.parameters)}, {"work of a step", fmt::format("{:.3g} Gflop", summary.step_flops / 1e9)},
                      {"seed", fmt::format("{}", recipe_.training.seed)}, {"recipe", absolute_path(recipe_.path).string()}};
  if (!options_.overrides.empty()) start.emplace_back("changes of the recipe", fmt::format("{}", fmt::join(options_.overrides, ", ")));
  begin_facts(folder_->path(), resumed_, start, summary, measured_);
  if (recipe_.log.report && !report_) report_.emplace(folder_->path());
  if (recipe_.log.tensorboard || !recipe_.log.prometheus.empty())
    dashboards_.emplace(Dashboards::Run{recipe_, *networks_, *source_, registry_, team_, folder_->path(), resolved_, cursor_.epoch, step_});
  if (!recipe_.log.report || options_.fast_dev_run > 0 || options_.most_steps > 0) return;
  pictures_.emplace(PicturesOf{recipe_, registry_, *networks_, *source_, team_, data::share_of(recipe_.training.batch_size, rank_of(comm_, recipe::rows_in_order(recipe_.training))).rows}, folder_->path(), cursor_.epoch);
}

std::string Trainer::fill(checkpoint::Snapshot& out) {
  SnapshotViews views;
  views.parameters = networks_->store().parameter_views();
  views.states = networks_->store().state_views();
  for (const Phase& phase : phases_) phase.store(views, step_);
  if (local_) local_->store(views);
  views.add(views.run, number_tensor("stopped_early", {static_cast<double>(ended_early_)}));
  if (left_out_.count > 0 || times_back_ > 0) views.add(views.run, number_tensor(divergences, {static_cast<double>(left_out_.count), static_cast<double>(times_back_)}));
  if (!next_.begins()) views.add(views.run, cursor_tensor());
  for (const NamedTensor& rows : row_states_) views.run.push_back(view_of(rows));
  if (early_stopping_) early_stopping_->store(views);
  if (best_) best_->store(views);
  lent_.reset();
  std::string not_finite;
  try {
    not_finite = copy_tensors(views, out, team_);
  } catch (const std::exception& error) {
    out = {};
    not_finite = parameter_not_finite();
    tell_of_memory(views.bytes(), error.what());
    lent_ = std::move(views);
  }
  out.rank_states = std::move(rank_states_);
  out.step = step_;
  out.epoch = cursor_.epoch;
  out.sample = cursor_.sample;
  out.seed = static_cast<std::uint64_t>(recipe_.training.seed);
  out.data_state = data_state_;
  out.data_record = data_record_;
  out.recipe = resolved_;
  out.plugins = plugins_;
  out.provenance = {{"host", host_name()},
                    {"time", time_text()},
                    {"version", TERANGA_VERSION},
                    {"ranks", fmt::format("{}", comm_.size())},
                    {"threads", fmt::format("{}", team_.threads())},
                    {"instruction_set", host::instruction_set()},
                    {"recipe_folder", absolute_path(recipe_.folder.empty() ? "." : recipe_.folder).string()}};
  return not_finite;
}

void Trainer::tell_of_memory(std::size_t bytes, const std::string& why) {
  if (std::exchange(told_of_memory_, true)) return;
  log::warning(fmt::format("the checkpoint of step {}: rank 0 ({}) has no memory for a copy of its {} bytes ({}): it is written while the training waits, and so are later ones while that "
                           "lasts; that much more memory for rank 0, or a smaller training.batch_size, lets the training go on meanwhile", step_, host_name(), bytes, why));
}

void Trainer::take_snapshot() {
  const auto began = Clock::now();
  follow_folder(true);
  row_states_ = gather_row_states(networks_->store().row_states(), comm_);
  if (local_) rank_states_ = local_->gather();
  if (writer_) heed_writer(writer_->wait());
  std::string found = writer_ ? fill(writer_->snapshot()) : parameter_not_finite();
  if (found.empty() && local_ && !local_->together()) found = parameter_not_finite();  // of this rank's own weights
  // The loss of a step is that of the weights before its update: what the last update did shows here.
  std::string name;
  for (const std::string& of_rank : comm_.allgather(found))
    if (name.empty()) name = of_rank;
  if (!name.empty()) diverged(fmt::format("the parameter \"{}\" is not finite after step {}, and is not saved", name, step_), name);
  checkpoint_wait_ += std::chrono::duration<double>(Clock::now() - began).count();
}

void Trainer::begin_checkpoint() {
  saved_step_ = step_;
  last_save_ = Clock::now();
  folder_lost_ = false;
  if (!folder_) return;
  if (!folder_->still_ours()) throw Error(ExitCode::failure, fmt::format("the run folder {} was taken over by another process: this one gave no sign of life for long", folder_->path()), "start the same command again when that process has ended");
  if (!lent_) return writer_->begin();
  const auto began = Clock::now();
  writer_->write(*lent_);
  lent_.reset();
  checkpoint_wait_ += std::chrono::duration<double>(Clock::now() - began).count();
}

void Trainer::heed_writer(std::optional<checkpoint::Writer::Outcome> outcome) {
  if (!outcome) return;
  save_failed_ = outcome->failure.has_value();
  if (job_limit_ && !save_failed_) job_limit_->saved(outcome->seconds);
  no_memory_to_save_ = outcome->no_memory;
  if (save_failed_) log::warning(fmt::format("the checkpoint of step {} was not written: {}; older ones are intact, the training goes on", outcome->step, outcome->failure->what()));
  else log::debug(fmt::format("the checkpoint of step {} was written in {:.3f} s", outcome->step, outcome->seconds));
  if (best_ && !save_failed_) best_->publish(folder_->checkpoints());
}

}  // namespace teranga::train
