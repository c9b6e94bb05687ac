// Every example of stdlib/*.mig that needs no lambda or record is executed through the interpreter-level entry of its function.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/types/decimal.h"
#include "stdlib/arena_text.h"
#include "stdlib/declaration.h"
#include "stdlib/function.h"
#include "stdlib/shape.h"
#include "tests/unit/stdlib_arena.h"
#include "tests/unit/stdlib_example_text.h"

namespace mig::stdlib {
namespace {

bool accepts(const TypeTree& wanted, const Value& value, bool widen) {
  if (wanted.form == TypeTree::Form::kWord) return !value.word.empty();
  if (wanted.form == TypeTree::Form::kVariable) return true;
  if (value.type.kind == Kind::kError) return wanted.nullable || wanted.kind == Kind::kString;
  if (wanted.kind == value.type.kind) {
    if (wanted.kind != Kind::kList || value.type.parts[0].kind == Kind::kError) return true;
    Value element;
    element.type = value.type.parts[0];
    return accepts(wanted.arguments[0], element, widen);
  }
  return widen && wanted.kind == Kind::kDecimal && value.type.kind == Kind::kInt;
}

class Evaluator : private ExampleText {
 public:
  explicit Evaluator(std::string_view text) : ExampleText(text) {}

  // True when the example holds.
  bool run() {
    std::optional<Value> left;
    try {
      left = expression();
    } catch (const Failed&) {
      // What is left must be `fails`; the reader stopped somewhere inside the call.
      return text_.size() > 6 && text_.substr(text_.size() - 6) == " fails";
    }
    if (take("fails")) return false;
    if (!take("==")) throw Unsupported();
    const Value right = expression();
    if (at_ != text_.size()) throw Unsupported();
    return equal(*left, right);
  }

 private:
  static bool equal(const Value& a, const Value& b) {
    if (!a.cell.has_value() || !b.cell.has_value()) return a.cell.has_value() == b.cell.has_value();
    const int a_scale = a.type.kind == Kind::kDecimal ? a.type.scale : 0;
    const int b_scale = b.type.kind == Kind::kDecimal ? b.type.scale : 0;
    if (a.type.kind == Kind::kDecimal || b.type.kind == Kind::kDecimal) {
      const int128 x = a.type.kind == Kind::kInt ? a.cell.integer : a.cell.decimal;
      const int128 y = b.type.kind == Kind::kInt ? b.cell.integer : b.cell.decimal;
      int128 x_up = 0, y_up = 0;
      const int scale = std::max(a_scale, b_scale);
      return decimal_rescale(x, a_scale, scale, Rounding::kDown, x_up) && decimal_rescale(y, b_scale, scale, Rounding::kDown, y_up) &&
             x_up == y_up;
    }
    const Typed& type = a.type.kind == Kind::kList && a.type.parts[0].kind == Kind::kError ? b.type : a.type;
    return cells_equal(shape_of(type), a.cell, b.cell);
  }
  static const ValueShape& shape_of(const Typed& type) {
    static std::map<std::string, std::shared_ptr<const void>> shapes;
    std::shared_ptr<const void>& shape = shapes[type.code()];
    if (shape == nullptr) {
      PreparedSpec spec;
      spec.kind = PreparedKind::kShape;
      spec.texts = {type.code()};
      std::string error;
      shape = prepare(spec, error);
    }
    return *static_cast<const ValueShape*>(shape.get());
  }

  Value list() {
    ++at_;
    std::vector<Value> items;
    while (!take("]")) {
      items.push_back(expression());
      take(",");
    }
    Value value;
    value.type.kind = Kind::kList;
    value.type.parts.push_back(items.empty() ? Typed() : items[0].type);
    value.cell = value_cell();
    value.cell.list = {arena_cells(arena_.context, items.size()), items.size()};
    for (size_t i = 0; i < items.size(); ++i) value.cell.list.items[i] = items[i].cell;
    return value;
  }

  Value expression() {
    blanks();
    const char c = peek();
    if (c == '"') return string(false);
    if (c == 'r' && text_.substr(at_, 2) == "r\"") return ++at_, string(true);
    if (c == '[') return list();
    if (c == '@') return date();
    if (is_digit(c) || c == '-') return number();
    if (c == '{' || c == '(') throw Unsupported();
    Value value;
    const std::string word = name();
    if (word.empty()) throw Unsupported();
    if (word == "null") return value;
    if (word == "true" || word == "false") {
      value.type.kind = Kind::kBool;
      value.cell = value_cell();
      value.cell.boolean = word == "true";
      return value;
    }
    if (peek() != '(') {
      if (text_.substr(at_, 3) == " ->") throw Unsupported();
      value.word = word;
      return value;
    }
    return call(word);
  }

  Value call(const std::string& function) {
    ++at_;
    std::vector<Value> positional;
    std::map<std::string, Value> named;
    while (!take(")")) {
      blanks();
      const size_t begin = at_;
      const std::string parameter = name();
      if (!parameter.empty() && peek() == ':') {
        ++at_;
        named[parameter] = expression();
      } else {
        at_ = begin;
        positional.push_back(expression());
      }
      take(",");
    }
    if (peek() == '.') throw Unsupported();
    for (const bool widen : {false, true}) {
      for (const Declaration* declaration : overloads(function)) {
        bool fits = positional.size() <= declaration->parameters.size() || declaration->parameters.back().variadic;
        for (size_t i = 0; i < positional.size() && fits; ++i) {
          const size_t index = std::min(i, declaration->parameters.size() - 1);
          const TypeTree& type = declaration->parameters[index].type;
          fits = accepts(type, positional[i], widen);
          if (type.form == TypeTree::Form::kVariable && i > 0 && index == i && positional[i].type.kind != positional[0].type.kind)
            fits = false;
        }
        if (fits) return invoke(*declaration, positional, named);
      }
    }
    throw Unsupported();
  }

  static Value fallback(const Parameter& parameter) {
    Value value;
    if (parameter.fallback.form == Literal::Form::kText) return text_value(parameter.fallback.text);
    value.word = parameter.fallback.text;
    if (parameter.fallback.form == Literal::Form::kInt || parameter.fallback.form == Literal::Form::kBool) {
      value.type.kind = parameter.fallback.form == Literal::Form::kInt ? Kind::kInt : Kind::kBool;
      value.cell = int_cell(parameter.fallback.number);
    }
    return value;
  }

  // Texts of a constant argument.
  static std::vector<std::string> texts_of(const Parameter& parameter, const Value& value) {
    if (parameter.fallback.form == Literal::Form::kTexts && !value.cell.has_value()) return parameter.fallback.texts;
    if (value.type.kind == Kind::kString) return {std::string(value.cell.text.view())};
    if (value.type.kind == Kind::kInt) return {std::to_string(value.cell.integer)};
    std::vector<std::string> texts;
    if (value.type.kind == Kind::kList) {
      for (uint64_t i = 0; i < value.cell.list.count; ++i) texts.emplace_back(value.cell.list.items[i].text.view());
    }
    return texts;
  }

  static int64_t word_index(const TypeTree& type, const std::string& word) {
    for (size_t i = 0; i < type.words.size(); ++i) {
      if (type.words[i] == word) return static_cast<int64_t>(i);
    }
    throw Unsupported();
  }

  std::shared_ptr<const void> prepared(const Declaration& declaration, const IntrinsicArgument& argument, const std::vector<Value>& values,
                                       const std::map<std::string, Typed>& bound) {
    PreparedSpec spec;
    spec.kind = argument.prepared;
    const auto texts = [&](size_t part) {
      if (part >= argument.parts.size() || argument.parts[part] == IntrinsicArgument::kNothing) return std::vector<std::string>();
      const size_t index = static_cast<size_t>(argument.parts[part]);
      return texts_of(declaration.parameters[index], values[index]);
    };
    const auto word = [&](size_t part) -> int64_t {
      if (part >= argument.parts.size() || argument.parts[part] == IntrinsicArgument::kNothing) return 0;
      const size_t index = static_cast<size_t>(argument.parts[part]);
      return word_index(declaration.parameters[index].type, values[index].word);
    };
    const auto one = [&](size_t part) { return texts(part).empty() ? std::string() : texts(part)[0]; };
    if (spec.kind == PreparedKind::kShape) {
      spec.texts = {bound.at(argument.variable).code()};
    } else if (spec.kind == PreparedKind::kZone) {
      spec.name = one(0);
      spec.option = word(1);
    } else if (spec.kind == PreparedKind::kDateFormats) {
      spec.texts = texts(0);
      spec.name = one(1);
      spec.option = word(2);
      spec.flag = argument.number;
      spec.values = {one(3), one(4)};
    } else {
      if (!argument.variable.empty()) throw Unsupported();
      spec.texts = texts(0);
    }
    std::string error;
    auto object = prepare(spec, error);
    EXPECT_NE(object, nullptr) << error << " in " << text_;
    if (object == nullptr) throw Unsupported();
    return object;
  }

  static Typed result_type(const TypeTree& tree, const std::map<std::string, Typed>& bound) {
    if (tree.form == TypeTree::Form::kVariable) return bound.at(tree.name);
    Typed type;
    type.kind = tree.kind;
    type.scale = tree.scale;
    if (tree.kind == Kind::kRecord || tree.kind == Kind::kFunction) throw Unsupported();
    for (const TypeTree& argument : tree.arguments) type.parts.push_back(result_type(argument, bound));
    return type;
  }

  Value invoke(const Declaration& declaration, const std::vector<Value>& positional, std::map<std::string, Value>& named) {
    std::vector<Value> values;
    std::map<std::string, Typed> bound;
    int common = 0;
    for (size_t i = 0; i < declaration.parameters.size(); ++i) {
      const Parameter& parameter = declaration.parameters[i];
      if (parameter.type.kind == Kind::kFunction) throw Unsupported();
      Value value = fallback(parameter);
      if (named.count(parameter.name) != 0) value = named[parameter.name];
      if (i < positional.size()) value = positional[i];
      if (parameter.variadic) {
        value = Value();
        value.type.kind = Kind::kList;
        value.cell = value_cell();
        const uint64_t count = positional.size() - i;
        value.cell.list = {arena_cells(arena_.context, count), count};
        for (size_t k = i; k < positional.size(); ++k) {
          value.cell.list.items[k - i] = positional[k].cell;
          if (positional[k].type.kind != Kind::kError) value.type.parts = {positional[k].type};
        }
        if (parameter.type.form == TypeTree::Form::kVariable) bound[parameter.type.name] = value.type.parts[0];
      } else if (parameter.type.form == TypeTree::Form::kVariable) {
        if (bound.count(parameter.type.name) == 0) bound[parameter.type.name] = value.type;
      } else if (parameter.type.kind == Kind::kList && parameter.type.arguments[0].form == TypeTree::Form::kVariable) {
        Typed& type = bound[parameter.type.arguments[0].name];
        if (type.kind == Kind::kError) type = value.type.parts[0];
      } else if (parameter.type.kind == Kind::kMap) {
        throw Unsupported();  // maps come from functions with lambdas
      } else if (parameter.type.kind == Kind::kDecimal && value.type.kind == Kind::kInt) {
        value.type = Typed{Kind::kDecimal, 0, {}};
        value.cell.decimal = value.cell.integer;
      } else if (parameter.type.form == TypeTree::Form::kWord) {
        value.cell = int_cell(word_index(parameter.type, value.word));
      }
      if (value.type.kind == Kind::kDecimal) common = std::max(common, value.type.scale);
      values.push_back(std::move(value));
    }
    if (declaration.common_scale) {
      for (Value& value : values) {
        if (value.type.kind != Kind::kDecimal) continue;
        EXPECT_TRUE(decimal_rescale(value.cell.decimal, value.type.scale, common, Rounding::kDown, value.cell.decimal));
        value.type.scale = common;
      }
    }
    return run_native(declaration, values, bound);
  }

  Value run_native(const Declaration& declaration, const std::vector<Value>& values, const std::map<std::string, Typed>& bound) {
    const Function& function = functions()[static_cast<size_t>(find_function(declaration.intrinsic))];
    std::vector<const void*> arguments;
    std::deque<Cell> cells;
    std::vector<std::shared_ptr<const void>> objects;
    for (const IntrinsicArgument& argument : declaration.intrinsic_arguments) {
      const Value* value = argument.parameter >= 0 ? &values[static_cast<size_t>(argument.parameter)] : nullptr;
      switch (argument.source) {
        case IntrinsicArgument::Source::kParameter: cells.push_back(value->cell); break;
        case IntrinsicArgument::Source::kNumber: cells.push_back(int_cell(argument.number)); break;
        case IntrinsicArgument::Source::kScale:
          cells.push_back(int_cell(value->type.kind == Kind::kList ? value->type.parts[0].scale : value->type.scale));
          break;
        case IntrinsicArgument::Source::kPrecision: throw Unsupported();
        case IntrinsicArgument::Source::kPrepared:
          objects.push_back(prepared(declaration, argument, values, bound));
          arguments.push_back(objects.back().get());
          continue;
      }
      arguments.push_back(&cells.back());
    }
    Value result;
    result.type = result_type(declaration.result, bound);
    result.cell = value_cell();
    const Status status = function.invoke(arena_.context, &result.cell, arguments.data());
    if (status != Status::kOk) throw Failed();
    if (result.type.kind == Kind::kDecimal && declaration.result.precision == 0) result.type.scale = scale_by_rule(declaration, values);
    kept_.insert(kept_.end(), objects.begin(), objects.end());
    return result;
  }

  static int scale_by_rule(const Declaration& declaration, const std::vector<Value>& values) {
    for (size_t i = 0; i < declaration.parameters.size(); ++i) {
      if (declaration.parameters[i].name == "scale") return static_cast<int>(values[i].cell.integer);
    }
    return values[0].type.kind == Kind::kList ? values[0].type.parts[0].scale : values[0].type.scale;
  }

  TestArena arena_;
  std::vector<std::shared_ptr<const void>> kept_;
};

TEST(StdlibExamples, HoldWhenCalledNatively) {
  size_t executed = 0, left = 0;
  for (const Declaration& declaration : declarations()) {
    for (const std::string& example : declaration.examples) {
      try {
        EXPECT_TRUE(Evaluator(example).run()) << declaration.group << ".mig: " << example;
        ++executed;
      } catch (const Unsupported&) {
        ++left;
      }
    }
  }
  EXPECT_GE(executed, 250u);
  EXPECT_LE(left, 80u);
}

}  // namespace
}  // namespace mig::stdlib
