#include "stdlib/prepared.h"

#include "stdlib/code_table.h"
#include "stdlib/date_formats.h"
#include "stdlib/json_shape.h"
#include "stdlib/lookup.h"
#include "stdlib/pattern.h"
#include "stdlib/shape.h"
#include "stdlib/zone.h"

namespace mig::stdlib {

namespace {

struct PreparedText {
  Text text;  // first: functions take it as a Text
  std::string bytes;
};

bool read_shape(const std::string& code, size_t& at, int depth, ValueShape& shape) {
  using Form = ValueShape::Form;
  if (at == code.size() || depth > 64) return false;
  const char letter = code[at++];
  switch (letter) {
    case 'b': shape.form = Form::kBool; return true;
    case 'i': shape.form = Form::kInt; return true;
    case 'f': shape.form = Form::kReal; return true;
    case 'd': shape.form = Form::kDecimal; return true;
    case 'u': shape.form = Form::kUnsigned; return true;
    case 't': shape.form = Form::kText; return true;
    case 'p': shape.form = Form::kPair; return true;
    case 'm': shape.form = Form::kMoney; return true;
    case 's': shape.form = Form::kScalar; return true;
    case 'L': shape.form = Form::kList; break;
    case 'S': shape.form = Form::kSet; break;
    case 'M': shape.form = Form::kMap; break;
    case 'R': shape.form = Form::kRecord; break;
    default: return false;
  }
  if (at == code.size() || code[at++] != '(') return false;
  while (at != code.size() && code[at] != ')') {
    shape.parts.emplace_back();
    if (!read_shape(code, at, depth + 1, shape.parts.back())) return false;
  }
  if (at == code.size()) return false;
  ++at;
  const size_t wanted = shape.form == Form::kMap ? 2 : 1;
  return shape.form == Form::kRecord || shape.parts.size() == wanted;
}

}  // namespace

std::shared_ptr<const void> prepare(const PreparedSpec& spec, std::string& error) {
  switch (spec.kind) {
    case PreparedKind::kPattern: {
      if (spec.texts.size() != 1) return error = "a pattern needs one text", nullptr;
      auto pattern = std::make_shared<Pattern>(spec.texts[0]);
      if (!pattern->ok()) return error = pattern->error(), nullptr;
      return pattern;
    }
    case PreparedKind::kDateFormats: return DateFormats::compile(spec, error);
    case PreparedKind::kZone: return Zone::load(spec.name, static_cast<Dst>(spec.option & 3), error);
    case PreparedKind::kCodeTable: return CodeTable::build(spec.texts, true, error);
    case PreparedKind::kTextSet: return CodeTable::build(spec.texts, false, error);
    case PreparedKind::kLookup: return Lookup::build(spec, error);
    case PreparedKind::kText: {
      if (spec.texts.size() != 1) return error = "one text is needed", nullptr;
      auto text = std::make_shared<PreparedText>();
      text->bytes = spec.texts[0];
      text->text = {text->bytes.data(), text->bytes.size()};
      return text;
    }
    case PreparedKind::kShape: {
      if (spec.flag == kToBeDecoded) {
        if (spec.texts.size() != 1) return error = "one type is needed", nullptr;
        return JsonShape::build(spec.texts[0], error);
      }
      auto shape = std::make_shared<ValueShape>();
      size_t at = 0;
      if (spec.texts.size() != 1 || !read_shape(spec.texts[0], at, 0, *shape) || at != spec.texts[0].size()) {
        return error = "not the structure of a type", nullptr;
      }
      return shape;
    }
  }
  return nullptr;
}

}  // namespace mig::stdlib
