// The rules that look at a checked spec for what is unused, unread, unmapped, ambiguous, lossy, leaking or not repeatable.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/base/diagnostic.h"
#include "compiler/sema/program.h"

namespace mig::rules {

enum class Category : uint8_t { names, coverage, numbers, text, failures, tables, identity, privacy, operations, losses };
std::string_view category_text(Category category);

class RuleContext;
struct Profile;

struct Rule {
  std::string_view id;  // "source_coverage"
  Category category = Category::names;
  std::string_view codes;    // "W0411 W0414"
  std::string_view purpose;  // one sentence
  void (*run)(RuleContext& context) = nullptr;
};

/// In the order in which they run.
std::span<const Rule> rule_list();

/// Runs every rule over a program, also over one that does not check: rules keep silent about what is broken. Reports to `findings`,
/// which holds what the earlier phases found; sorts it. Findings that an `@allow` names are left out. True when no rule found an error.
/// `profile`: counts of the data, if there are any.
bool run_rules(const sema::Program& program, const SourceMap& sources, DiagnosticSink& findings, const Profile* profile = nullptr);

}  // namespace mig::rules
