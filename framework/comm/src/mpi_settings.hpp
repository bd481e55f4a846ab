// SPDX-License-Identifier: Apache-2.0
// What Open MPI is told before it starts, where its default is slow for gradients: up to which size a message is sent to another node over TCP at once. A larger message is
// announced, and waits until its receiver asks for it.
#pragma once

#include <string>

namespace teranga {

inline const std::string eager_limit = "btl_tcp_eager_limit";  // Open MPI's parameter, in bytes
inline const std::string wanted_eager_limit = "4194304";

// Sets the parameter in the environment of this process, and returns whether it did. What the user has set stays: in the environment, as mpirun --mca does it too, or in a
// file of parameters: ~/.openmpi/mca-params.conf, /etc/openmpi/openmpi-mca-params.conf, those of OMPI_MCA_mca_base_param_files, and etc/openmpi-mca-params.conf below
// OPAL_PREFIX. Another MPI than Open MPI does not look at the parameter.
bool set_eager_limit();

}  // namespace teranga
