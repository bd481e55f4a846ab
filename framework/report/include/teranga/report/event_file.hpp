// SPDX-License-Identifier: Apache-2.0
// What TensorBoard's event files consist of: records (TFRecord: a length, the bytes, masked CRC-32C of both), each an Event message of tensorflow/core/util/event.proto.
// Numbers, histograms, pictures and texts are tensors with the name of a plugin of TensorBoard, as tf.summary of TensorFlow 2 writes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <teranga/core/protobuf.hpp>
#include <teranga/report/png.hpp>

namespace teranga::report {

// What belongs to one step of a run: values by their tags.
class EventSummary {
 public:
  void add_scalar(std::string_view tag, double value);  // stored as f32, as Keras does
  // Thirty buckets of one width from the least to the largest number, as tf.summary.histogram makes them. Nothing where there are no numbers, or one is not finite.
  void add_histogram(std::string_view tag, std::span<const float> numbers);
  void add_picture(std::string_view tag, const Pixels& picture);
  void add_text(std::string_view tag, std::string_view markdown);

  bool empty() const noexcept { return message_.text().empty(); }
  const ProtobufWriter& message() const noexcept { return message_; }

 private:
  ProtobufWriter message_;
};

// When something happened: seconds since 1970, and the step of the run that it belongs to.
struct EventTime {
  double wall = 0;
  std::int64_t step = 0;
};

std::string first_record(double wall);  // of each file: the version of the format
// The run goes on from here: TensorBoard forgets what earlier files of the same folder say of this step and later ones.
std::string start_record(EventTime at);
std::string summary_record(EventTime at, const EventSummary& summary);

// A block of code for add_text(), shown as it is.
std::string code_block(const std::string& text);

// The bytes as a record.
std::string record_of(std::string_view bytes);

}  // namespace teranga::report
