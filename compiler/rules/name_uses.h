// Which names a module uses, by text: names do not hide one another, so the text is enough.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "compiler/rules/rule_context.h"

namespace mig::rules {

struct NameUses {
  std::unordered_map<uint32_t, std::unordered_set<std::string_view>> by_declaration;  // bare names in the expressions of a declaration
  std::unordered_set<std::string_view> bare;        // names in expressions of any declaration but the one of that name
  std::unordered_set<std::string_view> qualifiers;  // `geo` of `geo.f`, anywhere
  std::unordered_set<std::string_view> params;      // `cutoff` of `param.cutoff`
  std::unordered_set<std::string_view> types;       // in types
  std::unordered_set<std::string_view> issues;      // raised, or failed with; not those that only tests expect
};

NameUses collect_name_uses(const syntax::Module& tree);

}  // namespace mig::rules
