// The file of a lookup: read, checked against the types of the lookup, and known by its hash.
#include <algorithm>
#include <unordered_set>

#include "compiler/sema/lookup_content.h"
#include "compiler/sema/phases.h"
#include "compiler/sema/type_relations.h"

namespace mig::sema {
namespace {

bool check_entries(Analysis& analysis, const LookupSymbol& lookup, const LookupFile& file, Span span) {
  std::unordered_set<std::string> keys;
  const Type& value = analysis.type(lookup.value);
  for (const auto& [key, text] : file.entries) {
    if (!keys.insert(key).second) {
      analysis.report(Code::E0515, span, "`" + file.name + "` has the key \"" + key + "\" twice", "the second one can never be found");
      return false;
    }
    bool fits = true;
    if (value.kind == Kind::kEnum) {
      const auto& variants = analysis.program->enums[value.declaration].variants;
      fits = std::any_of(variants.begin(), variants.end(), [&](const EnumVariant& v) { return v.wire == text; });
    } else if (value.kind == Kind::kString && value.high != kUnboundedHigh) {
      fits = static_cast<int64_t>(text.size()) >= std::max<int64_t>(value.low, 0) && static_cast<int64_t>(text.size()) <= value.high * 4;
    }
    if (!fits) {
      analysis.report(Code::E0201, span,
                      "`" + file.name + "` holds \"" + text + "\", which is not " + kind_in_words(analysis.program->types, lookup.value),
                      "for the key \"" + key + "\"");
      return false;
    }
  }
  return true;
}

}  // namespace

bool read_lookup_file(Analysis& analysis, const LookupSymbol& lookup, ModuleId module, const SettingValue& path, const std::string& key,
                      const std::string& value, LookupFile& file) {
  const auto text = read_project_file(analysis, module, path.text, path.span, file.name);
  if (!text) return false;
  file.content_hash = content_hash(*text);
  LookupContent content = read_lookup(*text, key, value);
  if (!content.error.empty()) {
    Diagnostic& finding =
        analysis.report(Code::E0101, path.span, "`" + file.name + "` cannot be used as a lookup: " + content.error, "read here");
    if (!content.header.empty()) {
      std::string columns;
      for (const std::string& column : content.header) columns += (columns.empty() ? "" : ", ") + column;
      finding.note("columns of the file: " + columns);
    }
    return false;
  }
  file.entries = std::move(content.entries);
  return check_entries(analysis, lookup, file, path.span);
}

}  // namespace mig::sema
