// Rows of a table as bytes of a chunk, and their way into frames.
//   row: u32 bytes of what follows, i64 rowid (or ordinal), u8 kOverlong or kWhole, then a value for each selected column
//   value: u8 ColumnType; integer 8 bytes, real 8 bytes, text and blob u32 size and the bytes. Host byte order: chunks never leave the
//   process.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/connectors/sqlite/source.h"

namespace mig {

enum class ColumnType : uint8_t { kNull, kInteger, kReal, kText, kBlob };
enum class RowForm : uint8_t { kWhole, kOverlong };  // kOverlong: longer than the limit, no values

Result<std::unique_ptr<ChunkReader>> make_sqlite_reader(const SqliteTable& table, const Position* from, uint64_t chunk_bytes,
                                                        uint64_t max_record_bytes);

/// What a column may hold for a type: INTEGER for int (and 0, 1 for bool); INTEGER, decimal TEXT, or REAL for decimal, REAL only when its
/// shortest text has at most 15 digits and fits (so 0.1 in a DECIMAL column is 0.1); REAL and INTEGER for float; TEXT for string, times,
/// enum, uuid, json; BLOB for bytes; TEXT with JSON for lists, maps and records. Anything else is a failure of the row.
Result<std::unique_ptr<ChunkDecoder>> make_sqlite_decoder(const SqliteTable& table, const SourcePlan& plan, const TypeTable& types,
                                                          const std::vector<EnumType>& enums);

}  // namespace mig
