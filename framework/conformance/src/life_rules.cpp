// SPDX-License-Identifier: Apache-2.0
// Rules of items of every kind: how instances come and go.
#include <teranga/conformance/rule.hpp>

#include "item_tables.hpp"
#include "life_signature.hpp"
#include "trial_instance.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <malloc.h>

namespace teranga::conformance {
namespace {

// What this process holds.
struct Holdings {
  std::int64_t bytes = 0, files = 0, threads = 0, mappings = 0;
};

std::int64_t entries_of(const char* folder) {
  std::error_code error;
  return std::distance(std::filesystem::directory_iterator(folder, error), std::filesystem::directory_iterator());
}

Holdings holdings_now() {
  const auto memory = ::mallinfo2();
  std::ifstream maps("/proc/self/maps");
  return {static_cast<std::int64_t>(memory.uordblks + memory.hblkhd), entries_of("/proc/self/fd"), entries_of("/proc/self/task"), std::count(std::istreambuf_iterator<char>(maps), {}, '\n')};
}

constexpr int most_rounds = 1000;

struct Growth {
  int rounds = 0;
  Holdings before, after;
};

// As often as there is time for, after a few rounds that fill what is kept for good.
template <class Round>
Growth growth_of(Round&& round) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20 && std::chrono::steady_clock::now() - start < std::chrono::seconds(3); ++i) round();
  Growth growth;
  growth.before = holdings_now();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (; growth.rounds < most_rounds && std::chrono::steady_clock::now() < deadline; ++growth.rounds) round();
  growth.after = holdings_now();
  return growth;
}

void judge(const Growth& growth, const std::string& calls, const std::string& where, const std::string& mend, Findings& findings) {
  if (growth.rounds < 3) return;
  // The smallest piece of memory takes 32 bytes; few rounds show large leaks only.
  const std::int64_t bytes = growth.after.bytes - growth.before.bytes, enough = growth.rounds * 3 / 4;
  const bool leaks = bytes >= (growth.rounds >= 50 ? 24 : 4096) * std::int64_t{growth.rounds};
  if (leaks) findings.error(fmt::format("{} {} times left {} bytes behind, {:.1f} each time", calls, growth.rounds, bytes, static_cast<double>(bytes) / growth.rounds), where, mend);
  if (const std::int64_t files = growth.after.files - growth.before.files; files >= enough) findings.error(fmt::format("{} {} times left {} open files behind", calls, growth.rounds, files), where, mend);
  if (const std::int64_t threads = growth.after.threads - growth.before.threads; threads >= enough) findings.error(fmt::format("{} {} times left {} threads behind", calls, growth.rounds, threads), where, mend);
  if (const std::int64_t mappings = growth.after.mappings - growth.before.mappings; mappings >= enough && !leaks) findings.error(fmt::format("{} {} times left {} memory mappings behind", calls, growth.rounds, mappings), where, mend);
}

void leaks(const Subject& subject, Findings& findings) {
  std::string missing;
  const std::optional<OptionTrial> trial = default_trial(subject, &missing);
  if (!trial) return findings.not_applicable(fmt::format("needs --set {}=...", missing));
  Call::set_place(trial->words);
  const TrialInstance first(subject, trial->options);
  if (!first) return findings.not_applicable(fmt::format("no instance could be made: {}", first.record().words()));
  judge(growth_of([&] { const TrialInstance made(subject, trial->options); }), "create and destroy", trial->words, "free in destroy all that create took; in C++, delete the very type that was made", findings);
  if (!make_and_destroy_plan(subject, first.self())) return;
  judge(growth_of([&] { make_and_destroy_plan(subject, first.self()); }), "plan and destroy_plan", Call::place(), "free in destroy_plan all that plan took", findings);
}

// A refused option is one of its own: "units", or a part of one, as "layers[1]" and "cell.units".
void judge_named_option(const Subject& subject, const trg_error& record, const std::string& call, Findings& findings) {
  const std::string_view where(record.where, static_cast<std::size_t>(std::find(std::begin(record.where), std::end(record.where), '\0') - std::begin(record.where)));
  const std::string_view name = where.substr(0, where.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"));
  if (where.empty()) return;
  std::string options;
  for (std::size_t i = 0; i < subject.item->option_count; ++i) {
    const std::string_view known = spec_at(*subject.item, i).name;
    const char next = name.size() < where.size() ? where[name.size()] : '.';
    if (known == name && (next == '.' || next == '[')) return;
    options += fmt::format("{}\"{}\"", options.empty() ? "" : ", ", known);
  }
  findings.error(fmt::format("its refusal (TRG_BAD_OPTION) says of which option it is: \"{}\", but it has {}", where, options.empty() ? "no options" : fmt::format("the options {} only", options)), call,
                 "name the option first, and then what is wrong with it: sdk::OptionError(\"units\", \"is larger than ...\"); leave `where` empty where it is of none");
}

void errors(const Subject& subject, Findings& findings) {
  std::string missing;
  std::vector<OptionTrial> trials = option_trials(subject);
  std::ranges::move(range_trials(subject), std::back_inserter(trials));
  if (trials.empty()) {
    default_trial(subject, &missing);
    return findings.not_applicable(fmt::format("needs --set {}=...", missing));
  }
  std::size_t refusals = 0;
  bool misnamed = false;  // one of many refusals says so
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  for (const OptionTrial& trial : trials) {
    if (findings.errors() > 3 || std::chrono::steady_clock::now() > deadline) return;
    Call::set_place(trial.words);
    const TrialInstance made(subject, trial.options);
    const std::string where = fmt::format("create{}{}", trial.words.empty() ? "" : ", ", trial.words);
    refusals += made.status() != TRG_OK;
    const bool sound = made.record().judge(made.status(), "create", where, findings);
    if (made.status() == TRG_BAD_OPTION && sound && !misnamed) {
      const int before = findings.errors();
      judge_named_option(subject, *made.record().native(), where, findings);
      misnamed = findings.errors() > before;
    }
    if (!made) continue;
    std::vector<Refusal> refused;
    make_and_destroy_plan(subject, made.self(), &refused);
    refusals += refused.size();
    for (const Refusal& one : refused)
      if (findings.errors() <= 3) one.record.judge(one.status, "plan", one.where, findings);
  }
  if (refusals == 0) findings.not_applicable("it accepted all that was tried");
}

void repeatable(const Subject& subject, Findings& findings) {
  const std::vector<OptionTrial> trials = option_trials(subject);
  if (trials.empty()) return findings.not_applicable("an option without a default cannot be guessed");
  // Freed memory does not keep what it held.
  ::mallopt(M_PERTURB, 0x5b);
  Call::set_place(trials.front().words);
  const TrialInstance first(subject, trials.front().options);
  if (!first) return findings.not_applicable(fmt::format("no instance could be made: {}", first.record().words()));
  const std::optional<std::string> alone = signature_of(subject, first.self());
  if (!alone) return findings.not_applicable(subject.item->kind == TRG_DATASET || subject.item->kind == TRG_OBSERVER || subject.item->kind == TRG_LAYER ? "the rules of its kind compare its instances" : "no shape of a few fits");
  constexpr const char* mend = "keep what an instance knows in the instance: no static and no global variables";
  const auto compare = [&](void* self, const std::string& what, const std::string& where) {
    if (const auto now = signature_of(subject, self); now && *now != *alone) findings.error(what, where, mend);
  };
  if (signature_of(subject, first.self()) != alone) return findings.not_applicable("one instance alone gives another result each time, of which the rules of its kind speak");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  for (std::size_t i = 0; i < std::min<std::size_t>(trials.size(), 8) && findings.errors() == 0 && std::chrono::steady_clock::now() < deadline; ++i) {
    Call::set_place(trials[i].words);
    {
      const TrialInstance other(subject, trials[i].options);
      if (!other) continue;
      static_cast<void>(signature_of(subject, other.self()));
      compare(first.self(), "an instance gave another result after another one was made", fmt::format("the other one with {}", trials[i].words.empty() ? "the same options" : trials[i].words));
    }
    compare(first.self(), "an instance gave another result after another one was destroyed", fmt::format("the other one with {}", trials[i].words.empty() ? "the same options" : trials[i].words));
  }
  if (findings.errors() > 0) return;
  const TrialInstance last(subject, trials.front().options);
  if (last) compare(last.self(), "two instances of equal options gave different results", trials.front().words);
}

}  // namespace

std::vector<Rule> life_rules() {
  return {{"life/leaks", "create and destroy, 1,000 times, leave nothing behind, and so do plan and destroy_plan", quick, {}, leaks},
          {"life/errors", "a refusal fills the error record: code, texts that end, and a text that says why", quick, {}, errors},
          {"life/repeatable", "instances do not influence each other", quick, {}, repeatable}};
}

}  // namespace teranga::conformance
