// SPDX-License-Identifier: Apache-2.0
// How long steps take on a cluster, by what one rank does in them and what the network is. A function of numbers: it reads no clock and sends nothing.
//
// Messages leave a node one after the other through its card, which all ranks of the node share: each takes its bytes over the bandwidth there, and arrives a latency later. Ranks are
// alike: messages arrive when those of this rank would. They travel while the rank computes. When they have come it answers as soon as it looks for them, and what it computes takes that
// much longer. A collective of many ranks is a ring or a tree, whichever is faster.
#pragma once

#include <teranga/comm/step_record.hpp>

namespace teranga {

struct Network {
  double bytes_per_second = 1.25e8;  // of messages, out of a node and into it at the same time
  double latency = 50e-6;            // seconds, one way
  double message_seconds = 0;        // that a message costs the processor of its sender and of its receiver together
  // Ranks of a node send each other messages through its memory: the sender copies them there, and the receiver from there. The speed of a core that copies, and of the memory of a node.
  double copied_bytes_per_second = 1e10, memory_bytes_per_second = 1e11;
  double seconds_per_byte_added = 0;      // that ranks take in a collective
};

struct StepCost {
  double seconds = 0, working = 0;  // in all, and of these computing; the rest is waiting
  double sent_bytes = 0;            // by one rank
  double waiting() const { return seconds - working; }
};

// `stretch`: how many times as long work takes as in the record.
StepCost cost_of(const StepRecord& record, const Network& network, double stretch = 1);

// A collective of all ranks of the record's cluster: time, and bytes that a rank sends.
struct CollectiveCost {
  double seconds = 0, sent_bytes = 0;
};
CollectiveCost cost_of_ring(const StepRecord& cluster, const Network& network, double bytes);
CollectiveCost cost_of_tree(const StepRecord& cluster, const Network& network, double bytes);

}  // namespace teranga
