// Frames as CSV records; quotes only where they are needed.
#pragma once

#include <memory>

#include "runtime/formats/encoder.h"

namespace mig {

/// Null, keep and absent are an unquoted empty cell, an empty text is `""`. Lists of single values are joined with `,`; maps, records and
/// other lists are JSON text. kConfig: settings or types that CSV cannot hold.
Result<std::unique_ptr<RecordEncoder>> make_csv_encoder(const TargetPlan& target, const TypeTable& types,
                                                        const std::vector<EnumType>& enums);

}  // namespace mig
