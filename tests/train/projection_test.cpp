// SPDX-License-Identifier: Apache-2.0
// The planes that samples are drawn on. References are of numpy.linalg.svd.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "run/projection.hpp"

using namespace teranga::train;

namespace {

constexpr double exactly = 1e-6;  // of rows in f32

struct Clusters {
  std::vector<float> rows;
  std::vector<int> of;
  static constexpr std::int64_t width = 12;
  std::int64_t count() const { return static_cast<std::int64_t>(of.size()); }
};

// Normal clouds of deviation 1 whose middles are far apart, in turn.
Clusters far_clusters(int clusters, int samples) {
  Clusters out;
  std::mt19937 random(5);
  std::normal_distribution<float> noise;
  for (int s = 0; s < samples; ++s) {
    out.of.push_back(s % clusters);
    for (int d = 0; d < Clusters::width; ++d) out.rows.push_back(noise(random) + (d == s % clusters ? 30.0F : 0.0F));
  }
  return out;
}

double apart(const PlanePoint& a, const PlanePoint& b) { return std::hypot(a.x - b.x, a.y - b.y); }

// The share of points whose nearest other point is of their cluster.
double kept_neighbours(const std::vector<PlanePoint>& points, const std::vector<int>& of) {
  double kept = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::size_t nearest = i == 0 ? 1 : 0;
    for (std::size_t j = 0; j < points.size(); ++j)
      if (j != i && apart(points[i], points[j]) < apart(points[i], points[nearest])) nearest = j;
    kept += of[i] == of[nearest];
  }
  return kept / static_cast<double>(points.size());
}

bool are_apart(const std::vector<PlanePoint>& points, const std::vector<int>& of) {
  double farthest_within = 0, nearest_across = HUGE_VAL;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const double distance = apart(points[i], points[j]);
      if (of[i] == of[j]) farthest_within = std::max(farthest_within, distance);
      else nearest_across = std::min(nearest_across, distance);
    }
  return farthest_within < nearest_across;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_principal_plane_is_that_of_numpy) {
  const std::vector<float> rows = {2.5F, 2.4F, 0.5F, 0.5F, 0.7F, 1.5F, 2.2F, 2.9F, -0.3F, 1.9F, 2.2F, 0.1F, 3.1F, 3.0F, 0.9F, 2.3F, 2.7F, -1.1F};
  const std::vector<PlanePoint> expected = {{-0.17674926374410435, 0.4264910146745187}, {2.574477859337805, -0.116407676175911}, {-0.7241658248501197, -0.294613187881527},
                                            {0.09460092054369984, -0.25685989425046746}, {-0.6972502943461483, 1.1896514408192826}, {-1.0709133969411322, -0.9482616971858965}};
  const PrincipalPlane plane = principal_plane(rows, 6, 3);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_TEST(plane.points[i].x == expected[i].x, boost::test_tools::tolerance(exactly));
    BOOST_TEST(plane.points[i].y == expected[i].y, boost::test_tools::tolerance(exactly));
  }
  BOOST_TEST(plane.share_x == 0.7614801958069977, boost::test_tools::tolerance(exactly));
  BOOST_TEST(plane.share_y == 0.2297402981199653, boost::test_tools::tolerance(exactly));
}

// Rows that are wider than there are many of them go through the products of rows. Columns of zeros change nothing.
BOOST_AUTO_TEST_CASE(a_principal_plane_does_not_depend_on_the_way_to_it) {
  const Clusters clusters = far_clusters(3, 12);
  std::vector<float> wide;
  for (std::int64_t n = 0; n < 12; ++n)
    for (std::int64_t d = 0; d < 30; ++d) wide.push_back(d < Clusters::width ? clusters.rows[static_cast<std::size_t>(n * Clusters::width + d)] : 0.0F);
  const PrincipalPlane one = principal_plane(clusters.rows, 12, Clusters::width), other = principal_plane(wide, 12, 30);
  for (std::size_t i = 0; i < one.points.size(); ++i) BOOST_TEST(apart(one.points[i], other.points[i]) < 1e-5);
}

BOOST_AUTO_TEST_CASE(points_on_a_line_or_at_one_place_have_a_plane_too) {
  const PrincipalPlane line = principal_plane(std::vector<float>{0, 0, 3, 4, 6, 8}, 3, 2);
  BOOST_TEST(line.share_x == 1, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(std::abs(std::abs(line.points[0].x - line.points[2].x) - 10) < 1e-9);
  for (const PlanePoint& point : line.points) BOOST_TEST(std::abs(point.y) < 1e-6);
  const PrincipalPlane place = principal_plane(std::vector<float>(12, 7.0F), 4, 3);
  for (const PlanePoint& point : place.points) BOOST_TEST(point.x == 0);
  BOOST_TEST(principal_plane(std::vector<float>{1, 2}, 1, 2).points.size() == 1);
  for (const PlanePoint& point : neighbour_plane(std::vector<float>(60, 7.0F), 20, 3)) BOOST_TEST(std::isfinite(point.x));
}

// Any two of a cluster are nearer than any two of different ones. The plane of the two largest directions cannot do that with twelve clusters that lie around one middle.
BOOST_AUTO_TEST_CASE(neighbours_stay_neighbours_and_clusters_stay_apart) {
  const Clusters clusters = far_clusters(12, 240);
  const std::vector<PlanePoint> points = neighbour_plane(clusters.rows, clusters.count(), Clusters::width);
  BOOST_TEST(kept_neighbours(points, clusters.of) == 1);
  BOOST_TEST(are_apart(points, clusters.of));
  BOOST_TEST(!are_apart(principal_plane(clusters.rows, clusters.count(), Clusters::width).points, clusters.of));
}

BOOST_AUTO_TEST_CASE(the_same_rows_give_the_same_bits) {
  const Clusters clusters = far_clusters(3, 40);
  const std::vector<PlanePoint> one = neighbour_plane(clusters.rows, 40, Clusters::width), other = neighbour_plane(clusters.rows, 40, Clusters::width);
  for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST((one[i].x == other[i].x && one[i].y == other[i].y));
}
