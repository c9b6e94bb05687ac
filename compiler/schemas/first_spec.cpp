#include "compiler/schemas/first_spec.h"

#include <algorithm>
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "compiler/base/edit_distance.h"
#include "compiler/base/written_name.h"
#include "compiler/schemas/shape_text.h"

namespace mig::schemas {

namespace {

// `E-Mail Address`, `email_address` and `EmailAddress` are one name.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80)
      out += c;
  }
  return out;
}

/// `E-Mail Address`, `emailAddress` -> email, address.
std::set<std::string> words_of(std::string_view name) {
  std::set<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.insert(word);
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    const bool hump = i > 0 && name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    const std::string letter = folded(name.substr(i, 1));
    if (hump || letter.empty()) end_word();
    word += letter;
  }
  end_word();
  return words;
}

/// `email` and `email_address`: all words of one stand in the other.
bool share_words(std::string_view a, std::string_view b) {
  const std::set<std::string> x = words_of(a), y = words_of(b);
  const auto& [fewer, more] = x.size() < y.size() ? std::tie(x, y) : std::tie(y, x);
  return !fewer.empty() && std::includes(more.begin(), more.end(), fewer.begin(), fewer.end());
}

bool is_database(const SpecEnd& end) { return end.format->selector == "table"; }

std::string fit_of(const ShapeType& type) {
  switch (type.kind) {
    case ShapeKind::kString:
      return type.low || type.high
                 ? "fit_length(" + std::to_string(type.low.value_or(0)) + ", " + std::to_string(type.high.value_or(1000000000)) + ")"
                 : std::string();
    case ShapeKind::kInt:
      return type.low || type.high ? "fit_int(" + std::to_string(type.low.value_or(INT64_MIN + 1)) + ", " +
                                         std::to_string(type.high.value_or(INT64_MAX)) + ")"
                                   : std::string();
    case ShapeKind::kDecimal: return "fit_decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
    default: return {};
  }
}

// The function that reads a text as the type; empty when a person must say how.
std::string parser_of(const ShapeType& type, const std::string& enumeration) {
  switch (type.kind) {
    case ShapeKind::kInt: return "parse_int";
    case ShapeKind::kDecimal: return "parse_decimal(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
    case ShapeKind::kBool: return "parse_bool";
    case ShapeKind::kDate: return "parse_date([\"%Y-%m-%d\"])";
    case ShapeKind::kTimestamp: return "parse_timestamp([\"%Y-%m-%dT%H:%M:%SZ\"])";
    case ShapeKind::kUuid: return "parse_uuid";
    case ShapeKind::kJson: return "parse_json";
    case ShapeKind::kEnum: return "parse_enum(" + enumeration + ")";
    case ShapeKind::kRefined: return type.name == "email" || type.name == "url" || type.name == "ip" ? "parse_" + type.name : std::string();
    default: return {};
  }
}

}  // namespace

FirstSpec::FirstSpec(SpecEnd from, SpecEnd to) : from_(std::move(from)), to_(std::move(to)) {
  const auto name_of = [](const SpecEnd& end) { return end.shape.name.empty() ? end.fallback_name : end.shape.name; };
  from_schema_ = pascal_case(name_of(from_));
  to_schema_ = pascal_case(name_of(to_));
  if (from_schema_ == to_schema_) from_schema_ = "Source" + from_schema_, to_schema_ = "Target" + to_schema_;
  from_name_ = snake_case(name_of(from_));
  to_name_ = snake_case(name_of(to_));
  if (from_name_ == to_name_) from_name_ += "_in", to_name_ += "_out";
  pair_fields();
}

// Same names first, in the target's order, then the nearest of what is left, then names of which one says more than the other, where only
// one does; each source field once.
void FirstSpec::pair_fields() {
  std::map<std::string, const ShapeField*> sources;
  for (const ShapeField& field : from_.shape.fields) {
    if (field.type.kind != ShapeKind::kUnknown) sources.emplace(folded(field.name), &field);
  }
  for (const ShapeField& field : to_.shape.fields) {
    if (field.computed || field.type.kind == ShapeKind::kUnknown) continue;
    Mapping mapping;
    mapping.target = &field;
    if (const auto it = sources.find(folded(field.name)); it != sources.end()) {
      mapping.source = it->second;
      sources.erase(it);
    }
    mappings_.push_back(std::move(mapping));
  }
  for (Mapping& mapping : mappings_) {
    if (mapping.source == nullptr) {
      std::vector<std::string_view> names;
      for (const auto& [name, field] : sources) names.push_back(name);
      const auto near = nearest_name(folded(mapping.target->name), names);
      if (!near) continue;
      const auto it = sources.find(std::string(*near));
      mapping.source = it->second;
      mapping.near = true;
      sources.erase(it);
    }
  }
  for (Mapping& mapping : mappings_) {
    if (mapping.source != nullptr) continue;
    const auto alike = [&](const auto& source) { return share_words(source.second->name, mapping.target->name); };
    const auto it = std::find_if(sources.begin(), sources.end(), alike);
    if (it == sources.end() || std::find_if(std::next(it), sources.end(), alike) != sources.end()) continue;
    mapping.source = it->second;
    mapping.near = true;
    sources.erase(it);
  }
  for (Mapping& mapping : mappings_) {
    if (mapping.source != nullptr) mapping.ways = ways_to(*mapping.source, *mapping.target);
  }
}

std::vector<std::string> FirstSpec::ways_to(const ShapeField& source, const ShapeField& target) const {
  const ShapeType& from = source.type;
  const ShapeType& to = target.type;
  std::vector<std::vector<std::string>> chains{{}};
  const std::string fit = fit_of(to);
  const auto with = [&](std::vector<std::string> chain) {
    chains.push_back(chain);
    if (!fit.empty()) {
      chain.push_back(fit);
      chains.push_back(std::move(chain));
    }
  };
  const std::string enumeration = enum_name(to, to_schema_, target.name);
  if (from.kind == to.kind && to.kind != ShapeKind::kEnum) {
    if (!fit.empty()) chains.push_back({fit});
  } else if (to.kind == ShapeKind::kString) {
    with({from.kind == ShapeKind::kEnum ? "wire" : "to_text"});
  } else if (from.kind == ShapeKind::kInt && to.kind == ShapeKind::kDecimal) {
    with({});
  } else if (from.kind == ShapeKind::kEnum && to.kind == ShapeKind::kEnum) {
    with({"wire", "parse_enum(" + enumeration + ")"});
  } else if (from.kind == ShapeKind::kString) {
    const std::string parser = parser_of(to, enumeration);
    if (!parser.empty()) with({parser});
  } else if (from.kind == ShapeKind::kRefined && !parser_of(to, enumeration).empty()) {
    with({parser_of(to, enumeration)});
  }
  const bool may_lack = from.nullable || (source.optional && from_.format->selector != "table");
  const bool may_leave = target.optional || (target.filled && !target.key);
  const std::string field = "s." + written_name(source.name);
  std::vector<std::string> ways;
  for (const std::vector<std::string>& chain : chains) {
    const bool keeps_null = may_lack && (to.nullable || may_leave);
    std::string value = field;
    if (may_lack && !keeps_null) value = chain.empty() ? field + " ?? reject IN101" : "(" + field + " ?? reject IN101)";
    for (const std::string& stage : chain) value += (keeps_null ? " |?> " : " |> ") + stage;
    const std::string or_keep = keeps_null && !to.nullable ? " ?? keep" : "";
    ways.push_back(value + or_keep);
    if (!chain.empty()) ways.push_back((or_keep.empty() ? value : "(" + value + or_keep + ")") + " catch reject IN102");
  }
  return ways;
}

std::string FirstSpec::schema_text(const SpecEnd& end, const std::string& name) const {
  if (end.format->format == Format::kCsv) {
    std::set<std::string> taken;
    return declarations(end.shape, name, taken);
  }
  std::string text = "schema " + name + " from " + std::string(end.format->name) + "(" + quoted_text(end.path);
  if (!end.selector.empty()) text += ", " + std::string(end.format->selector) + ": " + quoted_text(end.selector);
  text += ")";
  // A column without a counterpart needs a type from the author; a text holds anything that is written.
  std::string overlay;
  for (const ShapeField& field : end.shape.fields) {
    if (field.type.kind == ShapeKind::kUnknown)
      overlay += "  " + written_name(field.name) + ": string" + (field.type.nullable ? "?" : "") + "  // decide: " + field.type.written +
                 " has no counterpart\n";
  }
  return text + (overlay.empty() ? "" : " {\n" + overlay + "}") + "\n";
}

std::string FirstSpec::connector_text(const SpecEnd& end, bool source) const {
  const std::string place = source ? "param.input" : "param.output";
  switch (end.format->format) {
    case Format::kSqlite: return "sqlite(" + place + ", table: " + quoted_text(end.shape.name) + ")";
    case Format::kPostgres:
    case Format::kMysql:
      return std::string(end.format->format == Format::kPostgres ? "postgres" : "mysql") + "(secret(\"" +
             (source ? "SOURCE_DSN" : "TARGET_DSN") + "\"), table: " + quoted_text(end.shape.name) + ")";
    case Format::kCsv: return "csv(" + place + ")";
    case Format::kJsonSchema:
    case Format::kOpenApi:
    case Format::kAvro: return "ndjson(" + place + ")";
  }
  return {};
}

std::string FirstSpec::text() const {
  const auto param_of = [](const SpecEnd& end, const std::string& name, const char* param) {
    const bool by_secret = end.format->format == Format::kPostgres || end.format->format == Format::kMysql;
    const char* ending = end.format->format == Format::kSqlite ? ".db" : end.format->format == Format::kCsv ? ".csv" : ".ndjson";
    return by_secret ? std::string() : "param " + std::string(param) + ": string = " + quoted_text(name + ending) + "\n";
  };
  std::string body;
  bool missing = false, unfit = false;
  size_t widest = 0;
  for (const Mapping& mapping : mappings_) {
    if (mapping.decided()) widest = std::max(widest, written_name(mapping.target->name).size());
  }
  for (const Mapping& mapping : mappings_) {
    const std::string name = written_name(mapping.target->name);
    if (!mapping.decided()) continue;
    const std::string& way = mapping.ways[mapping.way];
    missing |= way.find("IN101") != std::string::npos;
    unfit |= way.find("IN102") != std::string::npos;
    body += "  " + name + std::string(widest - name.size(), ' ') + " = " + way +
            (mapping.near ? "  // decide: only the names are alike" : "") + "\n";
  }
  std::string open;
  for (const Mapping& mapping : mappings_) {
    if (mapping.decided()) continue;
    const bool free = mapping.target->optional || (mapping.target->filled && !mapping.target->key);
    open += "  // decide: " + field_line(*mapping.target) + (free ? " may be left out" : " is required") + "\n";
  }
  std::string ignored;
  for (const std::string& field : unused_sources()) {
    ignored +=
        "  ignore s." + written_name(field) + " because " + quoted_text("to decide: nothing in " + to_schema_ + " has this name") + "\n";
  }
  std::string keys;
  for (const ShapeField& field : to_.shape.fields) {
    if (field.key) keys += (keys.empty() ? "" : ", ") + written_name(field.name);
  }
  const std::string write = !is_database(to_) ? "replace" : keys.empty() ? "append" : "upsert(by: [" + keys + "])";
  std::string out = "migration " + quoted_text(from_name_ + " to " + to_name_) + " version \"0.1.0\" { edition = 2026 }\n\n";
  const std::string params = param_of(from_, from_name_, "input") + param_of(to_, to_name_, "output");
  if (!params.empty()) out += params + "\n";
  if (missing)
    out +=
        "issue IN101 \"a value that the target needs is missing\"\n  fix \"complete the record in the source, and run again with "
        "--only-rejected\"\n";
  if (unfit)
    out +=
        "issue IN102 \"a value does not fit the target\"\n  fix \"correct the value in the source, and run again with --only-rejected\"\n";
  if (missing || unfit) out += "\n";
  out += schema_text(from_, from_schema_) + "\n" + schema_text(to_, to_schema_) + "\n";
  out += "source " + from_name_ + ": " + from_schema_ + " from " + connector_text(from_, true) + "\n";
  out += "target " + to_name_ + ": " + to_schema_ + " into " + connector_text(to_, false) + " { write = " + write + " }\n\n";
  out += "map move_" + to_name_ + ": " + from_name_ + " as s -> " + to_name_ + " as t {\n" + body;
  for (const std::string* part : {&open, &ignored}) {
    if (!part->empty()) out += "\n" + *part;
  }
  return out + "}\n";
}

bool FirstSpec::weaken(uint32_t line) {
  const std::string before = text();
  size_t begin = 0;
  for (uint32_t at = 1; at < line && begin != std::string::npos; ++at) {
    begin = before.find('\n', begin);
    if (begin != std::string::npos) ++begin;
  }
  if (begin == std::string::npos) return false;
  const std::string found = before.substr(begin, before.find('\n', begin) - begin);
  for (Mapping& mapping : mappings_) {
    if (!mapping.decided()) continue;
    const std::string start = "  " + written_name(mapping.target->name);
    const size_t equals = found.find(" = ");
    if (!found.starts_with(start) || equals == std::string::npos || found.find_first_not_of(' ', start.size()) != equals + 1) continue;
    ++mapping.way;
    return true;
  }
  return false;
}

size_t FirstSpec::mapped() const {
  return static_cast<size_t>(std::count_if(mappings_.begin(), mappings_.end(), [](const Mapping& mapping) { return mapping.decided(); }));
}

std::vector<std::string> FirstSpec::open_targets() const {
  std::vector<std::string> names;
  for (const Mapping& mapping : mappings_) {
    if (!mapping.decided()) names.push_back(mapping.target->name);
  }
  return names;
}

std::vector<std::string> FirstSpec::unused_sources() const {
  std::vector<std::string> names;
  for (const ShapeField& field : from_.shape.fields) {
    const auto uses = [&](const Mapping& mapping) { return mapping.decided() && mapping.source == &field; };
    if (std::none_of(mappings_.begin(), mappings_.end(), uses)) names.push_back(field.name);
  }
  return names;
}

}  // namespace mig::schemas
