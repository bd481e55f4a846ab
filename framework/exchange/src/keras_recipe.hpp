// SPDX-License-Identifier: Apache-2.0
// The text of the recipe that a model of Keras becomes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/model/field.hpp>

#include "keras_compile.hpp"

namespace teranga::exchange {

// What enters the network.
struct RecipeInput {
  std::string layer;      // its name
  Shape shape;            // of a sample
  bool open = false;      // some axis of the shape is of any length for Keras, and has been chosen
  std::int64_t ids = 0;   // its numbers are ids below this; 0: real numbers
  std::string field;      // of the data: "x", or its own name where there are several
};

struct RecipeLayer {
  std::string name;
  KerasPart part;
  std::vector<std::string> inputs;  // empty: the layer before it
  std::string weights_of;           // or empty
  bool trainable = true;
  std::string comment;
};

struct RecipePlan {
  std::string model;    // the file's name, for the comment at the top
  std::string version;  // of Keras, or empty
  std::string example;  // the name of the file of arrays in the text
  std::vector<RecipeInput> inputs;
  std::vector<RecipeLayer> layers;
  std::vector<KerasOutput> outputs;
  KerasTraining training;
  std::vector<Shape> shapes;  // of the outputs, as soon as they are known
};

// The arrays of a sample: features in the order of the inputs, then a target for each loss.
std::vector<model::Field> fields_of(const RecipePlan& plan);
// Whether random numbers can stand in for the data: of one input and one loss.
bool has_random_data(const RecipePlan& plan);
std::string text_of(const RecipePlan& plan);

}  // namespace teranga::exchange
