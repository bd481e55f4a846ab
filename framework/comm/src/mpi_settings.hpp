// SPDX-License-Identifier: Apache-2.0
// What Open MPI is told before it starts, where its defaults are slow for gradients.
#pragma once

#include <string>
#include <vector>

namespace teranga {

struct MpiSetting {
  std::string name;    // of Open MPI's parameter: "btl_tcp_eager_limit"
  std::string value;
  std::string effect;  // a sentence without its end
};

// Sets parameters of Open MPI in the environment of this process. A parameter that the user has set stays: in the environment, as mpirun --mca does it too, or in a file
// of parameters. Returns those that were set. Other MPIs do not look at them.
std::vector<MpiSetting> set_up_mpi();

}  // namespace teranga
