// SPDX-License-Identifier: Apache-2.0
#include "sections.hpp"

#include <type_traits>
#include <utility>

namespace teranga::recipe {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A spec with a default; a chain of small calls says the rest.
struct Key : OptionSpec {
  Key(const char* key, OptionKind key_kind, const char* text) {
    name = key;
    kind = key_kind;
    doc = text;
  }
  template <class T>
  Key by_default(T value) && {
    if constexpr (std::is_same_v<T, const char*>) {
      default_value.data = std::string(value);
    } else {
      default_value.data = value;
    }
    return std::move(*this);
  }
  Key none() && {
    nullable = true;
    return std::move(*this);
  }
  Key at_least(double low) && {
    minimum = low;
    return std::move(*this);
  }
  Key above(double low) && {
    minimum = low;
    minimum_open = true;
    return std::move(*this);
  }
  Key below(double high) && {
    maximum = high;
    maximum_open = high != infinity;
    return std::move(*this);
  }
  Key up_to(double high) && {
    maximum = high;
    return std::move(*this);
  }
  Key of(OptionKind item) && {
    item_kind = item;
    scalar_expands = true;
    return std::move(*this);
  }
  Key one_of(std::vector<std::string> words) && {
    choices = std::move(words);
    return std::move(*this);
  }
};

Key integer(const char* name, const char* doc) { return Key(name, OptionKind::integer, doc); }
Key real(const char* name, const char* doc) { return Key(name, OptionKind::real, doc); }
Key text(const char* name, const char* doc) { return Key(name, OptionKind::text, doc); }
Key flag(const char* name, const char* doc) { return Key(name, OptionKind::boolean, doc); }
Key list(const char* name, const char* doc) { return Key(name, OptionKind::list, doc); }
Key table(const char* name, const char* doc) { return Key(name, OptionKind::table, doc); }

constexpr std::int64_t zero = 0;
constexpr std::int64_t one = 1;

}  // namespace

const Schema& root_keys() {
  static const Schema keys = {
      integer("schema", "the version of the recipe's own format").by_default(one).at_least(1).up_to(1),
      text("name", "the run's name; the file's stem otherwise").none(),
      list("plugins", "plugin files to open beside those on the search path").of(OptionKind::path).none(),
      table("data", "the data set").none(),
      list("layer", "the layers in order").none(),
      table("loss", "what training makes small").none(),
      table("optimizer", "how weights follow gradients").none(),
      table("training", "how long, in which batches").none(),
      table("checkpoint", "when to write checkpoints").none(),
      list("phase", "which networks train in which order").none(),
  };
  return keys;
}

const Schema& data_keys() {
  static const Schema keys = {
      real("validation_split", "the share of the training samples held back").by_default(0.0).at_least(0).below(1),
      integer("limit", "use only the first so many training samples").at_least(1).none(),
  };
  return keys;
}

const Schema& layer_keys() {
  static const Schema keys = {
      text("name", "unique; generated from the type otherwise").none(),
      list("input", "the layers whose outputs it takes; the layer before otherwise").of(OptionKind::text).none(),
      text("network", "the network it belongs to").by_default(""),
      flag("trainable", "false keeps its weights as they are").by_default(true),
      text("weights_of", "the earlier layer whose weights it uses").none(),
  };
  return keys;
}

const Schema& loss_keys() {
  static const Schema keys = {
      text("output", "the layer whose output it judges; the last one otherwise").none(),
      text("target", "the name of the target, or a number that all of it is").none(),
      real("weight", "its factor in the sum of all losses").by_default(1.0),
  };
  return keys;
}

const Schema& metric_keys() {
  static const Schema keys = {text("output", "the layer whose output it judges; the last one otherwise").none()};
  return keys;
}

const Schema& optimizer_keys() {
  static const Schema keys = {
      real("learning_rate", "a number, or a schedule").at_least(0).none(),
      real("weight_decay", "share of the learning rate by which weights shrink each step").at_least(0).none(),
      real("clipnorm", "the largest norm of each gradient").above(0).none(),
      real("clipvalue", "the largest absolute value in any gradient").above(0).none(),
      real("global_clipnorm", "the largest norm of all gradients together").above(0).none(),
      real("clip_weights", "the largest absolute value of any weight after an update").above(0).none(),
      integer("warmup_steps", "steps over which the rate rises linearly").by_default(zero).at_least(0),
      real("warmup_from", "the share of the rate at step 0").by_default(0.0).at_least(0).up_to(1),
  };
  return keys;
}

const Schema& training_keys() {
  static const Schema keys = {
      integer("epochs", "passes over the training samples, or over as many of them as steps_per_epoch says").by_default(one).at_least(0),
      integer("batch_size", "samples per step, over all ranks").by_default(std::int64_t{32}).at_least(1).up_to(1 << 30),
      flag("shuffle", "draw a new order each epoch").by_default(true),
      integer("seed", "of every random number of the run").by_default(zero).at_least(0),
      list("metrics", "what to report beside the loss").none(),
      table("class_weight", "factors of the losses of samples, by the name or number of their class; \"balanced\": the same sum for each class").none(),
      table("early_stopping", "when to stop before the last epoch").none(),
      integer("steps_per_epoch", "steps that make an epoch, which goes on where the one before stopped; all samples otherwise").at_least(1).none(),
      integer("log_every_steps", "steps between two logged ones; 0: chosen by the run").by_default(zero).at_least(0),
      integer("slice", "samples per slice; 0 or \"auto\": chosen by the planner").by_default(zero).at_least(0),
  };
  return keys;
}

const Schema& early_stopping_keys() {
  static const Schema keys = {
      text("monitor", "the quantity that should get better").by_default("val_loss"),
      integer("patience", "epochs without a better one before stopping").by_default(zero).at_least(0),
      real("min_delta", "the least change that counts as better").by_default(0.0).at_least(0),
      text("mode", "whether less or more is better").by_default("auto").one_of({"auto", "min", "max"}),
      flag("restore_best_weights", "end with the weights of the best epoch").by_default(false),
      real("baseline", "what must be beaten to count as better").none(),
      integer("start_from_epoch", "epochs to wait before monitoring").by_default(zero).at_least(0),
  };
  return keys;
}

const Schema& phase_keys() {
  static const Schema keys = {
      text("name", "unique; names its numbers in the log").none(),
      list("train", "the networks that it trains").of(OptionKind::text).none(),
      list("call", "the networks that run, in order").none(),
      table("loss", "what it makes small").none(),
      list("metrics", "what to report beside the loss").none(),
      table("optimizer", "how weights follow gradients; the recipe's own otherwise").none(),
      integer("steps", "updates in a row on the same batch").by_default(one).at_least(1),
      integer("every", "batches from one turn to the next").by_default(one).at_least(1),
      integer("from_epoch", "its first epoch").by_default(one).at_least(1),
      integer("to_epoch", "its last epoch").at_least(1).none(),
  };
  return keys;
}

const Schema& call_keys() {
  static const Schema keys = {
      text("network", "the network to run").none(),
      text("name", "unique in its phase; the network's name otherwise").none(),
      list("input", "what enters its inputs: the outputs of earlier calls").of(OptionKind::text).none(),
  };
  return keys;
}

const Schema& checkpoint_keys() {
  static const Schema keys = {
      integer("every_steps", "steps between two checkpoints; 0: not by steps").by_default(zero).at_least(0),
      integer("every_epochs", "epochs between two checkpoints; 0: not by epochs").by_default(zero).at_least(0),
      real("every_seconds", "seconds between two checkpoints; 0: not by time. The state before the first step and the last one are always stored").by_default(60.0).at_least(0),
      integer("keep", "checkpoints to keep, the newest").by_default(std::int64_t{2}).at_least(1),
  };
  return keys;
}

std::optional<std::string> section_of_key(std::string_view key) {
  if (find_option(training_keys(), key) != nullptr) return "[training]";
  if (find_option(optimizer_keys(), key) != nullptr) return "[optimizer]";
  if (find_option(checkpoint_keys(), key) != nullptr) return "[checkpoint]";
  if (find_option(data_keys(), key) != nullptr) return "[data]";
  return std::nullopt;
}

}  // namespace teranga::recipe
