#include "runtime/connectors/file/source.h"
#include "runtime/connectors/source.h"
#include "runtime/connectors/sqlite/source.h"

namespace mig {

Result<std::unique_ptr<Source>> open_source(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums,
                                            uint64_t chunk_bytes, uint64_t max_record_bytes) {
  if (plan.connector == "csv" || plan.connector == "ndjson") return FileSource::open(plan, types, enums, chunk_bytes, max_record_bytes);
  if (plan.connector == "sqlite") return SqliteSource::open(plan, types, enums, chunk_bytes, max_record_bytes);
  return Error{ErrorKind::kConfig, "there is no connector " + plan.connector + " to read source " + plan.name + " from",
               "use csv, ndjson or sqlite"};
}

}  // namespace mig
