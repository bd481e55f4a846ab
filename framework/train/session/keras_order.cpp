// SPDX-License-Identifier: Apache-2.0
// The order of layers that lie in inner models: a file says which layers a model has and in which order, but not where among the layers of the outer model it
// stands. Each way to put the inner models among the outer layers is tried, by the shapes, until two fit.
#include "session/keras_layers.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace teranga::train {
namespace {

constexpr int most_steps = 200'000;

// A model of the file: its own layers in order, and inner models, those of one class in order.
struct FileModel {
  std::vector<const FileLayer*> layers;
  std::map<std::string, std::map<int, std::unique_ptr<FileModel>>> inner;  // by class and number
};

FileModel& model_of(FileModel& whole, const std::string& path) {
  FileModel* at = &whole;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find("/layers/", begin), path.size());
    const auto [type, number] = type_and_number(path.substr(begin, end - begin));
    std::unique_ptr<FileModel>& next = at->inner[type][number];
    if (!next) next = std::make_unique<FileModel>();
    at = next.get();
    begin = end == path.size() ? end : end + 8;
  }
  return *at;
}

// Puts layers of the file at the places of the network one after another.
class Orders {
 public:
  Orders(const std::vector<const OwnLayer*>& layers, const model::ParameterStore& store) : layers_(layers), store_(store) {}

  void search(const FileModel& whole) {
    open_.push_back(Open(whole));
    go_on();
  }
  // The only one that fits.
  std::optional<std::vector<const FileLayer*>> only() const { return found_.size() == 1 && steps_ < most_steps ? std::optional(found_[0]) : std::nullopt; }

 private:
  // A model whose layers are being put, and how far it has come.
  struct Open {
    explicit Open(const FileModel& of) : model(&of) {}
    const FileModel* model;
    std::size_t layer = 0;
    std::map<std::string, std::size_t> inner;
    bool ended() const {
      return layer == model->layers.size() && std::all_of(model->inner.begin(), model->inner.end(), [&](const auto& models) {
               const auto at = inner.find(models.first);
               return (at == inner.end() ? 0 : at->second) == models.second.size();
             });
    }
  };

  void go_on() {
    if (++steps_ >= most_steps || found_.size() > 1) return;
    if (open_.empty()) {
      if (placed_.size() == layers_.size()) found_.push_back(placed_);
      return;
    }
    if (open_.back().ended()) return close();
    if (open_.back().layer < open_.back().model->layers.size()) place();
    for (const auto& [type, models] : open_.back().model->inner) enter(type, models);
  }

  void close() {
    const Open last = open_.back();
    open_.pop_back();
    go_on();
    open_.push_back(last);
  }

  void place() {
    const FileLayer* const layer = open_.back().model->layers[open_.back().layer];
    if (placed_.size() == layers_.size() || !fits(*layer, layers_[placed_.size()]->name)) return;
    placed_.push_back(layer);
    ++open_.back().layer;
    go_on();
    --open_.back().layer;
    placed_.pop_back();
  }

  void enter(const std::string& type, const std::map<int, std::unique_ptr<FileModel>>& models) {
    std::size_t& next = open_.back().inner[type];
    if (next == models.size()) return;
    const FileModel& inner = *std::next(models.begin(), static_cast<std::ptrdiff_t>(next))->second;
    ++next;
    const std::size_t depth = open_.size() - 1;
    open_.push_back(Open(inner));
    go_on();
    open_.pop_back();
    --open_[depth].inner[type];
  }

  bool fits(const FileLayer& from, const std::string& layer) const {
    const std::vector<Destination> to = destinations(from, layer, store_);
    for (std::size_t i = 0; i < to.size(); ++i)
      if (to[i].name.empty() || to[i].shape != from.tensors[i]->tensor.shape()) return false;
    return true;
  }

  const std::vector<const OwnLayer*>& layers_;
  const model::ParameterStore& store_;
  std::vector<Open> open_;
  std::vector<const FileLayer*> placed_;
  std::vector<std::vector<const FileLayer*>> found_;
  int steps_ = 0;
};

}  // namespace

std::map<std::string, std::string> only_order_that_fits(const std::vector<const FileLayer*>& from, const std::vector<const OwnLayer*>& layers, const model::ParameterStore& store) {
  FileModel whole;
  for (const FileLayer* layer : from) model_of(whole, layer->model).layers.push_back(layer);
  Orders orders(layers, store);
  orders.search(whole);
  std::map<std::string, std::string> out;
  if (const auto order = orders.only())
    for (std::size_t i = 0; i < layers.size(); ++i) out[(*order)[i]->group] = layers[i]->name;
  return out;
}

}  // namespace teranga::train
