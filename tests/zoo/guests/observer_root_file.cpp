// SPDX-License-Identifier: Apache-2.0
// Without a run folder its file is one of the root folder.
#include "right.hpp"

#include <fstream>

struct Guest : zoo::Observer {
  using zoo::Observer::Observer;
  std::ofstream file;
  void begin(const sdk::TrainingStart& start) { file.open(std::string(start.run_folder) + "/zoo_epochs.txt"); }
  void epoch_end(const sdk::EpochReport& epoch) { file << epoch.epoch << "\n"; }
  void end(const sdk::TrainingEnd&) { file.close(); }
};

TERANGA_PLUGIN(sdk::observer<Guest>())
