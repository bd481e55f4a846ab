// SPDX-License-Identifier: Apache-2.0
// A table of steps with their loss, learning rate and gradient norm: for those who look for the reason of a training that diverges or stands still.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>

#include <teranga/sdk/observer.hpp>

#include "number_text.hpp"

namespace teranga::observers {

struct GradientNorms {
  static sdk::Info info() {
    return {.name = "teranga.gradient_norms", .summary = "Writes a table of steps with loss, learning rate and gradient norm",
            .formula = "gradient_norm = sqrt(sum of the squares of all gradients of the update), before clipping",
            .options = {sdk::text("file", "gradient_norms.csv").says("the table; a relative name begins at the run folder"),
                        sdk::integer("every", std::int64_t{1}).at_least(1).says("steps from one line to the next")}};
  }

  static constexpr bool gradient_norm = true;

  std::string file;
  std::int64_t every;
  explicit GradientNorms(const sdk::Options& options) : file(options.text("file")), every(options.integer("every")) {}

  // A resumed training makes the steps after its checkpoint once more: their lines go.
  void begin(const sdk::TrainingStart& start) {
    const bool relative = file.empty() || file[0] != '/';
    if (relative && start.run_folder.empty()) {
      const std::string text = "gradient_norms: " + file + " begins at the run folder, which this training does not keep: no table is written";
      return sdk::host().log(TRG_LOG_WARNING, text.c_str());
    }
    if (relative) file = std::string(start.run_folder) + "/" + file;
    std::string text = head;
    std::ifstream before(file);
    std::string line;
    std::getline(before, line);
    while (start.resumed() && std::getline(before, line) && !before.eof())
      if (std::strtoll(line.c_str(), nullptr, 10) <= start.step) text.append(line).append("\n");
    before.close();
    table_.reset(std::fopen(file.c_str(), "we"));
    if (!write(text)) throw sdk::Error(TRG_FAILED, "the table cannot be written: " + reason(), file);
  }

  void step(const sdk::StepReport& s) {
    if (s.step % every != 0) return;
    if (!table_) return;
    const bool written = write(std::to_string(s.step) + "," + std::to_string(s.epoch) + "," + std::string(s.phase) + "," + shortest(s.loss) + "," + shortest(s.rate) + "," + shortest(s.gradient_norm) + "\n");
    if (written) return;
    // A disk that is full must not end the training.
    sdk::host().log(TRG_LOG_WARNING, ("gradient_norms: " + file + " cannot be written: " + reason() + "; it ends here").c_str());
    table_.reset();
  }

 private:
  static constexpr const char* head = "step,epoch,phase,loss,learning_rate,gradient_norm\n";

  bool write(const std::string& text) const { return table_ && std::fputs(text.c_str(), table_.get()) != EOF && std::fflush(table_.get()) == 0; }
  static std::string reason() { return std::strerror(errno); }

  struct Close {
    void operator()(std::FILE* open) const { std::fclose(open); }
  };
  std::unique_ptr<std::FILE, Close> table_;
};

}  // namespace teranga::observers
