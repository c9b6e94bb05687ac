#include "runtime/connectors/file/sink.h"
#include "runtime/connectors/sink.h"
#include "runtime/connectors/sqlite/sink.h"

namespace mig {

Result<std::unique_ptr<Sink>> open_sink(const TargetPlan& plan, const TypeTable& types, const std::vector<EnumType>& enums) {
  if (plan.connector == "ndjson" || plan.connector == "csv") return FileSink::open(plan, types, enums);
  if (plan.connector == "sqlite") return SqliteSink::open(plan, types, enums);
  return Error{ErrorKind::kConfig, "target " + plan.name + ": this migc cannot write '" + plan.connector + "'",
               "targets: csv, ndjson, sqlite"};
}

}  // namespace mig
