// SPDX-License-Identifier: Apache-2.0
#include "net_drawing.hpp"

#include "html.hpp"

#include <algorithm>
#include <cstddef>
#include <map>

#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr std::size_t most_layers = 600;
constexpr double box_width = 216, box_height = 46, row_height = 68, lane_width = 18, gap = 20, margin = 8;

// A box, or a point of a line that passes a row (layer < 0).
struct Node {
  int layer = -1;
  std::size_t row = 0;
  double x = 0;  // of its middle
  std::vector<std::size_t> from;
};

class Layout {
 public:
  explicit Layout(const std::vector<LayerFact>& layers) : layers_(layers) {
    place_layers();
    rows_.resize(1);
    for (std::size_t i = 0; i < nodes_.size(); ++i) row(nodes_[i].row).push_back(i);
    pass_rows();
    for (int pass = 0; pass < 4; ++pass) order();
    spread();
  }

  std::string svg() const {
    const double whole_width = width_ + 2 * margin, whole_height = static_cast<double>(rows_.size()) * row_height - (row_height - box_height) + 2 * margin;
    std::string out = fmt::format("<svg class=\"net\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" aria-label=\"the network\">\n", whole_width, whole_height);
    for (const Node& node : nodes_)
      for (const std::size_t from : node.from) out += edge(nodes_[from], node);
    for (const Node& node : nodes_)
      if (node.layer >= 0) out += box(node);
    return out + "</svg>\n";
  }

 private:
  std::vector<std::size_t>& row(std::size_t number) {
    if (rows_.size() <= number) rows_.resize(number + 1);
    return rows_[number];
  }

  // Inputs are earlier layers; what names none of them comes from the data and has no line.
  void place_layers() {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      Node node;
      node.layer = static_cast<int>(i);
      for (const std::string& input : layers_[i].inputs) {
        auto at = places.find(input);
        if (at == places.end()) at = places.find(input.substr(0, input.rfind('.')));
        if (at == places.end()) continue;
        node.from.push_back(at->second);
        node.row = std::max(node.row, nodes_[at->second].row + 1);
      }
      places.emplace(layers_[i].name, nodes_.size());
      nodes_.push_back(std::move(node));
    }
  }

  // Lines that pass rows get a place in each of them, so that they run beside the boxes. Those from one box to several further down share it.
  void pass_rows() {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> passing;
    for (std::size_t i = 0, count = nodes_.size(); i < count; ++i)
      for (std::size_t e = 0; e < nodes_[i].from.size(); ++e) {
        const std::size_t source = nodes_[i].from[e];
        std::size_t last = source;
        for (std::size_t at = nodes_[source].row + 1; at < nodes_[i].row; ++at) {
          const auto [place, is_new] = passing.emplace(std::pair(source, at), nodes_.size());
          if (is_new) {
            Node point;
            point.row = at;
            point.from = {last};
            nodes_.push_back(std::move(point));
            row(at).push_back(nodes_.size() - 1);
          }
          last = place->second;
        }
        nodes_[i].from[e] = last;
      }
  }

  double extent(const Node& node) const { return node.layer >= 0 ? box_width : lane_width; }

  // Each row by the middles of what its nodes come from.
  void order() {
    for (std::vector<std::size_t>& nodes : rows_) {
      const auto wish = [&](std::size_t i) {
        const Node& node = nodes_[i];
        if (node.from.empty()) return node.x;
        double sum = 0;
        for (const std::size_t from : node.from) sum += nodes_[from].x;
        return sum / static_cast<double>(node.from.size()) + (node.layer < 0 ? 0.5 : 0.0);  // lines go right of boxes
      };
      std::ranges::stable_sort(nodes, {}, wish);
      double at = 0;
      for (const std::size_t i : nodes) {
        nodes_[i].x = at + extent(nodes_[i]) / 2;
        at += extent(nodes_[i]) + gap;
      }
      for (const std::size_t i : nodes) nodes_[i].x -= (at - gap) / 2;
    }
  }

  void spread() {
    double least = 0, most = 0;
    for (const Node& node : nodes_) {
      least = std::min(least, node.x - extent(node) / 2);
      most = std::max(most, node.x + extent(node) / 2);
    }
    for (Node& node : nodes_) node.x += margin - least;
    width_ = most - least;
  }

  double top_of(const Node& node) const { return margin + static_cast<double>(node.row) * row_height; }

  std::string edge(const Node& from, const Node& to) const {
    const double x1 = from.x, y1 = top_of(from) + box_height, x2 = to.x, y2 = top_of(to), middle = (y1 + y2) / 2;
    std::string out = fmt::format("<path class=\"edge\" d=\"M{0:.1f} {1:.1f}C{0:.1f} {2:.1f} {3:.1f} {2:.1f} {3:.1f} {4:.1f}", x1, y1, middle, x2, y2);
    if (to.layer < 0) out += fmt::format("V{:.1f}", y2 + box_height);
    return out + "\"/>\n";
  }

  std::string box(const Node& node) const {
    const LayerFact& layer = layers_[static_cast<std::size_t>(node.layer)];
    const double x = node.x - box_width / 2, y = top_of(node);
    const std::string parameters = layer.parameters == 0 ? "" : layer.trainable == 0 ? count_words(static_cast<double>(layer.parameters)) + " frozen" : count_words(static_cast<double>(layer.parameters));
    std::string out = fmt::format("<g><title>{}</title><rect class=\"box{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" rx=\"5\"/>",
                                  escaped(fmt::format("{} ({}): output {}, {} parameters", layer.name, layer.type, layer.output, count_words(static_cast<double>(layer.parameters)))), layer.parameters ? " has" : "", x, y, box_width, box_height);
    const auto write = [&](const char* words, double at, double line, const std::string& text) { out += fmt::format("<text {} x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", words, at, y + line, escaped(text)); };
    write("class=\"strong\"", x + 9, 19, shortened(layer.name, 18));
    write("class=\"quiet\"", x + 9, 37, shortened(layer.name == layer.type ? "" : layer.type, 18));
    write("text-anchor=\"end\"", x + box_width - 9, 19, shortened(layer.output, 17));
    write("class=\"quiet\" text-anchor=\"end\"", x + box_width - 9, 37, parameters);
    return out + "</g>\n";
  }

  const std::vector<LayerFact>& layers_;
  std::vector<Node> nodes_;
  std::vector<std::vector<std::size_t>> rows_;
  double width_ = 0;
};

}  // namespace

std::string net_svg(const std::vector<LayerFact>& layers) { return layers.empty() || layers.size() > most_layers ? std::string() : Layout(layers).svg(); }

}  // namespace teranga::report
