#include "compiler/format/marked_tokens.h"

#include <algorithm>

namespace mig::format {
namespace {

using namespace syntax;

class Marker {
 public:
  Marker(const SourceMap& sources, const Module& tree) : tree_(tree) {
    const std::string_view text = sources.text(tree.file);
    std::uint32_t end = 0;
    for (const Lexeme& lexeme : lexemes(sources, tree.file)) {
      FormatToken token{.kind = lexeme.kind, .text = text.substr(lexeme.span.begin, lexeme.span.size())};
      const auto between = text.substr(end, lexeme.span.begin - end);
      token.breaks = static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(2, std::count(between.begin(), between.end(), '\n')));
      while (token.ends_line() && (token.text.back() == ' ' || token.text.back() == '\t')) token.text.remove_suffix(1);
      begins_.push_back(lexeme.span.begin);
      tokens_.push_back(token);
      end = lexeme.span.end;
    }
    match_brackets();
  }

  std::vector<FormatToken> run() {
    for (const Decl& decl : tree_.decls) declaration(decl);
    for (const Stmt& stmt : tree_.stmts) statement(stmt);
    for (const Expr& expr : tree_.exprs) expression(expr);
    for (const TypeExpr& type : tree_.types) {
      if (type.kind() == TypeExprKind::function) mark(type.span.begin, kOperandOpen);
      if (const auto* record = type.get_if<RecordType>()) {
        for (const RecordTypeField& field : record->fields) mark(field.span.begin, kElement);
      }
    }
    for (const std::uint32_t token : continued_) tokens_[token].marks = static_cast<std::uint16_t>(tokens_[token].marks & ~kElement);
    for (std::uint32_t i = 1; i < tokens_.size(); ++i) {
      if (!tokens_[i].opens() || tokens_[i].text != "{" || tokens_[i - 1].text != ".") continue;
      tokens_[i].marks |= kTight;
      tokens_[tokens_[i].partner].marks |= kTight;
    }
    return std::move(tokens_);
  }

 private:
  static constexpr std::uint32_t kNoToken = 0xFFFFFFFFu;

  void match_brackets() {
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
      tokens_[i].partner = i;
      if (tokens_[i].opens()) open.push_back(i);
      if (!tokens_[i].closes() || open.empty()) continue;
      tokens_[i].partner = open.back();
      tokens_[open.back()].partner = i;
      open.pop_back();
    }
  }

  std::uint32_t at(std::uint32_t offset) const {
    const auto it = std::lower_bound(begins_.begin(), begins_.end(), offset);
    return it != begins_.end() && *it == offset ? static_cast<std::uint32_t>(it - begins_.begin()) : kNoToken;
  }
  /// The last token, no comment, that begins before `offset`.
  std::uint32_t before(std::uint32_t offset) const {
    auto i = static_cast<std::uint32_t>(std::lower_bound(begins_.begin(), begins_.end(), offset) - begins_.begin());
    while (i > 0) {
      if (!tokens_[--i].is_comment()) return i;
    }
    return kNoToken;
  }
  /// The first token, no comment, at `offset` or after it.
  std::uint32_t from(std::uint32_t offset) const {
    auto i = static_cast<std::uint32_t>(std::lower_bound(begins_.begin(), begins_.end(), offset) - begins_.begin());
    while (i < tokens_.size() && tokens_[i].is_comment()) ++i;
    return i < tokens_.size() ? i : kNoToken;
  }
  void mark(std::uint32_t offset, std::uint16_t marks) { mark_token(at(offset), marks); }
  void mark_token(std::uint32_t token, std::uint16_t marks) {
    if (token != kNoToken) tokens_[token].marks |= marks;
  }
  void mark_before(ExprId value, std::string_view text, Mark mark) {
    if (!value.valid()) return;
    const std::uint32_t token = before(tree_[value].span.begin);
    if (token != kNoToken && tokens_[token].text == text) tokens_[token].marks |= mark;
  }
  void block(Span span, bool one_per_line = true) {
    if (span.valid()) mark(span.begin, static_cast<std::uint16_t>(kBlock | (one_per_line ? kOnePerLine : 0)));
  }
  /// The block that ends where the span ends.
  void last_block(Span span) {
    const std::uint32_t close = before(span.end);
    if (close != kNoToken && tokens_[close].text == "}") mark_token(tokens_[close].partner, kBlock | kOnePerLine);
  }

  void element(Span span) { mark(span.begin, kElement); }
  /// What follows attributes on a line of its own is an element like them.
  void after_attributes(const std::vector<Attribute>& attributes, Span whole) {
    for (const Attribute& attribute : attributes) {
      const std::uint32_t next = from(attribute.span.end);
      if (next != kNoToken && begins_[next] < whole.end) tokens_[next].marks |= kElement;
    }
  }
  void setting(const Setting& entry) {
    element(entry.span);
    mark_before(entry.value, "=", kEquals);
  }
  void settings(const Settings& list) {
    block(list.span);
    for (const Setting& entry : list.entries) setting(entry);
  }
  void checks(const std::vector<CheckItem>& items) {
    for (const CheckItem& item : items) {
      std::visit([&](const auto& one) { element(one.span); }, item);
      if (const auto* let = std::get_if<CheckLet>(&item)) mark_before(let->value, "=", kEquals);
    }
  }

  void steps(const std::vector<Step>& list) {
    for (const Step& step : list) {
      element(step.span);
      after_attributes(step.attributes, step.span);
      std::visit(
          [&](const auto& node) {
            if constexpr (requires { node.settings; }) settings(node.settings);
          },
          step.node);
      if (const auto* own = step.get_if<SettingStep>()) setting(own->setting);
      if (const auto* gate = step.get_if<GateStep>()) {
        block(gate->body);
        for (const GateItem& item : gate->items) std::visit([&](const auto& one) { element(one.span); }, item);
      }
    }
  }

  void declaration(const Decl& decl) {
    mark(decl.span.begin, kElement | kDeclaration);
    after_attributes(decl.attributes, decl.span);
    std::visit([&](const auto& node) { body(decl, node); }, decl.node);
  }

  void body(const Decl&, const ErrorDecl&) {}
  void body(const Decl&, const HeaderDecl& node) { settings(node.settings); }
  void body(const Decl&, const ImportDecl&) {}
  void body(const Decl&, const ParamDecl&) {}
  void body(const Decl&, const TypeDecl&) {}
  void body(const Decl&, const EnumDecl& node) {
    block(node.body, false);
    for (const EnumVariant& variant : node.variants) {
      element(variant.span);
      mark_before(variant.wire, "=", kEquals);
    }
  }
  void body(const Decl&, const SchemaDecl& node) {
    block(node.body);
    for (const SchemaField& field : node.fields) mark(field.span.begin, kElement | kField);
  }
  void body(const Decl&, const SourceDecl& node) { settings(node.settings); }
  void body(const Decl&, const TargetDecl& node) { settings(node.settings); }
  void body(const Decl&, const LookupDecl& node) { settings(node.settings); }
  void body(const Decl&, const TableDecl& node) {
    block(node.body);
    for (const TableRow& row : node.rows) {
      element(row.span);
      mark_before(row.value, "=>", kArrow);
    }
  }
  void body(const Decl&, const FnDecl& node) {
    if (node.block) block(node.block->span);
  }
  void body(const Decl&, const IssueDecl& node) { settings(node.settings); }
  void body(const Decl& decl, const PrivacyDecl& node) {
    last_block(decl.span);
    for (const PrivacyClass& item : node.classes) element(item.span);
    for (const PrivacyMask& item : node.masks) element(item.span);
    for (const PrivacyAllow& item : node.allows) element(item.span);
  }
  void body(const Decl&, const MapDecl& node) { block(node.body.span); }
  void body(const Decl& decl, const DedupeDecl& node) {
    last_block(decl.span);
    for (const DedupePrefer& item : node.prefers) element(item.span);
    for (const DedupeMerge& item : node.merges) {
      element(item.span);
      mark_before(item.value, "=", kEquals);
    }
    if (node.warn.valid()) mark_token(before(node.warn.span.begin), kElement);
  }
  void body(const Decl& decl, const ProfileDecl& node) {
    last_block(decl.span);
    checks(node.items);
  }
  void body(const Decl& decl, const ReconcileDecl& node) {
    last_block(decl.span);
    checks(node.items);
  }
  void body(const Decl& decl, const SyncDecl& node) {
    last_block(decl.span);
    for (const Setting& entry : node.settings) setting(entry);
    for (const SyncHandler& handler : node.handlers) {
      element(handler.span);
      settings(handler.settings);
    }
  }
  void body(const Decl&, const StageDecl& node) {
    block(node.body);
    steps(node.steps);
  }
  void body(const Decl&, const RollbackDecl& node) {
    block(node.body);
    steps(node.steps);
  }
  void body(const Decl& decl, const TestDecl& node) {
    last_block(decl.span);
    for (const TestItem& item : node.items) std::visit([&](const auto& one) { element(one.span); }, item);
  }
  void body(const Decl&, const ItemDecl& node) { settings(node.settings); }
  void body(const Decl& decl, const EnvironmentDecl& node) {
    last_block(decl.span);
    for (const EnvironmentSecret& secret : node.secrets) {
      element(secret.span);
      mark_before(secret.value, "=", kEquals);
    }
    for (const EnvironmentBinding& binding : node.bindings) {
      element(binding.span);
      settings(binding.settings);
    }
    for (const Setting& entry : node.settings) setting(entry);
  }

  void statement(const Stmt& stmt) {
    element(stmt.span);
    after_attributes(stmt.attributes, stmt.span);
    if (const auto* let = stmt.get_if<LetStmt>()) mark_before(let->value, "=", kEquals);
    if (const auto* assign = stmt.get_if<AssignStmt>()) mark_before(assign->value, "=", kEquals);
    if (const auto* when = stmt.get_if<WhenStmt>()) {
      block(when->consequence.span);
      if (when->otherwise) mark_token(from(when->consequence.span.end), kElement);  // `else`
      if (when->otherwise) other_branch(*when->otherwise);
    }
    if (const auto* copy = stmt.get_if<CopyStmt>()) {
      for (const Name& field : copy->fields) mark(field.span.begin, kElement);
    }
    if (const auto* emit = stmt.get_if<EmitStmt>()) block(emit->body.span);
  }
  /// Of `else when` the inner statement does not begin an element of its own.
  void other_branch(const Block& otherwise) {
    const std::uint32_t first = at(otherwise.span.begin);
    if (first == kNoToken) return;
    if (tokens_[first].text == "{") {
      tokens_[first].marks |= kBlock | kOnePerLine;
    } else {
      continued_.push_back(first);
    }
  }

  void expression(const Expr& expr) {
    switch (expr.kind()) {
      case ExprKind::group:
      case ExprKind::list: mark(expr.span.begin, kOperandOpen); return;
      case ExprKind::lambda: {
        const std::uint32_t first = at(expr.span.begin);
        if (first != kNoToken && tokens_[first].text == "(") tokens_[first].marks |= kOperandOpen;
        return;
      }
      case ExprKind::arithmetic:
        for (const ArithmeticOperator& op : expr.as<ArithmeticExpr>().operators) mark(op.span.begin, kBinary);
        return;
      case ExprKind::compare: mark(expr.as<CompareExpr>().op_span.begin, kCompare); return;
      case ExprKind::record:
        for (const RecordEntry& entry : expr.as<RecordExpr>().entries) element(entry.span);
        return;
      case ExprKind::match: {
        const auto& match = expr.as<MatchExpr>();
        const std::uint32_t close = at(match.close.begin);
        if (close != kNoToken) mark_token(tokens_[close].partner, kBlock | kOnePerLine);
        for (const MatchArm& arm : match.arms) {
          element(arm.span);
          mark_before(arm.value, "=>", kArrow);
        }
        return;
      }
      case ExprKind::error:
      case ExprKind::null:
      case ExprKind::boolean:
      case ExprKind::integer:
      case ExprKind::decimal:
      case ExprKind::floating:
      case ExprKind::percent:
      case ExprKind::duration:
      case ExprKind::date:
      case ExprKind::string:
      case ExprKind::interpolated:
      case ExprKind::keep:
      case ExprKind::name:
      case ExprKind::field:
      case ExprKind::call:
      case ExprKind::index:
      case ExprKind::negate:
      case ExprKind::logical_not:
      case ExprKind::pipe:
      case ExprKind::coalesce:
      case ExprKind::logic:
      case ExprKind::handle:
      case ExprKind::conditional:
      case ExprKind::raise: return;
    }
  }

  const Module& tree_;
  std::vector<FormatToken> tokens_;
  std::vector<std::uint32_t> begins_;     // parallel to tokens_: byte offsets
  std::vector<std::uint32_t> continued_;  // tokens that begin no element although a node begins there
};

bool is_symbol(const FormatToken& token, std::string_view text) { return token.kind == LexemeKind::symbol && token.text == text; }

/// A token that `..` stands close to.
bool is_bound(const FormatToken& token) {
  return token.kind == LexemeKind::number || token.kind == LexemeKind::date || token.kind == LexemeKind::text ||
         token.kind == LexemeKind::name || token.kind == LexemeKind::soft_word;
}

bool is_type_bracket(const FormatToken& token, std::string_view text) { return is_symbol(token, text) && !token.is(kCompare); }

}  // namespace

std::vector<FormatToken> marked_tokens(const SourceMap& sources, const Module& tree) { return Marker(sources, tree).run(); }

std::size_t blanks_between(const FormatToken& before, const FormatToken& token) {
  if (token.ends_line()) return 2;
  if (token.is_comment() || before.is_comment()) return 1;
  if (is_symbol(token, ",") || is_symbol(token, ")") || is_symbol(token, "]")) return 0;
  if (is_symbol(before, "(") || is_symbol(before, "[")) return 0;
  for (const std::string_view dot : {".", "?."}) {
    if (is_symbol(before, dot) || is_symbol(token, dot)) return 0;
  }
  if (is_symbol(token, ":")) return 0;
  if (is_symbol(before, ":")) return 1;
  if (is_symbol(token, "?") || is_symbol(token, "!") || is_symbol(token, "...")) return 0;
  if (is_symbol(token, "..")) return is_bound(before) || before.closes() ? 0 : 1;
  if (is_symbol(before, "..")) return is_bound(token) || is_symbol(token, "-") ? 0 : 1;
  if (is_type_bracket(token, "<") || is_type_bracket(token, ">") || is_type_bracket(before, "<")) return 0;
  if (is_symbol(before, "@")) return 0;
  if (is_symbol(before, "-") && !before.is(kBinary)) return 0;
  if (is_symbol(token, "(") || is_symbol(token, "[")) return token.is(kOperandOpen) ? 1 : 0;
  if (is_symbol(before, "{")) return is_symbol(token, "}") || before.is(kTight) ? 0 : 1;
  if (is_symbol(token, "}")) return token.is(kTight) ? 0 : 1;
  return 1;
}

}  // namespace mig::format
