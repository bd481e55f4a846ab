// SPDX-License-Identifier: Apache-2.0
// The keys that say how a run goes: optimizer, training, checkpoints, what it writes for those who watch it.
#include "key_builder.hpp"
#include "sections.hpp"

namespace teranga::recipe {
const Schema& optimizer_keys() {
  static const Schema keys = {
      real_key("learning_rate", "The size of a step along the gradient.").or_also("a schedule").at_least(0).without("the optimizer's own default").as_in({"0.001", R"({ type = "cosine_decay", initial_learning_rate = 0.1, decay_steps = 1000 })"}),
      real_key("weight_decay", "At every step, the weights are reduced by this share of their values, times the learning rate.").at_least(0).without("no decay, or the optimizer's own default").as_in({"0.01"}),
      real_key("clipnorm", "If the norm of the gradient of a parameter is larger than this number, the gradient is scaled down to this norm.").above(0).without("no limit").as_in({"1.0"}),
      real_key("clipvalue", "Every number of a gradient is limited to this absolute value.").above(0).without("no limit").as_in({"0.5"}),
      real_key("global_clipnorm", "If the norm of all gradients together is larger than this number, they are scaled down to this norm.").above(0).without("no limit").as_in({"1.0"}),
      real_key("clip_weights", "Every weight is limited to this absolute value after an update.").above(0).without("no limit").as_in({"0.01"}),
      flag_key("use_ema", "If true, the training keeps an exponential moving average of the weights. Validation, test and all commands that read a checkpoint use the average instead of the weights. The training itself continues with the weights. The average needs as much memory as the weights, and a pass over them at every update.").by_default(false).as_in({"true"}),
      real_key("ema_momentum", "The share of the previous average in a new average. After the first update, the average equals the weights.").by_default(0.99).at_least(0).up_to(1).as_in({"0.999"}),
      integer_key("ema_overwrite_frequency", "The number of updates from one replacement of the weights by the average to the next.").at_least(1).without("never").as_in({"100"}),
      integer_key("warmup_steps", "The number of steps at the beginning in which the learning rate rises linearly to its full value.").by_default(std::int64_t{0}).at_least(0).as_in({"500"}),
      real_key("warmup_from", "The share of the learning rate with which the rise begins.").by_default(0.0).at_least(0).up_to(1).as_in({"0.1"}),
  };
  return keys;
}

const Schema& training_keys() {
  static const Schema keys = {
      integer_key("epochs", "The number of passes over the training samples. With 0, no step is made.").by_default(std::int64_t{1}).at_least(0).as_in({"20"}),
      integer_key("batch_size", "The number of samples of a step, counted over all processes.").by_default(std::int64_t{32}).at_least(1).up_to(1 << 30).as_in({"64"}),
      integer_key("accumulate", "The number of batches of an update. The update uses the mean of their gradients, in which all batches have the same weight. An epoch ends with an update, which may have fewer batches. Steps count batches, and schedules of learning rates count updates. Checkpoints, signals and the log wait for the next update.").by_default(std::int64_t{1}).at_least(1).as_in({"4"}),
      integer_key("base_batch_size", "The batch size for which the learning rates of the recipe were chosen. They are multiplied by batch_size x accumulate / base_batch_size. If this makes them larger, they rise linearly from the values in the recipe over the first 5 epochs (Goyal et al., arXiv 1706.02677). If the optimizer has warmup_steps, they rise over these steps instead.").at_least(1).without("the learning rates of the recipe are not changed").as_in({"64"}),
      flag_key("shuffle", "If true, each epoch takes the samples in a new random order.").by_default(true).as_in({"false"}),
      integer_key("seed", "The seed of all random numbers of the run.").by_default(std::int64_t{0}).at_least(0).as_in({"7"}),
      list_key("metrics", "The metrics that are computed in addition to the loss: types of metrics, or tables with a type.").of_components("metric").without("no metrics").as_in({R"(["accuracy"])", R"("accuracy")", R"([{ type = "accuracy" }])"}),
      table_key("class_weight", "A factor of the loss for each class. The keys are the names of the classes, or their numbers if the data have no names of classes. A class that is left out has the factor 1. With \"balanced\", the factor of a class times its number of training samples is the same for all classes.").or_also("\"balanced\"").without("1 for every class").as_in({R"({ "0" = 1.0, "1" = 2.5 })", R"("balanced")"}),
      table_key("early_stopping", "When the training stops before its last epoch.").without("all epochs are trained").as_in({R"({ monitor = "val_loss", patience = 3 })"}),
      table_key("averaging", "How often the processes average their gradients or weights.").without("at every update").as_in({"{ every = 16 }"}),
      tables_key("layer_rates", "Learning rates of single layers, as multiples of the learning rate of the optimizer. With them, some layers train more slowly, or not at all, in some epochs or in all.").without("all layers have the learning rate of the optimizer").as_in({R"([{ layers = "hidden*", factor = 0.0, to_epoch = 3 }])"}),
      integer_key("validation_freq", "The number of epochs from one evaluation of the validation part to the next.").by_default(std::int64_t{1}).at_least(1).as_in({"5"}),
      integer_key("steps_per_epoch", "The number of steps of an epoch. The next epoch begins with the sample after the last one of this epoch.").at_least(1).without("as many as all samples need").as_in({"100"}),
      integer_key("log_every_steps", "The number of steps from one line of the log to the next. With 0 or \"auto\", the program chooses it.").or_also(R"("auto")").by_default(std::int64_t{0}).at_least(0).as_in({"10", R"("auto")"}),
      integer_key("compare_ranks_every", "The number of steps from one comparison of the weights of all processes to the next. They are also compared at the end of each epoch. If they differ, the training ends with an error. With 0, they are never compared.").by_default(std::int64_t{1000}).at_least(0).as_in({"100"}),
      integer_key("slice", "The number of samples that a thread computes at a time. With 0 or \"auto\", the program chooses it.").or_also(R"("auto")").by_default(std::int64_t{0}).at_least(0).as_in({"8", R"("auto")"}),
      text_key("on_divergence", "What the training does if the loss or a gradient is NaN or infinite. stop: the training ends with exit code 3, and its checkpoints are intact. skip: the training leaves out this update. back: the training goes back to its newest checkpoint, and multiplies all learning rates by divergence_rate_factor. If the data contain NaN or an infinite number, the training always ends.").by_default("stop").one_of({"stop", "skip", "back"}).as_in({R"("skip")"}),
      integer_key("divergence_limit", "How many times the training may leave out an update or go back. The next time, it ends with exit code 3. The checkpoints hold the count, so a training that is continued continues to count.").by_default(std::int64_t{10}).at_least(1).as_in({"3"}),
      real_key("divergence_rate_factor", "The factor of all learning rates each time the training goes back.").by_default(0.5).above(0).up_to(1).as_in({"0.1"}),
      flag_key("reproducible", "If true, the training gives the same bits with any number of processes. Sums are then computed slice by slice, in the order of the samples, and batch normalization uses the statistics of the whole batch. The training is slower, and it needs memory for the gradients of each slice. If the key slice is not given, a slice is a sixteenth of the batch.").by_default(false).as_in({"true"}),
  };
  return keys;
}

const Schema& early_stopping_keys() {
  static const Schema keys = {
      text_key("monitor", "The quantity that should improve, by its name in metrics.csv.").by_default("val_loss").as_in({R"("val_accuracy")"}),
      integer_key("patience", "The number of epochs without a better value after which the training stops.").by_default(std::int64_t{0}).at_least(0).as_in({"3"}),
      real_key("min_delta", "The smallest change that counts as an improvement.").by_default(0.0).at_least(0).as_in({"0.001"}),
      text_key("mode", "Whether a smaller value (min) or a larger value (max) is better. With auto, the loss or the metric decides.").by_default("auto").one_of({"auto", "min", "max"}).as_in({R"("max")"}),
      flag_key("restore_best_weights", "If true, the training ends with the weights of its best epoch.").by_default(false).as_in({"true"}),
      real_key("baseline", "A value counts as better only if it is also better than this number.").without("no baseline").as_in({"0.5"}),
      integer_key("start_from_epoch", "The number of epochs at the beginning that are ignored.").by_default(std::int64_t{0}).at_least(0).as_in({"5"}),
  };
  return keys;
}

const Schema& averaging_keys() {
  static const Schema keys = {
      integer_key("every", "The number of updates of a round. In a round, each process trains alone, with its share of each batch and its own optimizer, and no message is sent. At the end of the round, the changes of the weights of all processes are averaged, weighted by their numbers of samples. Checkpoints, signals, the log and the test for divergence wait for the end of the round. A round also ends at the end of an epoch. Batch normalization uses the statistics of the samples of the process, and the running means are averaged. With one process and without outer, rounds change nothing.").by_default(std::int64_t{1}).at_least(1).as_in({"16"}),
      integer_key("after_epoch", "The number of epochs at the beginning in which gradients are averaged at every update.").by_default(std::int64_t{0}).at_least(0).as_in({"5"}),
      table_key("outer", "An optimizer with the keys of [optimizer]. It uses the negative mean change of a round as its gradient.").or_also("a type alone").without("the mean change is added to the weights").as_in({R"({ type = "sgd", learning_rate = 0.7, momentum = 0.9, nesterov = true })"}),
      flag_key("overlap", "If true, the changes of a round are sent while the next round computes. The network then delays nothing, as long as a round takes longer than its messages. The changes take effect one round later: each process continues from the new common weights plus its own change of the round (arXiv 1906.12043). The last round of an epoch waits for its messages, so that all processes then have the same weights. A checkpoint within an epoch has the common weights, and those of each process. With more than 32 processes, and for the rows of the table of an embedding, no messages are sent while layers compute.").by_default(false).as_in({"true"}),
      text_key("wire", "The number format in which gradients, and the changes of rounds, are sent between processes. bf16 rounds them to bfloat16, which needs half of the bytes. This helps if the network limits the speed. Sums are computed in f32.").by_default("f32").one_of({"f32", "bf16"}).as_in({R"("bf16")"}),
  };
  return keys;
}

const Schema& layer_rate_keys() {
  static const Schema keys = [] {
    OptionSpec layers = text_key("layers", "The names of the layers. In a name, * stands for any characters, and ? for one character.").as_in({R"("hidden*")"});
    layers.required = true;
    return Schema{
        std::move(layers),
        real_key("factor", "The factor by which the learning rate of the optimizer is multiplied for these layers. With 0, their weights do not change. The factor 0 in all epochs is the same as trainable = false in the layers.").by_default(0.0).at_least(0).as_in({"0.1"}),
        integer_key("from_epoch", "The first epoch in which the factor is used, counted from 1.").by_default(std::int64_t{1}).at_least(1).as_in({"2"}),
        integer_key("to_epoch", "The last epoch in which the factor is used.").at_least(1).without("the last epoch of the training").as_in({"3"}),
    };
  }();
  return keys;
}

const Schema& initial_weights_keys() {
  static const Schema keys = {
      Key("from", OptionKind::path, "The source of the first weights: a checkpoint, a run folder, or a weight file of Keras. From a run folder, the newest intact checkpoint is read. A relative path begins at the folder of the recipe. The option --init-weights replaces this key.").without("random weights, unless --init-weights names a source").as_in({R"("runs/first")"}),
      list_key("include", "The layers that take weights from the source, by their names in this recipe. In a name, * stands for any characters, and ? for one character.").of(OptionKind::text).without("all layers").as_in({R"(["hidden*"])", R"("hidden*")"}),
      list_key("exclude", "The layers that keep random weights, even if a pattern of include names them.").of(OptionKind::text).without("no layer").as_in({R"(["hidden*"])", R"("hidden")"}),
      table_key("rename", "The layers that have another name in the source. Each key is a name in the source, and its value is the name in this recipe. A layer within a layer, as in time_distributed, has the name of the outer one and of its option: frames/layer.").without("all names are the same").as_in({R"({ features = "hidden" })"}),
      flag_key("partial", "If the source lacks a tensor of the right name and shape: with true, the tensor of this recipe keeps its initial values; with false, this is an error. The log names the tensors that were taken, and those that were not.").by_default(false).as_in({"true"}),
  };
  return keys;
}

const Schema& keep_best_keys() {
  static const Schema keys = {
      text_key("monitor", "The quantity by which epochs are compared, by its name in metrics.csv.").by_default("val_loss").as_in({R"("val_accuracy")"}),
      text_key("mode", "Whether a smaller value (min) or a larger value (max) is better. With auto, the loss or the metric decides.").by_default("auto").one_of({"auto", "min", "max"}).as_in({R"("max")"}),
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
      flag_key("report", "If true, the training writes report.html, a page with curves, into the run folder. \"teranga report\" can make the page later.").by_default(true).as_in({"false"}),
      flag_key("tensorboard", "If true, the training writes the folder tensorboard into the run folder; \"tensorboard --logdir RUN\" shows it. The runs train, validation and test have the numbers of epochs, with the names of Keras. The run steps has the numbers of logged steps. There are also a histogram of the weights of each layer after each epoch, the recipe as text, and pictures: the outputs of a network for noise, or the filters of the first conv2d layer.").by_default(false).as_in({"true"}),
      text_key("prometheus", "The name of a text file with the numbers of the last epoch and of the last logged step, for Prometheus. The textfile collector of node_exporter reads all files *.prom of a folder. A relative name begins at the run folder, and true means metrics.prom. The file is replaced as a whole. Each run needs a file of its own.").or_also("true").without("no such file").as_in({R"("/var/lib/node_exporter/lenet.prom")", "true"}),
  };
  return keys;
}

}  // namespace teranga::recipe
