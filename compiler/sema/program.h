// A checked spec: its modules, its symbols and the annotations of every expression. What lowering, planning and the rules read.
#pragma once

#include <memory>
#include <string_view>

#include "compiler/base/diagnostic.h"
#include "compiler/sema/symbols.h"

namespace mig::sema {

/// One file with its annotations. Vectors of annotations are parallel to the tree's.
struct ModuleInfo {
  FileId file;
  std::string path;          // below the project root, forward slashes
  std::string content_hash;  // hex
  syntax::Module tree;
  std::vector<ExprInfo> exprs;
  std::vector<PatternInfo> patterns;
  std::vector<StmtInfo> stmts;
  std::vector<TypeId> types;  // of the tree's type expressions; kNoType where not resolved
};

struct Program {
  TypeTable types;
  std::deque<ModuleInfo> modules;
  std::string migration, version;
  CheckedSettings header;

  std::vector<EnumType> enums;           // Type::declaration of an enum
  std::vector<EnumSymbol> enum_symbols;  // parallel to enums
  std::vector<ParamSymbol> params;
  std::vector<TypeSymbol> type_symbols;
  std::vector<SchemaSymbol> schemas;
  std::vector<SourceSymbol> sources;
  std::vector<TargetSymbol> targets;
  std::vector<LookupSymbol> lookups;
  std::vector<TableSymbol> tables;
  std::vector<FnSymbol> fns;
  std::vector<IssueSymbol> issues;  // the first four are MIG001, MIG002, MIG003, MIG900
  std::vector<MapSymbol> maps;
  std::vector<DedupeSymbol> dedupes;
  std::vector<CheckBlock> profiles, reconciles;
  std::vector<Origin> syncs, rollbacks, items;
  std::vector<EnvironmentSymbol> environments;
  std::vector<StageSymbol> stages;
  std::vector<TestSymbol> tests;
  std::vector<PrivacyClass> classes;
  std::vector<PrivacyAllow> allows;
  std::vector<PrivacyMask> masks;

  std::vector<Local> locals;
  std::vector<CallInfo> calls;
  std::vector<LambdaInfo> lambdas;
  std::vector<ArithmeticStep> arithmetic;
  std::vector<std::vector<uint32_t>> lineages;    // sorted source fields; [0] is empty
  std::vector<std::vector<uint32_t>> label_sets;  // sorted classes; [0] is empty

  const syntax::Expr& tree(ExprRef ref) const { return modules[ref.module].tree[ref.id]; }
  const ExprInfo& info(ExprRef ref) const { return modules[ref.module].exprs[ref.id.value]; }
  const ExprInfo& info(ModuleId module, syntax::ExprId id) const { return modules[module].exprs[id.value]; }
  const PatternInfo& info(ModuleId module, syntax::PatternId id) const { return modules[module].patterns[id.value]; }
  const StmtInfo& info(ModuleId module, syntax::StmtId id) const { return modules[module].stmts[id.value]; }
};

constexpr uint32_t kIssueOverflow = 0, kIssueDecode = 1, kIssueRefused = 2, kIssueCheck = 3;

struct CheckOptions {
  std::string root = ".";    // project root: imports, schemas and lookups lie below it
  size_t max_errors = 20;    // reported per file
  bool ignore_lock = false;  // imported schemas are taken as they are, whatever mig.lock says
};

struct SemaResult {
  std::unique_ptr<Program> program;  // never null; to be lowered only when ok
  bool ok = false;                   // no error was reported, by the parser or here
};

/// Checks the spec in `entry` and everything it imports. Findings go to `sink`, sorted. Reads only files below the root.
SemaResult check(SourceMap& sources, FileId entry, const CheckOptions& options, DiagnosticSink& sink);

}  // namespace mig::sema
