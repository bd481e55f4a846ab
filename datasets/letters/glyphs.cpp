// SPDX-License-Identifier: Apache-2.0
#include "glyphs.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace teranga::datasets {
namespace {

// Strokes are separated by |, and each is a list of x,y in hundredths of the box. One with ~ is smooth.
constexpr std::string_view glyphs[] = {
    /* 0 */ "~50,5 26,20 18,50 26,80 50,95 74,80 82,50 74,20 50,5",
    /* 1 */ "28,25 52,5 52,95",
    /* 2 */ "~18,28 30,8 60,6 78,26 66,50 18,95|18,95 84,95",
    /* 3 */ "~20,12 55,4 78,22 66,42 44,47|~44,47 74,56 82,76 58,95 18,86",
    /* 4 */ "66,95 66,5 12,66 90,66",
    /* 5 */ "80,5 28,5 22,44|~22,44 55,38 80,62 66,90 34,95 16,84",
    /* 6 */ "~72,8 36,28 18,64 34,92 64,92 78,70 60,50 34,52 20,68",
    /* 7 */ "15,5 85,5 40,95",
    /* 8 */ "~50,48 22,28 50,5 78,28 50,48 18,74 50,95 82,74 50,48",
    /* 9 */ "~80,34 66,52 38,50 24,30 38,8 64,6 80,28 76,64 58,95",
    /* A */ "10,95 50,5 90,95|27,62 73,62",
    /* B */ "15,5 15,95|~15,5 60,8 75,27 58,46 15,48|~15,48 65,52 82,72 62,92 15,95",
    /* C */ "~85,20 62,6 30,12 14,40 16,68 38,92 66,94 87,78",
    /* D */ "15,5 15,95|~15,5 55,10 84,35 82,65 55,92 15,95",
    /* E */ "85,5 15,5 15,95 85,95|15,49 70,49",
    /* F */ "85,5 15,5 15,95|15,49 68,49",
    /* G */ "~85,20 62,6 30,12 14,40 16,68 38,92 66,92 84,76|84,76 84,55 58,55",
    /* H */ "15,5 15,95|85,5 85,95|15,50 85,50",
    /* I */ "50,5 50,95|28,5 72,5|28,95 72,95",
    /* J */ "70,5 70,65|~70,65 64,88 44,95 24,86 18,68",
    /* K */ "15,5 15,95|82,5 15,55|38,40 85,95",
    /* L */ "15,5 15,95 82,95",
    /* M */ "10,95 14,5 50,60 86,5 90,95",
    /* N */ "15,95 15,5 85,95 85,5",
    /* O */ "~50,5 20,18 10,50 20,82 50,95 80,82 90,50 80,18 50,5",
    /* P */ "15,5 15,95|~15,5 62,8 82,28 62,50 15,54",
    /* Q */ "~50,5 20,18 10,50 20,82 50,95 80,82 90,50 80,18 50,5|58,68 90,98",
    /* R */ "15,5 15,95|~15,5 62,8 82,28 62,50 15,54|45,53 85,95",
    /* S */ "~82,18 55,5 25,14 22,34 50,48 78,62 80,82 52,95 18,84",
    /* T */ "8,5 92,5|50,5 50,95",
    /* U */ "14,5 14,62|~14,62 24,88 50,95 76,88 86,62|86,62 86,5",
    /* V */ "10,5 50,95 90,5",
    /* W */ "5,5 27,95 50,35 73,95 95,5",
    /* X */ "12,5 88,95|88,5 12,95",
    /* Y */ "10,5 50,50|90,5 50,50 50,95",
    /* Z */ "12,5 88,5 12,95 88,95",
};

constexpr int pieces_of_curve = 6;  // between two of its points

double number_at(std::string_view text, std::size_t& at) {
  int hundredths = 0;
  const auto end = std::from_chars(text.data() + at, text.data() + text.size(), hundredths).ptr;
  at = static_cast<std::size_t>(end - text.data()) + 1;  // past the sign behind it
  return hundredths / 100.0;
}

Stroke stroke_of(std::string_view text) {
  Stroke stroke;
  stroke.smooth = text.starts_with('~');
  for (std::size_t at = stroke.smooth ? 1 : 0; at < text.size();) {
    const double x = number_at(text, at), y = number_at(text, at);
    stroke.points.push_back({x, y});
  }
  return stroke;
}

// Between the second and the third of four points, at t from 0 to 1.
double between(double a, double b, double c, double d, double t) {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

}  // namespace

const std::string_view drawable = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::vector<Stroke> strokes_of(char character) {
  std::vector<Stroke> out;
  std::string_view rest = glyphs[drawable.find(character)];
  while (true) {
    const std::size_t end = rest.find('|');
    out.push_back(stroke_of(rest.substr(0, end)));
    if (end == rest.npos) return out;
    rest.remove_prefix(end + 1);
  }
}

std::vector<Point> path_of(const Stroke& stroke) {
  if (!stroke.smooth) return stroke.points;
  const std::vector<Point>& p = stroke.points;
  std::vector<Point> out{p.front()};
  for (std::size_t i = 0; i + 1 < p.size(); ++i) {
    const Point &a = p[i == 0 ? 0 : i - 1], &b = p[i], &c = p[i + 1], &d = p[std::min(i + 2, p.size() - 1)];
    for (int s = 1; s <= pieces_of_curve; ++s) {
      const double t = static_cast<double>(s) / pieces_of_curve;
      out.push_back({between(a.x, b.x, c.x, d.x, t), between(a.y, b.y, c.y, d.y, t)});
    }
  }
  return out;
}

}  // namespace teranga::datasets
