// SPDX-License-Identifier: Apache-2.0
// The process in which libhdf5 reads a file that was opened: the program teranga-read-hdf5, started for one file and ended with it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "packet.hpp"

namespace teranga::h5 {

// The hint for a tree that lacks the program, or has that of another version.
std::string whole_tree();

class ReaderProcess {
 public:
  // Reads the open file `descriptor` of `bytes` bytes; messages call it `who`. Throws Error(failure) where no process can be started.
  ReaderProcess(int descriptor, std::uint64_t bytes, const std::string& who);
  ~ReaderProcess();
  ReaderProcess(const ReaderProcess&) = delete;
  ReaderProcess& operator=(const ReaderProcess&) = delete;

  // The answer to one question; the numbers that come with it, exactly `bytes` of them, go to `to`. Throws the error that the process answers,
  // and Error(data) where it ended instead: the file is damaged then.
  std::string ask(const Packet& question, void* to = nullptr, std::size_t bytes = 0);

 private:
  void receive(void* to, std::size_t bytes);
  [[noreturn]] void ended();
  [[noreturn]] void throw_answered(const std::string& answer) const;

  std::string who_;
  std::uint64_t most_answer_;  // bytes
  int socket_ = -1;
  pid_t process_ = -1;
};

}  // namespace teranga::h5
