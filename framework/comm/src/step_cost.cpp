// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/step_cost.hpp>

#include <algorithm>
#include <cmath>

namespace teranga {
namespace {

double nodes_of(const StepRecord& cluster) { return std::ceil(static_cast<double>(cluster.ranks) / cluster.ranks_on_node); }

// Messages between ranks of a node: of one of them, and all ranks there send as many.
double near_seconds(const StepRecord& cluster, const Network& network, double bytes) {
  const double ranks = std::min(cluster.ranks_on_node, cluster.ranks);
  return 2 * bytes * std::max(1 / network.copied_bytes_per_second, ranks / network.memory_bytes_per_second);
}

// In a ring each rank passes on what it has, until all have come round: in rounds of small pieces all links of the cluster work at once.
CollectiveCost gather_in_ring(const StepRecord& cluster, const Network& network, double bytes) {
  const double rounds = cluster.ranks - 1.0;
  const double round = nodes_of(cluster) > 1 ? network.latency + bytes / network.bytes_per_second : near_seconds(cluster, network, bytes);
  return {rounds * (round + network.message_seconds), rounds * bytes};
}

CollectiveCost gather_in_tree(const StepRecord& cluster, const Network& network, double bytes) {
  const double far = cluster.ranks - std::min(cluster.ranks_on_node, cluster.ranks), rounds = std::ceil(std::log2(static_cast<double>(cluster.ranks)));
  return {std::ceil(std::log2(nodes_of(cluster))) * network.latency + cluster.ranks_on_node * far * bytes / network.bytes_per_second + rounds * network.message_seconds, (cluster.ranks - 1.0) * bytes};
}

class Replay {
 public:
  Replay(const StepRecord& record, const Network& network, double stretch) : record_(record), network_(network), stretch_(stretch) {}

  StepCost run() {
    for (const StepRecord::Part& part : record_.parts)
      for (double i = 0; i < part.times; ++i) run(part.events);
    wait();
    cost_.seconds = now_;
    return cost_;
  }

 private:
  // Messages on their way, and those on their channel that answer them.
  struct Flight {
    double arrives;
    std::vector<const RankEvent*> answers;  // the next one last
  };

  void run(const std::vector<RankEvent>& events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const RankEvent& event = events[i];
      switch (event.kind) {
        case RankEvent::Kind::work: work(event); break;
        case RankEvent::Kind::messages:
          if (!event.answers) send(event, answers_to(events, i));
          break;
        case RankEvent::Kind::wait: wait(); break;
        case RankEvent::Kind::sum: collective(std::min(cost_of_ring(record_, network_, event.bytes), cost_of_tree(record_, network_, event.bytes), faster)); break;
        case RankEvent::Kind::gather: collective(std::min(gather_in_ring(record_, network_, event.bytes), gather_in_tree(record_, network_, event.bytes), faster)); break;
      }
    }
  }

  static bool faster(const CollectiveCost& a, const CollectiveCost& b) { return a.seconds < b.seconds; }

  static std::vector<const RankEvent*> answers_to(const std::vector<RankEvent>& events, std::size_t first) {
    std::vector<const RankEvent*> out;
    for (std::size_t i = first + 1; i < events.size(); ++i) {
      if (events[i].kind != RankEvent::Kind::messages || events[i].channel != events[first].channel) continue;
      if (!events[i].answers) break;
      out.insert(out.begin(), &events[i]);
    }
    return out;
  }

  void spend(double seconds) {
    now_ += seconds;
    cost_.working += seconds;
  }

  void work(const RankEvent& event) {
    double left = event.seconds * stretch_;
    for (std::size_t next = first_flight(); next < flights_.size(); next = first_flight()) {
      const double looks = std::max(flights_[next].arrives, now_) + event.look * stretch_;
      if (looks >= now_ + left) break;
      left -= looks - now_;
      spend(looks - now_);
      land(next);
    }
    spend(left);
  }

  void wait() {
    while (!flights_.empty()) {
      const std::size_t next = first_flight();
      now_ = std::max(now_, flights_[next].arrives);
      land(next);
    }
  }

  std::size_t first_flight() const { return static_cast<std::size_t>(std::ranges::min_element(flights_, {}, &Flight::arrives) - flights_.begin()); }

  void land(std::size_t index) {
    std::vector<const RankEvent*> answers = std::move(flights_[index].answers);
    flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(index));
    if (answers.empty()) return;
    const RankEvent& answer = *answers.back();
    answers.pop_back();
    spend(answer.seconds * stretch_);
    send(answer, std::move(answers));
  }

  void send(const RankEvent& event, std::vector<const RankEvent*> answers) {
    const double ranks = record_.ranks_on_node;
    spend((event.far_messages + event.near_messages) * network_.message_seconds);
    double arrives = now_ + near_seconds(record_, network_, event.near_bytes);
    if (event.far_messages > 0) {
      card_free_ = std::max(card_free_, now_) + event.far_bytes * ranks / network_.bytes_per_second;
      arrives = std::max(arrives, card_free_ + network_.latency);
    }
    cost_.sent_bytes += event.far_bytes + event.near_bytes;
    flights_.push_back({arrives, std::move(answers)});
  }

  void collective(const CollectiveCost& cost) {
    if (record_.ranks == 1) return;
    now_ = std::max(now_, card_free_) + cost.seconds;
    cost_.sent_bytes += cost.sent_bytes;
  }

  const StepRecord& record_;
  const Network& network_;
  const double stretch_;
  double now_ = 0, card_free_ = 0;
  std::vector<Flight> flights_;
  StepCost cost_;
};

}  // namespace

// Pieces of 1 / R of the bytes: R - 1 rounds in which they are added up, R - 1 in which the sums go round.
CollectiveCost cost_of_ring(const StepRecord& cluster, const Network& network, double bytes) {
  const CollectiveCost once = gather_in_ring(cluster, network, bytes / cluster.ranks);
  return {2 * once.seconds + (cluster.ranks - 1.0) / cluster.ranks * bytes * network.seconds_per_byte_added, 2 * once.sent_bytes};
}

// Recursive doubling: in each round, a rank and a partner give each other all that they have.
CollectiveCost cost_of_tree(const StepRecord& cluster, const Network& network, double bytes) {
  const double on_node = std::min(cluster.ranks_on_node, cluster.ranks);
  const double near = std::ceil(std::log2(on_node)), far = std::ceil(std::log2(nodes_of(cluster)));
  const double adding = bytes * network.seconds_per_byte_added + network.message_seconds;
  return {near * (near_seconds(cluster, network, bytes) + adding) + far * (network.latency + on_node * bytes / network.bytes_per_second + adding), (near + far) * bytes};
}

StepCost cost_of(const StepRecord& record, const Network& network, double stretch) { return Replay(record, network, stretch).run(); }

}  // namespace teranga
