#include "compiler/rules/record_parts.h"

#include <algorithm>

#include "compiler/base/written_name.h"

namespace mig::rules {

RecordParts::RecordParts(const RuleContext& context, const sema::SchemaSymbol& schema) : context_(context), schema_(schema) {
  parts_.resize(schema.fields.size());
  for (uint32_t f = 0; f < schema.fields.size(); ++f) {
    parts_[f].name = schema.fields[f].name;
    parts_[f].record = record_in(schema.fields[f].type);
  }
}

TypeId RecordParts::record_in(TypeId id) const {
  for (int depth = 0; depth < 8 && id != kNoType; ++depth) {
    const Type& type = context_.type(id);
    if (type.kind == Kind::kRecord) return type.fields.empty() ? kNoType : id;
    if (type.kind != Kind::kList && type.kind != Kind::kSet && type.kind != Kind::kMap) return kNoType;
    id = type.element;
  }
  return kNoType;
}

uint32_t RecordParts::child(uint32_t part, const std::string& name) {
  const TypeId record = parts_[part].record;
  if (record == kNoType) return kNone;
  if (parts_[part].children.empty()) {
    for (const RecordField& field : context_.type(record).fields) {
      RecordPart inner;
      inner.parent = part;
      inner.name = field.name;
      inner.record = record_in(field.type);
      parts_[part].children.push_back(static_cast<uint32_t>(parts_.size()));
      parts_.push_back(std::move(inner));
    }
  }
  for (const uint32_t each : parts_[part].children) {
    if (parts_[each].name == name) return each;
  }
  return kNone;
}

void RecordParts::ask(uint32_t part, Span place) {
  if (!parts_[part].read.valid()) parts_[part].read = place;
}

void RecordParts::take(uint32_t part, Span place) {
  ask(part, place);
  if (!parts_[part].whole.valid()) parts_[part].whole = place;
}

void RecordParts::collect_unread(uint32_t part, std::vector<uint32_t>& unread) {
  if (parts_[part].record == kNoType || parts_[part].whole.valid()) return;
  if (parts_[part].children.empty()) child(part, {});
  const std::vector<uint32_t> children = parts_[part].children;
  for (const uint32_t each : children) {
    if (parts_[each].ignored.valid()) continue;
    if (parts_[each].read.valid() || any_ignored_below(each))
      collect_unread(each, unread);
    else
      unread.push_back(each);
  }
}

std::vector<uint32_t> RecordParts::unread_below(uint32_t part) {
  std::vector<uint32_t> unread;
  collect_unread(part, unread);
  return unread;
}

bool RecordParts::any_ignored_below(uint32_t part) const {
  return std::any_of(parts_[part].children.begin(), parts_[part].children.end(),
                     [&](uint32_t each) { return parts_[each].ignored.valid() || any_ignored_below(each); });
}

Span RecordParts::contradiction(uint32_t part) const {
  if (parts_[part].read.valid()) return parts_[part].read;
  for (uint32_t outer = parts_[part].parent; outer != kNone; outer = parts_[outer].parent) {
    if (parts_[outer].whole.valid()) return parts_[outer].whole;
  }
  return {};
}

uint32_t RecordParts::field_around(uint32_t part) const {
  while (parts_[part].parent != kNone) part = parts_[part].parent;
  return part;
}

std::string RecordParts::path(uint32_t part) const {
  const uint32_t outer = parts_[part].parent;
  return outer == kNone ? parts_[part].name : path(outer) + "." + parts_[part].name;
}

std::string RecordParts::written_path(uint32_t part) const {
  const uint32_t outer = parts_[part].parent;
  return (outer == kNone ? std::string() : written_path(outer) + ".") + written_name(parts_[part].name);
}

Span RecordParts::declared_at(uint32_t part) const {
  std::vector<std::string> names;
  uint32_t field = part;
  for (; parts_[field].parent != kNone; field = parts_[field].parent) names.push_back(parts_[field].name);
  Span place = schema_.fields[field].span;
  const auto* written = context_.decl(schema_).get_if<syntax::SchemaDecl>();
  ModuleId module = schema_.module;
  syntax::TypeExprId type;
  for (size_t i = 0; written != nullptr && i < written->fields.size(); ++i) {
    if (written->fields[i].name.text == parts_[field].name) type = written->fields[i].type;
  }
  while (!names.empty() && type.valid()) {
    const syntax::TypeExpr& expr = context_.tree(module)[type];
    type = {};
    if (const auto* nullable = expr.get_if<syntax::NullableType>()) {
      type = nullable->inner;
    } else if (const auto* record = expr.get_if<syntax::RecordType>()) {
      for (const syntax::RecordTypeField& inner : record->fields) {
        if (inner.name.text != names.back()) continue;
        place = inner.name.span;
        type = inner.type;
      }
      names.pop_back();
    } else if (const auto* named = expr.get_if<syntax::NamedType>()) {
      if (!named->parameters.empty()) {
        type = named->parameters.back();
        continue;
      }
      for (const sema::SchemaSymbol& schema : context_.program.schemas) {
        const auto inner = schema.by_name.find(names.back());
        if (!named->name.valid() || schema.name != named->name.last().text || inner == schema.by_name.end()) continue;
        place = schema.fields[inner->second].span;
        module = schema.module;
        const auto* fields = context_.decl(schema).get_if<syntax::SchemaDecl>();
        for (size_t i = 0; fields != nullptr && i < fields->fields.size(); ++i) {
          if (fields->fields[i].name.text == names.back()) type = fields->fields[i].type;
        }
        names.pop_back();
        break;
      }
    }
  }
  return place;
}

}  // namespace mig::rules
