// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/data_checks.hpp>

#include "session/data_scan.hpp"

#include <teranga/core/counted.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/data/order.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace teranga::train {
namespace {

// With all of its digits: 1.0000001 is not 1.
std::string number_text(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : "an infinity";
  const auto single = static_cast<float>(value);
  return static_cast<double>(single) == value ? fmt::format("{}", single) : fmt::format("{}", value);
}

// The files of a part: the option of the data set that is called as it, by convention.
std::string files_of(const recipe::Recipe& recipe, data::Part part) {
  if (!recipe.data) return {};
  const bool split_off = part == data::Part::validation && recipe.data->validation_share() > 0;
  const char* const name = split_off || part == data::Part::training ? "train" : part == data::Part::validation ? "validation" : "test";
  const Value* const given = find_option(recipe.data->component.options, name);
  std::vector<std::string> files;
  if (given && given->is<std::string>()) files.push_back(given->as<std::string>());
  if (given && given->is<Value::List>())
    for (const Value& file : given->as<Value::List>())
      if (file.is<std::string>()) files.push_back(file.as<std::string>());
  return fmt::format("{}", fmt::join(files, ", "));
}

// The name of a layer in the recipe: in a phase it stands behind that of a call.
std::string own_name(const std::string& layer) { return layer.substr(layer.rfind('/') + 1); }

// layer "words" (embedding)
std::string called(const model::LookedUp& one) { return one.layer == one.type ? fmt::format("layer \"{}\"", one.layer) : fmt::format("layer \"{}\" ({})", one.layer, one.type); }

// What gives the output so many numbers; empty where that is not known.
std::string width_words(const model::LossTarget& one, std::int64_t width) {
  return one.size_option.empty() ? "" : fmt::format("{} = {} in the layer \"{}\"", one.size_option, width, one.sized_layer);
}

// What lets an output of so many units tell so many classes apart; empty where that is not known.
std::string cure_of_units(const model::LossTarget& one, std::int64_t units, std::int64_t classes) {
  const bool in_one_layer = one.by_option && one.sized_layer == own_name(one.layer);
  if (one.targets == TRG_TARGETS_CLASSES && units == 1 && classes == 2 && one.activation == "sigmoid")
    return "type = \"binary_crossentropy\" in the loss" + (in_one_layer ? fmt::format(", or {} with activation = \"softmax\"", width_words(one, 2)) : "");
  if (one.targets == TRG_TARGETS_CLASSES) return width_words(one, classes);
  if (units == 1 && classes > 2 && one.layer.find('/') != std::string::npos)  // of a phase: a net that judges what is real
    return "target = 1, or target = 0, in [[phase.loss]]: the number that stands for the whole target";
  if (units != 1 || classes <= 2 || one.size_option.empty()) return {};
  const std::string sparse = "type = \"sparse_categorical_crossentropy\" in the loss, and " + width_words(one, classes);
  if (in_one_layer) return sparse + " with activation = \"softmax\"";
  if (one.activation.empty()) return sparse;  // logits
  return one.by_option ? "" : sparse + fmt::format(", and type = \"softmax\" in the layer \"{}\"", own_name(one.layer));
}

// What takes the place of a softmax over one unit; empty where that is not known.
std::string cure_of_softmax(const model::LossTarget& one, std::int64_t classes) {
  const std::string wide = classes > 0 ? width_words(one, std::max<std::int64_t>(classes, 2)) : "";
  if (one.targets == TRG_TARGETS_CLASSES) return wide;
  if (one.targets == TRG_TARGETS_DISTRIBUTION) return wide.empty() ? "" : "type = \"sparse_categorical_crossentropy\" in the loss, and " + wide;
  return fmt::format("{} = \"sigmoid\" in the layer \"{}\"", one.by_option ? "activation" : "type", own_name(one.layer));
}

// Faults of samples, the worst kind first: each has one message and one hint.
class SampleChecks {
 public:
  SampleChecks(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks) : recipe_(recipe), source_(source) {
    std::vector<Wanted> wanted(source.fields().size());
    std::vector<bool> judged(wanted.size());
    for (const PhaseNetwork& phase : networks.phases()) {
      for (model::LookedUp& one : phase.network->looked_up()) {
        wanted[one.field].extremes = true;
        looked_up_.push_back(std::move(one));
      }
      for (model::LossTarget& one : phase.network->loss_targets()) {
        if (one.field >= wanted.size() || one.targets == TRG_TARGETS_ANY) continue;
        wanted[one.field].extremes = true;
        wanted[one.field].sums |= one.targets == TRG_TARGETS_DISTRIBUTION;
        if (!judged[one.field]) wanted[one.field].ignored = one.ignored;
        else if (wanted[one.field].ignored != one.ignored) wanted[one.field].ignored.reset();  // a number that one of them judges is looked at
        judged[one.field] = true;
        judged_.push_back(std::move(one));
      }
    }
    columns_ = columns_far_from_one();
    for (const std::size_t f : columns_) wanted[f].columns = true;
    wanted_ = wanted;
  }

  std::vector<std::string> run(Extent extent) {
    scan(extent);
    find();
    if (!found_.empty() && !scan_->complete()) {  // the numbers that it tells are those of all data, where these are soon read
      if (!is_soon_read(source_)) throw Error(ExitCode::data, found_.front().first + "; only the first samples were looked at", fmt::format("teranga check {} --data looks at all samples", shell_word(recipe_.path)));
      found_.clear();
      scan(Extent::all);
      find();
    }
    if (!found_.empty()) throw Error(ExitCode::data, found_.front().first, found_.front().second);
    return std::move(odd_);
  }

 private:
  void scan(Extent extent) {
    scan_.emplace(source_, wanted_);
    const bool all = extent == Extent::all;
    for (const data::Part part : data::all_parts)
      if (source_.has(part)) scan_->read(part, all ? 0 : beginning_samples, all ? 0 : beginning_bytes);
  }

  void find() {
    odd_.clear();
    for (std::size_t f = 0; f < source_.fields().size(); ++f) check_finite(f);
    for (const model::LookedUp& one : looked_up_) check_ids(one);
    for (const model::LossTarget& one : judged_) check_target(one);
    check_scale();
  }

  // Whether an option of the data set has that value; false where it has no such option.
  template <class T>
  bool data_say(const char* option, const T& value) const {
    const Value* const given = recipe_.data ? find_option(recipe_.data->component.options, option) : nullptr;
    return given && given->is<T>() && given->as<T>() == value;
  }

  // Whether the layer takes the numbers of the samples as they are, maybe in another shape.
  bool takes_samples(const recipe::LayerRecipe& layer) const {
    const auto keeps_numbers = [](const recipe::LayerRecipe& one) {
      const std::string_view type = recipe::short_type(one.type);
      return type == "input" || type == "reshape" || type == "flatten" || type == "permute" || type == "concatenate" || type == "dropout" || type == "gaussian_noise";
    };
    const auto has_them = [&](const recipe::LayerRecipe* before) { return before && keeps_numbers(*before) && takes_samples(*before); };
    if (layer.inputs.empty()) return &layer == recipe_.layers.data() || recipe::short_type(layer.type) == "input" || has_them(&layer - 1);
    return std::any_of(layer.inputs.begin(), layer.inputs.end(), [&](const std::string& name) { return has_them(recipe_.find_layer(name)); });
  }

  // Named columns of numbers that the data set could normalise and does not: features that no layer takes as ids and no layer normalises, and targets.
  std::vector<std::size_t> columns_far_from_one() const {
    std::vector<std::size_t> fields;
    const bool own_layer = std::any_of(recipe_.layers.begin(), recipe_.layers.end(), [this](const recipe::LayerRecipe& layer) { return (layer.type.find("normalization") != std::string::npos || layer.type.find("rescaling") != std::string::npos) && takes_samples(layer); });
    for (std::size_t f = 0; f < source_.fields().size(); ++f) {
      const data::Field& field = source_.fields()[f];
      const bool ids = std::any_of(looked_up_.begin(), looked_up_.end(), [&](const model::LookedUp& one) { return one.field == f; });
      const bool feature = field.role == data::Role::feature && !ids && !own_layer && data_say("normalize", std::string("none"));
      const bool target = field.role == data::Role::target && data_say("normalize_target", false);
      if ((feature || target) && field.classes == 0 && field.type == ElementType::f32 && !field.columns.empty()) fields.push_back(f);
    }
    return fields;
  }

  void check_scale() {
    constexpr double most_of_feature = 100, most_of_target = 10'000;
    constexpr std::size_t most_named = 5;
    for (const std::size_t f : columns_) {
      const data::Field& field = source_.fields()[f];
      const bool target = field.role == data::Role::target;
      const std::vector<double>& sizes = scan_->field(f).columns;
      std::vector<std::string> names;
      double most = 0;
      for (std::size_t c = 0; c < std::min(sizes.size(), field.columns.size()); ++c)
        if (sizes[c] > (target ? most_of_target : most_of_feature)) names.push_back(fmt::format("\"{}\"", field.columns[c].substr(0, 40))), most = std::max(most, sizes[c]);
      if (names.empty()) continue;
      const std::size_t more = names.size() > most_named ? names.size() - most_named : 0;
      names.resize(names.size() - more);
      const std::string which = fmt::format("the {}{} {}{} hold{} numbers up to {:.10g} in magnitude", target ? "target column" : "feature column", names.size() + more > 1 ? "s" : "", fmt::join(names, ", "), more ? fmt::format(" and {} more", more) : "", names.size() + more > 1 ? "" : "s", most);
      if (!target) odd_.push_back(fmt::format("{}, and networks learn slowly from such numbers: normalize = \"standard\" in [data] brings all feature columns to one scale", which));
      else odd_.push_back(fmt::format("{}, and networks are slow to reach such numbers: normalize_target = true in [data]{} brings the target to one scale, and predict gives its units back", which, data_say("normalize", std::string("none")) ? " with normalize = \"standard\"" : ""));
    }
  }

  void refuse(std::string message, std::string hint = {}) { found_.emplace_back(std::move(message), std::move(hint)); }
  std::string place(const Found& found) const { return place_of_sample(recipe_, source_, found.part, found.sample); }
  // With the name of a vendor's data set: it may be what is wrong.
  std::string at(const Found& found) const { return source_.name().find('.') == std::string::npos ? place(found) : fmt::format("{} of the data set \"{}\"", place(found), source_.name()); }

  void check_finite(std::size_t f) {
    const FieldScan& scan = scan_->field(f);
    if (!scan.not_finite) return;
    const std::string more = scan.samples_not_finite > 1 ? fmt::format("; {} samples hold such numbers", scan.samples_not_finite) : "";
    refuse(fmt::format("data set \"{}\": {}: expected finite numbers, found {} in the field \"{}\"{}", source_.name(), place(*scan.not_finite), number_text(scan.not_finite->value), source_.fields()[f].name, more));
  }

  void check_ids(const model::LookedUp& one) {
    const FieldScan& scan = scan_->field(one.field);
    const std::string expected = fmt::format("the {} expects ids from 0 to {} in the field \"{}\"", called(one), one.rows - 1, source_.fields()[one.field].name);
    if (scan.broken) refuse(fmt::format("{}, found {} ({})", expected, number_text(scan.broken->value), at(*scan.broken)));
    else if (scan.least && scan.least->value < 0) refuse(fmt::format("{}, found {} ({})", expected, number_text(scan.least->value), at(*scan.least)));
    else if (scan.most && scan.most->value >= static_cast<double>(one.rows))
      refuse(fmt::format("{}, found ids up to {:.0f} ({})", expected, scan.most->value, at(*scan.most)),
             one.option.empty() ? "" : fmt::format("{} = {:.0f} in the layer \"{}\"", one.option, scan.most->value + 1, one.layer));
  }

  void check_target(const model::LossTarget& one) {
    const FieldScan& scan = scan_->field(one.field);
    if (!scan.least) return;
    const std::int64_t units = one.output.empty() ? 1 : one.output.back();
    const auto outside = [&](double least, double most, const std::string& range) {
      const std::optional<Found>& off = scan.least->value < least ? scan.least : scan.most->value > most ? scan.most : std::nullopt;
      if (off) refuse(fmt::format("the loss {} expects targets {}, found {} in the field \"{}\" ({}){}", one.loss, range, number_text(off->value), source_.fields()[one.field].name, at(*off), classes_text(one, units)), cure(one, units));
      return off.has_value();
    };
    constexpr double none = HUGE_VAL;
    switch (one.targets) {
      case TRG_TARGETS_CLASSES:
        if (scan.broken)
          refuse(fmt::format("the loss {} expects class numbers, found {} in the field \"{}\" ({})", one.loss, number_text(scan.broken->value), source_.fields()[one.field].name, at(*scan.broken)), may_be_quantity(one) ? squared_error(one) : "");
        else outside(0, static_cast<double>(units - 1), fmt::format("that are class numbers from 0 to {}", units - 1));
        return;
      case TRG_TARGETS_SHARES: outside(0, 1, "from 0 to 1"); return;
      case TRG_TARGETS_DISTRIBUTION:
        if (!outside(0, 1, "from 0 to 1") && scan.sum_off)
          odd_.push_back(fmt::format("the loss {} expects targets that add up to 1, found the sum {} in the field \"{}\" ({})", one.loss, number_text(scan.sum_off->value), source_.fields()[one.field].name, at(*scan.sum_off)));
        return;
      case TRG_TARGETS_SIGNS:
        if (outside(-1, 1, "-1 and 1, or 0 and 1")) return;
        if (scan.broken)
          odd_.push_back(fmt::format("the loss {} expects targets -1 and 1, or 0 and 1, found {} in the field \"{}\" ({})", one.loss, number_text(scan.broken->value), source_.fields()[one.field].name, at(*scan.broken)));
        else if (scan.minus_one && scan.zero)
          odd_.push_back(fmt::format("the field \"{}\" holds -1, 0{}: for the loss {} a target of 0 is one of -1", source_.fields()[one.field].name, scan.one ? " and 1" : "", one.loss));
        return;
      case TRG_TARGETS_YES_NO:
        if (!outside(0, 1, "0 or 1") && scan.broken)
          refuse(fmt::format("the loss {} expects targets 0 or 1, found {} in the field \"{}\" ({})", one.loss, number_text(scan.broken->value), source_.fields()[one.field].name, at(*scan.broken)));
        return;
      case TRG_TARGETS_COUNTS: outside(0, none, "of 0 or more"); return;
      default: return;
    }
  }

  std::string classes_text(const model::LossTarget& one, std::int64_t units) const {
    const std::int64_t classes = source_.fields()[one.field].classes;
    return classes > 0 ? fmt::format("; the data have {} classes and the output {}", classes, counted(units, "unit")) : "";
  }
  std::string cure(const model::LossTarget& one, std::int64_t units) const {
    const std::int64_t classes = source_.fields()[one.field].classes;
    const FieldScan& scan = scan_->field(one.field);
    if (classes > 0) return scan.broken || scan.least->value < 0 ? "" : cure_of_units(one, units, classes);
    if (!may_be_quantity(one)) return {};
    constexpr double most_classes = 20;
    if (!scan.broken && scan.most->value - scan.least->value < most_classes) return source_.name() == "csv" ? "target_is = \"classes\" in [data]" : "";
    return squared_error(one);
  }

  // A target that no data set calls classes is a quantity, unless its numbers are few whole ones.
  bool may_be_quantity(const model::LossTarget& one) const {
    const data::Field& target = source_.fields()[one.field];
    const bool of_classes = one.targets == TRG_TARGETS_CLASSES || one.targets == TRG_TARGETS_SHARES || one.targets == TRG_TARGETS_YES_NO || one.targets == TRG_TARGETS_SIGNS || one.targets == TRG_TARGETS_DISTRIBUTION;
    return of_classes && target.classes <= 0 && static_cast<model::Role>(target.role) == model::Role::target && element_count(target.shape) == 1;
  }

  // What to type where the target is a quantity.
  static std::string squared_error(const model::LossTarget& one) {
    std::string hint = "type = \"mean_squared_error\" in the loss";
    if (one.by_option) hint += fmt::format(", and activation = \"linear\" in the layer \"{}\"", own_name(one.layer));
    else if (!one.activation.empty()) hint += fmt::format(", without the layer \"{}\"", own_name(one.layer));
    const bool too_wide = !one.output.empty() && one.output.back() != 1 && !one.size_option.empty();
    return hint + (too_wide ? ", and " + width_words(one, 1) : "");
  }

  const recipe::Recipe& recipe_;
  const data::Source& source_;
  std::vector<Wanted> wanted_;
  std::vector<model::LookedUp> looked_up_;
  std::vector<model::LossTarget> judged_;
  std::vector<std::size_t> columns_;  // fields whose columns may be far from one scale
  std::optional<DataScan> scan_;
  std::vector<std::pair<std::string, std::string>> found_;  // message, hint
  std::vector<std::string> odd_;
};

// Layers that look up ids behind texts that the data set gives otherwise than as ids: as bags of words, or as rows with a one.
void check_encodings(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks, recipe::Diagnostics& found) {
  const Value* const encoding = recipe.data ? find_option(recipe.data->component.options, "encoding") : nullptr;
  if (!encoding || !encoding->is<std::string>() || encoding->as<std::string>() == "ids") return;
  std::set<std::string> told;
  for (const PhaseNetwork& phase : networks.phases())
    for (const model::LookedUp& one : phase.network->looked_up())
      if (const data::Field& field = source.fields()[one.field]; field.type == ElementType::f32 && told.insert(one.layer).second)
        found.add(one.position, fmt::format("the {} looks up ids, and by encoding = \"{}\" in [data] the field \"{}\" holds none", called(one), encoding->as<std::string>(), field.name), "encoding = \"ids\" in [data]");
}

// Ids that the data set says there are, and tables of layers with fewer rows, at the layer in the recipe.
void check_tables(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks) {
  recipe::Diagnostics found = recipe.diagnostics();
  std::set<std::pair<std::string, std::size_t>> told;  // phases share layers
  for (const PhaseNetwork& phase : networks.phases())
    for (const model::LookedUp& one : phase.network->looked_up()) {
      const data::Field& ids = source.fields()[one.field];
      if (ids.role != data::Role::feature || ids.classes <= one.rows || !told.emplace(one.layer, one.field).second) continue;
      const std::string table = one.option.empty() ? fmt::format("a table of {} rows", one.rows) : fmt::format("{} = {}", one.option, one.rows);
      found.add(one.position, fmt::format("the {} has {}, and the field \"{}\" of the data has {} ids, 0 to {}", called(one), table, ids.name, ids.classes, ids.classes - 1),
                one.option.empty() ? "" : fmt::format("{} = {} in the layer \"{}\"", one.option, ids.classes, one.layer));
    }
  check_encodings(recipe, source, networks, found);
  found.throw_if_any();
}

// Up to ten of them.
std::string named_classes(const data::Field& target, std::int64_t classes) {
  constexpr std::size_t most = 10;
  const std::vector<std::string>& names = target.class_names;
  if (names.empty() || std::ssize(names) != classes) return {};
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) out += fmt::format("{}\"{}\"", i ? ", " : "", names[i].substr(0, 40));
  return fmt::format(" ({}{})", out, names.size() > most ? fmt::format(" and {} more", names.size() - most) : "");
}

// Classes and units that cannot go together, at the loss in the recipe; to `odd` what may be meant.
void check_units(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks, std::vector<std::string>& odd) {
  recipe::Diagnostics found = recipe.diagnostics();
  for (const PhaseNetwork& phase : networks.phases())
    for (const model::LossTarget& one : phase.network->loss_targets()) {
      if (one.field >= source.fields().size()) continue;
      const data::Field& target = source.fields()[one.field];
      const std::int64_t units = one.output.empty() ? 1 : one.output.back();
      if (one.targets == TRG_TARGETS_ANY) {
        const bool distances = one.loss.starts_with("mean_") || one.loss == "huber" || one.loss == "log_cosh";
        if (distances && units == 1 && target.classes > 2 && element_count(target.shape) == 1)
          odd.push_back(fmt::format("the loss {} judges quantities, and the target \"{}\" has {} classes: type = \"sparse_categorical_crossentropy\" in the loss, with units = {} and activation = \"softmax\" in the layer \"{}\", tells them apart",
                                    one.loss, target.name, target.classes, target.classes, one.layer));
        continue;
      }
      std::int64_t classes = target.classes;
      if (classes > 0 && one.ignored && *one.ignored == classes - 1) --classes;
      const bool yes_no = one.targets == TRG_TARGETS_SHARES || one.targets == TRG_TARGETS_SIGNS || one.targets == TRG_TARGETS_YES_NO;
      const std::string judges = fmt::format("the loss {} compares {} of the layer \"{}\" with the target \"{}\"", one.loss, units == 1 ? "the output" : fmt::format("the {} outputs", units), one.layer, target.name);
      if ((one.targets == TRG_TARGETS_CLASSES && classes > units) || (yes_no && units == 1 && classes > 2 && element_count(target.shape) == 1))
        found.add(one.position, fmt::format("{}, which has {} classes{}", judges, classes, named_classes(target, classes)), cure_of_units(one, units, classes));
      else if (units == 1 && one.activation == "softmax")
        found.add(one.position, fmt::format("{}: the output of a softmax over one unit is always 1", judges),
                  one.targets == TRG_TARGETS_CLASSES || yes_no || (one.targets == TRG_TARGETS_DISTRIBUTION && element_count(target.shape) == 1) ? cure_of_softmax(one, classes) : "");
      else if (one.targets == TRG_TARGETS_CLASSES && classes > 0 && units > classes)
        odd.push_back(fmt::format("{}, which has {} classes: {} {} to no class", judges, classes, counted(units - classes, "output"), units - classes == 1 ? "belongs" : "belong"));
    }
  found.throw_if_any();
}

// A layer of the input that scales pixels, behind data that are as small already: what the data set did is done again.
void check_rescaling(const recipe::Recipe& recipe, const data::Source& source, std::vector<std::string>& odd) {
  constexpr double small = 0.1;
  for (const recipe::LayerRecipe& layer : recipe.layers) {
    const std::string_view type = recipe::short_type(layer.type);
    if (type == "input" || type == "reshape" || type == "flatten") continue;
    const Value* scale = find_option(layer.options, "scale");
    if (type != "rescaling" || !scale || !scale->is<double>() || std::fabs(scale->as<double>()) >= small) return;
    const double largest = largest_number(source, data::Role::feature);
    if (largest > 0 && largest <= 1)
      odd.push_back(fmt::format("the layer \"{}\" multiplies by {:.3g} what is {} at most: where the data set scales its numbers already (scale in [data]), leave this layer out", layer.name, scale->as<double>(), number_text(largest)));
    return;
  }
}

}  // namespace

bool is_soon_read(const data::Source& source) {
  constexpr double most = double{1 << 30};  // bytes
  double bytes = 0;
  for (const data::Field& field : source.fields())
    for (const data::Part part : data::all_parts) bytes += static_cast<double>(field.bytes()) * static_cast<double>(source.count(part));
  return bytes <= most;
}

bool is_beginning(const data::Source& source) {
  std::size_t bytes = 0;
  for (const data::Field& field : source.fields()) bytes += field.bytes();
  return std::all_of(std::begin(data::all_parts), std::end(data::all_parts), [&](data::Part part) { return source.count(part) <= beginning_samples && static_cast<double>(source.count(part)) * static_cast<double>(bytes) <= static_cast<double>(beginning_bytes); });
}

std::vector<std::string> check_data(const recipe::Recipe& recipe, const data::Source& source, const Networks& networks, Extent extent) {
  std::vector<std::string> odd;
  check_tables(recipe, source, networks);
  if (extent != Extent::nothing) odd = SampleChecks(recipe, source, networks).run(extent);
  check_units(recipe, source, networks, odd);
  check_rescaling(recipe, source, odd);
  return odd;
}

std::string place_of_sample(const recipe::Recipe& recipe, const data::Source& source, data::Part part, std::int64_t sample) {
  const std::string files = files_of(recipe, part);
  std::string out = fmt::format("{} part", data::to_string(part));
  if (!files.empty()) out += fmt::format(" ({})", files);
  if (sample >= 0) out += fmt::format(", record {}", source.sample_id(part, sample) & 0x00FFFFFFFFFFFFFFull);  // within the file, also of what was split off
  return out;
}

std::string not_finite_in(const recipe::Recipe& recipe, const data::Source& source, data::Part part) {
  DataScan scan(source, {});
  scan.read(part, 0, 0);
  for (std::size_t f = 0; f < source.fields().size(); ++f)
    if (const auto& found = scan.field(f).not_finite)
      return fmt::format("{}: the field \"{}\" holds {}", place_of_sample(recipe, source, part, found->sample), source.fields()[f].name, number_text(found->value));
  return {};
}

std::vector<std::string> notes_on_steps(const recipe::Recipe& recipe, const data::Source& source) {
  std::vector<std::string> out;
  const std::int64_t samples = source.count(data::Part::training), batch = recipe.training.batch_size;
  const Position &place = recipe.training.batch_size_position, &table = recipe.training.position;
  const bool chosen = place.line != table.line || place.column != table.column || place.file != table.file;
  if (samples < batch && chosen)
    out.push_back(fmt::format("batch_size = {}: the training part has {}, so every step takes them all", batch, counted(samples, "sample")));
  if (!recipe.training.steps_per_epoch) return out;
  const std::int64_t steps = *recipe.training.steps_per_epoch, batches = data::BatchOrder(batch, samples, source.buckets_of(data::Part::training)).batches();
  if (steps > batches)
    out.push_back(fmt::format("steps_per_epoch = {}: the training part has {}, so an epoch ends after {}", steps, counted(batches, "batch", "batches"), counted(batches, "step")));
  else if (batches % steps != 0)
    out.push_back(fmt::format("steps_per_epoch = {}: the training part has {} batches, so the last of every {} epochs has {} and ends with the data", steps, batches,
                              batches / steps + 1, counted(batches % steps, "step")));
  return out;
}

std::string note_on_idle_ranks(const recipe::Recipe& recipe, const data::Source& source, int ranks) {
  const std::int64_t batch = std::min(recipe.training.batch_size, source.count(data::Part::training)), slice = recipe::rows_in_order(recipe.training), unit = std::max<std::int64_t>(slice, 1);
  const std::int64_t busy = (batch + unit - 1) / unit;
  if (busy >= ranks) return {};
  std::string out = fmt::format("{} of the {} processes have nothing to do: a batch has {} samples", ranks - busy, ranks, batch);
  if (slice > 1) out += fmt::format(" in {} slices, and reproducible = true keeps a slice on one process; slice = {} gives more of them", busy, std::max<std::int64_t>(1, batch / ranks));
  return out;
}

double largest_number(const data::Source& source, data::Role role) {
  std::vector<Wanted> wanted(source.fields().size());
  for (std::size_t f = 0; f < wanted.size(); ++f) wanted[f].extremes = source.fields()[f].role == role && source.fields()[f].classes == 0;
  DataScan scan(source, wanted);
  scan.read(data::Part::training, beginning_samples, beginning_bytes);
  double largest = 0;
  for (std::size_t f = 0; f < wanted.size(); ++f)
    for (const std::optional<Found>& one : {scan.field(f).least, scan.field(f).most})
      if (one) largest = std::max(largest, std::fabs(one->value));
  return largest;
}

}  // namespace teranga::train
