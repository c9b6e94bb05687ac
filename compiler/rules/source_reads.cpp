#include "compiler/rules/source_reads.h"

#include <algorithm>
#include <unordered_set>

#include "compiler/rules/tree_walk.h"

namespace mig::rules {

uint32_t source_field_of(const RuleContext& context, const sema::MapSymbol& map, ExprRef ref) {
  const sema::SchemaSymbol* schema = context.schema_of_source(map.source);
  if (schema == nullptr) return kNone;
  const syntax::Module& tree = context.tree(ref.module);
  if (const auto* field = tree[ref.id].get_if<syntax::FieldExpr>();
      field != nullptr && field->object.valid() && !map.source_alias.empty()) {
    const auto* object = tree[field->object].get_if<syntax::NameExpr>();
    if (object == nullptr || object->name.text != map.source_alias) return kNone;
    const auto it = schema->by_name.find(field->field.text);
    return it == schema->by_name.end() ? kNone : it->second;
  }
  const sema::ExprInfo& about = context.info(ref);
  return about.ref == Ref::kSourceField && about.index < schema->fields.size() ? about.index : kNone;
}

namespace {

class ReadCollector {
 public:
  explicit ReadCollector(const RuleContext& context) : context_(context), program_(context.program), reads_(program_.sources.size()) {}

  std::vector<SourceReads> run() {
    for (uint32_t s = 0; s < program_.sources.size(); ++s) source(s);
    for (uint32_t m = 0; m < program_.maps.size(); ++m) map(m);
    for (const sema::CheckBlock& profile : program_.profiles) this->profile(profile);
    for (const syntax::Decl& decl : context_.tree(0).decls) mentioned(decl);
    return std::move(reads_);
  }

 private:
  void source(uint32_t index) {
    SourceReads& reads = reads_[index];
    const sema::SchemaSymbol* schema = context_.schema_of_source(index);
    if (schema == nullptr) {
      reads.broken = true;
      return;
    }
    reads.read.resize(schema->fields.size());
    reads.ignored.resize(schema->fields.size());
    reads.needed.assign(schema->fields.size(), false);
    reads.parts.emplace(context_, *schema);
    for (const uint32_t key : schema->key) need(reads, key, schema->fields[key].span);
    if (context_.decl(*schema).incomplete || context_.decl(program_.sources[index]).incomplete) reads.broken = true;
    // Names and fields in its settings: filters, orders, watermarks.
    const sema::SourceSymbol& symbol = program_.sources[index];
    const syntax::Module& tree = context_.tree(symbol.module);
    for_each_root(tree, context_.decl(symbol), [&](syntax::ExprId root) { names_in(tree, root, *schema, reads); });
  }

  void names_in(const syntax::Module& tree, syntax::ExprId root, const sema::SchemaSymbol& schema, SourceReads& reads) {
    walk(tree, root, [&](syntax::ExprId id) {
      const auto* name = tree[id].get_if<syntax::NameExpr>();
      const auto* field = tree[id].get_if<syntax::FieldExpr>();
      if (name == nullptr && field == nullptr) return;
      const auto it = schema.by_name.find(name != nullptr ? name->name.text : field->field.text);
      if (it != schema.by_name.end()) need(reads, it->second, tree[id].span);
    });
  }
  // Something besides the maps reads all of the field.
  static void need(SourceReads& reads, uint32_t field, Span place) {
    reads.needed[field] = true;
    reads.parts->take_whole(field, place);
  }

  void map(uint32_t index) {
    const sema::MapSymbol& symbol = program_.maps[index];
    const syntax::Decl& decl = context_.decl(symbol);
    const auto* written = decl.get_if<syntax::MapDecl>();
    const sema::SchemaSymbol* schema = context_.schema_of_source(symbol.source);
    if (written == nullptr || schema == nullptr) return;
    SourceReads& reads = reads_[symbol.source];
    reads.maps.push_back(index);
    reads.parts->add_map(symbol);
    reads.broken |= decl.incomplete;
    const syntax::Module& tree = context_.tree(symbol.module);
    for_each_root(tree, decl, [&](syntax::ExprId root) {
      walk(tree, root, [&](syntax::ExprId id) {
        if (tree[id].kind() == syntax::ExprKind::error) reads.broken = true;
        const uint32_t field = source_field_of(context_, symbol, {symbol.module, id});
        if (field == kNone) return;
        reads.needed[field] = true;
        if (!reads.read[field].valid()) reads.read[field] = tree[id].span;
      });
    });
    for_each_statement(tree, written->body, [&](syntax::StmtId id) {
      const syntax::Stmt& stmt = tree[id];
      if (stmt.kind() == syntax::StmtKind::error) reads.broken = true;
      if (const auto* copy = stmt.get_if<syntax::CopyStmt>()) {
        if (copy->object.valid() && copy->object.parts.size() == 1) {
          for (const syntax::Name& name : copy->fields) mark_read(*schema, reads, name);
        } else if (copy->object.valid()) {
          mark_read(*schema, reads, copy->object.parts[1]);
        }
      } else if (const auto* ignore = stmt.get_if<syntax::IgnoreStmt>()) {
        for (const syntax::Path& path : ignore->fields) {
          // `m.address.street` leaves the rest of the address to be read.
          const size_t first = path.parts.size() > 1 && path.parts[0].text == symbol.source_alias ? 1 : 0;
          if (path.parts.size() != first + 1) continue;
          const auto it = schema->by_name.find(path.parts[first].text);
          if (it != schema->by_name.end()) reads.ignored[it->second] = path.span;
        }
      }
    });
  }

  static void mark_read(const sema::SchemaSymbol& schema, SourceReads& reads, const syntax::Name& name) {
    const auto it = schema.by_name.find(name.text);
    if (it == schema.by_name.end()) return;
    reads.needed[it->second] = true;
    if (!reads.read[it->second].valid()) reads.read[it->second] = name.span;
  }

  // Fields of the source are bare names.
  void profile(const sema::CheckBlock& profile) {
    for (uint32_t s = 0; s < program_.sources.size(); ++s) {
      if (program_.sources[s].name != profile.name) continue;
      if (const sema::SchemaSymbol* schema = context_.schema_of_source(s)) {
        const syntax::Module& tree = context_.tree(profile.module);
        for_each_root(tree, context_.decl(profile), [&](syntax::ExprId root) { names_in(tree, root, *schema, reads_[s]); });
      }
    }
  }

  // Reconciliations, streams and stages name sources, or maps over them; every field name there counts for all of them.
  void mentioned(const syntax::Decl& decl) {
    const bool checks =
        decl.kind() == syntax::DeclKind::reconcile || decl.kind() == syntax::DeclKind::sync || decl.kind() == syntax::DeclKind::stage;
    if (!checks) return;
    const syntax::Module& tree = context_.tree(0);
    std::unordered_set<std::string_view> names, fields;
    for_each_root(tree, decl, [&](syntax::ExprId root) {
      walk(tree, root, [&](syntax::ExprId id) {
        if (const auto* name = tree[id].get_if<syntax::NameExpr>()) names.insert(name->name.text), fields.insert(name->name.text);
        if (const auto* field = tree[id].get_if<syntax::FieldExpr>()) fields.insert(field->field.text);
      });
    });
    if (const auto* sync = decl.get_if<syntax::SyncDecl>()) names.insert({sync->source.text, sync->map.text});
    std::vector<bool> meant(program_.sources.size(), false);
    for (uint32_t s = 0; s < program_.sources.size(); ++s) meant[s] = names.count(program_.sources[s].name) != 0;
    for (const sema::MapSymbol& map : program_.maps) {
      if (map.source < meant.size() && names.count(map.name) != 0) meant[map.source] = true;
    }
    for (uint32_t s = 0; s < meant.size(); ++s) {
      const sema::SchemaSymbol* schema = context_.schema_of_source(s);
      if (!meant[s] || schema == nullptr) continue;
      for (const std::string_view field : fields) {
        const auto it = schema->by_name.find(field);
        if (it != schema->by_name.end()) need(reads_[s], it->second, decl.span);
      }
    }
  }

  const RuleContext& context_;
  const sema::Program& program_;
  std::vector<SourceReads> reads_;
};

}  // namespace

std::vector<SourceReads> read_sources(const RuleContext& context) { return ReadCollector(context).run(); }

}  // namespace mig::rules
