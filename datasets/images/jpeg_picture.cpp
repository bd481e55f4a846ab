// SPDX-License-Identifier: Apache-2.0
// libjpeg has its errors handled by a call that must not return: it leaves by longjmp. So between setjmp and its calls nothing lives that has a destructor: the
// object holds it all.
#include "jpeg_picture.hpp"

#include <csetjmp>
#include <cstring>

#include <fmt/format.h>
// Needs std::FILE to be declared.
#include <jpeglib.h>
// Numbers of its messages.
#include <jerror.h>

#include <teranga/sdk/error.hpp>

#include "exif.hpp"

namespace teranga::datasets {

namespace {

constexpr int most_scans = 500;  // of a progressive picture; encoders write about ten, and each costs a walk over all pixels

class JpegReading {
 public:
  JpegReading(const std::string& path, std::FILE* file) : path_(path), file_(file) {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr jpeg) { of(jpeg).leave(); };
    errors_.emit_message = warn;
    jpeg_.client_data = this;
    run([](JpegReading& self) { jpeg_create_decompress(&self.jpeg_); });
    progress_.progress_monitor = watch;
    jpeg_.progress = &progress_;
  }
  ~JpegReading() { jpeg_destroy_decompress(&jpeg_); }
  JpegReading(const JpegReading&) = delete;
  JpegReading& operator=(const JpegReading&) = delete;

  PictureFacts facts() {
    run([](JpegReading& self) {
      jpeg_stdio_src(&self.jpeg_, self.file_);
      jpeg_save_markers(&self.jpeg_, JPEG_APP0 + 1, 0xffff);
      jpeg_read_header(&self.jpeg_, TRUE);
    });
    PictureFacts facts{jpeg_.image_height, jpeg_.image_width};
    check_size(path_, facts.height, facts.width);
    facts.colour = jpeg_.jpeg_color_space != JCS_GRAYSCALE;
    for (const jpeg_marker_struct* marker = jpeg_.marker_list; marker; marker = marker->next)
      if (marker->data_length > 6 && std::memcmp(marker->data, "Exif\0\0", 6) == 0) facts.orientation = exif_orientation(marker->data + 6, marker->data_length - 6);
    return facts;
  }

  Picture picture() {
    const PictureFacts header = facts();
    const bool inks = jpeg_.num_components == 4;
    run([](JpegReading& self) {
      self.jpeg_.out_color_space = self.jpeg_.num_components == 1 ? JCS_GRAYSCALE : self.jpeg_.num_components == 4 ? JCS_CMYK : JCS_RGB;
      self.jpeg_.dct_method = JDCT_ISLOW;
      jpeg_start_decompress(&self.jpeg_);
    });
    Pixels out{header.height, header.width, jpeg_.out_color_components};
    out.values.resize(static_cast<std::size_t>(out.height * out.width * out.channels));
    next_row_ = out.values.data();
    row_bytes_ = out.width * out.channels;
    run([](JpegReading& self) {
      while (self.jpeg_.output_scanline < self.jpeg_.output_height) {
        JSAMPROW row = self.next_row_;
        self.next_row_ += self.row_bytes_ * jpeg_read_scanlines(&self.jpeg_, &row, 1);
      }
      jpeg_finish_decompress(&self.jpeg_);
    });
    return {header, inks ? without_inks(out) : std::move(out)};
  }

 private:
  using Step = void (*)(JpegReading&);

  static JpegReading& of(j_common_ptr jpeg) { return *static_cast<JpegReading*>(jpeg->client_data); }

  void run(Step step) {
    if (setjmp(place_) != 0) damaged(path_, text_);
    step(*this);
  }

  [[noreturn]] void leave() {
    jpeg_.err->format_message(reinterpret_cast<j_common_ptr>(&jpeg_), text_);
    std::longjmp(place_, 1);
  }
  [[noreturn]] void leave(const char* text) {
    std::strncpy(text_, text, sizeof(text_) - 1);
    std::longjmp(place_, 1);
  }

  // libjpeg goes on after these, with grey where pixels are missing. Bytes that it could pass over do no harm.
  static void warn(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    const int code = jpeg->err->msg_code;
    if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
    of(jpeg).leave();
  }

  static void watch(j_common_ptr jpeg) {
    JpegReading& self = of(jpeg);
    if (self.jpeg_.input_scan_number > most_scans) self.leave("it is progressive in more than 500 scans");
  }

  // Cyan, magenta, yellow and black; Adobe writes all of them inverted.
  Pixels without_inks(const Pixels& cmyk) const {
    Pixels out{cmyk.height, cmyk.width, 3};
    const std::int64_t count = out.height * out.width;
    out.values.resize(static_cast<std::size_t>(count * 3));
    const bool inverted = jpeg_.saw_Adobe_marker != 0;
    const std::uint8_t* from = cmyk.values.data();
    std::uint8_t* to = out.values.data();
    for (std::int64_t i = 0; i < count; ++i, from += 4, to += 3)
      for (int c = 0; c < 3; ++c) {
        const int light = inverted ? from[c] : 255 - from[c], grey = inverted ? from[3] : 255 - from[3];
        to[c] = static_cast<std::uint8_t>((light * grey + 127) / 255);
      }
    return out;
  }

  const std::string& path_;
  std::FILE* file_;
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf place_{};
  char text_[JMSG_LENGTH_MAX] = {};
  std::uint8_t* next_row_ = nullptr;
  std::int64_t row_bytes_ = 0;
};

}  // namespace

PictureFacts jpeg_facts(const std::string& path, std::FILE* file) { return JpegReading(path, file).facts(); }
Picture jpeg_picture(const std::string& path, std::FILE* file) { return JpegReading(path, file).picture(); }

}  // namespace teranga::datasets
