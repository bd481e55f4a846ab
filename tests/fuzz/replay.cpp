// SPDX-License-Identifier: Apache-2.0
// Stands in for libFuzzer where the product's own compiler builds a fuzz target: runs the files of a corpus, then inputs that are made from them by a seeded
// generator, each under a time limit and all under a memory limit. An input that ends the process is kept, and its name is told.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "target.hpp"

namespace {

namespace fs = std::filesystem;

constexpr int seconds_of_computing = 10;  // for one input
constexpr rlim_t most_memory = rlim_t{2} << 30;
constexpr std::size_t longest_input = std::size_t{1} << 16;

std::string current;           // the input that runs
std::string current_name;      // the file, or the round
char finding[256] = "finding";  // where the input goes

void say(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

// What a signal handler may do, and nothing else.
void keep_input(int signal) {
  const int file = ::open(finding, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file >= 0 && ::write(file, current.data(), current.size()) < 0) say("the input cannot be kept\n");
  say("FINDING: ");
  say(signal == SIGPROF ? "no end within 10 s of computing" : ::sigdescr_np(signal));
  say(", of ");
  say(current_name.c_str());
  say("; the input is kept as ");
  say(finding);
  say("\n");
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void set_limits() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose own memory is larger than any limit
  const rlimit memory{most_memory, most_memory};
  ::setrlimit(RLIMIT_AS, &memory);
#endif
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPROF}) ::signal(signal, keep_input);
}

void run(std::string input, std::string name) {
  current = std::move(input);
  current_name = std::move(name);
  itimerval timer{};
  timer.it_value.tv_sec = seconds_of_computing;
  ::setitimer(ITIMER_PROF, &timer, nullptr);
  // A copy of the exact size, so that sanitizers see each byte that is read behind its end.
  const std::vector<std::uint8_t> bytes(current.begin(), current.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::vector<std::string> read_corpus(const fs::path& path) {
  std::vector<fs::path> files;
  if (!fs::is_directory(path)) files.push_back(path);
  else
    for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    run(inputs.back(), file.string());
  }
  return inputs;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& corpus, std::uint32_t seed) : corpus_(corpus), random_(seed) {}

  std::string input() {
    std::string bytes = any();
    for (std::size_t change = 1 + below(4); change > 0; --change) mutate(bytes);
    bytes.resize(std::min(bytes.size(), longest_input));
    return bytes;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  const std::string& any() { return corpus_[below(corpus_.size())]; }

  void mutate(std::string& bytes) {
    static constexpr std::string_view edges[] = {{"\0\0\0\0", 4}, "\xff\xff\xff\xff", {"\0\0\0\x80", 4}, {"\x7f\xff\xff\xff\xff\xff\xff\xff", 8}, "-1", "1e999", "\n", "\"", "\xef\xbb\xbf"};
    const std::size_t at = below(bytes.size() + 1), length = below(std::min<std::size_t>(bytes.size() - at, 64) + 1);
    switch (below(8)) {
      case 0: bytes.resize(at); break;
      case 1: bytes.erase(at, length); break;
      case 2: bytes.insert(at, bytes.substr(at, length)); break;
      case 3: {
        const std::string& other = any();
        bytes.insert(at, other.substr(below(other.size() + 1), 1 + below(64)));
        break;
      }
      case 4: bytes.replace(at, length, std::string(edges[below(std::size(edges))])); break;
      case 5:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random_());
        break;
      default:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937 random_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER|FILE [RUNS [SEED]]\n", argv[0]);
    return 2;
  }
  std::snprintf(finding, sizeof finding, "%s.finding", fs::path(argv[0]).filename().c_str());
  set_limits();
  const std::vector<std::string> corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s holds no input\n", argv[1]);
    return 2;
  }
  const long runs = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 0;
  const auto seed = static_cast<std::uint32_t>(argc > 3 ? std::strtol(argv[3], nullptr, 10) : 17);
  Mutator mutator(corpus, seed);
  for (long round = 0; round < runs; ++round) run(mutator.input(), "round " + std::to_string(round) + " of seed " + std::to_string(seed));
  std::printf("%zu inputs of the corpus and %ld made from them: no finding\n", corpus.size(), runs);
  return 0;
}
