// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/check.hpp>

#include "item_tables.hpp"
#include "result_lines.hpp"
#include "rule_process.hpp"
#include "watched_process.hpp"

#include <teranga/core/error.hpp>
#include <teranga/parallel/cpu.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <list>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace teranga::conformance {
namespace {

using Clock = std::chrono::steady_clock;

// A piece of work and the lines that it gave.
struct Job {
  WatchedWork work;
  std::string rule, item;  // as Progress names them
  std::vector<std::vector<std::string>> lines = {};
  double seconds = 0;
};

std::vector<std::vector<std::string>> lines_of(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(fields_of(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class Jobs {
 public:
  Jobs(const CheckRequest& request, const std::function<void(const Progress&)>& tell) : request_(request), tell_(tell) {
    at_once_ = request.at_once > 0 ? static_cast<std::size_t>(request.at_once) : static_cast<std::size_t>(usable_cores());
  }

  void run(std::vector<Job>& jobs) {
    progress_.of += jobs.size();
    std::size_t next = 0;
    while (next < jobs.size() || !running_.empty()) {
      while (next < jobs.size() && running_.size() < at_once_) start(jobs[next++]);
      if (!running_.empty()) read_some();
    }
  }

 private:
  struct Running {
    Job* job;
    WatchedProcess process;
    std::string text;
    Clock::time_point start;
  };

  void start(Job& job) {
    if (request_.here) return run_here(job);
    running_.push_back({&job, start_watched(job.work, {request_.seconds, request_.memory}), {}, Clock::now()});
  }

  void run_here(Job& job) {
    const auto start = Clock::now();
    const int file = ::memfd_create("results", MFD_CLOEXEC);
    if (file < 0) throw Error(ExitCode::failure, fmt::format("no file in memory could be made: {}", std::strerror(errno)));
    try {
      job.work.run(file);
    } catch (...) {
      ::close(file);
      throw;
    }
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    const ssize_t got = ::pread(file, text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    ::close(file);
    end(job, text, start);
  }

  void read_some() {
    std::vector<pollfd> ends;
    for (const Running& one : running_) ends.push_back({one.process.results, POLLIN, 0});
    if (::poll(ends.data(), ends.size(), -1) < 0) return;
    auto one = running_.begin();
    for (const pollfd& ready : ends) {
      const auto here = one++;
      if (!ready.revents) continue;
      char bytes[65536];
      const ssize_t count = ::read(ready.fd, bytes, sizeof(bytes));
      if (count > 0 && here->text.size() < most_text) here->text.append(bytes, static_cast<std::size_t>(count));
      if (count > 0 || (count < 0 && errno == EINTR)) continue;
      ::close(ready.fd);
      while (::waitpid(here->process.watcher, nullptr, 0) < 0 && errno == EINTR) {}
      end(*here->job, here->text, here->start);
      running_.erase(here);
    }
  }

  void end(Job& job, const std::string& text, Clock::time_point start) {
    job.lines = lines_of(text);
    job.seconds = seconds_since(start);
    ++progress_.done;
    progress_.rule = job.rule, progress_.item = job.item;
    if (tell_) tell_(progress_);
  }

  static constexpr std::size_t most_text = 16 << 20;

  const CheckRequest& request_;
  const std::function<void(const Progress&)>& tell_;
  std::size_t at_once_ = 1;
  std::list<Running> running_;
  Progress progress_;
};

bool is_chosen(const Rule& rule, const CheckRequest& request) {
  if (request.only.empty()) return rule.level <= request.level;
  const std::string_view name = rule.name;
  return std::ranges::any_of(request.only, [&](const std::string& one) { return name == one || (name.starts_with(one) && name.substr(one.size()).starts_with('/')); });
}

RuleResult result_of(const Job& job) {
  RuleResult result{job.rule, job.item, Outcome::passed, {}, {}, job.seconds};
  bool done = false, failed = false;
  for (const auto& fields : job.lines) {
    done |= fields[0] == done_line;
    if (fields[0] == not_applicable_line && fields.size() == 2) result.outcome = Outcome::not_applicable, result.why = fields[1];
    if (auto finding = finding_of(fields)) {
      failed |= finding->severity == Severity::error;
      result.findings.push_back(std::move(*finding));
    }
  }
  if (!done && !failed) {
    failed = true;
    result.findings.push_back({Severity::error, "calls/exit", job.item, "ended the process before the rule had come to its end", {}, "a plugin never ends the process of its host"});
  }
  if (failed) result.outcome = Outcome::failed;
  return result;
}

std::string short_name(const CheckedItem& item) { return item.name.substr(item.name.find('.') + 1); }

bool names_item(const std::string& wanted, const CheckedItem& item) { return wanted == item.name || wanted == item.spoken || wanted == short_name(item); }

// Items and values of the request that the library does not have.
std::vector<std::string> unknown_of(const CheckRequest& request, const CheckedLibrary& checked, const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::string> unknown;
  std::ranges::copy_if(request.items, std::back_inserter(unknown), [&](const std::string& wanted) { return std::ranges::none_of(checked.items, [&](const CheckedItem& item) { return names_item(wanted, item); }); });
  std::ranges::copy_if(request.values, std::back_inserter(unknown), [&](const std::string& value) {
    return std::ranges::none_of(lines, [&](const auto& fields) { return fields[0] == used_line && fields.size() == 2 && fields[1] == value; });
  });
  return unknown;
}

Job job_of(const CheckContext& context, const Rule& rule, std::optional<std::size_t> index, const std::string& item) {
  return {{item, [&context, &rule, index](int results) { try_rule(context, rule, index, results); }}, rule.name, item};
}

}  // namespace

const char* to_string(Outcome outcome) noexcept { return outcome == Outcome::passed ? "passed" : outcome == Outcome::failed ? "failed" : "not applicable"; }

std::size_t CheckedLibrary::count(Outcome outcome) const noexcept { return static_cast<std::size_t>(std::ranges::count(results, outcome, &RuleResult::outcome)); }

std::size_t CheckedLibrary::count(Severity severity) const noexcept {
  std::size_t found = 0;
  for (const RuleResult& result : results) found += static_cast<std::size_t>(std::ranges::count(result.findings, severity, &Finding::severity));
  return found;
}

void check_names_of_rules(const std::vector<std::string>& only) {
  for (const std::string& wanted : only) {
    CheckRequest request;
    request.only = {wanted};
    if (std::ranges::any_of(rules(), [&](const Rule& rule) { return is_chosen(rule, request); })) continue;
    std::vector<std::string> names;
    for (const Rule& rule : rules()) names.emplace_back(rule.name);
    const auto nearest = nearest_name(wanted, names);
    throw Error(ExitCode::usage, fmt::format("there is no rule \"{}\"", wanted), nearest ? fmt::format("--only {}", *nearest) : "teranga plugin check --list");
  }
}

void require_known(const std::vector<CheckedLibrary>& checked, const CheckRequest& request) {
  std::vector<const CheckedLibrary*> opened;
  for (const CheckedLibrary& library : checked)
    if (library.opened) opened.push_back(&library);
  if (opened.empty()) return;
  const auto is_unknown = [&](const std::string& wanted) { return std::ranges::all_of(opened, [&](const CheckedLibrary* library) { return std::ranges::find(library->unknown, wanted) != library->unknown.end(); }); };
  const std::string who = opened.size() == 1 ? opened[0]->path : fmt::format("none of the {} libraries", opened.size());
  for (const std::string& wanted : request.items) {
    if (!is_unknown(wanted)) continue;
    std::vector<std::string> names;
    for (const CheckedLibrary* library : opened)
      for (const CheckedItem& item : library->items)
        for (const std::string& name : {item.name, short_name(item)}) names.push_back(name);
    const auto nearest = nearest_name(wanted, names);
    throw Error(ExitCode::usage, fmt::format("{} has {} item \"{}\"", who, opened.size() == 1 ? "no" : "an", wanted), nearest ? fmt::format("--item {}", *nearest) : std::string());
  }
  for (const std::string& value : request.values)
    if (is_unknown(value)) throw Error(ExitCode::usage, fmt::format("--set {}: no item has such an option", value));
}

CheckedLibrary check_library(const std::string& path, const CheckRequest& request, const std::function<void(const Progress&)>& tell) {
  check_names_of_rules(request.only);
  std::error_code error;
  const std::string file = std::filesystem::canonical(host::best_variant(path), error).string();
  CheckedLibrary checked;
  checked.path = error ? path : file;
  const CheckContext context{checked.path, std::filesystem::current_path(error).string(), &request};
  Jobs jobs(request, tell);

  // Of the file; what is found out on the way is whether it opens, and which items there are.
  std::vector<Job> first;
  for (const Rule& rule : rules())
    if (rule.scope == Scope::file && is_chosen(rule, request)) first.push_back(job_of(context, rule, std::nullopt, ""));
  Job listing{{"", [&context](int results) { list_items(context, results); }}, "library/open", ""};
  first.push_back(std::move(listing));
  jobs.run(first);
  const Job listed = std::move(first.back());
  first.pop_back();
  for (const Job& job : first) checked.results.push_back(result_of(job));
  for (const auto& fields : listed.lines) {
    checked.opened |= fields[0] == done_line;
    if (fields[0] == item_line && fields.size() == 5) checked.items.push_back({std::atoi(fields[1].c_str()), fields[4], fields[3], fields[2] == "sound"});
  }
  if (!checked.opened && checked.passed()) checked.results.push_back(result_of(listed));  // as where only some rules were asked for
  if (!checked.opened) return checked;
  for (const auto& fields : listed.lines)
    if (fields[0] == refused_line && fields.size() == 2) throw Error(ExitCode::usage, fields[1]);
  checked.unknown = unknown_of(request, checked, listed.lines);
  if (!request.one_of_several) require_known({checked}, request);
  const auto is_known = [&](const std::string& wanted) { return std::ranges::find(checked.unknown, wanted) == checked.unknown.end(); };
  if (!request.items.empty() && std::ranges::none_of(request.items, is_known)) {
    checked.results.clear();
    return checked;
  }

  std::vector<Job> second;
  for (const Rule& rule : rules())
    if (rule.scope == Scope::library && is_chosen(rule, request)) second.push_back(job_of(context, rule, std::nullopt, ""));
  for (std::size_t i = 0; i < checked.items.size(); ++i) {
    const CheckedItem& item = checked.items[i];
    if (!item.sound || (!request.items.empty() && std::ranges::none_of(request.items, [&](const std::string& wanted) { return names_item(wanted, item); }))) continue;
    for (const Rule& rule : rules())
      if (rule.applies_to(item.kind) && is_chosen(rule, request)) second.push_back(job_of(context, rule, i, item.spoken));
  }
  jobs.run(second);
  for (const Job& job : second) checked.results.push_back(result_of(job));
  return checked;
}

}  // namespace teranga::conformance
