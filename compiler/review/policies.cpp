#include "compiler/review/policies.h"

namespace mig::review {

std::map<std::string, Span> clearances(const Version& version) {
  std::map<std::string, Span> found;
  for (const sema::PrivacyAllow& allow : version.program.allows) {
    for (const uint32_t label : allow.classes) {
      for (const uint32_t target : allow.targets)
        found.emplace(version.program.classes[label].name + " to " + version.program.targets[target].name, allow.span);
    }
  }
  return found;
}

std::map<std::string, Span> masks(Version& version) {
  std::map<std::string, Span> found;
  for (sema::ModuleId module = 0; module < version.program.modules.size(); ++module) {
    for (const syntax::Decl& decl : version.context.tree(module).decls) {
      const auto* privacy = decl.get_if<syntax::PrivacyDecl>();
      for (size_t i = 0; privacy != nullptr && i < privacy->masks.size(); ++i) {
        const syntax::PrivacyMask& mask = privacy->masks[i];
        for (const syntax::LabelPattern& label : mask.classes) {
          for (const syntax::Name& environment : mask.environments) {
            found.emplace(label.path.text() + (label.wildcard ? ".*" : "") + " in " + environment.text + " with " +
                              version.canonical.expr({module, mask.mask}),
                          mask.span);
          }
        }
      }
    }
  }
  return found;
}

std::map<std::string, Span> allowances(const Version& version) {
  std::map<std::string, Span> found;
  for (sema::ModuleId module = 0; module < version.program.modules.size(); ++module) {
    const syntax::Module& tree = version.context.tree(module);
    const auto each = [&](const std::vector<syntax::Attribute>& attributes, const std::string& where) {
      for (const syntax::Attribute& attribute : attributes) {
        if (attribute.name.text != "allow" || attribute.arguments.empty()) continue;
        found.emplace(version.context.text(attribute.arguments[0].span) + where, attribute.span);
      }
    };
    for (const syntax::Decl& decl : tree.decls) each(decl.attributes, " of " + decl.name.text);
    for (const syntax::Stmt& stmt : tree.stmts) each(stmt.attributes, " at " + version.context.text(stmt.span).substr(0, 40));
  }
  return found;
}

}  // namespace mig::review
