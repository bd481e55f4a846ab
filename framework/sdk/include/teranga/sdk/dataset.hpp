// SPDX-License-Identifier: Apache-2.0
// Writing a data set: a struct with info(), a constructor from Options that opens it (throwing DataError), and
//
//   void describe(Description&) const                         counts, fields, and buckets where samples have lengths of their own
//   std::string fit(std::span<const std::int64_t> samples)    optional: learn from training samples, keep it, give it back as bytes
//   void restore(std::string_view bytes)                      optional: take what fit gave once
//   void measure(part, samples, lengths) const                how long a bucket each sample needs, where there are several
//   void fill(const Batch&) const                             writes a batch, on the prefetch thread
//   std::int64_t bytes_read() const noexcept                  optional: bytes of files that fill has read so far, of one that leaves samples in their files
//
// One whose samples are texts may let networks write (c/dataset.h, TRG_TOKENS, says what these mean), by four members more:
//
//   std::vector<TokenField> token_fields() const
//   std::vector<std::int32_t> encode(std::int32_t field, std::string_view text) const
//   std::string decode(std::int32_t field, std::span<const std::int32_t> ids) const
//   std::int64_t lay(std::int32_t field, std::span<const std::int32_t> ids, void* to) const     gives *last
//
// One that prepares new samples for predictions (c/dataset.h, TRG_NEW_SAMPLES) has a second constructor, and may have five members more:
//
//   D(const Options&, std::string_view learnt, const NewInput& input)    opens new samples by what fit gave as its test part, its only one; opens no file of
//                                                                      the options. It describes the fields of the training; targets may be absent
//   static constexpr const char* endings                               of the files that it reads, ".npy .npy.gz"; "*" and none: of any name but those of arrays
//   std::vector<Learnt> knowledge(std::string_view learnt) const       what was learnt, in words
//   std::string sample_name(std::int64_t sample) const                 of a new sample: the name of its file; empty: it has none
//   std::vector<std::string> column(const std::string& name) const     the cells of a column of the input, one a new sample
//   std::string column_name(const std::string& wanted) const           what the input calls the column that is wanted by a name or number; empty: nothing
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <teranga/sdk/c/dataset.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/member_names.hpp>
#include <teranga/sdk/plugin.hpp>
#include <teranga/sdk/shape.hpp>

namespace teranga::sdk {

// A number n of a field stands for offset + scale * n of the data.
struct Unit {
  double offset = 0, scale = 1;
};

struct Field {
  std::string name;
  std::int32_t role = TRG_FEATURE;
  std::int32_t type = TRG_F32;
  std::vector<std::int64_t> shape = {};  // of one sample; empty: a scalar; -1: as long as the sample's bucket
  std::int64_t classes = 0;  // of a target; of a feature of ids, which are below it
  std::vector<std::string> class_names = {};
  bool absent = false;  // new samples come without it: a target to be predicted
  std::vector<std::string> columns = {};  // what the data call the elements of the last axis; one: all of the field
  std::vector<Unit> units = {};           // of each element of the last axis, of a scalar one; empty: numbers are those of the data
};

struct TokenField {
  std::int32_t field = 0;
  std::int32_t role = TRG_TEXT_SO_FAR;
  std::int64_t ids = 0, steps = 0;
  std::int32_t padding = -1, unknown = -1, start = -1, end = -1, first = -1;
  std::string between = {};
};

// New samples: paths, or texts as they were typed.
struct NewInput {
  std::vector<std::string> paths;  // absolute: files or folders, as the data set takes them for one part
  std::vector<std::string> texts = {};
  bool judged = false;  // the samples are judged by their targets
};

// One thing that was learnt: "column age", "number, mean 30.5".
struct Learnt {
  std::string name, text;
};

class Description {
 public:
  explicit Description(const trg_data_answer& answer) : answer_(answer) {}
  void count(std::int32_t part, std::int64_t samples) { answer_.count(answer_.context, part, samples); }
  void field(const Field& field) {
    if (!field.class_names.empty() && static_cast<std::int64_t>(field.class_names.size()) < field.classes)
      throw Error(TRG_FAILED, "the field has " + std::to_string(field.classes) + " classes, and the names of " + std::to_string(field.class_names.size()), field.name);
    if (const std::int64_t units = field.shape.empty() ? 1 : field.shape.back(); !field.units.empty() && static_cast<std::int64_t>(field.units.size()) != units)
      throw Error(TRG_FAILED, "the field has " + std::to_string(field.units.size()) + " units; expected one for each of the " + std::to_string(units) + " elements of the last axis", field.name);
    const std::vector<const char*> names = pointers_to(field.class_names), columns = pointers_to(field.columns);
    trg_field native{};
    native.size = sizeof(native);
    native.name = field.name.c_str();
    native.role = field.role;
    native.type = field.type;
    native.rank = static_cast<std::int32_t>(field.shape.size());
    native.flags = field.absent ? TRG_ABSENT : 0;
    native.shape = field.shape.data();
    native.classes = field.classes;
    native.class_names = names.empty() ? nullptr : names.data();
    native.columns = columns.empty() ? nullptr : columns.data();
    native.column_count = static_cast<std::int64_t>(columns.size());
    std::vector<double> offsets, scales;
    for (const Unit& unit : field.units) offsets.push_back(unit.offset), scales.push_back(unit.scale);
    native.offsets = offsets.empty() ? nullptr : offsets.data();
    native.scales = scales.empty() ? nullptr : scales.data();
    answer_.field(answer_.context, &native);
  }
  // A length that samples are padded to; ascending.
  void bucket(std::int64_t length) { answer_.bucket(answer_.context, length); }
  // Of a part that is too large to be held: samples are best filled by whole blocks of so many, and shuffled among `window` samples at a time.
  void blocks(std::int32_t part, std::int64_t rows, std::int64_t window) { answer_.blocks(answer_.context, part, rows, window); }

 private:
  static std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<const char*> out;
    out.reserve(texts.size());
    for (const std::string& text : texts) out.push_back(text.c_str());
    return out;
  }

  const trg_data_answer& answer_;
};

struct Batch {
  const trg_fill_batch& call;
  std::int32_t part() const { return call.part; }
  std::int64_t rows() const { return call.rows; }
  std::int64_t sample(std::int64_t row) const { return call.samples[row]; }
  bool wanted(int field) const { return call.fields[field].data != nullptr; }
  std::int64_t extent(int field, int axis) const { return call.fields[field].shape[axis]; }  // axis 0: rows
  template <class T>
  T* field(int i) const { return static_cast<T*>(call.fields[i].data); }

  // Augmentation: whether samples are to be changed at random, and the random numbers of a row, which belong to its sample and the epoch: the same for any threads, ranks and batches.
  bool augments() const { return call.random_key != 0; }
  std::int64_t epoch() const { return call.epoch; }  // the pass over all samples, 1 = the first; 0 outside of a training
  trg_stream stream(std::int64_t row) const { return {call.random_key, static_cast<std::uint64_t>(call.samples[row])}; }
  // Draws first .. first + count - 1 of the row: uniform in [0, 1), or standard normal. T is float or double.
  template <class T>
  void uniform(std::int64_t row, std::int64_t first, std::int64_t count, T* out) const { host().uniform(stream(row), static_cast<std::uint64_t>(first), count, sizeof(T) == 8 ? TRG_F64 : TRG_F32, out); }
  template <class T>
  void normal(std::int64_t row, std::int64_t first, std::int64_t count, T* out) const { host().normal(stream(row), static_cast<std::uint64_t>(first), count, sizeof(T) == 8 ? TRG_F64 : TRG_F32, out); }
};

namespace detail {

template <class D>
struct TokensAdapter {
  static std::int32_t describe(void* dataset, void* context, void (*take)(void*, const trg_token_field*), trg_error* error) {
    return guarded(error, [&] {
      for (const TokenField& f : static_cast<const D*>(dataset)->token_fields()) {
        const trg_token_field native{sizeof(native), f.field, f.role, f.ids, f.steps, f.padding, f.unknown, f.start, f.end, f.first, 0, f.between.c_str()};
        take(context, &native);
      }
    });
  }
  static std::int32_t encode(void* dataset, std::int32_t field, const char* text, std::size_t size, void* context, void (*take)(void*, const std::int32_t*, std::size_t), trg_error* error) {
    return guarded(error, [&] {
      const std::vector<std::int32_t> ids = static_cast<const D*>(dataset)->encode(field, std::string_view(text, size));
      take(context, ids.data(), ids.size());
    });
  }
  static std::int32_t decode(void* dataset, std::int32_t field, const std::int32_t* ids, std::size_t count, void* context, void (*take)(void*, const char*, std::size_t), trg_error* error) {
    return guarded(error, [&] {
      const std::string text = static_cast<const D*>(dataset)->decode(field, std::span(ids, count));
      take(context, text.data(), text.size());
    });
  }
  static std::int32_t lay(void* dataset, std::int32_t field, const std::int32_t* ids, std::size_t count, void* to, std::int64_t* last, trg_error* error) {
    return guarded(error, [&] { *last = static_cast<const D*>(dataset)->lay(field, std::span(ids, count), to); });
  }
  static constexpr trg_tokens calls = {sizeof(trg_tokens), describe, encode, decode, lay};
};

template <class D>
struct NewSamplesAdapter {
  static std::int32_t open(const trg_options* options, const void* learnt, std::size_t size, const trg_new_input* input, void** dataset, trg_error* error) {
    return guarded(error, [&] {
      const NewInput given{{input->paths, input->paths + input->path_count}, {input->texts, input->texts + input->text_count}, input->judged != 0};
      *dataset = new D(Options(options), std::string_view(static_cast<const char*>(learnt), size), given);
    });
  }
  static constexpr bool tells = requires(const D& d) { d.knowledge(std::string_view{}); };
  static std::int32_t knowledge(void* dataset, const void* learnt, std::size_t size, void* context, void (*take)(void*, const char*, const char*), trg_error* error) {
    return guarded(error, [&] {
      if constexpr (tells)
        for (const Learnt& one : static_cast<const D*>(dataset)->knowledge(std::string_view(static_cast<const char*>(learnt), size))) take(context, one.name.c_str(), one.text.c_str());
      else static_cast<void>(dataset), static_cast<void>(learnt), static_cast<void>(size), static_cast<void>(context), static_cast<void>(take);
    });
  }
  static constexpr bool names = requires(const D& d) { d.sample_name(std::int64_t{}); };
  static std::int32_t sample_name(void* dataset, std::int64_t sample, void* context, void (*take)(void*, const char*), trg_error* error) {
    return guarded(error, [&] {
      if constexpr (names) {
        const std::string name = static_cast<const D*>(dataset)->sample_name(sample);
        if (!name.empty()) take(context, name.c_str());
      } else {
        static_cast<void>(dataset), static_cast<void>(sample), static_cast<void>(context), static_cast<void>(take);
      }
    });
  }
  static constexpr bool keeps = requires(const D& d) { d.column(std::string{}); };
  static std::int32_t column(void* dataset, const char* name, void* context, void (*take)(void*, const char*), trg_error* error) {
    return guarded(error, [&] {
      if constexpr (keeps)
        for (const std::string& cell : static_cast<const D*>(dataset)->column(name)) take(context, cell.c_str());
      else static_cast<void>(dataset), static_cast<void>(name), static_cast<void>(context), static_cast<void>(take);
    });
  }
  static constexpr bool calls_columns = requires(const D& d) { d.column_name(std::string{}); };
  static std::int32_t column_name(void* dataset, const char* wanted, void* context, void (*take)(void*, const char*), trg_error* error) {
    return guarded(error, [&] {
      if constexpr (calls_columns) {
        const std::string found = static_cast<const D*>(dataset)->column_name(wanted);
        if (!found.empty()) take(context, found.c_str());
      } else {
        static_cast<void>(dataset), static_cast<void>(wanted), static_cast<void>(context), static_cast<void>(take);
      }
    });
  }
  static constexpr const char* endings() {
    if constexpr (requires { D::endings; }) return D::endings;
    else return nullptr;
  }
  static constexpr trg_new_samples calls = {sizeof(trg_new_samples), endings(), open, tells ? knowledge : nullptr, names ? sample_name : nullptr, keeps ? column : nullptr, calls_columns ? column_name : nullptr};
};

template <class D>
struct BytesReadAdapter {
  static std::int64_t total(void* dataset) { return static_cast<const D*>(dataset)->bytes_read(); }
  static constexpr trg_bytes_read calls = {sizeof(trg_bytes_read), total};
};

TERANGA_DETAIL_NAMES(fit)
TERANGA_DETAIL_NAMES(restore)
TERANGA_DETAIL_NAMES(measure)

template <class D>
struct DatasetAdapter {
  static constexpr bool fits = requires(D& d, std::span<const std::int64_t> samples) { d.fit(samples); };
  static constexpr bool restores = requires(D& d) { d.restore(std::string_view{}); };
  static_assert(fits || !Names_fit<D>, "fit cannot be called: it must be std::string fit(std::span<const std::int64_t> samples)");
  static_assert(!fits || restores, "fit needs restore(std::string_view bytes), which takes what fit gave: when a run goes on, on other ranks, and where a checkpoint is used");
  static_assert(restores || !Names_restore<D>, "restore cannot be called: it must be void restore(std::string_view bytes)");

  static std::int32_t create(const trg_options* options, void** dataset, trg_error* error) {
    return guarded(error, [&] { *dataset = new D(Options(options)); });
  }
  static void destroy(void* dataset) { delete static_cast<D*>(dataset); }
  static std::int32_t describe(void* dataset, const trg_data_answer* answer, trg_error* error) {
    return guarded(error, [&] {
      Description description(*answer);
      static_cast<const D*>(dataset)->describe(description);
    });
  }
  static std::int32_t fit(void* dataset, const std::int64_t* samples, std::int64_t count, const trg_data_answer* answer, trg_error* error) {
    return guarded(error, [&] {
      const std::span<const std::int64_t> chosen(samples, static_cast<std::size_t>(count));
      if constexpr (fits) {
        const std::string bytes = static_cast<D*>(dataset)->fit(chosen);
        answer->bytes(answer->context, bytes.data(), bytes.size());
      } else {
        static_cast<void>(dataset), static_cast<void>(answer);
      }
    });
  }
  static std::int32_t restore(void* dataset, const void* data, std::size_t size, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (restores) static_cast<D*>(dataset)->restore({static_cast<const char*>(data), size});
      else static_cast<void>(dataset), static_cast<void>(data), static_cast<void>(size);
    });
  }
  static constexpr bool measures = requires(const D& d, std::span<const std::int64_t> s, std::int64_t* l) { d.measure(0, s, l); };
  static_assert(measures || !Names_measure<D>, "measure cannot be called: it must be void measure(std::int32_t part, std::span<const std::int64_t> samples, std::int64_t* lengths) const");
  static std::int32_t measure(void* dataset, std::int32_t part, const std::int64_t* samples, std::int64_t count, std::int64_t* lengths, trg_error* error) {
    return guarded(error, [&] {
      if constexpr (measures) static_cast<const D*>(dataset)->measure(part, std::span<const std::int64_t>(samples, static_cast<std::size_t>(count)), lengths);
      else static_cast<void>(dataset), static_cast<void>(part), static_cast<void>(samples), static_cast<void>(count), static_cast<void>(lengths);
    });
  }
  static std::int32_t fill(void* dataset, const trg_fill_batch* batch, trg_error* error) {
    return guarded(error, [&] { static_cast<const D*>(dataset)->fill(Batch{*batch}); });
  }
  static const void* extension(const char* id) {
    if constexpr (requires(const D& d) { d.token_fields(); })
      if (std::string_view(id) == TRG_TOKENS) return &TokensAdapter<D>::calls;
    if constexpr (std::is_constructible_v<D, const Options&, std::string_view, const NewInput&>)
      if (std::string_view(id) == TRG_NEW_SAMPLES) return &NewSamplesAdapter<D>::calls;
    if constexpr (requires(const D& d) { d.bytes_read(); })
      if (std::string_view(id) == TRG_BYTES_READ) return &BytesReadAdapter<D>::calls;
    static_cast<void>(id);
    return nullptr;
  }
  static constexpr trg_dataset_calls calls = {sizeof(trg_dataset_calls), create, destroy, describe, fit, restore, measures ? measure : nullptr, fill, extension};
};

}  // namespace detail

template <class D>
Item dataset() {
  return {TRG_DATASET, D::info(), &detail::DatasetAdapter<D>::calls};
}

}  // namespace teranga::sdk
