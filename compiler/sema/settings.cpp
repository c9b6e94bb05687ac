// Settings of blocks and arguments of connectors, as values.
#include <algorithm>

#include "compiler/sema/literals.h"
#include "compiler/sema/phases.h"

namespace mig::sema {

namespace {

double power_of_tenth(int scale) {
  double result = 1;
  for (int i = 0; i < scale; ++i) result /= 10;
  return result;
}

bool from_literal(const Constant& constant, SettingValue& value) {
  switch (constant.form) {
    case Constant::Form::kBool:
      value.form = SettingValue::Form::kBool;
      value.boolean = constant.boolean;
      return true;
    case Constant::Form::kInt:
      value.form = SettingValue::Form::kInt;
      value.integer = constant.integer;
      return true;
    case Constant::Form::kText:
      value.form = SettingValue::Form::kText;
      value.text = constant.text;
      return true;
    case Constant::Form::kTexts:
      value.form = SettingValue::Form::kTexts;
      value.texts = constant.texts;
      return true;
    case Constant::Form::kPercent:
    case Constant::Form::kDecimal:
      value.form = SettingValue::Form::kRate;
      value.rate = static_cast<double>(constant.decimal) * power_of_tenth(constant.scale);
      return true;
    case Constant::Form::kDuration:
      value.form = SettingValue::Form::kDuration;
      value.integer = constant.integer;
      return true;
    case Constant::Form::kUnknown:
    case Constant::Form::kNull:
    case Constant::Form::kFloat:
    case Constant::Form::kPeriod:
    case Constant::Form::kDate:
    case Constant::Form::kTime:
    case Constant::Form::kDatetime:
    case Constant::Form::kTimestamp:
    case Constant::Form::kVariant: return false;
  }
  return false;
}

}  // namespace

SettingValue setting_value(Analysis& analysis, ModuleId module, syntax::ExprId id) {
  SettingValue value;
  value.form = SettingValue::Form::kExpr;
  value.expr = {module, id};
  if (!id.valid()) return value;
  const syntax::Module& tree = analysis.tree(module);
  const syntax::Expr& node = tree[id];
  value.span = node.span;
  bool invalid = false;
  if (from_literal(literal_constant(tree, id, invalid), value)) return value;
  if (invalid) {
    analysis.report(Code::E0006, node.span, "this value does not exist", "not in range");
    return value;
  }
  if (const auto* group = node.get_if<syntax::GroupExpr>()) return setting_value(analysis, module, group->inner);
  if (const auto* name = node.get_if<syntax::NameExpr>()) {
    value.form = SettingValue::Form::kWord;
    value.text = name->name.text;
    return value;
  }
  if (node.kind() == syntax::ExprKind::field) {
    const std::string path = dotted_name(tree, id);
    if (path.compare(0, 6, "param.") == 0) {
      const syntax::Name& name = node.as<syntax::FieldExpr>().field;
      const auto param = analysis.find(NameKind::kParam, module, name.text);
      if (!param) {
        Diagnostic& finding = analysis.report(Code::E0101, name.span, "no param is called `" + name.text + "`", "not declared");
        analysis.suggest(finding, name.text, name.span, analysis.names_of(NameKind::kParam, module));
        return value;
      }
      analysis.program->params[*param].used = true;
      value.form = SettingValue::Form::kParam;
      value.param = *param;
      return value;
    }
    if (!path.empty()) {
      value.form = SettingValue::Form::kWord;
      value.text = path;
    }
    return value;
  }
  if (const auto* list = node.get_if<syntax::ListExpr>()) {
    value.form = SettingValue::Form::kWords;
    for (const syntax::ExprId element : list->elements) {
      const SettingValue each = setting_value(analysis, module, element);
      if (each.form == SettingValue::Form::kWord || each.form == SettingValue::Form::kText) value.texts.push_back(each.text);
      value.arguments.push_back(each);
    }
    return value;
  }
  if (const auto* call = node.get_if<syntax::CallExpr>()) {
    value.text = dotted_name(tree, call->callee);
    if (value.text == "secret") {
      value.form = SettingValue::Form::kSecret;
      const auto text = call->arguments.size() == 1 ? literal_text(tree, call->arguments[0].value) : std::nullopt;
      if (!text) {
        analysis.report(Code::E0201, node.span, "`secret` takes the name of a secret", "write `secret(\"NAME\")`");
      } else {
        value.text = *text;
      }
      return value;
    }
    value.form = SettingValue::Form::kCall;
    for (const syntax::Argument& argument : call->arguments) value.arguments.push_back(setting_value(analysis, module, argument.value));
    return value;
  }
  return value;
}

CheckedSettings check_settings(Analysis& analysis, ModuleId module, const syntax::Settings& settings, std::string_view owner,
                               const std::vector<std::string_view>& known) {
  CheckedSettings result;
  for (const syntax::Setting& setting : settings.entries) {
    if (!setting.key.valid()) continue;
    if (!known.empty() && std::find(known.begin(), known.end(), setting.key.text) == known.end()) {
      Diagnostic& finding =
          analysis.report(Code::E0101, setting.key.span, std::string(owner) + " has no setting `" + setting.key.text + "`", "not known");
      analysis.suggest(finding, setting.key.text, setting.key.span, known);
      continue;
    }
    if (result.count(setting.key.text) != 0) {
      analysis.report(Code::E0018, setting.key.span, "the setting `" + setting.key.text + "` is given twice", "given again here");
      continue;
    }
    result.emplace(setting.key.text, setting_value(analysis, module, setting.value));
  }
  return result;
}

}  // namespace mig::sema
