// migc manifest: what a migration does, for people who answer for it.
#include <fmt/format.h>

#include "compiler/review/manifest.h"
#include "tools/migc/confinement.h"
#include "tools/migc/findings_output.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

int run_manifest(const Arguments& arguments) {
  confine_to_projects(arguments.operands());
  int exit = kOk;
  const auto session = checked_spec("manifest", arguments.operands(), false, exit);
  if (session == nullptr) return exit;
  const review::Manifest manifest = review::make_manifest(*session->checked.program, session->sources, session->findings);
  const std::string format = arguments.value("format").value_or("markdown");
  fmt::print("{}", format == "html"   ? review::manifest_html(manifest)
                   : format == "json" ? review::manifest_json(manifest)
                                      : review::manifest_markdown(manifest));
  return kOk;
}

}  // namespace

Verb manifest_verb() {
  return {.name = "manifest",
          .summary = "every field, rule, decision and open item of a migration, for review",
          .operands = "SPEC.mig",
          .description =
              "Prints, for every map, what becomes of every target field, from which source fields and by which rule;\n"
              "what stays behind and why; issues, clearances and masks of personal data, findings that somebody\n"
              "answers for, and the items that people do. html is one page without anything from elsewhere, with a\n"
              "picture of where fields come from.\n",
          .options = {{.name = "format",
                       .value = "markdown|json|html",
                       .help = "markdown is the default",
                       .offer = Offer::kChoices,
                       .choices = "markdown json html"}},
          .examples = {{"migc manifest contacts.mig > manifest.md", "for the repository"},
                       {"migc manifest --format=html contacts.mig > manifest.html", "for a meeting"}},
          .run = run_manifest};
}

}  // namespace mig::cli
