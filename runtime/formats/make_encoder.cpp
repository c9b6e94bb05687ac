#include "runtime/formats/csv/csv_encoder.h"
#include "runtime/formats/encoder.h"
#include "runtime/formats/ndjson/ndjson_encoder.h"

namespace mig {

Result<std::unique_ptr<RecordEncoder>> make_encoder(const TargetPlan& target, const TypeTable& types, const std::vector<EnumType>& enums) {
  if (target.connector == "ndjson") return make_ndjson_encoder(target, types, enums);
  if (target.connector == "csv") return make_csv_encoder(target, types, enums);
  return Error{ErrorKind::kConfig, "no encoder writes format " + target.connector, "use ndjson or csv"};
}

}  // namespace mig
