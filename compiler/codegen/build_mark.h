// Which sources, built how, the program and its code generator were made from.
#pragma once

namespace mig::codegen {

/// Version of migc, `+`, and a digest of the sources that both sides share: `0.1.0+3f2a...`. Only equal ones fit together.
extern const char kBuildMark[];

}  // namespace mig::codegen
