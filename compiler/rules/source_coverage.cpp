// W0411: source fields that nothing reads. W0414: fields that are ignored although something reads them.
#include <algorithm>

#include "compiler/rules/rule_context.h"
#include "compiler/rules/source_reads.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

// Where an `ignore` statement can be added.
Span end_of_map(const RuleContext& context, const sema::MapSymbol& map) {
  const auto* written = context.decl(map).get_if<syntax::MapDecl>();
  if (written == nullptr || written->body.statements.empty()) return {};
  return context.tree(map.module)[written->body.statements.back()].span.after();
}

void report_unread(RuleContext& context, uint32_t source, SourceReads& reads) {
  const sema::SchemaSymbol& schema = *context.schema_of_source(source);
  std::vector<uint32_t> unread;
  // Inside of records only where everything about the maps is known: an error hides what its place would read.
  const bool deep = std::none_of(reads.maps.begin(), reads.maps.end(),
                                 [&](uint32_t map) { return context.is_broken(context.decl(context.program.maps[map]).span); });
  for (uint32_t f = 0; f < schema.fields.size(); ++f) {
    if (reads.ignored[f].valid() || schema.fields[f].type == kNoType) continue;
    if (!reads.needed[f] && !reads.parts->any_ignored_below(f)) {
      unread.push_back(f);
    } else if (deep) {
      const std::vector<uint32_t> below = reads.parts->unread_below(f);
      unread.insert(unread.end(), below.begin(), below.end());
    }
  }
  if (unread.empty()) return;
  const sema::MapSymbol& map = context.program.maps[reads.maps.back()];
  const std::string reader = reads.maps.size() == 1
                                 ? "map " + map.name
                                 : "any of the " + std::to_string(reads.maps.size()) + " maps of " + context.program.sources[source].name;
  std::vector<std::string> names;
  for (const uint32_t part : unread) names.push_back(reads.parts->path(part));
  const std::string label = "never read by " + reader;
  const uint32_t outermost = reads.parts->field_around(unread[0]);
  const bool own_place = schema.fields[outermost].whole != schema.span;
  const Span place = own_place ? reads.parts->declared_at(unread[0]) : map.span;
  Diagnostic& finding =
      context.report(Code::W0411, place,
                     unread.size() == 1 ? "source field `" + names[0] + "` is never read"
                                        : std::to_string(unread.size()) + " source fields are never read: " + listed(names),
                     own_place ? label : "does not read " + listed(names));
  for (size_t i = 1; i < unread.size() && i < 3 && own_place; ++i) {
    const Span other = reads.parts->declared_at(unread[i]);
    if (other != place) finding.also(other, label);
  }
  if (own_place && unread.size() < 3) finding.also(map.span, "reads the source");
  std::string list;
  for (const uint32_t part : unread)
    list += (list.empty() ? "" : ", ") + (map.source_alias.empty() ? "" : map.source_alias + ".") + reads.parts->written_path(part);
  const Span insert = end_of_map(context, map);
  if (insert.valid())
    finding.help(Applicability::sketch, "say that this is on purpose", {{insert, "\n\n  ignore " + list + " because DECIDE"}});
  finding.about(schema.name + "." + names[0]).in("source " + context.program.sources[source].name);
}

// One map may ignore what another one reads.
bool in_one_map(const RuleContext& context, const SourceReads& reads, Span a, Span b) {
  return std::any_of(reads.maps.begin(), reads.maps.end(), [&](uint32_t map) {
    const Span whole = context.decl(context.program.maps[map]).span;
    return whole.file == a.file && whole.contains(a.begin) && whole.file == b.file && whole.contains(b.begin);
  });
}

void report_contradictions(RuleContext& context, uint32_t source, const SourceReads& reads) {
  const sema::SchemaSymbol& schema = *context.schema_of_source(source);
  for (uint32_t part = 0; part < reads.parts->parts().size(); ++part) {
    const Span ignored = reads.parts->parts()[part].ignored;
    const bool inner = reads.parts->parts()[part].parent != kNone;
    const Span read = inner ? reads.parts->contradiction(part) : reads.read[part];
    if (!ignored.valid() || !read.valid() || !in_one_map(context, reads, ignored, read)) continue;
    const std::string name = reads.parts->path(part);
    context.report(Code::W0414, ignored, "`" + name + "` is ignored and read", "ignored here")
        .also(read, "read here")
        .help(Applicability::choose, "take it out of the `ignore`, or remove what reads it")
        .about(schema.name + "." + name);
  }
}

}  // namespace

void check_source_coverage(RuleContext& context) {
  std::vector<SourceReads> all = read_sources(context);
  for (uint32_t s = 0; s < all.size(); ++s) {
    if (all[s].maps.empty() || all[s].broken) continue;
    report_unread(context, s, all[s]);
    report_contradictions(context, s, all[s]);
  }
}

}  // namespace mig::rules
