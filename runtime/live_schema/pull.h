// The databases whose schemas can be read, one a file.
#pragma once

#include "runtime/live_schema/request.h"

namespace mig::live_schema {

PullFunction pull_sqlite, pull_postgres, pull_mysql;

}  // namespace mig::live_schema
