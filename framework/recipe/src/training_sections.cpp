// SPDX-License-Identifier: Apache-2.0
// The keys that say how a run goes: optimizer, training, checkpoints, what it writes for those who watch it.
#include "key_builder.hpp"
#include "sections.hpp"

namespace teranga::recipe {
const Schema& optimizer_keys() {
  static const Schema keys = {
      real_key("learning_rate", "The size of a step along the gradient.").or_also("a schedule").at_least(0).without("the optimizer's own default").as_in({"0.001", R"({ type = "cosine_decay", initial_learning_rate = 0.1, decay_steps = 1000 })"}),
      real_key("weight_decay", "Every step, weights shrink by this share of themselves times the learning rate.").at_least(0).without("no decay, or the optimizer's own default").as_in({"0.01"}),
      real_key("clipnorm", "The gradient of each parameter is scaled down to this norm where it is larger.").above(0).without("no limit").as_in({"1.0"}),
      real_key("clipvalue", "Every number of a gradient is limited to this absolute value.").above(0).without("no limit").as_in({"0.5"}),
      real_key("global_clipnorm", "All gradients together are scaled down to this norm where it is larger.").above(0).without("no limit").as_in({"1.0"}),
      real_key("clip_weights", "Every weight is limited to this absolute value after an update.").above(0).without("no limit").as_in({"0.01"}),
      flag_key("use_ema", "Whether an exponential moving average of the weights is kept beside them. Validation, test and all commands that read a checkpoint take the average in place of the weights, and training goes on with the weights. It takes the memory of the weights once more, and a pass over them at every update.").by_default(false).as_in({"true"}),
      real_key("ema_momentum", "The share of the former average in a new one. After the first update the average is what the weights are.").by_default(0.99).at_least(0).up_to(1).as_in({"0.999"}),
      integer_key("ema_overwrite_frequency", "After every so many updates the weights become the average.").at_least(1).without("never").as_in({"100"}),
      integer_key("warmup_steps", "Over the first so many steps the learning rate rises linearly to its full value.").by_default(std::int64_t{0}).at_least(0).as_in({"500"}),
      real_key("warmup_from", "The share of the learning rate with which the rise begins.").by_default(0.0).at_least(0).up_to(1).as_in({"0.1"}),
  };
  return keys;
}

const Schema& training_keys() {
  static const Schema keys = {
      integer_key("epochs", "Passes over the training samples; 0 makes no steps.").by_default(std::int64_t{1}).at_least(0).as_in({"20"}),
      integer_key("batch_size", "Samples of a step, of all processes together.").by_default(std::int64_t{32}).at_least(1).up_to(1 << 30).as_in({"64"}),
      integer_key("accumulate", "Batches of an update, which follows the mean of their gradients, where each batch counts alike. An epoch ends with an update, if need be of fewer batches. Steps count batches, learning rates count updates. Checkpoints, signals and the log wait for the next update.").by_default(std::int64_t{1}).at_least(1).as_in({"4"}),
      integer_key("base_batch_size", "The batch size that the learning rates of the recipe are meant for. They are multiplied by batch_size x accumulate / base_batch_size. Where that makes them larger, they rise linearly from their own values over the first 5 epochs (Goyal et al., arXiv 1706.02677), or over the warmup_steps of an optimizer that has some.").at_least(1).without("the rates are as they are written").as_in({"64"}),
      flag_key("shuffle", "Whether each epoch takes the samples in a new random order.").by_default(true).as_in({"false"}),
      integer_key("seed", "The seed of all random numbers of the run.").by_default(std::int64_t{0}).at_least(0).as_in({"7"}),
      list_key("metrics", "What is measured in addition to the loss: types of metrics, or tables with a type.").of_components("metric").without("no metrics").as_in({R"(["accuracy"])", R"("accuracy")", R"([{ type = "accuracy" }])"}),
      table_key("class_weight", "The factor of the loss of each class, by its name, or by its number where the data give classes no names. Classes that are left out have 1. \"balanced\" gives every class the same sum.").or_also("\"balanced\"").without("1 for every class").as_in({R"({ "0" = 1.0, "1" = 2.5 })", R"("balanced")"}),
      table_key("early_stopping", "When to stop before the last epoch.").without("all epochs are trained").as_in({R"({ monitor = "val_loss", patience = 3 })"}),
      table_key("averaging", "How often processes average what they learn.").without("at every update").as_in({"{ every = 16 }"}),
      tables_key("layer_rates", "Learning rates of layers, as multiples of the optimizer's: to train some layers more slowly, or not at all, for some epochs or for all.").without("all layers learn at the optimizer's rate").as_in({R"([{ layers = "hidden*", factor = 0.0, to_epoch = 3 }])"}),
      integer_key("validation_freq", "The validation part is evaluated after every so many epochs.").by_default(std::int64_t{1}).at_least(1).as_in({"5"}),
      integer_key("steps_per_epoch", "Steps of an epoch. The next epoch goes on in the data where this one stopped.").at_least(1).without("as many as all samples need").as_in({"100"}),
      integer_key("log_every_steps", "Steps from one line of the log to the next; 0: the run chooses.").or_also(R"("auto")").by_default(std::int64_t{0}).at_least(0).as_in({"10", R"("auto")"}),
      integer_key("compare_ranks_every", "Steps from one comparison of the weights of all processes to the next; one more is made at the end of an epoch. Where they differ, the run ends; 0: they are never compared.").by_default(std::int64_t{1000}).at_least(0).as_in({"100"}),
      integer_key("slice", "Samples that one thread takes at a time; 0: the planner chooses.").or_also(R"("auto")").by_default(std::int64_t{0}).at_least(0).as_in({"8", R"("auto")"}),
      flag_key("reproducible", "Whether training gives the same bits with any number of processes. Sums are then made slice by slice in the order of the samples, and batch normalization takes the statistics of the batch of all processes. It is slower, and it needs memory for the gradients of each slice. A slice that is not given is a sixteenth of the batch.").by_default(false).as_in({"true"}),
  };
  return keys;
}

const Schema& early_stopping_keys() {
  static const Schema keys = {
      text_key("monitor", "The quantity that should get better, by its name in metrics.csv.").by_default("val_loss").as_in({R"("val_accuracy")"}),
      integer_key("patience", "Training stops after so many epochs without a better value.").by_default(std::int64_t{0}).at_least(0).as_in({"3"}),
      real_key("min_delta", "The least change that counts as better.").by_default(0.0).at_least(0).as_in({"0.001"}),
      text_key("mode", "Whether a smaller (min) or a larger value (max) is better; auto takes what the loss or the metric says.").by_default("auto").one_of({"auto", "min", "max"}).as_in({R"("max")"}),
      flag_key("restore_best_weights", "Whether the run ends with the weights of its best epoch.").by_default(false).as_in({"true"}),
      real_key("baseline", "A value counts as better only where it also beats this one.").without("no such value").as_in({"0.5"}),
      integer_key("start_from_epoch", "The first so many epochs are not watched.").by_default(std::int64_t{0}).at_least(0).as_in({"5"}),
  };
  return keys;
}

const Schema& averaging_keys() {
  static const Schema keys = {
      integer_key("every", "Updates of a round. In it each process trains alone, on its share of each batch and with its own optimizer, and no message is sent; then the changes of all, weighted by their samples, are averaged. Checkpoints, signals, the log and divergence wait for the end of the round. An epoch ends a round. Batch normalization takes the statistics of the process's own samples, and their means are averaged. For one process alone a round changes nothing without outer.").by_default(std::int64_t{1}).at_least(1).as_in({"16"}),
      integer_key("after_epoch", "The first so many epochs average gradients at every update.").by_default(std::int64_t{0}).at_least(0).as_in({"5"}),
      table_key("outer", "The optimizer, as [optimizer], that takes the mean change of a round as a negative gradient.").or_also("a type alone").without("the weights take the mean change").as_in({R"({ type = "sgd", learning_rate = 0.7, momentum = 0.9, nesterov = true })"}),
      flag_key("overlap", "The changes of a round travel while the next one computes, so that the network delays nothing as long as a round takes longer than its messages. They take effect one round later: each process goes on from the new common weights plus its own change of the round (arXiv 1906.12043). The last round of an epoch waits for its messages, so that all processes have the same weights then. A checkpoint within an epoch has the common weights, and those of each process. Beyond 32 processes, and for the rows of an embedding's table, messages do not travel while layers compute.").by_default(false).as_in({"true"}),
      text_key("wire", "How gradients, and the changes of rounds, travel between processes. bf16 rounds them to bfloat16, which takes half of the bytes: it is worth it where the network decides. Sums are made in f32.").by_default("f32").one_of({"f32", "bf16"}).as_in({R"("bf16")"}),
  };
  return keys;
}

const Schema& layer_rate_keys() {
  static const Schema keys = [] {
    OptionSpec layers = text_key("layers", "The layers, by their name. In it * stands for any letters, and ? for one letter.").as_in({R"("hidden*")"});
    layers.required = true;
    return Schema{
        std::move(layers),
        real_key("factor", "The learning rate of their weights is the optimizer's times this. 0: the weights stay as they are. With 0 for all epochs, it is as trainable = false of the layers.").by_default(0.0).at_least(0).as_in({"0.1"}),
        integer_key("from_epoch", "The first epoch in which it holds.").by_default(std::int64_t{1}).at_least(1).as_in({"2"}),
        integer_key("to_epoch", "The last epoch in which it holds.").at_least(1).without("to the end").as_in({"3"}),
    };
  }();
  return keys;
}

const Schema& initial_weights_keys() {
  static const Schema keys = {
      Key("from", OptionKind::path, "The source of the first weights: a checkpoint, a run folder, or a weight file of Keras. From a run folder, the newest intact checkpoint is read. A relative path begins at the folder of the recipe. The option --init-weights replaces this key.").without("random weights, unless --init-weights names a source").as_in({R"("runs/first")"}),
      list_key("include", "The layers that take weights from the source, by their names in this recipe. In a name, * stands for any letters, and ? for one letter.").of(OptionKind::text).without("all layers").as_in({R"(["hidden*"])", R"("hidden*")"}),
      list_key("exclude", "The layers that keep random weights, even if a pattern of include names them.").of(OptionKind::text).without("no layer").as_in({R"(["hidden*"])", R"("hidden")"}),
      table_key("rename", "The layers that have another name in the source: the name in the source, and the name in this recipe.").without("all names are the same").as_in({R"({ features = "hidden" })"}),
      flag_key("partial", "If true, a layer begins with random weights if the source has no weights of the right shape for it. If false, such a layer is an error. The log names the tensors that were taken, and those that were not.").by_default(false).as_in({"true"}),
  };
  return keys;
}

const Schema& keep_best_keys() {
  static const Schema keys = {
      text_key("monitor", "The quantity by which epochs are compared, by its name in metrics.csv.").by_default("val_loss").as_in({R"("val_accuracy")"}),
      text_key("mode", "Whether a smaller (min) or a larger value (max) is better; auto takes what the loss or the metric says.").by_default("auto").one_of({"auto", "min", "max"}).as_in({R"("max")"}),
      integer_key("count", "The number of best epochs that are kept.").by_default(std::int64_t{1}).at_least(1).as_in({"3"}),
  };
  return keys;
}

const Schema& checkpoint_keys() {
  static const Schema keys = {
      integer_key("every_steps", "The number of steps between two checkpoints. With 0, the number of steps causes no checkpoint.").by_default(std::int64_t{0}).at_least(0).as_in({"1000"}),
      integer_key("every_epochs", "The number of epochs between two checkpoints. With 0, the end of an epoch causes no checkpoint.").by_default(std::int64_t{0}).at_least(0).as_in({"5"}),
      real_key("every_seconds", "The seconds between two checkpoints. With 0, time causes no checkpoint. The states before the first step and after the last step are always stored.").by_default(60.0).at_least(0).as_in({"600.0"}),
      integer_key("keep", "The number of newest checkpoints that are kept. Older checkpoints are deleted.").by_default(std::int64_t{2}).at_least(1).as_in({"5"}),
      table_key("keep_best", "If given, the checkpoints of the best epochs are also kept, in the folder checkpoints/best of the run. --best of evaluate, predict, generate and checkpoint uses the best one.").without("the newest only").as_in({R"({ monitor = "val_accuracy" })"}),
  };
  return keys;
}

const Schema& log_keys() {
  static const Schema keys = {
      flag_key("report", "Whether the run folder gets report.html, a page with curves. \"teranga report\" can make it later.").by_default(true).as_in({"false"}),
      flag_key("tensorboard", "Whether the run folder gets a folder tensorboard, for \"tensorboard --logdir RUN\": the numbers of epochs by the names of Keras in the runs train, validation and test, those of logged steps in the run steps, a histogram of the weights of each layer after each epoch, the recipe as text, and pictures: what a network makes of noise, or the filters of the first conv2d layer.").by_default(false).as_in({"true"}),
      text_key("prometheus", "A text file with the numbers of the last epoch and the last logged step, for the textfile collector of Prometheus' node_exporter, which reads all files *.prom of a folder. A relative name begins at the run folder, and true means metrics.prom. The file is replaced at once; each run needs a file of its own.").or_also("true").without("no such file").as_in({R"("/var/lib/node_exporter/lenet.prom")", "true"}),
  };
  return keys;
}

}  // namespace teranga::recipe
