// The objects that prepare() builds and native bodies receive. Immutable and shared by threads.
#pragma once

#include "stdlib/prepared.h"

namespace mig::stdlib {

class Pattern;      // stdlib/pattern.h
class DateFormats;  // stdlib/date_formats.h
class Zone;         // stdlib/zone.h
class CodeTable;    // stdlib/code_table.h
class Lookup;       // stdlib/lookup.h
class JsonShape;    // stdlib/json_shape.h
struct ValueShape;  // stdlib/shape.h

}  // namespace mig::stdlib
