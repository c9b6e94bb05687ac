// W0411: source fields that nothing reads. W0414: fields that are ignored although something reads them.
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

void report_unread(RuleContext& context, uint32_t source, const SourceReads& reads) {
  const sema::SchemaSymbol& schema = *context.schema_of_source(source);
  std::vector<uint32_t> unread;
  for (uint32_t f = 0; f < schema.fields.size(); ++f) {
    if (!reads.needed[f] && !reads.ignored[f].valid() && schema.fields[f].type != kNoType) unread.push_back(f);
  }
  if (unread.empty()) return;
  const sema::MapSymbol& map = context.program.maps[reads.maps.back()];
  const std::string reader = reads.maps.size() == 1
                                 ? "map " + map.name
                                 : "any of the " + std::to_string(reads.maps.size()) + " maps of " + context.program.sources[source].name;
  std::vector<std::string> names;
  for (const uint32_t f : unread) names.push_back(schema.fields[f].name);
  const std::string label = "never read by " + reader;
  const bool own_place = schema.fields[unread[0]].whole != schema.span;
  const Span place = own_place ? schema.fields[unread[0]].span : map.span;
  Diagnostic& finding =
      context.report(Code::W0411, place,
                     unread.size() == 1 ? "source field `" + names[0] + "` is never read"
                                        : std::to_string(unread.size()) + " source fields are never read: " + listed(names),
                     own_place ? label : "does not read " + listed(names));
  for (size_t i = 1; i < unread.size() && i < 3 && own_place; ++i) {
    if (schema.fields[unread[i]].span != place) finding.also(schema.fields[unread[i]].span, label);
  }
  if (own_place && unread.size() < 3) finding.also(map.span, "reads the source");
  std::string list;
  for (const std::string& name : names)
    list += (list.empty() ? "" : ", ") + (map.source_alias.empty() ? name : map.source_alias + "." + name);
  const Span insert = end_of_map(context, map);
  if (insert.valid())
    finding.help(Applicability::sketch, "say that this is on purpose", {{insert, "\n\n  ignore " + list + " because DECIDE"}});
  finding.about(schema.name + "." + names[0]).in("source " + context.program.sources[source].name);
}

}  // namespace

void check_source_coverage(RuleContext& context) {
  const std::vector<SourceReads> all = read_sources(context);
  for (uint32_t s = 0; s < all.size(); ++s) {
    const SourceReads& reads = all[s];
    if (reads.maps.empty() || reads.broken) continue;
    report_unread(context, s, reads);
    const sema::SchemaSymbol& schema = *context.schema_of_source(s);
    for (uint32_t f = 0; f < schema.fields.size(); ++f) {
      if (!reads.ignored[f].valid() || !reads.read[f].valid()) continue;
      // One map may ignore what another one reads.
      const Span ignored = reads.ignored[f], read = reads.read[f];
      bool same_map = false;
      for (const uint32_t m : reads.maps) {
        const Span whole = context.decl(context.program.maps[m]).span;
        same_map |= whole.file == ignored.file && whole.contains(ignored.begin) && whole.file == read.file && whole.contains(read.begin);
      }
      if (!same_map) continue;
      context.report(Code::W0414, ignored, "`" + schema.fields[f].name + "` is ignored and read", "ignored here")
          .also(read, "read here")
          .help(Applicability::choose, "take it out of the `ignore`, or remove what reads it")
          .about(schema.name + "." + schema.fields[f].name);
    }
  }
}

}  // namespace mig::rules
