#include "compiler/syntax/ast.h"

namespace mig::syntax {

std::string_view keyword_text(DeclKind kind) {
  switch (kind) {
    case DeclKind::error: return "declaration";
    case DeclKind::header: return "migration";
    case DeclKind::import: return "import";
    case DeclKind::param: return "param";
    case DeclKind::type: return "type";
    case DeclKind::enumeration: return "enum";
    case DeclKind::schema: return "schema";
    case DeclKind::source: return "source";
    case DeclKind::target: return "target";
    case DeclKind::lookup: return "lookup";
    case DeclKind::table: return "table";
    case DeclKind::fn: return "fn";
    case DeclKind::issue: return "issue";
    case DeclKind::privacy: return "privacy";
    case DeclKind::map: return "map";
    case DeclKind::dedupe: return "dedupe";
    case DeclKind::profile: return "profile";
    case DeclKind::reconcile: return "reconcile";
    case DeclKind::sync: return "sync";
    case DeclKind::stage: return "stage";
    case DeclKind::rollback: return "rollback";
    case DeclKind::test: return "test";
    case DeclKind::item: return "item";
    case DeclKind::environment: return "environment";
  }
  return "declaration";
}

}  // namespace mig::syntax
