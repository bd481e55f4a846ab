// SPDX-License-Identifier: Apache-2.0
// One oneDNN primitive and, for every worker, memory objects and an argument list that are made when planning: running it sets pointers and
// allocates nothing of ours. Scratchpads are the caller's, the only way that oneDNN documents as safe on any thread.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <dnnl.hpp>

namespace teranga::convolution {

class OnednnCall {
 public:
  struct Argument {
    int kind;  // DNNL_ARG_...
    dnnl::memory::desc desc;
  };

  OnednnCall() = default;
  // Throws dnnl::error.
  OnednnCall(const dnnl::engine& engine, dnnl::primitive primitive, const std::vector<Argument>& arguments, int workers);

  explicit operator bool() const { return static_cast<bool>(primitive_); }
  // Pointers in the order of the arguments. One call of a worker at a time.
  template <class... Pointers>
  void run(int worker, Pointers... pointers) {
    void* handles[] = {const_cast<void*>(static_cast<const void*>(pointers))...};
    execute(worker, handles);
  }

 private:
  struct Worker {
    dnnl::stream stream;
    std::vector<dnnl::memory> memories;
    std::vector<void*> handles;
    std::vector<dnnl_exec_arg_t> arguments;
  };
  void execute(int worker, void* const* handles);

  dnnl::primitive primitive_;
  std::vector<Worker> workers_;
};

}  // namespace teranga::convolution
