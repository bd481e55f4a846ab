// SPDX-License-Identifier: Apache-2.0
// Nobody waits for a standard error that takes nothing, and what is lost is counted. The first test is before begin_queue(), which is for the rest of the process.
#include <boost/test/unit_test.hpp>

#include <teranga/core/terminal.hpp>

#include <chrono>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace terminal = teranga::terminal;
using namespace std::chrono_literals;

namespace {

// Standard error is this pipe while it lives.
struct ErrorPipe {
  int ends[2] = {-1, -1};
  int before = ::dup(STDERR_FILENO);

  ErrorPipe() {
    BOOST_REQUIRE(::pipe(ends) == 0);
    ::dup2(ends[1], STDERR_FILENO);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~ErrorPipe() {
    ::dup2(before, STDERR_FILENO);
    for (const int one : {before, ends[0], ends[1]}) ::close(one);
  }

  std::string read() const {
    std::string all(1 << 22, '\0');
    std::size_t done = 0;
    for (ssize_t count = 0; (count = ::read(ends[0], all.data() + done, all.size() - done)) > 0;) done += static_cast<std::size_t>(count);
    all.resize(done);
    return all;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(without_a_queue_each_text_is_written_at_once) {
  const ErrorPipe pipe;
  terminal::write(terminal::Stream::error, "one\n");
  BOOST_TEST(pipe.read() == "one\n");
  BOOST_TEST(terminal::lost_lines() == 0u);
}

BOOST_AUTO_TEST_CASE(texts_keep_their_order_and_nobody_waits_for_a_full_pipe) {
  std::signal(SIGPIPE, SIG_IGN);
  const ErrorPipe pipe;
  terminal::begin_queue();
  for (int i = 0; i < 100; ++i) terminal::write(terminal::Stream::error, std::to_string(i) + "\n");
  terminal::settle(5s);
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += std::to_string(i) + "\n";
  BOOST_TEST(pipe.read() == expected);

  const auto began = std::chrono::steady_clock::now();
  const std::string line = std::string(999, 'x') + "\n";
  for (int i = 0; i < 5000; ++i) terminal::write(terminal::Stream::error, line);
  terminal::draw("a bar");  // is not kept
  BOOST_CHECK(std::chrono::steady_clock::now() - began < 5s);
  terminal::settle(50ms);
  BOOST_TEST(terminal::lost_lines() > 4000u);  // and those that still wait
  std::string taken;
  for (int i = 0; i < 500; ++i) {
    taken += pipe.read();
    terminal::settle(10ms);
  }
  BOOST_TEST(taken.find("bar") == std::string::npos);
  terminal::write(terminal::Stream::error, "the next\n");
  terminal::settle(5s);
  taken += pipe.read();
  BOOST_TEST(taken.ends_with("the next\n"));
  BOOST_TEST(taken.find(" lines are missing here, because the terminal took no more)") != std::string::npos);
}
