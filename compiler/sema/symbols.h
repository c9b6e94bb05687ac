// The declarations of a checked spec, resolved: schemas, sources, targets, tables, functions, maps and so on, named by index.
#pragma once

#include "compiler/sema/privacy_symbols.h"

namespace mig::sema {

struct ParamSymbol : Origin {
  TypeId type = kNoType;
  ExprRef default_value;
  Constant constant;  // the default, folded; form kUnknown without default
};

struct TypeSymbol : Origin {
  TypeId type = kNoType;
  ExprRef condition;  // over Program::locals[value]
  uint32_t value = kNone;
};

/// How far a variant lets a person be contacted; from `@consent(...)` on the variant, or from its name. Higher is more.
enum class Consent : uint8_t { kUnknown, kRefused, kNeutral, kAsked, kGiven };

struct EnumSymbol : Origin {
  std::vector<Span> variant_spans;
  std::vector<Consent> consent;         // parallel to the variants
  std::vector<std::string> deprecated;  // "" when not
};

enum class Decode : uint8_t { kPlain, kListOrCsv, kListOrKeys };

struct SchemaField {
  std::string name;
  Span span;  // of the name
  Span type_span;
  Span whole;
  TypeId type = kNoType;  // as declared: nullable for `T?`
  TypeId read = kNoType;  // what reading gives: nullable also when optional
  bool optional = false;
  bool key = false, unique = false, monotonic = false, may_be_unavailable = false;
  bool computed = false;  // by the target itself: nothing may be assigned
  Decode decode = Decode::kPlain;
  std::vector<std::string> wire_names;  // never empty; the first is written
  std::vector<uint32_t> labels;         // Program::classes
  uint32_t reference_target = kNone;    // @references: Program::targets
  uint32_t reference_field = kNone;     // in that target's schema
  bool deferred = false;
  bool reference_imported = false;  // a foreign key of the imported table; reference_span lies in its file
  Span reference_span;
};

struct SchemaSymbol : Origin {
  TypeId type = kNoType;  // record named like the schema
  std::vector<SchemaField> fields;
  std::vector<uint32_t> key;
  std::string imported_from;  // file, or ""
  std::map<std::string, uint32_t, std::less<>> by_name;
};

struct SourceSymbol : Origin {
  uint32_t schema = kNone;
  bool changes = false;  // change<T>
  std::string connector;
  bool runnable = false;                // csv, ndjson, sqlite
  std::vector<SettingValue> arguments;  // positional
  CheckedSettings settings;             // settings and named arguments
  std::vector<uint32_t> filter_reads;   // fields that the filter reads
  std::vector<uint32_t> profile_reads;  // fields that profile blocks read
  Span connector_span;
};

enum class Write : uint8_t { kAppend, kReplace, kInsert, kUpsert, kUpdate, kPatch, kDelete };

struct TargetSymbol : Origin {
  uint32_t schema = kNone;
  std::string connector;
  bool runnable = false;
  std::vector<SettingValue> arguments;
  CheckedSettings settings;
  Write write = Write::kInsert;
  bool write_given = false;
  std::vector<uint32_t> by;  // fields of upsert, update, patch, delete; else the key
  bool clears_with_null = true;
  Span write_span;
  Span connector_span;
};

struct LookupSymbol : Origin {
  TypeId key = kNoType, value = kNoType;
  bool casefold = false;
  std::string key_column, value_column;
  std::string file;
  std::string content_hash;                                  // of the file's bytes, hex
  std::vector<std::pair<std::string, std::string>> entries;  // wire texts, in file order
};

struct TableRow {
  std::vector<std::string> keys;            // text keys as written (fixed points of `via`)
  std::vector<syntax::PatternId> patterns;  // of the alternatives: see PatternInfo
  ExprRef value;
};

struct TableSymbol : Origin {
  TypeId key = kNoType, value = kNoType;
  struct Via {
    const stdlib::Declaration* function = nullptr;
    uint32_t fn = kNone;
    Span span;
  };
  std::vector<Via> via;
  std::vector<TableRow> rows;   // without `else`
  ExprRef otherwise;            // `else`; may be invalid
  uint32_t key_local = kNone;   // `key` in `else`: the normalised input
  TypeId normalised = kNoType;  // type of `key`
  bool may_fail = false;
  bool may_reject = false;
  std::vector<uint32_t> raises;
};

struct FnSymbol : Origin {
  std::vector<uint32_t> parameters;  // Program::locals
  std::vector<ExprRef> defaults;     // parallel; invalid without
  TypeId result = kNoType;
  bool may_fail = false;  // declared `!`
  bool may_reject = false;
  std::vector<uint32_t> raises;          // Program::issues, declared and inferred
  ExprRef body;                          // the expression, or what `return` gives
  const syntax::Block* block = nullptr;  // not owned; null for an expression body
  Span signature;
};

struct IssueSymbol : Origin {
  mig::Issue issue;  // code, message, fix, verb
  bool verb_known = false;
  Span first_use;
  bool builtin = false;
};

struct MapSymbol : Origin {
  uint32_t source = kNone, target = kNone;
  std::string source_alias, target_alias;
  const syntax::Block* body = nullptr;  // not owned
  uint32_t statements = 0;              // numbers used by StmtInfo
  std::vector<bool> read;               // parallel to the source schema's fields: needed (maps, keys, filters)
  std::vector<bool> ignored;
  std::map<uint32_t, Span> ignore_spans;  // by source field
  std::vector<Span> assigned;             // parallel to the target schema's fields: the first assignment, or invalid
  std::vector<uint32_t> refs;             // maps that ref() and target_of() name
  std::vector<uint32_t> raises;
};

struct DedupeSymbol : Origin {  // name: of the target
  uint32_t target = kNone;
  std::vector<ExprRef> keys;  // over kTargetField
  struct Prefer {
    ExprRef value;
    bool descending = false;
  };
  std::vector<Prefer> prefers;
  struct Merge {
    uint32_t field = kNone;
    ExprRef value;
    TypeId type = kNoType;
  };
  std::vector<Merge> merges;  // over Program::locals[group]
  uint32_t group = kNone;
  TypeId group_record = kNoType;  // of one element: target fields, optional ones nullable
  uint32_t issue = kNone;
};

/// profile and reconcile
struct CheckBlock : Origin {
  uint32_t source = kNone;
};

struct StageStep {
  syntax::StepKind kind = syntax::StepKind::run;
  std::vector<uint32_t> subjects;  // maps of `run`, sources of `profile`, reconciles, sync
  CheckedSettings settings;
  Span span;
};
struct StageSymbol : Origin {
  std::vector<uint32_t> after;  // Program::stages
  std::vector<StageStep> steps;
  std::string environment;
};

enum class TestSubject : uint8_t { kMap, kFn, kTable, kDedupe, kReconcile, kUnknown };
struct TestSymbol : Origin {  // name: the title
  struct Subject {
    TestSubject kind = TestSubject::kUnknown;
    uint32_t index = kNone;
  };
  std::vector<Subject> subjects;
  std::vector<uint32_t> issues;  // of `expect issue`, in item order
};

}  // namespace mig::sema
