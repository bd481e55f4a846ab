// SPDX-License-Identifier: Apache-2.0
// What all schedules of a network share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/model/field.hpp>
#include <teranga/model/gradient_buckets.hpp>
#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>

#include "graph/graph.hpp"
#include "graph/objective.hpp"
#include "plan/shared_values.hpp"

namespace teranga::model {

struct PassTicks;

struct PlanContext {
  const Graph& graph;
  const Objective& objective;
  const std::vector<Field>& fields;
  ParameterStore& store;
  const ParameterIndex& parameter_index;
  Team& team;
  ElementType compute;
  std::int64_t slice_rows;  // of a full slice
  std::vector<double> class_weights;
  Profile* profile = nullptr;  // of training steps
  std::string profile_prefix = {};
  SharedPart* shared = nullptr;  // of training steps
  GradientBuckets buckets = {};  // of training steps
  PassTicks* passes = nullptr;   // of training steps: where their time is added up
  bool guards = false;    // behind all that layers write to: for finding out who writes where it must not
  bool in_order = false;  // sums are made slice by slice in the order of the samples, over all ranks
};

}  // namespace teranga::model
