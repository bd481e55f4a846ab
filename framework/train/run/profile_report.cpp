// SPDX-License-Identifier: Apache-2.0
#include "run/profile_report.hpp"

#include <teranga/core/counted.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <vector>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::size_t most_traced_calls = 100'000;  // of a rank: about 13 MB of trace
constexpr double least_share = 0.005;               // of a step: what takes less is summed up in the table
constexpr std::size_t least_name = 24, widest_name = 36;  // columns

// A row of all ranks; times are ms a step of a rank's threads, on average.
struct Line {
  std::string name, pass;
  std::vector<double> ms;                    // by rank
  double calls = 0, flops = 0, bytes = 0;    // a step, of all ranks
  double mean_ms() const {
    double sum = 0;
    for (const double m : ms) sum += m;
    return sum / static_cast<double>(ms.size());
  }
  bool waits() const { return pass == to_string(Pass::wait); }
};

bool takes_more(const Line& a, const Line& b) { return a.mean_ms() > b.mean_ms(); }

std::string packed(const Profile& profile) {
  std::string out = fmt::format("{}\t{}\t{}\t{}\n", profile.steps(), profile.threads(), profile.step_seconds(), profile.aside_seconds());
  for (const Profile::Row& row : profile.rows()) out += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", row.name, to_string(row.pass), row.seconds, row.calls, row.flops, row.bytes);
  return out;
}

struct Merged {
  std::int64_t steps = 0;
  int threads = 1;
  double step_ms = 0, ahead_ms = 0;  // mean over the ranks
  std::vector<Line> lines;

  explicit Merged(const std::vector<std::string>& ranks) {
    std::map<std::pair<std::string, std::string>, std::size_t> places;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
      std::istringstream in(ranks[rank]);
      double seconds = 0, ahead = 0;
      int of_rank = 1;
      in >> steps >> of_rank >> seconds >> ahead;
      if (rank == 0) threads = of_rank;
      const double count = static_cast<double>(std::max<std::int64_t>(steps, 1));
      step_ms += 1000 * seconds / count / static_cast<double>(ranks.size());
      ahead_ms += 1000 * ahead / count / static_cast<double>(ranks.size());
      in.ignore();
      for (std::string name, pass; std::getline(in, name, '\t') && std::getline(in, pass, '\t');) {
        double of_threads = 0, calls = 0, flops = 0, bytes = 0;
        in >> of_threads >> calls >> flops >> bytes;
        in.ignore();
        const auto [at, fresh] = places.emplace(std::pair(pass, name), lines.size());
        if (fresh) lines.push_back({name, pass, std::vector<double>(ranks.size())});
        Line& line = lines[at->second];
        line.ms[rank] = 1000 * of_threads / of_rank / count;
        line.calls += calls / count, line.flops += flops / count, line.bytes += bytes / count;
      }
    }
    std::erase_if(lines, [](const Line& line) { return line.calls == 0; });
    std::ranges::stable_sort(lines, takes_more);
  }

  double share(const Line& line) const { return step_ms > 0 ? line.mean_ms() / step_ms : 0; }
};

// The end of a name that is too long says most.
std::string fitting(const std::string& name, std::size_t width) {
  std::size_t count = 0, at = name.size();
  const auto continues = [&](std::size_t i) { return (static_cast<unsigned char>(name[i]) & 0xC0) == 0x80; };
  for (std::size_t i = name.size(); i-- > 0;) {
    if (continues(i)) continue;
    if (++count < width) at = i;
  }
  return count <= width ? name + std::string(width - count, ' ') : "~" + name.substr(at);
}

class TableText {
 public:
  TableText(const Merged& merged, const MachineSpeed& machine, std::size_t width) : merged_(merged), machine_(machine), width_(width) {}

  std::string head(const std::string& what) const {
    return fmt::format("{} {:<9} {:>9} {:>6} {:>7} {:>9} {:>7} {:>6} {:>8} {:>6} {:>7}\n", fitting(what, width_), "pass", "ms/step", "share", "calls", "Mflop", "GF/s", "of fma", "MB", "GB/s", "of mem");
  }

  std::string row(const Line& line) const {
    const double ms = line.mean_ms();
    std::string out = fmt::format("{} {:<9} {:>9.4f} {:>5.1f}% {:>7}", fitting(line.name, width_), line.pass, ms, 100 * merged_.share(line), count_text(line.calls));
    out += line.flops > 0 && ms > 0 ? fmt::format(" {:>9.2f} {:>7.1f} {:>6}", line.flops / 1e6, line.flops / ms / 1e6, share_text(line.flops / ms / 1e6, machine_.peak_gflops)) : fmt::format(" {:>9} {:>7} {:>6}", "-", "-", "-");
    out += line.bytes > 0 && ms > 0 ? fmt::format(" {:>8.2f} {:>6.1f} {:>7}", line.bytes / 1e6, line.bytes / ms / 1e6, share_text(line.bytes / ms / 1e6, machine_.triad_gbytes)) : fmt::format(" {:>8} {:>6} {:>7}", "-", "-", "-");
    return out + "\n";
  }

  std::string rule() const { return std::string(width_ + 84, '-') + "\n"; }

 private:
  static std::string count_text(double count) { return count >= 100 || std::abs(count - std::round(count)) < 0.05 ? fmt::format("{:.0f}", count) : fmt::format("{:.1f}", count); }
  static std::string share_text(double speed, double mark) { return mark > 0 ? fmt::format("{:.1f}%", 100 * speed / mark) : "-"; }

  const Merged& merged_;
  const MachineSpeed& machine_;
  std::size_t width_;
};

Line sum_of(const std::vector<const Line*>& lines, std::size_t ranks, const std::string& name = {}) {
  Line sum{name, {}, std::vector<double>(ranks)};
  for (const Line* line : lines) {
    for (std::size_t r = 0; r < ranks; ++r) sum.ms[r] += line->ms[r];
    sum.calls += line->calls, sum.flops += line->flops, sum.bytes += line->bytes;
  }
  return sum;
}

std::string small_rows(std::size_t count) { return fmt::format("({} rows below {:g} %)", count, 100 * least_share); }

// Where threads wait for each other.
std::string waits_text(const Merged& merged) {
  std::string out = fmt::format("{:<92} {:>9} {:>6}\n{:->109}\n", "threads wait", "ms/step", "share", "");
  const auto add = [&](const std::string& name, double ms) { out += fmt::format("{} {:>9.4f} {:>5.1f}%\n", fitting(name, 92), ms, 100 * ms / merged.step_ms); };
  std::size_t small = 0;
  double small_ms = 0;
  for (const Line& line : merged.lines) {
    if (!line.waits()) continue;
    if (merged.share(line) >= least_share) add(line.name, line.mean_ms());
    else ++small, small_ms += line.mean_ms();
  }
  if (small) add(small_rows(small), small_ms);
  return out;
}

// How unlike the ranks are: who is late makes the others wait where they meet.
std::string ranks_text(const Merged& merged) {
  const std::size_t ranks = merged.lines.front().ms.size();
  std::string out = fmt::format("{:<60} {:>9} {:>7} {:>9} {:>9} {:>7}\n{:->106}\n", "ranks, ms/step", "least", "of rank", "mean", "most", "of rank", "");
  const auto add = [&](const std::string& name, const Line& line) {
    const auto [least, most] = std::ranges::minmax_element(line.ms);
    out += fmt::format("{} {:>9.4f} {:>7} {:>9.4f} {:>9.4f} {:>7}\n", fitting(name, 60), *least, least - line.ms.begin(), line.mean_ms(), *most, most - line.ms.begin());
  };
  std::vector<const Line*> waits, works;
  for (const Line& line : merged.lines) {
    if (line.pass == to_string(Pass::averaging)) add("averaging: " + line.name, line);
    else if (line.pass == to_string(Pass::data)) add("data: " + line.name, line);
    else (line.waits() ? waits : works).push_back(&line);
  }
  add("threads wait", sum_of(waits, ranks));
  add("all other work", sum_of(works, ranks));
  return out;
}

std::string table_text(const Merged& merged, const MachineSpeed& machine, const std::string& traced) {
  std::size_t width = least_name;
  for (const Line& line : merged.lines)
    if (!line.waits()) width = std::clamp(line.name.size(), width, widest_name);
  const TableText table(merged, machine, width);
  const std::size_t ranks = merged.lines.front().ms.size();
  std::string out = fmt::format("profile of {} of {:.4f} ms on average, {} x {}", counted(merged.steps, "step"), merged.step_ms, counted(ranks, "process", "processes"), counted(merged.threads, "thread"));
  if (machine.peak_gflops > 0) out += fmt::format("; marks: {:.1f} GF/s (fma), {:.1f} GB/s (mem)", machine.peak_gflops, machine.triad_gbytes);
  out += fmt::format("\nms/step: time of all threads by their number, so that rows add up to the step. MB: the tensors of calls, each once;\n"
                     "what comes from caches may be above 100% of mem.{}\n", traced);
  if (merged.ahead_ms > 0) out += fmt::format("A thread of its own makes batches ahead, one in {:.4f} ms: time of the same cores, not among the rows.\n", merged.ahead_ms);
  out += "\n";
  out += table.head("layer") + table.rule();
  std::vector<const Line*> small, waits, all;
  std::map<std::string, std::vector<const Line*>> passes;
  for (const Line& line : merged.lines) {
    all.push_back(&line);
    if (line.waits()) {
      waits.push_back(&line);
      continue;
    }
    passes[line.pass].push_back(&line);
    if (merged.share(line) >= least_share) out += table.row(line);
    else small.push_back(&line);
  }
  if (!small.empty()) out += table.row(sum_of(small, ranks, small_rows(small.size())));
  out += "\n" + table.head("in all") + table.rule();
  std::vector<Line> sums;
  for (const auto& [pass, lines] : passes) sums.push_back(sum_of(lines, ranks, pass));
  sums.push_back(sum_of(waits, ranks, "threads wait"));
  std::ranges::stable_sort(sums, takes_more);
  for (const Line& line : sums) out += table.row(line);
  out += table.rule() + table.row(sum_of(all, ranks, "step"));
  if (merged.threads > 1) out += "\n" + waits_text(merged);
  if (ranks > 1) out += "\n" + ranks_text(merged);
  return out;
}

std::string summary_text(const Merged& merged, const MachineSpeed& machine, const Profile& profile) {
  const std::size_t ranks = merged.lines.front().ms.size();
  std::string out = fmt::format("{{\"steps\":{},\"step_ms\":{:.6g},\"ranks\":{},\"threads\":{},\"ahead_ms\":{:.6g},\"peak_gflops\":{:.5g},\"triad_gbytes\":{:.4g},\"traced_steps\":[", merged.steps, merged.step_ms, ranks,
                                merged.threads, merged.ahead_ms, machine.peak_gflops, machine.triad_gbytes);
  for (std::size_t i = 0; i < profile.traced_steps().size(); ++i) out += fmt::format("{}{}", i ? "," : "", profile.traced_steps()[i].number);
  out += "],\"rows\":[";
  for (std::size_t i = 0; i < merged.lines.size(); ++i) {
    const Line& line = merged.lines[i];
    const auto [least, most] = std::ranges::minmax(line.ms);
    out += fmt::format("{}{{\"name\":{},\"pass\":{},\"ms\":{:.6g},\"share\":{:.4g},\"calls\":{:.6g},\"mflop\":{:.9g},\"mbytes\":{:.9g},\"min_ms\":{:.6g},\"max_ms\":{:.6g}}}", i ? "," : "", json_text(line.name),
                       json_text(line.pass), line.mean_ms(), merged.share(line), line.calls, line.flops / 1e6, line.bytes / 1e6, least, most);
  }
  return out + "]}";
}

// What this rank adds to the trace: a process, with a row for each thread and one for steps.
std::string events_text(const Profile& profile, int rank) {
  if (profile.traced_steps().empty()) return {};
  const std::vector<Profile::Row> rows = profile.rows();
  std::vector<std::string> names;
  for (const Profile::Row& row : rows) names.push_back(fmt::format("\"name\":{},\"cat\":\"{}\"", json_text(fmt::format("{} {}", row.name, to_string(row.pass))), to_string(row.pass)));
  std::string out = fmt::format(",\n{{\"ph\":\"M\",\"pid\":{0},\"name\":\"process_name\",\"args\":{{\"name\":\"rank {0}\"}}}}", rank);
  const int threads = profile.threads();
  const auto thread_name = [&](int tid, const std::string& name) {
    out += fmt::format(",\n{{\"ph\":\"M\",\"pid\":{},\"tid\":{},\"name\":\"thread_name\",\"args\":{{\"name\":{}}}}}", rank, tid, json_text(name));
    out += fmt::format(",\n{{\"ph\":\"M\",\"pid\":{},\"tid\":{},\"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{}}}}}", rank, tid, tid);
  };
  const Ticks origin = profile.traced_steps().front().begin;
  const double start = profile.since_start(origin), end = profile.since_start(profile.traced_steps().back().end);
  const double us = profile.traced_steps().back().end > origin ? 1e6 * (end - start) / static_cast<double>(profile.traced_steps().back().end - origin) : 0;
  const auto span = [&](const std::string& name, int tid, Ticks begin, Ticks stop) {
    out += fmt::format(",\n{{{},\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{:.3f},\"dur\":{:.3f}}}", name, rank, tid, 1e6 * start + us * static_cast<double>(begin - origin), us * static_cast<double>(stop - begin));
  };
  thread_name(0, "steps");
  for (const Profile::Step& step : profile.traced_steps()) span(fmt::format("\"name\":\"step {}\",\"cat\":\"step\"", step.number), 0, step.begin, step.end);
  for (int thread = 0; thread < threads; ++thread) {
    thread_name(thread + 1, fmt::format("thread {}", thread));
    for (const Profile::Event& event : profile.events(thread)) span(names[static_cast<std::size_t>(event.row)], thread + 1, event.begin, event.end);
  }
  if (!profile.asides().empty()) thread_name(threads + 1, "batches ahead");
  for (const Profile::Event& event : profile.asides())
    if (event.begin >= origin) span("\"name\":\"batch\",\"cat\":\"data\"", threads + 1, event.begin, event.end);
  return out;
}

std::string traced_text(const Profile& profile) {
  if (!profile.traces()) return {};
  const auto steps = profile.traced_steps();
  std::string out = steps.empty() ? " The trace is empty" : fmt::format(" The trace shows steps {} to {}", steps.front().number, steps.back().number);
  return out + (profile.had_room() ? "." : ": there was no room for more calls.");
}

}  // namespace

Profile::Traced traced_steps(const Profiling& asked, std::int64_t warm_up, int threads) {
  if (!asked.trace) return {};
  const std::int64_t first = asked.first_traced > 0 ? asked.first_traced : warm_up + 1;
  return {first, asked.last_traced > 0 ? asked.last_traced : first + 9, most_traced_calls / static_cast<std::size_t>(threads)};
}

double of_all(Communicator& comm, Team& team, double (*measure)(Team&)) {
  double speed = measure(team);
  comm.sum(std::span<double>(&speed, 1));
  return speed;
}

ProfileReport report_of(const Profile& profile, const MachineSpeed& machine, Communicator& comm) {
  const std::vector<std::string> ranks = comm.gather(packed(profile)), events = comm.gather(events_text(profile, comm.rank()));
  if (!comm.is_root()) return {};
  const Merged merged(ranks);
  ProfileReport out;
  if (merged.steps == 0) {
    out.table = "profile: there were no steps but those that warm up\n";
    out.summary = "{\"steps\":0,\"rows\":[]}";
  } else {
    out.table = table_text(merged, machine, traced_text(profile));
    out.summary = summary_text(merged, machine, profile);
  }
  std::string all;
  for (const std::string& of_rank : events) all += of_rank;
  out.trace = fmt::format("{{\"displayTimeUnit\":\"ms\",\n\"profile\":{},\n\"traceEvents\":[{}]}}\n", out.summary, all.empty() ? all : all.substr(1));
  return out;
}

}  // namespace teranga::train
