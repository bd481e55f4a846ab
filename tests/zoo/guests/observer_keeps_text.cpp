// SPDX-License-Identifier: Apache-2.0
// It keeps the text run_folder as a view, which is no longer there when begin has returned.
#include "right.hpp"

struct Guest : zoo::Observer {
  using zoo::Observer::Observer;
  std::string_view folder;
  std::size_t letters = 0;
  void begin(const sdk::TrainingStart& start) { folder = start.run_folder; }
  void epoch_end(const sdk::EpochReport&) { letters += std::string(folder).size(); }
};

TERANGA_PLUGIN(sdk::observer<Guest>())
