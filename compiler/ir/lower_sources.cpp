// What a source promises about its records, as the first steps of a map: its filter, and the conditions of its refined types.
#include <fmt/format.h>

#include "compiler/ir/lowering.h"

namespace mig::ir {

namespace {

/// Built-in refined types without a function of their own that reads them: the whole text matches.
struct PatternRule {
  std::string_view type, pattern;
};
constexpr PatternRule kPatternRules[] = {
    {"phone_e164", R"(\A\+[1-9][0-9]{1,14}\z)"},
    {"country_code", R"(\A[A-Z]{2}\z)"},
    {"currency_code", R"(\A[A-Z]{3}\z)"},
    {"language_tag", R"(\A[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\z)"},
    {"postal_code", R"(\A[A-Za-z0-9]([A-Za-z0-9 -]*[A-Za-z0-9])?\z)"},
    {"iban", R"(\A[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\z)"},
};

/// Those that a standard-library function reads.
struct ReaderRule {
  std::string_view type, function;
};
constexpr ReaderRule kReaderRules[] = {{"email", "parse_email"}, {"url", "parse_url"}, {"ip", "parse_ip"}};

bool may_be_named(const Type& type) { return type.kind == Kind::kString || type.kind == Kind::kInt || type.kind == Kind::kDecimal; }

}  // namespace

/// MIG004, which every program has.
uint32_t Lowering::filter_issue() const {
  uint32_t issue = 0;
  while (issue + 1 < in_.issues.size() && in_.issues[issue].issue.code != "MIG004") ++issue;
  return issue;
}

/// `filter = r -> condition`: a record that does not meet it is skipped before anything else is evaluated.
Step Lowering::filter_step(const sema::SourceSymbol& source) {
  const sema::SettingValue& filter = source.settings.find("filter")->second;
  const auto* lambda = tree(filter.expr).get_if<syntax::LambdaExpr>();
  Step step;
  step.what = Step::What::kEffect;
  step.node = boolean(true);
  if (lambda == nullptr) {
    unsupported(filter.span, "this filter");
    return step;
  }
  const sema::LambdaInfo& known = in_.lambdas[info(filter.expr).index];
  body_->record = known.locals.empty() ? kNone : known.locals[0];
  const ExprRef condition = at(filter.expr, lambda->body);
  const uint32_t place = site(filter_issue(), Verb::kSkip, tree(condition).span, 0);
  step.node = make(Op::kIf, bool_type(), expression_as(condition, bool_type()), boolean(true), raised(Verb::kSkip, place, {}));
  body_->record = kNone;
  return step;
}

/// One step a source field that is read and has conditions to meet. Step::index is the field for the caller to take away.
void Lowering::refinement_steps(const sema::SchemaSymbol& schema, const std::vector<bool>& read, std::vector<Step>& into) {
  for (uint32_t field = 0; field < schema.fields.size(); ++field) {
    const sema::SchemaField& known = schema.fields[field];
    if (!(field < read.size() && read[field]) && !known.key) continue;
    if (!is_refined(known.type)) continue;
    Step step;
    step.what = Step::What::kEffect;
    step.index = field;
    step.field = known.name;
    step.source_fields = {field};
    body_->field = known.name;
    const uint32_t place = site(sema::kIssueDecode, Verb::kReject, known.type_span, 0);
    out_.sites[place].source_fields = {field};
    const NodeId problem = make(Op::kReject, out_.types.of(Kind::kNever), kNone, text(condition_text(known.type)), kNone, place);
    const NodeId good = make(Op::kIf, bool_type(), meets(make(Op::kField, known.read, kNone, kNone, kNone, field)), boolean(true), problem);
    // A field that a test leaves out has no value to judge.
    step.node = make(Op::kIf, bool_type(), make(Op::kFieldPresent, bool_type(), kNone, kNone, kNone, field), good, boolean(true));
    into.push_back(std::move(step));
  }
}

bool Lowering::is_refined(TypeId id) const {
  if (id == kNoType) return false;
  const Type& known = type(id);
  if (may_be_named(known)) return !known.name.empty();
  if (known.kind == Kind::kRecord) {
    for (const RecordField& field : known.fields) {
      if (is_refined(field.type)) return true;
    }
    return false;
  }
  const bool collection = known.kind == Kind::kList || known.kind == Kind::kSet || known.kind == Kind::kMap;
  return collection && (is_refined(known.element) || is_refined(known.key));
}

NodeId Lowering::meets(NodeId value) {
  const TypeId own = out_.nodes[value].type;
  if (!is_refined(own)) return boolean(true);
  const LocalId local = temporary(own);
  if (has_presence(own)) {
    const NodeId bare = meets(make(Op::kUnwrap, payload(own), read_local(local)));
    return bind(local, value, make(Op::kIf, bool_type(), make(Op::kIsNull, bool_type(), read_local(local)), boolean(true), bare));
  }
  const Type known = type(own);
  if (may_be_named(known)) return bind(local, value, meets_named(read_local(local), known));
  if (known.kind == Kind::kRecord) {
    NodeId all = boolean(true);
    for (uint32_t i = static_cast<uint32_t>(known.fields.size()); i-- > 0;) {
      const RecordField& field = known.fields[i];
      if (!is_refined(field.type)) continue;
      const NodeId part = make(Op::kGetField, field.optional ? or_null(field.type) : field.type, read_local(local), kNone, kNone, i);
      all = make(Op::kIf, bool_type(), meets(part), all, boolean(false));
    }
    return bind(local, value, all);
  }
  const auto each = [&](NodeId list, TypeId element) {
    if (!is_refined(element)) return boolean(true);
    const LocalId item = temporary(element);
    const NodeId lambda = make_with(Op::kLambda, bool_type(), {item});
    const NodeId good = meets(read_local(item));
    out_.nodes[lambda].a = good;
    return call("list_all", bool_type(), {list, lambda});
  };
  if (known.kind != Kind::kMap) return bind(local, value, each(read_local(local), known.element));
  const NodeId keys =
      is_refined(known.key) ? each(call("map_keys_of", out_.types.list(known.key), {read_local(local)}), known.key) : boolean(true);
  const NodeId values = is_refined(known.element)
                            ? each(call("map_values_of", out_.types.list(known.element), {read_local(local)}), known.element)
                            : boolean(true);
  return bind(local, value, make(Op::kIf, bool_type(), keys, values, boolean(false)));
}

NodeId Lowering::meets_named(NodeId value, const Type& named) {
  if (named.declaration < in_.type_symbols.size())
    return make_with(Op::kCallFunction, bool_type(), {value}, function_of_type(named.declaration));
  for (const ReaderRule& rule : kReaderRules) {
    if (rule.type != named.name) continue;
    const LocalId ignored = temporary(text_type());
    const NodeId reads = bind(ignored, call(rule.function, text_type(), {value}), boolean(true));
    return make(Op::kCatch, bool_type(), reads, boolean(false));
  }
  for (const PatternRule& rule : kPatternRules) {
    if (rule.type != named.name) continue;
    stdlib::PreparedSpec spec;
    spec.kind = stdlib::PreparedKind::kPattern;
    spec.texts = {std::string(rule.pattern)};
    return call("text_matches", bool_type(), {value, prepared(std::move(spec))});
  }
  return boolean(true);
}

uint32_t Lowering::function_of_type(uint32_t index) {
  if (const auto found = type_functions_.find(index); found != type_functions_.end()) return found->second;
  const auto place = static_cast<uint32_t>(out_.functions.size());
  type_functions_.emplace(index, place);
  out_.functions.emplace_back();
  const sema::TypeSymbol& symbol = in_.type_symbols[index];
  Body body;
  Body* const outer = body_;
  const auto blamed = blamed_;
  blamed_.reset();
  body_ = &body;
  const TypeId base = in_.locals[symbol.value].type;
  const LocalId value = temporary(base);
  body.numbers[symbol.value] = value;
  // A type may refine one that has conditions itself.
  const NodeId own = expression_as(symbol.condition, bool_type());
  Function function;
  function.name = symbol.name;
  function.parameters = 1;
  function.result = bool_type();
  function.body = is_refined(base) ? make(Op::kIf, bool_type(), meets(read_local(value)), own, boolean(false)) : own;
  function.locals = std::move(body.locals);
  out_.functions[place] = std::move(function);
  body_ = outer;
  blamed_ = blamed;
  return place;
}

/// The first refined type found, in words: "not every value is an email".
std::string Lowering::condition_text(TypeId id) const {
  const Type& known = type(id);
  if (may_be_named(known)) {
    if (known.declaration >= in_.type_symbols.size()) return fmt::format("the value is no {}", known.name);
    return fmt::format("the value is no {}: where {}", known.name, one_line(tree(in_.type_symbols[known.declaration].condition).span));
  }
  if (known.kind == Kind::kRecord) {
    for (const RecordField& field : known.fields) {
      if (is_refined(field.type)) return fmt::format("{}: {}", field.name, condition_text(field.type));
    }
  }
  if (known.key != kNoType && is_refined(known.key)) return fmt::format("a key of the map: {}", condition_text(known.key));
  return fmt::format("an element: {}", condition_text(known.element));
}

/// The source key as text. Several key fields: each with its length in front, so that no two keys look alike; null is "-".
NodeId Lowering::row_key(Span span) {
  if (body_->source == nullptr || body_->source->key.empty()) return unsupported(span, "`row.key` of a source without a @key");
  const sema::SchemaSymbol& schema = *body_->source;
  const bool several = schema.key.size() > 1;
  std::vector<NodeId> pieces;
  for (const uint32_t field : schema.key) {
    const TypeId own = body_->field_types[field];
    const NodeId value = make(Op::kField, own, kNone, kNone, kNone, field);
    const LocalId local = temporary(own);
    const NodeId written = as_text(has_presence(own) ? make(Op::kUnwrap, payload(own), read_local(local)) : read_local(local), span);
    NodeId piece = written;
    if (several) {
      const LocalId text_local = temporary(text_type());
      const NodeId length = as_text(call("text_byte_length", int_type(), {read_local(text_local)}), span);
      const std::vector<NodeId> parts{length, text(":"), read_local(text_local)};
      piece = bind(text_local, written, call("text_concat", text_type(), {make_with(Op::kMakeList, out_.types.list(text_type()), parts)}));
    }
    if (has_presence(own))
      piece = make(Op::kIf, text_type(), make(Op::kIsNull, bool_type(), read_local(local)), text(several ? "-" : ""), piece);
    pieces.push_back(bind(local, value, piece));
  }
  if (!several) return pieces[0];
  return call("text_concat", text_type(), {make_with(Op::kMakeList, out_.types.list(text_type()), pieces)});
}

}  // namespace mig::ir
