#include "tests/unit/engine_pair_run.h"

#include <cmath>
#include <cstring>
#include <map>

namespace mig::testing {

namespace {

bool same_text(const Text& a, const Text& b) { return a.size == b.size && (a.size == 0 || std::memcmp(a.data, b.data, a.size) == 0); }

bool same_list(const ir::Program& program, const Type& type, const List& a, const List& b) {
  if (a.count != b.count) return false;
  for (uint64_t i = 0; i < a.count; ++i) {
    const TypeId element = type.kind == Kind::kRecord ? type.fields[i].type : type.element;
    if (!same_value(program, element, a.items[i], b.items[i])) return false;
  }
  return true;
}

std::string show_decimal(int128 value) {
  if (value == 0) return "0";
  std::string digits;
  const bool negative = value < 0;
  uint128 rest = negative ? -static_cast<uint128>(value) : static_cast<uint128>(value);
  for (; rest != 0; rest /= 10) digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  return negative ? "-" + digits : digits;
}

std::string show_text(const Text& text) {
  std::string out = "\"";
  for (const char c : text.view()) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126) {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += code;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

bool same_value(const ir::Program& program, TypeId type_id, const Cell& a, const Cell& b) {
  if (a.state != b.state) return false;
  if (a.state != Presence::kValue) return true;
  const Type& type = program.types[type_id];
  switch (storage_of(type.kind)) {
    case Storage::kBool: return a.boolean == b.boolean;
    case Storage::kInt: return a.integer == b.integer;
    case Storage::kReal: return std::memcmp(&a.real, &b.real, sizeof(double)) == 0 || (std::isnan(a.real) && std::isnan(b.real));
    case Storage::kDecimal: return a.decimal == b.decimal;
    case Storage::kText: return same_text(a.text, b.text);
    case Storage::kList: return same_list(program, type, a.list, b.list);
    case Storage::kMap:
      if (a.map.count != b.map.count) return false;
      for (uint64_t i = 0; i < a.map.count; ++i) {
        if (!same_value(program, type.key, a.map.entries[i].key, b.map.entries[i].key)) return false;
        if (!same_value(program, type.element, a.map.entries[i].value, b.map.entries[i].value)) return false;
      }
      return true;
    case Storage::kScalar: break;
  }
  if (a.kind != b.kind || a.scale != b.scale || a.extra != b.extra) return false;
  if (type.kind == Kind::kMoney) return a.decimal == b.decimal;
  if (type.kind != Kind::kScalar) return a.integer == b.integer;
  switch (a.kind) {
    case ScalarKind::kBool: return a.boolean == b.boolean;
    case ScalarKind::kInt: return a.integer == b.integer;
    case ScalarKind::kDecimal: return a.decimal == b.decimal;
    case ScalarKind::kText: return same_text(a.text, b.text);
  }
  return false;
}

std::string show_value(const ir::Program& program, TypeId type_id, const Cell& cell) {
  switch (cell.state) {
    case Presence::kAbsent: return "absent";
    case Presence::kNull: return "null";
    case Presence::kKeep: return "keep";
    case Presence::kUnavailable: return "unavailable";
    case Presence::kValue: break;
  }
  const Type& type = program.types[type_id];
  std::string out;
  switch (storage_of(type.kind)) {
    case Storage::kBool: return cell.boolean ? "true" : "false";
    case Storage::kInt: return std::to_string(cell.integer);
    case Storage::kReal: return std::to_string(cell.real);
    case Storage::kDecimal: return show_decimal(cell.decimal);
    case Storage::kText: return show_text(cell.text);
    case Storage::kList:
      for (uint64_t i = 0; i < cell.list.count; ++i) {
        if (i != 0) out += ", ";
        out += show_value(program, type.kind == Kind::kRecord ? type.fields[i].type : type.element, cell.list.items[i]);
      }
      return "[" + out + "]";
    case Storage::kMap:
      for (uint64_t i = 0; i < cell.map.count; ++i) {
        if (i != 0) out += ", ";
        out += show_value(program, type.key, cell.map.entries[i].key) + ": " + show_value(program, type.element, cell.map.entries[i].value);
      }
      return "{" + out + "}";
    case Storage::kScalar: break;
  }
  const std::string tail = "#" + std::to_string(cell.scale) + "#" + std::to_string(cell.extra);
  if (type.kind == Kind::kMoney) return show_decimal(cell.decimal) + tail;
  if (type.kind != Kind::kScalar) return std::to_string(cell.integer) + tail;
  switch (cell.kind) {
    case ScalarKind::kBool: return cell.boolean ? "scalar true" : "scalar false";
    case ScalarKind::kInt: return "scalar " + std::to_string(cell.integer);
    case ScalarKind::kDecimal: return "scalar " + show_decimal(cell.decimal) + tail;
    case ScalarKind::kText: return "scalar " + show_text(cell.text);
  }
  return "?";
}

std::string show_record(const ir::Program& program, uint32_t map, const RunResult& result, uint32_t record) {
  const RecordLayout& layout = program.maps[map].output;
  static constexpr const char* kOutcomes[] = {"written", "skipped", "rejected"};
  std::string out = kOutcomes[static_cast<size_t>(result.outcomes[record])];
  out += "\n";
  for (uint32_t i = 0; i < layout.fields.size(); ++i) {
    out += layout.fields[i].name + " = " + show_value(program, layout.fields[i].type, load_cell(result.output->frame(record), layout, i)) +
           "\n";
  }
  for (const IssueHit& hit : result.hits) {
    if (hit.record != record) continue;
    out += "issue site " + std::to_string(static_cast<int32_t>(hit.site)) + " step " + std::to_string(hit.step);
    if (hit.cause != nullptr) out += std::string(" cause ") + hit.cause;
    out += "\n";
  }
  return out;
}

int64_t first_difference(const ir::Program& program, uint32_t map, const RunResult& a, const RunResult& b) {
  const RecordLayout& layout = program.maps[map].output;
  int64_t first = -1;
  for (uint32_t record = 0; record < a.outcomes.size() && first < 0; ++record) {
    if (a.outcomes[record] != b.outcomes[record]) first = record;
    for (uint32_t i = 0; i < layout.fields.size() && first < 0; ++i) {
      const Cell left = load_cell(a.output->frame(record), layout, i);
      const Cell right = load_cell(b.output->frame(record), layout, i);
      if (!same_value(program, layout.fields[i].type, left, right)) first = record;
    }
  }
  const size_t hits = std::min(a.hits.size(), b.hits.size());
  for (size_t i = 0; i < hits; ++i) {
    const IssueHit& left = a.hits[i];
    const IssueHit& right = b.hits[i];
    const bool same_cause =
        (left.cause == nullptr) == (right.cause == nullptr) && (left.cause == nullptr || std::strcmp(left.cause, right.cause) == 0);
    if (left.record != right.record || left.site != right.site || left.step != right.step || !same_cause) {
      const int64_t record = std::min(left.record, right.record);
      return first < 0 ? record : std::min(first, record);
    }
  }
  if (a.hits.size() != b.hits.size()) {
    const int64_t record = a.hits.size() > hits ? a.hits[hits].record : b.hits[hits].record;
    return first < 0 ? record : std::min(first, record);
  }
  return first;
}

RunResult run_engine(const KernelSet& engine, const ir::Program& program, uint32_t map, const RecordBatch& input,
                     const Environment& environment, uint64_t memory) {
  struct Sink : IssueSink {
    std::vector<IssueHit>* hits;
  };
  RunResult result;
  result.engine = engine.engine();
  result.outcomes.resize(input.count);
  for (const DecodeFailure& failure : input.failures) result.outcomes[failure.record] = Outcome::kRejected;
  result.output = std::make_unique<RecordBatch>(program.maps[map].output, input.count);
  constexpr uint64_t kBlock = 256 << 10;  // bytes
  result.arena = std::make_unique<Arena>(kBlock, memory, true);
  Sink sink;
  sink.hits = &result.hits;
  sink.add = [](IssueSink* self, const IssueHit& hit) { static_cast<Sink*>(self)->hits->push_back(hit); };
  Context context{};
  result.arena->reset(context);
  context.prepared = engine.prepared();
  context.environment = &environment;
  context.issues = &sink;
  context.row_ordinal = 1000;
  context.row_source = {"source", 6};
  result.memo = std::make_unique<TextMemo>();
  context.memo = result.memo.get();
  try {
    engine.kernel(map).run(context, input.frame(0), result.output->frame(0), input.count, result.outcomes.data());
  } catch (const ArenaExhausted&) {
    result.refused = true;
  }
  return result;
}

std::string jit_library_path() { return MIG_JIT_LIBRARY; }

Engines make_engines(const ir::Program& program, std::span<const stdlib::Function> functions,
                     std::shared_ptr<const ir::PreparedObjects> prepared, std::string_view bodies, const std::vector<bool>& total,
                     std::string* dump) {
  Engines engines;
  engines.sets.push_back(std::make_unique<interp::Interpreter>(program, functions, prepared));
  const codegen::Library* const library = codegen::Library::open(jit_library_path(), engines.error);
  if (library == nullptr) return engines;
  for (const uint8_t level : {uint8_t{0}, uint8_t{2}}) {
    codegen::Request request;
    request.program = &program;
    request.functions = functions;
    request.prepared = prepared;
    request.bodies = bodies;
    request.total = total;
    request.level = level;
    request.dump = level == 2 ? dump : nullptr;
    std::unique_ptr<KernelSet> set = library->compile(request, engines.timings[level == 0 ? 0 : 1], engines.error);
    if (set == nullptr) return engines;
    engines.sets.push_back(std::move(set));
  }
  return engines;
}

}  // namespace mig::testing
