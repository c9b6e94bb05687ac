// Frames as NDJSON lines: keys joined in advance, values straight into the buffer.
#pragma once

#include <memory>

#include "runtime/formats/encoder.h"

namespace mig {

/// kConfig: a field's type that JSON cannot hold.
Result<std::unique_ptr<RecordEncoder>> make_ndjson_encoder(const TargetPlan& target, const TypeTable& types,
                                                           const std::vector<EnumType>& enums);

}  // namespace mig
