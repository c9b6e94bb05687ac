// E0532: a person is moved up in consent. Only an exception with a reason and a day (`@allow(E0532, "...", until: @...)`) lets it pass.
#include <algorithm>

#include "compiler/rules/consent.h"
#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

class RaiseChecker {
 public:
  explicit RaiseChecker(RuleContext& context)
      : context_(context), levels_(sema::consent_levels(context.program)), exceptions_(sema::dated_exceptions(context.program)) {}

  void run() {
    const StatusMappings mappings = read_status_mappings(context_);
    for (const StatusMapping& mapping : mappings.all) arms(mapping);
    for (const StatusComposition& composition : mappings.compositions) compose(mappings, composition);
    for (uint32_t m = 0; m < context_.program.maps.size(); ++m) constants(m);
  }

 private:
  /// Statuses that one outcome raises: those for which one exception answers, or nobody.
  struct Raise {
    const sema::DatedException* exception = nullptr;
    std::vector<std::string> names;
    uint32_t from = kNone;  // the level of the lowest of them
  };

  std::string what(uint32_t from, uint32_t to) const {
    if (from < levels_.neutral && to > levels_.neutral)
      return "somebody who objected " + std::string(to + 1 == levels_.names.size() ? "may be written to" : "is asked again");
    return "from " + levels_.names[from] + " up to " + levels_.names[to];
  }

  void advise(Diagnostic& finding, const StatusOutcome& outcome) const {
    std::string order;
    for (const std::string& name : levels_.names) order += (order.empty() ? "" : " < ") + name;
    finding.note("consent only goes down: " + order);
    const uint32_t lowest = lowest_level(context_, outcome.enumeration);
    finding.help(Applicability::choose, "map it to a status that allows no more than the person did" +
                                            (lowest == kNone ? std::string() : ", such as one of level " + levels_.names[lowest]));
    finding.help(Applicability::sketch,
                 "or have somebody answer for it, with a reason and a last day, before the declaration: `@allow(E0532, \"who decided, and "
                 "why\", until: @2026-12-31, from: [...])`");
  }

  const sema::DatedException* exception_of(const std::string& status, Span place) const {
    for (const sema::DatedException& each : exceptions_) {
      const bool around = each.covered.file == place.file && each.covered.begin <= place.begin && place.end <= each.covered.end;
      if (around && std::find(each.from.begin(), each.from.end(), status) != each.from.end()) return &each;
    }
    return nullptr;
  }

  /// The finding reported last is the exception's business, if there is one.
  void accept_last(const sema::DatedException* exception) {
    if (exception != nullptr) context_.accept_last(exception->reason, exception->span);
  }

  std::vector<Raise> raised(const StatusArm& arm, const StatusOutcome& outcome, Span place) const {
    std::vector<Raise> raises;
    for (const StatusKey& key : arm.keys) {
      if (!is_raised(context_, key.level, outcome.enumeration, outcome.variant)) continue;
      const sema::DatedException* exception = exception_of(key.name, place);
      auto same = std::find_if(raises.begin(), raises.end(), [&](const Raise& each) { return each.exception == exception; });
      if (same == raises.end()) same = raises.insert(raises.end(), Raise{exception, {}, kNone});
      same->names.push_back(key.name);
      same->from = std::min(same->from, key.level);
    }
    return raises;
  }

  void arms(const StatusMapping& mapping) {
    if (!mapping.about_consent) return;
    for (const StatusArm& arm : mapping.arms) {
      for (const StatusOutcome& outcome : arm.outcomes) {
        if (!is_consent_enum(context_, outcome.enumeration)) continue;
        const uint32_t to = level_of(context_, outcome.enumeration, outcome.variant);
        for (const auto& [exception, names, from] : raised(arm, outcome, outcome.place)) {
          Diagnostic& finding = context_.report(Code::E0532, outcome.place,
                                                listed(names) + (names.size() == 1 ? " becomes `" : " become `") +
                                                    variant_name(context_, outcome.enumeration, outcome.variant) + "`: " + what(from, to),
                                                "raises the consent");
          finding.also(arm.key_span, arm.otherwise ? "covers " + listed(names) : levels_.names[from]);
          advise(finding, outcome);
          finding.in(mapping.name);
          accept_last(exception);
        }
      }
    }
  }

  void compose(const StatusMappings& mappings, const StatusComposition& composition) {
    const StatusMapping& inner = mappings.all[composition.inner];
    const StatusMapping& outer = mappings.all[composition.outer];
    for (const StatusArm& arm : inner.arms) {
      for (const StatusOutcome& between : arm.outcomes) {
        // A step that raises by itself is the finding of its own mapping; only a status that says nothing hides a raise.
        if (between.enumeration != outer.enumeration || level_of(context_, between.enumeration, between.variant) != kNone) continue;
        const StatusArm* next = outer.arm_of(between.variant);
        if (next == nullptr) continue;
        for (const StatusOutcome& last : next->outcomes) {
          if (!is_consent_enum(context_, last.enumeration)) continue;
          const std::string middle = variant_name(context_, between.enumeration, between.variant),
                            end = variant_name(context_, last.enumeration, last.variant);
          for (const auto& [exception, names, from] : raised(arm, last, composition.place)) {
            Diagnostic& finding =
                context_.report(Code::E0532, composition.place,
                                listed(names) + (names.size() == 1 ? " becomes `" : " become `") + middle + "` and then `" + end +
                                    "`: " + what(from, level_of(context_, last.enumeration, last.variant)),
                                "raises the consent in two steps");
            finding.also(between.place, "the first step (" + inner.name + ")")
                .also(last.place, "`" + middle + "` becomes `" + end + "` (" + outer.name + ")");
            advise(finding, last);
            accept_last(exception);
          }
        }
      }
    }
  }

  // A status that is the same for everybody, or for everybody without one.
  void constants(uint32_t map) {
    const auto* written = context_.decl(context_.program.maps[map]).get_if<syntax::MapDecl>();
    if (written == nullptr) return;
    const ModuleId module = context_.program.maps[map].module;
    const syntax::Module& tree = context_.tree(module);
    for (const syntax::StmtId id : written->body.statements) {
      const auto* assign = tree[id].get_if<syntax::AssignStmt>();
      if (assign == nullptr || !assign->value.valid()) continue;
      syntax::ExprId value = without_groups(tree, assign->value);
      bool fallback = false;
      if (const auto* coalesce = tree[value].get_if<syntax::CoalesceExpr>()) {
        value = without_groups(tree, coalesce->fallback);
        fallback = true;
      }
      if (!value.valid()) continue;
      const sema::ExprInfo& about = context_.info(ExprRef{module, value});
      if (about.ref != Ref::kVariant || !is_consent_enum(context_, about.index) ||
          !is_raised(context_, levels_.neutral, about.index, about.part))
        continue;
      const std::string name = variant_name(context_, about.index, about.part);
      Diagnostic& finding = context_.report(Code::E0532, tree[value].span,
                                            std::string(fallback ? "everybody without a status" : "everybody") + " becomes `" + name +
                                                "`: " + what(levels_.neutral, level_of(context_, about.index, about.part)),
                                            "raises the consent of people who were not asked");
      advise(finding, {about.index, about.part, tree[value].span, false});
      finding.in("map " + context_.program.maps[map].name);
      accept_last(exception_of(levels_.names[levels_.neutral], tree[value].span));
    }
  }

  RuleContext& context_;
  sema::ConsentLevels levels_;
  std::vector<sema::DatedException> exceptions_;
};

}  // namespace

void check_consent_raised(RuleContext& context) { RaiseChecker(context).run(); }

}  // namespace mig::rules
