// SPDX-License-Identifier: Apache-2.0
// Real signals to this process and to children, the deadline, and the periodic task.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/service/service.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using teranga::Service;

namespace {

void wait(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    wait(5);
  }
  return false;
}

// What a child did that ran `body`: its exit code, or minus the signal that ended it.
int outcome_of(const std::function<void()>& body) {
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    alarm(20);
    body();
    _exit(99);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

// First, while this process has a single thread.
BOOST_AUTO_TEST_CASE(a_second_term_or_int_ends_the_process_after_its_last_words) {
  for (const int second : {SIGTERM, SIGINT}) {
    int words[2];
    BOOST_REQUIRE(pipe(words) == 0);
    const int outcome = outcome_of([&] {
      Service service;
      service.on_sudden_end([&] { (void)!write(words[1], "!", 1); });
      raise(SIGTERM);
      soon([&] { return service.requested().stop_after_step != 0; });
      wait(700);
      raise(second);
      wait(10000);
    });
    BOOST_TEST(outcome == 128 + second);
    close(words[1]);
    char word = 0;
    BOOST_TEST(read(words[0], &word, 1) == 1);
    BOOST_TEST(word == '!');
    close(words[0]);
  }
}

BOOST_AUTO_TEST_CASE(last_words_that_hang_or_throw_do_not_keep_the_process) {
  const auto end_with = [](const std::function<void()>& last_words) {
    return outcome_of([&] {
      Service service;
      service.on_sudden_end(last_words);
      raise(SIGTERM);
      soon([&] { return service.requested().stop_after_step != 0; });
      wait(700);
      raise(SIGTERM);
      wait(10000);
    });
  };
  BOOST_TEST(end_with([] { wait(10000); }) == 143);
  BOOST_TEST(end_with([] { throw std::runtime_error("no words"); }) == 143);
}

BOOST_AUTO_TEST_CASE(two_terms_at_once_and_two_hups_are_one_request) {
  BOOST_TEST(outcome_of([] {
               Service service;
               raise(SIGTERM);
               raise(SIGTERM);
               soon([&] { return service.requested().stop_after_step != 0; });
               wait(700);
               raise(SIGHUP);
               wait(100);
               _exit(7);
             }) == 7);
}

BOOST_AUTO_TEST_CASE(before_the_work_a_signal_ends_the_process_at_once_and_after_it_none_changes_the_exit_code) {
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2, SIGXCPU, SIGHUP})
    BOOST_TEST(outcome_of([&] {
                 Service service;
                 service.prepare(75);
                 raise(SIGUSR1);  // is for the first step
                 raise(signal);
                 wait(10000);
               }) == 75);
  const auto at_the_end = [](int signals) {
    return outcome_of([=] {
      Service service;
      service.finish(75);
      for (int i = 0; i < signals; ++i) {
        raise(SIGTERM);
        wait(600);
      }
      _exit(7);
    });
  };
  BOOST_TEST(at_the_end(1) == 7);
  BOOST_TEST(at_the_end(2) == 75);
}

BOOST_AUTO_TEST_CASE(hup_stays_ignored_where_it_was) {
  BOOST_TEST(outcome_of([] {
               std::signal(SIGHUP, SIG_IGN);
               Service service;
               raise(SIGHUP);
               wait(100);
               _exit(service.requested().any() ? 1 : 7);
             }) == 7);
}

BOOST_AUTO_TEST_CASE(no_task_runs_after_it_was_forgotten) {
  Service service;
  std::atomic<int> ticks{0};
  service.every(0.01, [&] { ++ticks; });
  BOOST_TEST(soon([&] { return ticks > 1; }));
  service.forget_tasks();
  const int before = ticks;
  wait(60);
  BOOST_TEST(ticks == before);
}

BOOST_AUTO_TEST_CASE(a_closed_pipe_does_not_end_the_process) {
  BOOST_TEST(outcome_of([] {
               Service service;
               raise(SIGPIPE);
               _exit(7);
             }) == 7);
}

BOOST_AUTO_TEST_CASE(nothing_is_requested_at_first) {
  Service service;
  BOOST_TEST(!service.requested().any());
  BOOST_TEST(!service.requested().stops());
  BOOST_TEST(service.armed().size() == 3u);
}

BOOST_AUTO_TEST_CASE(usr1_asks_for_a_checkpoint_each_time) {
  Service service;
  for (int round = 0; round < 3; ++round) {
    raise(SIGUSR1);
    BOOST_TEST(soon([&] { return service.requested().checkpoint == 1; }));
    BOOST_TEST(!service.requested().stops());
    service.clear_checkpoint();
    BOOST_TEST(!service.requested().any());
  }
}

BOOST_AUTO_TEST_CASE(usr2_asks_for_a_checkpoint_and_the_end) {
  Service service;
  raise(SIGUSR2);
  BOOST_TEST(soon([&] { return service.requested().checkpoint_and_stop == 1; }));
  BOOST_TEST(service.requested().stops());
  BOOST_TEST(service.requested().stop_after_step == 0);
}

BOOST_AUTO_TEST_CASE(term_int_xcpu_and_hup_ask_to_stop_after_the_step) {
  for (const int signal : {SIGTERM, SIGINT, SIGXCPU, SIGHUP}) {
    Service service;
    raise(signal);
    BOOST_TEST(soon([&] { return service.requested().stop_after_step == 1; }), "signal " << signal);
    BOOST_TEST(service.requested().stops());
  }
}

BOOST_AUTO_TEST_CASE(the_signals_have_their_former_actions_afterwards) {
  static std::atomic<int> caught{0};
  struct sigaction mine {};
  mine.sa_handler = [](int) { ++caught; };
  struct sigaction before {};
  sigaction(SIGUSR1, &mine, &before);
  {
    Service service;
    raise(SIGUSR1);
    BOOST_TEST(soon([&] { return service.requested().checkpoint == 1; }));
    BOOST_TEST(caught == 0);
  }
  raise(SIGUSR1);
  BOOST_TEST(caught == 1);
  sigaction(SIGUSR1, &before, nullptr);
}

#if !defined(__SANITIZE_THREAD__)  // which holds signals back while a thread waits in a system call
BOOST_AUTO_TEST_CASE(a_signal_does_not_interrupt_the_system_calls_of_other_threads) {
  Service service;
  int ends[2];
  BOOST_REQUIRE(pipe(ends) == 0);
  std::atomic<long> got{-2};
  std::thread reader([&] {
    char byte = 0;
    got = read(ends[0], &byte, 1);
  });
  wait(50);
  pthread_kill(reader.native_handle(), SIGUSR1);
  BOOST_TEST(soon([&] { return service.requested().checkpoint == 1; }));
  BOOST_TEST(write(ends[1], "x", 1) == 1);
  reader.join();
  BOOST_TEST(got == 1);
  close(ends[0]);
  close(ends[1]);
}
#endif

BOOST_AUTO_TEST_CASE(there_is_one_service_at_a_time) {
  {
    Service service;
    BOOST_CHECK_THROW(Service(), teranga::Error);
  }
  Service again;
}

BOOST_AUTO_TEST_CASE(the_deadline_raises_its_flag_in_time) {
  Service service;
  service.set_deadline(0.1);
  BOOST_TEST(service.requested().deadline == 0);
  BOOST_TEST(soon([&] { return service.requested().deadline == 1; }));
  BOOST_TEST(service.requested().stops());
  service.set_deadline(3600);
  BOOST_TEST(service.requested().deadline == 0);
  BOOST_TEST(service.armed().back() == "time limit: checkpoint and stop after 1:00:00");
  service.set_deadline(0);
  BOOST_TEST(service.requested().deadline == 1);
  service.set_deadline(1e300);  // later than any clock
  wait(20);
  BOOST_TEST(service.requested().deadline == 0);
}

BOOST_AUTO_TEST_CASE(the_periodic_task_runs_again_and_again_until_it_fails) {
  Service service;
  std::atomic<int> ticks{0};
  service.every(0.01, [&] { ++ticks; });
  BOOST_TEST(soon([&] { return ticks >= 3; }));
  service.every(0.01, [&] {
    ticks = -1000;
    throw std::runtime_error("as the test wants it");
  });
  BOOST_TEST(soon([&] { return ticks == -1000; }));
  wait(50);
  BOOST_TEST(ticks == -1000);
  raise(SIGUSR1);  // the thread itself goes on
  BOOST_TEST(soon([&] { return service.requested().checkpoint == 1; }));
  BOOST_CHECK_THROW(service.every(0, [] {}), teranga::Error);
}
