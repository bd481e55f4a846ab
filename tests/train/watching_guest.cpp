// SPDX-License-Identifier: Apache-2.0
// An observer that writes down all that it is told, asks for the end of the training where it is told to, and fails where it is told to.
#include <cstdio>
#include <stdexcept>
#include <sstream>
#include <string>

#include <teranga/sdk/observer.hpp>

namespace sdk = teranga::sdk;

template <bool Norms>
struct Watching {
  static sdk::Info info() {
    return {.name = Norms ? "guest.watching" : "guest.glancing", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Writes down all that it is told", .formula = "none",
            .options = {sdk::path("file").says("where it writes"), sdk::integer("stops_at_step", std::int64_t{0}).says("0: never"), sdk::integer("stops_at_epoch", std::int64_t{0}).says("0: never"),
                        sdk::text("fails_in", "").says("the call that fails"), sdk::text("way", "throw").choices({"throw", "throw 7", "option", "bad_data"}).says("in which it fails")}};
  }

  std::string file, fails_in, way;
  std::int64_t step_to_stop, epoch_to_stop;
  explicit Watching(const sdk::Options& options)
      : file(options.text("file")), fails_in(options.text("fails_in")), way(options.text("way")), step_to_stop(options.integer("stops_at_step")), epoch_to_stop(options.integer("stops_at_epoch")) {
    fail("create");
  }

  static constexpr bool gradient_norm = Norms;

  void begin(const sdk::TrainingStart& t) {
    line("begin", t.step, t.epoch, t.epochs, t.steps_per_epoch, t.parameters, t.resumed() ? "resumed" : "new", t.run_folder);
    fail("begin");
  }
  void step(const sdk::StepReport& t) {
    line("step", t.step, t.epoch, t.loss, t.rate, t.gradient_norm, t.phase);
    if (t.step == step_to_stop) t.stop(joined("step", t.step, "is enough"));
    if (t.step == 3) fail("step");
  }
  void epoch_end(const sdk::EpochReport& t) {
    std::ostringstream measures;
    measures.precision(17);
    for (const sdk::Measure& m : t.measures) measures << (&m == t.measures.data() ? "" : " ") << m.name << "=" << m.value << ":" << m.direction;
    line("epoch", t.step, t.epoch, measures.str());
    if (!(t.seconds > 0)) line("no time");
    if (t.epoch == epoch_to_stop) t.stop("");
    fail("epoch_end");
  }
  void end(const sdk::TrainingEnd& t) {
    line("end", t.step, t.epoch, t.exit_code);
    fail("end");
  }

  template <class... Words>
  static std::string joined(const Words&... words) {
    std::ostringstream out;
    out.precision(17);
    ((out << words << " "), ...);
    std::string text = out.str();
    text.pop_back();
    return text;
  }
  void fail(const std::string& where) const {
    if (where != fails_in) return;
    if (way == "throw 7") throw 7;
    if (way == "option") throw sdk::OptionError("fails_in", "this one does not suit");
    if (way == "bad_data") throw sdk::DataError("somewhere", "nothing is there");
    throw std::runtime_error("the guest has failed");
  }
  template <class... Words>
  void line(const Words&... words) const {
    if (std::FILE* to = std::fopen(file.c_str(), "a")) {
      std::fprintf(to, "%s\n", joined(words...).c_str());
      std::fclose(to);
    }
  }
};

TERANGA_PLUGIN(sdk::observer<Watching<true>>(), sdk::observer<Watching<false>>())
