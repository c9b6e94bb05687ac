// migc lsp: the language server of editors, over standard input and output.
#include <unistd.h>

#include <csignal>

#include "compiler/language_server/server.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

int run_lsp(const Arguments& arguments) {
  if (!arguments.operands().empty()) return usage_error("lsp", "it takes no files: the editor sends them");
  std::signal(SIGPIPE, SIG_IGN);  // an editor that has gone is seen by the write
  lsp::Server server(lsp::Connection(STDIN_FILENO, STDOUT_FILENO), MIGC_VERSION);
  return server.run();
}

}  // namespace

Verb lsp_verb() {
  return {.name = "lsp",
          .summary = "serves an editor: findings, completion, hover, rename, fixes, layout",
          .operands = "",
          .description =
              "Speaks the Language Server Protocol (3.17) on standard input and output. Editors start it; the extension\n"
              "for VS Code is in tools/editors/vscode. Texts that are not saved yet are checked as they are.\n",
          .options = {{.name = "stdio", .help = "what it does anyway; some editors pass it"}},
          .examples = {{"migc lsp", "what an editor runs"}},
          .run = run_lsp};
}

}  // namespace mig::cli
