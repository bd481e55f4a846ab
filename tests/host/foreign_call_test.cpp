// SPDX-License-Identifier: Apache-2.0
// Whatever a plugin throws through the border becomes a failure of that plugin; what it says is read no further than its record goes; what ends the process or a thread is told.
#include <teranga/core/error.hpp>
#include <teranga/host/exit_guard.hpp>
#include <teranga/host/instance.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace teranga;

namespace {

std::string told_of(const std::function<std::int32_t()>& call, std::int32_t& status) {
  host::Report report;
  const host::Breadcrumb crumb("acme.swish", "swish_1", "forward");
  status = host::foreign_call(&report.native, call);
  return host::text_of(report.native.text);
}

Error raised(std::int32_t status, const trg_error& error) {
  try {
    host::raise(status, error, "layer \"x\"");
  } catch (const Error& told) {
    return told;
  }
}

// The exit status of a process that does so within a call of a plugin.
int status_of_process(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    const host::ExitGuard guard;
    const host::Breadcrumb crumb("acme.swish", "swish_1", "forward");
    host::Report report;
    host::foreign_call(&report.native, [&] { return body(), TRG_OK; });
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace

BOOST_AUTO_TEST_CASE(exceptions_of_any_type_are_failures_of_the_plugin) {
  std::int32_t status = TRG_OK;
  BOOST_TEST(told_of([]() -> std::int32_t { throw std::runtime_error("no table"); }, status) == "its call forward threw an exception: no table");
  BOOST_TEST(status == TRG_FAILED);
  BOOST_TEST(told_of([]() -> std::int32_t { throw 7; }, status) == "its call forward threw an exception of unknown type");
  BOOST_TEST(status == TRG_FAILED);
  BOOST_TEST(told_of([]() -> std::int32_t { throw std::bad_alloc(); }, status) == "its call forward asked for more memory than there is");
  BOOST_TEST(told_of([]() -> std::int32_t { return TRG_BAD_DATA; }, status) == "");
  BOOST_TEST(status == TRG_BAD_DATA);
}

BOOST_AUTO_TEST_CASE(texts_without_an_end_are_cut_where_their_record_ends) {
  trg_error error;
  std::memset(&error, 'h', sizeof(error));
  error.size = sizeof(error), error.code = TRG_FAILED, error.sample = -1;
  const Error told = raised(TRG_FAILED, error);
  BOOST_TEST(std::string(told.what()) == "layer \"x\": " + std::string(sizeof(error.where), 'h') + ": " + std::string(sizeof(error.text), 'h'));
  BOOST_TEST(told.hint() == std::string(sizeof(error.hint), 'h'));
  std::memset(error.text, 0xC3, sizeof(error.text));  // no UTF-8, and cut
  BOOST_TEST(std::string(raised(TRG_FAILED, error).what()).find('\xC3') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_status_counts_where_the_record_has_no_code) {
  host::Report empty;
  BOOST_TEST(static_cast<int>(raised(TRG_BAD_DATA, empty.native).code()) == static_cast<int>(ExitCode::data));
  BOOST_TEST(static_cast<int>(raised(77, empty.native).code()) == static_cast<int>(ExitCode::plugin));
  BOOST_TEST(std::string(raised(TRG_FAILED, empty.native).what()) == "layer \"x\": failed without saying why");
}

BOOST_AUTO_TEST_CASE(a_plugin_that_ends_the_process_or_its_thread_is_told_and_ends_it_with_4) {
  BOOST_TEST(status_of_process([] { std::exit(0); }) == 4);
  BOOST_TEST(status_of_process([] { std::exit(3); }) == 4);
  BOOST_TEST(status_of_process([] { ::_exit(0); }) == 4);
  BOOST_TEST(status_of_process([] { std::_Exit(9); }) == 4);
  BOOST_TEST(status_of_process([] { std::quick_exit(0); }) == 4);
  BOOST_TEST(status_of_process([] { ::pthread_exit(nullptr); }) == 4);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_process_outside_of_calls_stays_as_it_is) {
  const pid_t child = ::fork();
  if (child == 0) {
    const host::ExitGuard guard;
    if (const pid_t grandchild = ::fork(); grandchild == 0) ::_exit(0);  // not the process that is guarded
    else {
      int status = 1;
      ::waitpid(grandchild, &status, 0);
      ::_exit(status == 0 ? 5 : 6);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(WEXITSTATUS(status) == 5);
}
