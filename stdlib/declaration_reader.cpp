// Reads stdlib/*.mig: a recursive-descent reader of signatures. stdlib/README.md has the grammar.
#include <algorithm>

#include "runtime/types/decimal.h"
#include "runtime/types/digits.h"
#include "stdlib/date_formats.h"
#include "stdlib/declaration.h"
#include "stdlib/json_shape.h"
#include "stdlib/declaration_text.h"

namespace mig::stdlib {

namespace {

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr KindName kKinds[] = {
#define MIG_KIND(enumerator, name, storage) {name, Kind::enumerator},
#include "runtime/types/type_kinds.def"
#undef MIG_KIND
};
constexpr std::string_view kRefined[] = {"email",       "phone_e164", "url", "country_code", "currency_code", "language_tag",
                                         "postal_code", "iban",       "ip"};

class Reader : private DeclarationText {
 public:
  Reader(std::string_view group, std::string_view text) : DeclarationText(text), group_(group) {}

  bool run(std::vector<Declaration>& result, std::string& error) {
    Declaration next;
    for (;;) {
      blanks(next);
      if (at_ == text_.size() || failed_) break;
      if (take("@")) {
        attribute(next);
      } else if (word("fn")) {
        next.group = group_;
        signature(next);
        if (failed_) break;
        result.push_back(std::move(next));
        next = Declaration();
      } else {
        fail("a declaration begins with ///, @ or fn");
      }
    }
    if (!failed_) return true;
    const auto line = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n') + 1;
    error = std::string(group_) + ".mig line " + std::to_string(line) + ": " + message_;
    return false;
  }

 private:
  void attribute(Declaration& next) {
    const std::string attribute = name();
    if (attribute == "cost") {
      expect("(");
      next.cost = static_cast<uint8_t>(number());
      expect(")");
    } else if (attribute == "example") {
      expect("(");
      next.examples.push_back(raw_argument());
    } else if (attribute == "overflow") {
      next.may_overflow = true;
    } else if (attribute == "common_scale") {
      next.common_scale = true;
    } else if (attribute == "operator") {
      next.is_operator = true;
    } else if (attribute == "drops") {
      next.drops_labels = true;
    } else {
      fail("unknown attribute @" + attribute);
    }
  }

  void bounds(TypeTree& tree) {
    if (!take("(")) return;
    blanks();
    if (peek() != '.') tree.low = number();
    expect("..");
    blanks();
    if (peek() != ')') tree.high = number();
    expect(")");
  }

  TypeTree type(const Declaration& owner) {
    TypeTree tree = bare_type(owner);
    if (take("?")) tree.nullable = true;
    return tree;
  }

  TypeTree bare_type(const Declaration& owner) {
    TypeTree tree;
    if (take("{")) {
      tree.kind = Kind::kRecord;
      do {
        tree.field_names.push_back(name());
        expect(":");
        tree.arguments.push_back(type(owner));
      } while (take(",") && !failed_);
      expect("}");
      return tree;
    }
    if (take("(")) {
      tree.kind = Kind::kFunction;
      do tree.arguments.push_back(type(owner));
      while (take(",") && !failed_);
      expect(")");
      expect("->");
      tree.arguments.push_back(type(owner));
      return tree;
    }
    const std::string text = name();
    if (text == "word") {
      tree.form = TypeTree::Form::kWord;
      tree.kind = Kind::kInt;
      expect("(");
      do tree.words.push_back(name());
      while (take("|") && !failed_);
      expect(")");
      return tree;
    }
    if (text == "type") {
      tree.form = TypeTree::Form::kTypeName;
      expect("<");
      tree.name = name();
      expect(">");
      return tree;
    }
    for (const TypeParameter& parameter : owner.type_parameters) {
      if (parameter.name != text) continue;
      tree.form = TypeTree::Form::kVariable;
      tree.kind = Kind::kTypeVariable;
      tree.name = text;
      return tree;
    }
    for (const std::string_view refined : kRefined) {
      if (refined != text) continue;
      tree.kind = Kind::kString;
      tree.name = text;
      return tree;
    }
    for (const KindName& kind : kKinds) {
      if (kind.name == text) tree.kind = kind.kind;
    }
    if (tree.kind == Kind::kError) return fail("unknown type " + text), tree;
    if (tree.kind == Kind::kDecimal && take("(")) {
      tree.precision = static_cast<uint8_t>(number());
      expect(",");
      tree.scale = static_cast<uint8_t>(number());
      expect(")");
    } else if (tree.kind == Kind::kList || tree.kind == Kind::kSet || tree.kind == Kind::kMap) {
      expect("<");
      tree.arguments.push_back(type(owner));
      if (tree.kind == Kind::kMap) {
        expect(",");
        tree.arguments.push_back(type(owner));
      }
      expect(">");
    } else if (tree.kind == Kind::kInt || tree.kind == Kind::kString) {
      bounds(tree);
    }
    return tree;
  }

  Literal literal(const TypeTree& type) {
    Literal value;
    blanks();
    if (word("null")) {
      value.form = Literal::Form::kNull;
    } else if (peek() == '"') {
      value.form = Literal::Form::kText;
      value.text = string();
    } else if (take("[")) {
      value.form = Literal::Form::kTexts;
      do value.texts.push_back(string());
      while (take(",") && !failed_);
      expect("]");
    } else if (word("true") || word("false")) {
      value.form = Literal::Form::kBool;
      value.number = text_[at_ - 2] == 'u' ? 1 : 0;
    } else if (is_letter(peek())) {
      value.form = Literal::Form::kWord;
      value.text = name();
      const auto it = std::find(type.words.begin(), type.words.end(), value.text);
      if (it == type.words.end()) fail("unknown word " + value.text);
      value.number = it - type.words.begin();
    } else {
      value.form = Literal::Form::kInt;
      value.number = number();
    }
    return value;
  }

  int32_t parameter(const Declaration& declaration, const std::string& wanted) {
    for (size_t i = 0; i < declaration.parameters.size(); ++i) {
      if (declaration.parameters[i].name == wanted) return static_cast<int32_t>(i);
    }
    return fail("unknown parameter " + wanted), IntrinsicArgument::kNothing;
  }

  void date_formats(const Declaration& declaration, bool writing, IntrinsicArgument& argument) {
    constexpr std::string_view kResults[] = {"date", "time", "datetime", "timestamp"};
    constexpr std::string_view kParts[] = {"formats", "zone", "dst", "pivot", "locale"};
    argument.prepared = PreparedKind::kDateFormats;
    const std::string result = name();
    argument.number = std::find(std::begin(kResults), std::end(kResults), result) - std::begin(kResults);
    if (argument.number == 4) fail("unknown kind of date " + result);
    if (writing) argument.number |= DateFormats::kForWriting;
    argument.parts.assign(5, IntrinsicArgument::kNothing);
    expect(",");
    argument.parts[0] = parameter(declaration, name());
    while (take(",") && !failed_) {
      const std::string part = name();
      const auto it = std::find(std::begin(kParts), std::end(kParts), part);
      if (it == std::end(kParts)) return fail("unknown part " + part);
      expect(":");
      argument.parts[static_cast<size_t>(it - std::begin(kParts))] = parameter(declaration, name());
    }
  }

  IntrinsicArgument intrinsic_argument(const Declaration& declaration) {
    using Source = IntrinsicArgument::Source;
    IntrinsicArgument argument;
    blanks();
    if (is_digit(peek())) {
      argument.source = Source::kNumber;
      argument.number = number();
      return argument;
    }
    const std::string head = name();
    if (!take("(")) {
      argument.parameter = parameter(declaration, head);
      return argument;
    }
    argument.source = Source::kPrepared;
    if (head == "scale" || head == "precision") {
      argument.source = head == "scale" ? Source::kScale : Source::kPrecision;
      argument.parameter = word("result") ? IntrinsicArgument::kResult : parameter(declaration, name());
    } else if (head == "date_formats" || head == "date_format") {
      date_formats(declaration, head == "date_format", argument);
    } else if (head == "shape" || head == "json_shape") {
      argument.prepared = PreparedKind::kShape;
      argument.number = head == "shape" ? 0 : kToBeDecoded;
      argument.variable = name();
    } else if (head == "zone") {
      argument.prepared = PreparedKind::kZone;
      argument.parts = {parameter(declaration, name()), IntrinsicArgument::kNothing};
      if (take(",")) argument.parts[1] = parameter(declaration, name());
    } else {
      const std::string value = name();
      argument.prepared = head == "pattern"    ? PreparedKind::kPattern
                          : head == "text_set" ? PreparedKind::kTextSet
                          : head == "lookup"   ? PreparedKind::kLookup
                          : head == "text"     ? PreparedKind::kText
                                               : PreparedKind::kCodeTable;
      if (argument.prepared == PreparedKind::kCodeTable && head != "code_table") fail("unknown object " + head);
      const bool variable = std::any_of(declaration.type_parameters.begin(), declaration.type_parameters.end(),
                                        [&](const TypeParameter& p) { return p.name == value; });
      if (variable) {
        argument.variable = value;
      } else {
        argument.parts = {parameter(declaration, value)};
      }
    }
    expect(")");
    return argument;
  }

  void type_parameters(Declaration& next) {
    if (!take("<")) return;
    do {
      TypeParameter parameter{name(), Constraint::kAny};
      if (take(":")) {
        const std::string constraint = name();
        if (constraint == "comparable")
          parameter.constraint = Constraint::kComparable;
        else if (constraint == "ordered")
          parameter.constraint = Constraint::kOrdered;
        else if (constraint == "enum")
          parameter.constraint = Constraint::kEnum;
        else
          fail("unknown constraint " + constraint);
      }
      next.type_parameters.push_back(std::move(parameter));
    } while (take(",") && !failed_);
    expect(">");
  }

  void signature(Declaration& next) {
    next.name = name();
    type_parameters(next);
    expect("(");
    while (!failed_ && !take(")")) {
      Parameter parameter;
      parameter.constant = word("const");
      parameter.name = name();
      expect(":");
      parameter.type = type(next);
      if (take("...")) parameter.variadic = true;
      if (take("=")) parameter.fallback = literal(parameter.type);
      next.parameters.push_back(std::move(parameter));
      take(",");
    }
    expect("->");
    next.result = type(next);
    next.may_fail = take("!");
    if (word("rule")) {
      expect("(");
      next.rule = string();
      expect(")");
    }
    expect("=");
    if (!word("intrinsic")) fail("expected intrinsic");
    expect("(");
    next.intrinsic = string();
    if (take(",")) {
      do next.intrinsic_arguments.push_back(intrinsic_argument(next));
      while (take(",") && !failed_);
    } else {
      for (size_t i = 0; i < next.parameters.size(); ++i) {
        IntrinsicArgument argument;
        argument.parameter = static_cast<int32_t>(i);
        if (next.parameters[i].type.form != TypeTree::Form::kTypeName) next.intrinsic_arguments.push_back(argument);
      }
    }
    expect(")");
  }

  std::string_view group_;
};

}  // namespace

bool read_declarations(std::string_view group, std::string_view text, std::vector<Declaration>& result, std::string& error) {
  return Reader(group, text).run(result, error);
}

}  // namespace mig::stdlib
