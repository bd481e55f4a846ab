// SPDX-License-Identifier: Apache-2.0
// libpng leaves by longjmp where something is wrong, so between setjmp and its calls nothing lives that has a destructor: the object holds it all.
#include "png_picture.hpp"

#include <csetjmp>
#include <cstring>
#include <filesystem>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <png.h>

#include <teranga/sdk/error.hpp>

#include "exif.hpp"

namespace teranga::datasets {

namespace {

constexpr std::uint64_t most_deflation = 1032;  // deflate packs no more bytes into one

class PngReading {
 public:
  PngReading(const std::string& path, std::FILE* file) : path_(path), file_(file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, [](png_structp, png_const_charp) {});
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
    if (!info_) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngReading() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReading(const PngReading&) = delete;
  PngReading& operator=(const PngReading&) = delete;

  PictureFacts facts() {
    run([](PngReading& self) {
      png_set_read_fn(self.png_, &self, read);
      png_set_user_limits(self.png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // check_size() says it better
      png_read_info(self.png_, self.info_);
    });
    PictureFacts facts{png_get_image_height(png_, info_), png_get_image_width(png_, info_)};
    check_size(path_, facts.height, facts.width);
    const png_byte type = png_get_color_type(png_, info_);
    facts.colour = type == PNG_COLOR_TYPE_PALETTE ? palette_has_colour() : (type & PNG_COLOR_MASK_COLOR) != 0;
    facts.alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
#ifdef PNG_eXIf_SUPPORTED
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &exif) != 0) facts.orientation = exif_orientation(exif, size);
#endif
    return facts;
  }

  Picture picture() {
    const PictureFacts header = facts();
    check_promise(header);
    run([](PngReading& self) {
      png_set_strip_16(self.png_);
      png_set_expand(self.png_);
      png_set_interlace_handling(self.png_);
      png_read_update_info(self.png_, self.info_);
    });
    Pixels out{header.height, header.width, png_get_channels(png_, info_)};
    const std::int64_t row = out.width * out.channels;
    if (static_cast<std::int64_t>(png_get_rowbytes(png_, info_)) != row) damaged(path_, "libpng gives rows of another length than its header says");
    out.values.resize(static_cast<std::size_t>(out.height * row));
    for (std::int64_t y = 0; y < out.height; ++y) rows_.push_back(out.values.data() + y * row);
    run([](PngReading& self) {
      png_read_image(self.png_, self.rows_.data());
      png_read_end(self.png_, nullptr);
    });
    return {header, std::move(out)};
  }

 private:
  using Step = void (*)(PngReading&);

  void run(Step step) {
    if (setjmp(png_jmpbuf(png_)) != 0) damaged(path_, text_);
    step(*this);
  }

  [[noreturn]] static void fail(png_structp png, png_const_charp text) {
    auto& self = *static_cast<PngReading*>(png_get_error_ptr(png));
    std::strncpy(self.text_, text, sizeof(self.text_) - 1);
    png_longjmp(png, 1);
  }

  static void read(png_structp png, png_bytep to, std::size_t bytes) {
    const auto& self = *static_cast<PngReading*>(png_get_io_ptr(png));
    if (std::fread(to, 1, bytes, self.file_) != bytes) png_error(png, std::feof(self.file_) != 0 ? "it ends early" : "it cannot be read to its end");
  }

  bool palette_has_colour() const {
    png_colorp palette = nullptr;
    int count = 0;
    png_get_PLTE(png_, info_, &palette, &count);
    for (int i = 0; i < count; ++i)
      if (palette[i].red != palette[i].green || palette[i].red != palette[i].blue) return true;
    return false;
  }

  void check_promise(const PictureFacts& header) const {
    std::error_code failed;
    const std::uintmax_t held = std::filesystem::file_size(path_, failed);
    const std::uint64_t bits = static_cast<std::uint64_t>(header.height * header.width) * png_get_bit_depth(png_, info_) * png_get_channels(png_, info_);
    if (!failed && bits / 8 / most_deflation > held)
      damaged(path_, fmt::format("its header promises {} x {} pixels, more than its {} bytes can hold", header.height, header.width, held));
  }

  const std::string& path_;
  std::FILE* file_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  char text_[256] = {};
  std::vector<png_bytep> rows_;
};

}  // namespace

PictureFacts png_facts(const std::string& path, std::FILE* file) { return PngReading(path, file).facts(); }
Picture png_picture(const std::string& path, std::FILE* file) { return PngReading(path, file).picture(); }

}  // namespace teranga::datasets
