// SPDX-License-Identifier: Apache-2.0
// What one rank does in the steps from one meeting of all ranks to the next: how long it computes, and what it sends when. All ranks do the same at the same time.
#pragma once

#include <cstddef>
#include <vector>

namespace teranga {

struct RankEvent {
  enum class Kind {
    work,      // `seconds` of computing
    messages,  // messages of a channel to other ranks leave, and as many come
    wait,      // nothing is left to do until the messages of all channels have come to their end
    sum,       // a collective: `bytes` of each rank become the sums of all
    gather     // a collective: all ranks get the `bytes` of each
  };
  Kind kind = Kind::work;
  // Work: its time. Messages that answer those before them on their channel: what the rank does when these have come (it adds up), before it sends the answer. In seconds.
  double seconds = 0;
  double look = 0;  // of work: how long messages wait, on average, until the rank looks for them; in seconds
  int channel = -1;
  bool answers = false;
  double far_messages = 0, far_bytes = 0;    // to ranks on other nodes: of one rank, to all of them together
  double near_messages = 0, near_bytes = 0;  // to ranks on the same node
  double bytes = 0;
};

struct StepRecord {
  int ranks = 1, ranks_on_node = 1;  // nodes are full, but for the last one
  // Events of the steps, in their order; some steps come about several times in a row.
  struct Part {
    double times = 1;
    std::vector<RankEvent> events;
  };
  std::vector<Part> parts;
};

}  // namespace teranga
