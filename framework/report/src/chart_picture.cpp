// SPDX-License-Identifier: Apache-2.0
// A chart as pixels, two for each unit.
#include <teranga/report/chart.hpp>

#include "html.hpp"
#include "raster.hpp"

namespace teranga::report {
namespace {

constexpr double per_unit = 2;
constexpr std::uint32_t small_letters = 2, large_letters = 3;

class RasterPen final : public ChartPen {
 public:
  explicit RasterPen(Raster& raster) : raster_(raster) {}

  void rule(Rule kind, Place from, Place to, const std::string& /*says*/) override {
    Raster::Stroke stroke{colour_of(kind == Rule::grid ? light_theme.rule : light_theme.axis), per_unit, 1, 0, 0};
    if (kind == Rule::best) stroke.dash = 2 * per_unit, stroke.gap = 3 * per_unit;
    raster_.line({placed(from), placed(to)}, stroke);
  }

  void curve(const Curve& curve, const std::vector<Place>& places) override {
    std::vector<Place> out;
    for (const Place& place : places) out.push_back(placed(place));
    Raster::Stroke stroke{colour(curve), 2 * per_unit, 1, 0, 0};
    if (curve.faint) stroke.width = per_unit, stroke.opacity = 0.4;
    if (curve.dashed) stroke.width = 1.4 * per_unit, stroke.opacity = 0.65, stroke.dash = 5 * per_unit, stroke.gap = 4 * per_unit;
    raster_.line(out, stroke);
  }

  void mark(const Curve& curve, Place place, bool alone, const std::string& /*says*/) override { raster_.disc(placed(place), (alone ? 4 : 2.6) * per_unit, colour(curve)); }

  void words(const std::string& text, Place baseline, Anchor anchor) override {
    Place at = placed(baseline);
    if (anchor != Anchor::start) at.x -= Raster::width_of(text, small_letters) * (anchor == Anchor::middle ? 0.5 : 1);
    raster_.words(text, at, small_letters, colour_of(light_theme.quiet));
  }

  void label(const Curve& curve, const std::string& text, Place baseline) override { raster_.words(text, placed(baseline), small_letters, colour(curve)); }

 private:
  static Place placed(Place place) { return {per_unit * place.x, per_unit * (place.y + file_head)}; }
  static Colour colour(const Curve& curve) { return colour_of(light_theme.curves[curve.colour % palette_size]); }

  Raster& raster_;
};

}  // namespace

Pixels chart_picture(const Chart& chart, const std::string& subtitle) {
  Raster raster(static_cast<std::uint32_t>(per_unit * chart_width), static_cast<std::uint32_t>(per_unit * (chart_height + file_head)), colour_of(light_theme.paper));
  raster.words(chart.title, {per_unit * 16, per_unit * 26}, large_letters, colour_of(light_theme.ink));
  raster.words(shortened(subtitle, 70), {per_unit * 16, per_unit * 45}, small_letters, colour_of(light_theme.quiet));
  RasterPen pen(raster);
  draw_chart(chart, pen);
  return raster.take();
}

}  // namespace teranga::report
