#include "compiler/driver/schema_pins.h"

#include <algorithm>

#include "compiler/schemas/shape_text.h"
#include "compiler/sema/literals.h"
#include "compiler/sema/pins.h"

namespace mig::driver {

schemas::Lock things_to_pin(Session& session) {
  sema::CheckOptions options;
  options.root = session.root;
  options.ignore_lock = true;
  session.checked = sema::check(session.sources, session.entry, options, session.findings);
  const sema::Program& program = *session.checked.program;
  schemas::Lock lock;
  lock.files = sema::files_to_pin(program, session.sources, session.root);
  std::vector<schemas::LockEntry>& entries = lock.entries;
  for (const sema::SchemaSymbol& schema : program.schemas) {
    const syntax::Module& tree = program.modules[schema.module].tree;
    const auto& written = tree[schema.decl].as<syntax::SchemaDecl>();
    const auto file = session.sources.find(schema.imported_from);
    const schemas::FormatInfo* format = written.from ? schemas::find_format(written.from->name.text) : nullptr;
    if (format == nullptr || !file || schema.imported_from.empty()) continue;
    schemas::LockEntry entry;
    entry.format = format->name;
    entry.file = schema.imported_from;
    for (const syntax::Argument& argument : written.from->arguments) {
      if (argument.name.valid()) entry.selector = sema::literal_text(tree, argument.value).value_or("");
    }
    const auto same = [&](const schemas::LockEntry& other) { return other.same_place(entry); };
    if (std::any_of(entries.begin(), entries.end(), same)) continue;
    const schemas::ReadResult content = schemas::read_schema(format->format, session.sources.text(*file));
    const schemas::Shape* shape = schemas::find_shape(content, entry.selector);
    if (shape == nullptr || !content.problems.empty()) continue;
    entry.lines = schemas::shape_lines(*shape);
    entries.push_back(std::move(entry));
  }
  return lock;
}

}  // namespace mig::driver
