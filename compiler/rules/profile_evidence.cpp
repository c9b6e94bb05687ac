// W0264: the bytes are not UTF-8 and no charset is named. W0654: a match key is often null. Both from a profile of the data.
#include <set>

#include "compiler/rules/profile.h"
#include "compiler/rules/rule_context.h"

namespace mig::rules {

namespace {

constexpr double kOften = 0.05;  // of the records

std::string share(uint64_t part, uint64_t whole) { return std::to_string(part) + " of " + std::to_string(whole) + " profiled records"; }

class EvidenceReader {
 public:
  EvidenceReader(RuleContext& context, const Profile& profile) : context_(context), program_(context.program), profile_(profile) {}

  void run() {
    for (const sema::SourceSymbol& source : program_.sources) charset(source);
    for (const CallSite& site : context_.calls()) {
      const bool matches =
          site.call->callee == Ref::kLookup || site.function() == "ref" || site.function() == "target_of" || site.function() == "exists_in";
      if (!matches) continue;
      // The first argument of ref, target_of and exists_in names a map or a target.
      for (const sema::BoundArgument& argument : site.call->arguments) {
        if (argument.source == sema::BoundArgument::Source::kExpr || argument.source == sema::BoundArgument::Source::kPiped)
          key(argument.expr.valid() ? argument.expr : site.expr, "matched here");
      }
    }
    for (const sema::DedupeSymbol& dedupe : program_.dedupes) {
      for (const ExprRef& each : dedupe.keys) dedupe_key(dedupe, each);
    }
  }

 private:
  const ProfiledSource* of(const std::string& source) const {
    const auto it = profile_.sources.find(source);
    return it == profile_.sources.end() ? nullptr : &it->second;
  }

  void charset(const sema::SourceSymbol& source) {
    const ProfiledSource* counts = of(source.name);
    if (counts == nullptr || counts->not_utf8 == 0 || source.settings.count("encoding") != 0) return;
    context_
        .report(Code::W0264, source.connector_span, "the bytes of " + source.name + " are not UTF-8, and nothing says what they are",
                "read as UTF-8")
        .note_as("evidence", share(counts->not_utf8, counts->records) + " are not UTF-8")
        .help(Applicability::sketch, "name the charset in the settings of the source: `encoding = \"cp1252\"`");
  }

  void key(ExprRef value, const std::string& label) {
    if (!value.valid()) return;
    const uint32_t map = context_.map_around(value);
    const uint32_t lineage = context_.info(value).lineage;
    if (map == kNone || lineage >= program_.lineages.size()) return;
    fields(map, program_.lineages[lineage], context_.expr(value).span, label);
  }

  void dedupe_key(const sema::DedupeSymbol& dedupe, ExprRef key_ref) {
    const sema::ExprInfo& about = context_.info(key_ref);
    if (about.ref != Ref::kTargetField) return;
    for (uint32_t m = 0; m < program_.maps.size(); ++m) {
      const sema::MapSymbol& map = program_.maps[m];
      if (map.target != dedupe.target) continue;
      const auto& infos = program_.modules[map.module].stmts;
      for (const sema::StmtInfo& stmt : infos) {
        if (stmt.number == kNone || stmt.target_fields.size() != 1 || stmt.target_fields[0] != about.index ||
            stmt.lineage >= program_.lineages.size())
          continue;
        fields(m, program_.lineages[stmt.lineage], context_.tree(key_ref.module)[key_ref.id].span, "null keys match nothing");
      }
    }
  }

  void fields(uint32_t map, const std::vector<uint32_t>& read, Span place, const std::string& label) {
    const sema::SchemaSymbol* schema = context_.source_schema(map);
    if (schema == nullptr || program_.maps[map].source == kNone) return;
    const ProfiledSource* counts = of(program_.sources[program_.maps[map].source].name);
    if (counts == nullptr || counts->records == 0) return;
    for (const uint32_t field : read) {
      if (field >= schema->fields.size()) continue;
      const auto it = counts->fields.find(schema->fields[field].name);
      if (it == counts->fields.end() || static_cast<double>(it->second.null) < kOften * static_cast<double>(counts->records)) continue;
      if (!reported_.insert({place, field}).second) continue;
      context_.report(Code::W0654, place, "the match key comes from `" + schema->fields[field].name + "`, which is often null", label)
          .also(schema->fields[field].span, "null or absent in " + share(it->second.null, counts->records))
          .note_as("evidence", "`" + schema->fields[field].name + "` is null in " + share(it->second.null, counts->records))
          .help(Applicability::choose, "choose a key that every record has, or take the first that is there: `coalesce(a, b)`")
          .in("map " + program_.maps[map].name)
          .about(schema->fields[field].name);
    }
  }

  RuleContext& context_;
  const sema::Program& program_;
  const Profile& profile_;
  std::set<std::pair<Span, uint32_t>> reported_;
};

}  // namespace

void check_profile_evidence(RuleContext& context, const Profile& profile) { EvidenceReader(context, profile).run(); }

}  // namespace mig::rules
