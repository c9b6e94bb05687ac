// migc cache: the compiled code that earlier runs left for later ones.
#include <fmt/format.h>

#include "compiler/driver/code_cache.h"
#include "tools/migc/json_text.h"
#include "tools/migc/ledger_output.h"
#include "tools/migc/progress.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

void list_entries(const driver::CodeCache& cache, bool json) {
  const std::vector<driver::CodeCache::Entry> entries = cache.list();
  if (json) {
    for (const driver::CodeCache::Entry& entry : entries) {
      fmt::print("{{\"key\":{},\"bytes\":{},\"used\":{},\"good\":{}}}\n", json_text(entry.key), entry.bytes, entry.used, entry.good);
    }
    return;
  }
  uint64_t bytes = 0;
  for (const driver::CodeCache::Entry& entry : entries) bytes += entry.bytes;
  fmt::print("{}: {} of at most {}, {} program{}\n", cache.folder(), bytes_text(static_cast<double>(bytes)),
             bytes_text(static_cast<double>(cache.limit())), entries.size(), entries.size() == 1 ? "" : "s");
  for (const driver::CodeCache::Entry& entry : entries) {
    fmt::print("  {}  {:>10}  last used {}{}\n", entry.key.substr(0, 16), bytes_text(static_cast<double>(entry.bytes)),
               moment(entry.used * 1'000'000), entry.good ? "" : "  (damaged: will be compiled again)");
  }
}

int run_cache(const Arguments& arguments) {
  const std::string what = arguments.operands().empty() ? "list" : arguments.operands()[0];
  if (arguments.operands().size() > 1 || (what != "list" && what != "clear")) return usage_error("cache", "takes `list` or `clear`");
  const std::string folder = driver::CodeCache::default_folder();
  if (folder.empty()) {
    fmt::print(stderr, "migc cache: there is no cache: neither XDG_CACHE_HOME nor HOME names a folder\n");
    return kUsage;
  }
  const driver::CodeCache cache(folder);
  if (what == "list") {
    list_entries(cache, arguments.value("format") == "json");
    return kOk;
  }
  const uint64_t removed = cache.clear();
  fmt::print("removed the code of {} program{} from {}\n", removed, removed == 1 ? "" : "s", folder);
  return kOk;
}

}  // namespace

Verb cache_verb() {
  return {.name = "cache",
          .summary = "lists or clears the compiled code kept from earlier runs",
          .operands = "[list|clear]",
          .description =
              "A run keeps the native code of its program in $XDG_CACHE_HOME/migc/code (else ~/.cache/migc/code), so\n"
              "that the next run of the same spec has it at once. Code belongs to one program, one build of migc and\n"
              "one processor; what does not fit or is damaged is compiled again. The folder is yours alone (0700) and\n"
              "holds at most 64 MiB: the code used longest ago goes first. Nothing is lost when it is cleared.\n",
          .options = {{.name = "format",
                       .value = "human|json",
                       .help = "json: one program a line on stdout",
                       .offer = Offer::kChoices,
                       .choices = "human json"}},
          .examples = {{"migc cache", "what is kept"}, {"migc cache clear", "remove it"}},
          .run = run_cache};
}

}  // namespace mig::cli
