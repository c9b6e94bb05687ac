// Schemas read from the files of other systems: their fields in the checker's types, pinned by mig.lock.
#pragma once

#include <map>
#include <set>
#include <string>

#include "compiler/schemas/lock.h"
#include "compiler/sema/analysis.h"

namespace mig::sema {

/// Files are read once, however many of their tables a spec imports.
struct ImportedSchemas {
  struct File {
    FileId file;
    schemas::ReadResult content;
    bool reported = false;  // its problems
  };
  std::map<std::string, File, std::less<>> files;  // by format and path

  /// What a schema was imported from, by its index in Program::schemas.
  struct Origin {
    std::string file;   // format and path
    std::string shape;  // as the file names it
  };
  std::map<uint32_t, Origin> origins;

  struct ForeignKey {
    uint32_t schema = kNone, field = kNone;
    std::string table, column;
  };
  std::vector<ForeignKey> foreign_keys;

  /// Fields that a new row may leave out, by schema: the database fills them in.
  std::map<uint32_t, std::vector<uint32_t>> filled;

  /// Names of schemas that sources read and targets are written with.
  std::set<std::string, std::less<>> read, written;
  bool only_written(std::string_view schema) const { return written.count(schema) != 0 && read.count(schema) == 0; }

  bool lock_loaded = false, lock_usable = false;
  schemas::Lock lock;
};

/// Fills the fields of `schema X from ...` and compares them with mig.lock. Enums and patterns become types of the schema's module.
void import_schema(Analysis& analysis, uint32_t schema);
/// Foreign keys become references where a target of this spec is loaded with the parent's schema.
void resolve_foreign_keys(Analysis& analysis);

}  // namespace mig::sema
