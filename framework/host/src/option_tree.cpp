// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/option_tree.hpp>

#include <limits>

namespace teranga::host {

OptionTree::OptionTree(const Options& options) {
  native_.size = sizeof(native_);
  native_.items = convert(options);
  native_.count = options.size();
}

const trg_option* OptionTree::convert(const Options& options) {
  std::vector<trg_option> table;
  table.reserve(options.size());
  for (const Option& option : options) {
    const trg_value value = convert(option.value);
    table.push_back({texts_.emplace_back(option.name).c_str(), value});
  }
  return tables_.emplace_back(std::move(table)).data();
}

trg_value OptionTree::convert(const Value& value) {
  trg_value out{};
  if (value.is<bool>()) {
    out.kind = TRG_BOOLEAN;
    out.integer = value.as<bool>();
  } else if (value.is<std::int64_t>()) {
    out.kind = TRG_INTEGER;
    out.integer = value.as<std::int64_t>();
    out.real = static_cast<double>(out.integer);
  } else if (value.is<double>()) {
    out.kind = TRG_REAL;
    out.real = value.as<double>();
  } else if (value.is<std::string>()) {
    out.kind = TRG_TEXT;
    out.text = texts_.emplace_back(value.as<std::string>()).c_str();
  } else if (value.is<Value::List>()) {
    std::vector<trg_value> items;
    for (const Value& item : value.as<Value::List>()) items.push_back(convert(item));
    out.kind = TRG_LIST;
    out.count = static_cast<std::int32_t>(items.size());
    out.items = lists_.emplace_back(std::move(items)).data();
  } else if (value.is<Value::Component>()) {
    const auto& component = value.as<Value::Component>();
    out.kind = TRG_COMPONENT;
    out.text = texts_.emplace_back(component.type).c_str();
    out.options = convert(component.options);
    out.count = static_cast<std::int32_t>(component.options.size());
  }
  return out;
}

Value to_value(const trg_value& native) {
  Value value;
  switch (native.kind) {
    case TRG_BOOLEAN: value.data = native.integer != 0; break;
    case TRG_INTEGER: value.data = native.integer; break;
    case TRG_REAL: value.data = native.real; break;
    case TRG_TEXT: case TRG_PATH: value.data = std::string(native.text ? native.text : ""); break;
    case TRG_LIST: {
      Value::List list;
      for (std::int32_t i = 0; i < native.count; ++i) list.push_back(to_value(native.items[i]));
      value.data = std::move(list);
      break;
    }
    case TRG_COMPONENT: {
      Value::Component component{native.text ? native.text : "", {}};
      for (std::int32_t i = 0; i < native.count; ++i) component.options.push_back({native.options[i].name, to_value(native.options[i].value), {}});
      value.data = std::move(component);
      break;
    }
    default: break;
  }
  return value;
}

namespace {

OptionKind to_kind(std::int32_t kind, bool plain_table) {
  switch (kind) {
    case TRG_BOOLEAN: return OptionKind::boolean;
    case TRG_INTEGER: return OptionKind::integer;
    case TRG_REAL: return OptionKind::real;
    case TRG_PATH: return OptionKind::path;
    case TRG_LIST: return OptionKind::list;
    case TRG_COMPONENT: return plain_table ? OptionKind::table : OptionKind::component;
    default: return OptionKind::text;
  }
}

}  // namespace

Schema to_schema(const trg_item& item) {
  Schema schema;
  const char* at = reinterpret_cast<const char*>(item.options);
  for (std::size_t i = 0; i < item.option_count; ++i, at += item.option_stride) {
    const trg_option_spec& native = *reinterpret_cast<const trg_option_spec*>(at);
    OptionSpec spec;
    spec.name = native.name;
    spec.doc = native.doc ? native.doc : "";
    spec.component_kind = native.component_kind ? native.component_kind : "";
    spec.kind = to_kind(native.kind, native.kind == TRG_COMPONENT && spec.component_kind.empty());
    spec.item_kind = to_kind(native.item_kind, false);
    spec.required = native.flags & TRG_REQUIRED;
    spec.nullable = native.flags & TRG_NULLABLE;
    spec.scalar_expands = native.flags & TRG_SCALAR_EXPANDS;
    spec.number_is_text = native.flags & TRG_NUMBER_IS_TEXT;
    spec.minimum_open = native.flags & TRG_MINIMUM_OPEN;
    spec.maximum_open = native.flags & TRG_MAXIMUM_OPEN;
    spec.default_value = to_value(native.default_value);
    // As a recipe would say it: "glorot_uniform".
    if (spec.kind == OptionKind::component && spec.default_value.is<Value::Component>() && spec.default_value.as<Value::Component>().options.empty())
      spec.default_value.data = std::string(spec.default_value.as<Value::Component>().type);
    spec.minimum = native.minimum;
    spec.maximum = native.maximum;
    spec.least_items = native.least_items;
    spec.most_items = native.most_items > 0 ? native.most_items : std::numeric_limits<std::int64_t>::max();
    for (std::int32_t c = 0; c < native.choice_count; ++c) spec.choices.emplace_back(native.choices[c]);
    schema.push_back(std::move(spec));
  }
  return schema;
}

}  // namespace teranga::host
