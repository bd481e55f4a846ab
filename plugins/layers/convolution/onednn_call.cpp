// SPDX-License-Identifier: Apache-2.0
#include "onednn_call.hpp"

#include <omp.h>

namespace teranga::convolution {

OnednnCall::OnednnCall(const dnnl::engine& engine, dnnl::primitive primitive, const std::vector<Argument>& arguments, int workers)
    : primitive_(std::move(primitive)), workers_(static_cast<std::size_t>(workers > 0 ? workers : 1)) {
  for (Worker& worker : workers_) {
    worker.stream = dnnl::stream(engine);
    worker.handles.assign(arguments.size(), nullptr);
    for (const Argument& argument : arguments) worker.memories.emplace_back(argument.desc, engine, static_cast<void*>(DNNL_MEMORY_NONE));
    for (std::size_t i = 0; i < arguments.size(); ++i)
      if (arguments[i].desc.get_size() > 0) worker.arguments.push_back({arguments[i].kind, worker.memories[i].get()});
  }
}

void OnednnCall::execute(int index, void* const* handles) {
  omp_set_num_threads(1);  // a thread-local store; otherwise every worker would open a team of its own
  Worker& worker = workers_[static_cast<std::size_t>(index)];
  for (std::size_t i = 0; i < worker.handles.size(); ++i) {
    if (worker.handles[i] == handles[i]) continue;
    worker.handles[i] = handles[i];
    // Also clears the padding of blocked layouts, which costs, hence the comparison above.
    worker.memories[i].set_data_handle(handles[i]);
  }
  dnnl::error::wrap_c_api(
      dnnl_primitive_execute(primitive_.get(), worker.stream.get(), static_cast<int>(worker.arguments.size()), worker.arguments.data()),
      "could not execute a convolution");
}

}  // namespace teranga::convolution
