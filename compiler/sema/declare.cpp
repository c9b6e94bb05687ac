// First phase: one symbol a declaration, so that order does not matter.
#include <algorithm>

#include "compiler/sema/phases.h"

namespace mig::sema {

namespace {

class Declarer {
 public:
  explicit Declarer(Analysis& analysis) : analysis_(analysis), program_(*analysis.program) {}

  void run() {
    declare_builtin_issues();
    for (ModuleId module = 0; module < program_.modules.size(); ++module) {
      const auto& decls = analysis_.tree(module).decls;
      for (uint32_t d = 0; d < decls.size(); ++d) declare(module, syntax::DeclId{d});
    }
  }

 private:
  void declare_builtin_issues() {
    const auto add = [&](const char* code, const char* message, const char* fix, Verb verb) {
      IssueSymbol symbol;
      symbol.name = code;
      symbol.issue = {code, message, fix, verb};
      symbol.verb_known = symbol.builtin = symbol.used = true;
      program_.issues.push_back(std::move(symbol));
    };
    add("MIG001", "arithmetic overflow", "check the numbers of this record, or widen the type", Verb::kReject);
    add("MIG002", "the source record does not decode into its schema", "correct the record in the source, or the schema", Verb::kReject);
    add("MIG003", "the target refused the record", "see the target's message", Verb::kReject);
    add("MIG900", "a check failed", "see the expression of the check", Verb::kFail);
    add("MIG004", "left out by the filter of the source", "nothing, if the filter is meant; else correct it", Verb::kSkip);
  }

  template <class Symbol>
  uint32_t add(std::vector<Symbol>& symbols, NameKind kind, ModuleId module, syntax::DeclId id) {
    const syntax::Decl& decl = analysis_.tree(module)[id];
    Symbol symbol;
    symbol.name = decl.name.text;
    symbol.module = module;
    symbol.decl = id;
    symbol.span = decl.name.valid() ? decl.name.span : decl.keyword;
    const uint32_t index = static_cast<uint32_t>(symbols.size());
    symbols.push_back(std::move(symbol));
    if (decl.name.valid()) claim(kind, module, decl.name, index, kind_group(kind));
    return index;
  }

  // Kinds that share one space of names.
  static std::vector<NameKind> kind_group(NameKind kind) {
    switch (kind) {
      case NameKind::kFn:
      case NameKind::kTable:
      case NameKind::kLookup: return {NameKind::kFn, NameKind::kTable, NameKind::kLookup};
      case NameKind::kType:
      case NameKind::kEnum:
      case NameKind::kSchema: return {NameKind::kType, NameKind::kEnum, NameKind::kSchema};
      case NameKind::kModule:
      case NameKind::kParam:
      case NameKind::kSource:
      case NameKind::kTarget:
      case NameKind::kIssue:
      case NameKind::kMap:
      case NameKind::kReconcile:
      case NameKind::kSync:
      case NameKind::kStage:
      case NameKind::kRollback:
      case NameKind::kItem:
      case NameKind::kEnvironment: return {kind};
    }
    return {kind};
  }

  void claim(NameKind kind, ModuleId module, const syntax::Name& name, uint32_t index, const std::vector<NameKind>& group) {
    for (const NameKind other : group) {
      if (const auto taken = analysis_.find(other, module, name.text)) {
        Diagnostic& finding =
            analysis_.report(Code::E0108, name.span, "the name `" + name.text + "` is declared twice", "declared again here");
        if (const Origin* first = origin(other, *taken); first != nullptr && first->span.valid()) {
          finding.also(first->span, "first declared here as a " + std::string(name_kind_text(other)));
        }
        return;
      }
    }
    if ((kind == NameKind::kType || kind == NameKind::kEnum || kind == NameKind::kSchema) &&
        builtin_type(analysis_.types(), name.text) != kNoType) {
      analysis_.report(Code::E0108, name.span, "`" + name.text + "` is a type of the language", "choose another name");
      return;
    }
    analysis_.names[module][static_cast<size_t>(kind)].emplace(name.text, index);
  }

  const Origin* origin(NameKind kind, uint32_t index) const {
    switch (kind) {
      case NameKind::kParam: return &program_.params[index];
      case NameKind::kType: return &program_.type_symbols[index];
      case NameKind::kEnum: return &program_.enum_symbols[index];
      case NameKind::kSchema: return &program_.schemas[index];
      case NameKind::kSource: return &program_.sources[index];
      case NameKind::kTarget: return &program_.targets[index];
      case NameKind::kLookup: return &program_.lookups[index];
      case NameKind::kTable: return &program_.tables[index];
      case NameKind::kFn: return &program_.fns[index];
      case NameKind::kIssue: return &program_.issues[index];
      case NameKind::kMap: return &program_.maps[index];
      case NameKind::kReconcile: return &program_.reconciles[index];
      case NameKind::kSync: return &program_.syncs[index];
      case NameKind::kStage: return &program_.stages[index];
      case NameKind::kRollback: return &program_.rollbacks[index];
      case NameKind::kItem: return &program_.items[index];
      case NameKind::kEnvironment: return &program_.environments[index];
      case NameKind::kModule: return nullptr;
    }
    return nullptr;
  }

  // Imported files hold pure declarations only.
  bool allowed(ModuleId module, const syntax::Decl& decl) {
    if (module == 0) return true;
    const auto kind = decl.kind();
    const bool pure = kind == syntax::DeclKind::error || kind == syntax::DeclKind::header || kind == syntax::DeclKind::import ||
                      kind == syntax::DeclKind::type || kind == syntax::DeclKind::enumeration || kind == syntax::DeclKind::schema ||
                      kind == syntax::DeclKind::table || kind == syntax::DeclKind::fn || kind == syntax::DeclKind::issue ||
                      kind == syntax::DeclKind::test || kind == syntax::DeclKind::lookup;
    if (!pure) {
      analysis_.report(Code::E0014, decl.keyword, "an imported file may not declare a " + std::string(syntax::keyword_text(kind)),
                       "only types, enums, schemas, tables, functions, lookups and issues can be imported");
    }
    return pure;
  }

  void declare(ModuleId module, syntax::DeclId id) {
    const syntax::Decl& decl = analysis_.tree(module)[id];
    if (!allowed(module, decl)) return;
    switch (decl.kind()) {
      case syntax::DeclKind::error:
      case syntax::DeclKind::import:
      case syntax::DeclKind::privacy: return;
      case syntax::DeclKind::header: {
        if (module != 0) return;
        const auto& header = decl.as<syntax::HeaderDecl>();
        if (!program_.migration.empty())
          analysis_.report(Code::E0018, decl.keyword, "a spec has one `migration` header", "this is the second");
        program_.migration = header.title.value;
        program_.version = header.version.value;
        return;
      }
      case syntax::DeclKind::param: add(program_.params, NameKind::kParam, module, id); return;
      case syntax::DeclKind::type: add(program_.type_symbols, NameKind::kType, module, id); return;
      case syntax::DeclKind::enumeration: add(program_.enum_symbols, NameKind::kEnum, module, id); return;
      case syntax::DeclKind::schema: add(program_.schemas, NameKind::kSchema, module, id); return;
      case syntax::DeclKind::source: add(program_.sources, NameKind::kSource, module, id); return;
      case syntax::DeclKind::target: add(program_.targets, NameKind::kTarget, module, id); return;
      case syntax::DeclKind::lookup: add(program_.lookups, NameKind::kLookup, module, id); return;
      case syntax::DeclKind::table: add(program_.tables, NameKind::kTable, module, id); return;
      case syntax::DeclKind::fn: add(program_.fns, NameKind::kFn, module, id); return;
      case syntax::DeclKind::issue: declare_issue(module, id); return;
      case syntax::DeclKind::map: add(program_.maps, NameKind::kMap, module, id); return;
      case syntax::DeclKind::dedupe: declare_unnamed(program_.dedupes, module, id); return;
      case syntax::DeclKind::profile: declare_unnamed(program_.profiles, module, id); return;
      case syntax::DeclKind::reconcile: add(program_.reconciles, NameKind::kReconcile, module, id); return;
      case syntax::DeclKind::sync: add(program_.syncs, NameKind::kSync, module, id); return;
      case syntax::DeclKind::stage: add(program_.stages, NameKind::kStage, module, id); return;
      case syntax::DeclKind::rollback: add(program_.rollbacks, NameKind::kRollback, module, id); return;
      case syntax::DeclKind::test: {
        declare_unnamed(program_.tests, module, id);
        program_.tests.back().name = decl.as<syntax::TestDecl>().title.value;
        return;
      }
      case syntax::DeclKind::item: add(program_.items, NameKind::kItem, module, id); return;
      case syntax::DeclKind::environment: add(program_.environments, NameKind::kEnvironment, module, id); return;
    }
  }

  // Named after what they are about, so the name is not theirs.
  template <class Symbol>
  void declare_unnamed(std::vector<Symbol>& symbols, ModuleId module, syntax::DeclId id) {
    const syntax::Decl& decl = analysis_.tree(module)[id];
    Symbol symbol;
    symbol.name = decl.name.text;
    symbol.module = module;
    symbol.decl = id;
    symbol.span = decl.name.valid() ? decl.name.span : decl.keyword;
    symbols.push_back(std::move(symbol));
  }

  void declare_issue(ModuleId module, syntax::DeclId id) {
    const syntax::Decl& decl = analysis_.tree(module)[id];
    const auto& written = decl.as<syntax::IssueDecl>();
    if (decl.name.text.compare(0, 3, "MIG") == 0 && decl.name.text.size() == 6) {
      analysis_.report(Code::E0505, decl.name.span, "the code `" + decl.name.text + "` is reserved for migc's own issues",
                       "choose another prefix");
    }
    for (ModuleId other = 0; other < program_.modules.size(); ++other) {
      const auto taken = other == module ? std::nullopt : analysis_.find(NameKind::kIssue, other, decl.name.text);
      if (!taken) continue;
      analysis_
          .report(Code::E0505, decl.name.span, "the issue code `" + decl.name.text + "` is declared in two files", "declared again here")
          .also(program_.issues[*taken].span, "first declared here");
      return;
    }
    const uint32_t index = add(program_.issues, NameKind::kIssue, module, id);
    mig::Issue& issue = program_.issues[index].issue;
    issue.code = decl.name.text;
    issue.message = written.message.value;
    issue.fix = written.fix.value;
  }

  Analysis& analysis_;
  Program& program_;
};

}  // namespace

void declare_names(Analysis& analysis) { Declarer(analysis).run(); }

}  // namespace mig::sema
