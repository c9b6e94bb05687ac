// How long compiled code takes to be ready: maps of 20, 200 and 2 000 fields, each text trimmed, lowered, then parsed or looked up.
//
//   differential_compile_times [--dump] [FIELDS]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "stdlib/total_functions.h"
#include "compiler/ir/validate.h"
#include "stdlib/bitcode.h"
#include "tests/unit/engine_pair_program.h"
#include "tests/unit/engine_pair_run.h"

namespace mig::fuzz {
namespace {

using ir::kNone;
using ir::NodeId;
using ir::Op;

ir::Program wide_map(int fields) {
  testing::ProgramBuilder b;
  const TypeId text = b.type(Kind::kString);
  const TypeId maybe = b.types().nullable(text);
  const TypeId number = b.types().decimal(14, 2);
  const auto call = [&](const char* name, TypeId type, const std::vector<uint32_t>& arguments, uint32_t site = kNone) {
    return b.call(static_cast<uint32_t>(stdlib::find_function(name)), type, arguments, site);
  };
  const auto prepared = [&](stdlib::PreparedSpec spec) {
    b.program.prepared.push_back(std::move(spec));
    return b.node(Op::kPrepared, text, static_cast<uint32_t>(b.program.prepared.size() - 1));
  };
  const uint32_t bad = b.site(ir::Verb::kReject, "R1");
  const uint32_t odd = b.site(ir::Verb::kWarn, "W1");
  const uint32_t overflow = b.site(ir::Verb::kReject, "MIG001");
  stdlib::PreparedSpec table;
  table.kind = stdlib::PreparedKind::kTextSet;
  table.texts = {"subscribed", "unsubscribed", "cleaned", "pending"};
  const NodeId lookup = prepared(table);
  stdlib::PreparedSpec dates;
  dates.kind = stdlib::PreparedKind::kDateFormats;
  dates.texts = {"%Y-%m-%d", "%d.%m.%Y"};
  const NodeId formats = prepared(dates);
  for (int i = 0; i < fields; ++i) {
    const uint32_t field = b.input("f" + std::to_string(i), maybe);
    const NodeId given = b.node(Op::kCoalesce, text, kNone, b.field(field), b.reject(bad));
    const uint32_t local = b.local(text);
    ir::Step& let = b.step(ir::Step::What::kLet, call("text_trim", text, {call("text_lower", text, {given})}), local);
    const uint32_t bit = let.poison = b.poison();
    const NodeId clean = b.node(Op::kLocal, text, local);
    NodeId value = clean;
    switch (i % 4) {
      case 0:
        value = call("parse_decimal", number, {clean, b.integer(14), b.integer(2), b.text(""), b.text(".")});
        value = b.node(Op::kCatch, number, kNone, value, b.reject(bad));
        value = call("decimal_add", number, {value, value}, overflow);
        break;
      case 1:
        value = call("code_table_find", b.type(Kind::kInt), {clean, lookup});
        value = b.choose(value, text, {{0, b.text("SUBSCRIBED")}, {1, b.text("NONE")}, {2, b.text("SUPPRESSED")}}, b.reject(bad));
        break;
      case 2:
        value = call("parse_date", b.types().nullable(b.type(Kind::kDate)), {clean, formats});
        value = b.node(Op::kCatch, b.types().nullable(b.type(Kind::kDate)), kNone, value,
                       b.node(Op::kWarn, b.types().nullable(b.type(Kind::kDate)), odd, b.null(b.types().nullable(b.type(Kind::kDate)))));
        break;
      default:
        value = b.node(Op::kIf, maybe, kNone, call("text_equal", b.type(Kind::kBool), {clean, b.text("")}), b.null(maybe), clean);
        break;
    }
    b.assign("o" + std::to_string(i), value).depends = {bit};
  }
  b.finish();
  return std::move(b.program);
}

int run(int fields, bool dump) {
  const ir::Program program = wide_map(fields);
  for (const std::string& problem : ir::validate(program, stdlib::functions())) fmt::print("{}\n", problem);
  std::string error;
  const auto prepared = interp::prepare_objects(program, error);
  if (prepared == nullptr) {
    fmt::print("{}\n", error);
    return 1;
  }
  std::string text;
  const testing::Engines engines =
      testing::make_engines(program, stdlib::functions(), prepared, stdlib::bitcode(), stdlib::total_functions(), dump ? &text : nullptr);
  if (!engines.error.empty()) {
    fmt::print("{}\n", engines.error);
    return 1;
  }
  fmt::print("{}", text);
  for (const codegen::Timings& t : engines.timings) {
    fmt::print("{:5} fields, -O{}: {:7.1f} ms = session {:.1f} + emit {:.1f} + bodies {:.1f} ({}) + optimise {:.1f} + generate {:.1f}\n",
               fields, &t == &engines.timings[0] ? 0 : 2,
               static_cast<double>(t.session + t.emit + t.bodies + t.optimise + t.generate) / 1e3, static_cast<double>(t.session) / 1e3,
               static_cast<double>(t.emit) / 1e3, static_cast<double>(t.bodies) / 1e3, t.inlined, static_cast<double>(t.optimise) / 1e3,
               static_cast<double>(t.generate) / 1e3);
  }
  // The map step alone, over clean records that stay in the cache.
  RecordBatch input(program.maps[0].input, 256);
  input.count = 256;
  static constexpr std::string_view kClean[] = {"12.50", " Subscribed", "2024-03-04", "ann"};
  for (uint32_t record = 0; record < input.count; ++record) {
    for (uint32_t field = 0; field < program.maps[0].input.fields.size(); ++field) {
      Cell cell{};
      cell.state = Presence::kValue;
      cell.text = {kClean[field % 4].data(), kClean[field % 4].size()};
      store_cell(input.frame(record), program.maps[0].input, field, cell);
    }
  }
  const Environment environment{};
  const int rounds = std::max(1, 20'000 / fields);
  for (const auto& set : engines.sets) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) testing::run_engine(*set, program, 0, input, environment);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print("{:5} fields, {:8}: {:.1f} ns a field\n", fields, set->engine(), seconds * 1e9 / rounds / 256 / fields);
  }
  return 0;
}

}  // namespace
}  // namespace mig::fuzz

int main(int argc, char** argv) {
  const bool dump = argc > 1 && std::string(argv[1]) == "--dump";
  if (argc > 1 + (dump ? 1 : 0)) return mig::fuzz::run(std::atoi(argv[argc - 1]), dump);
  for (const int fields : {20, 200, 2000}) {
    if (mig::fuzz::run(fields, dump) != 0) return 1;
  }
  return 0;
}
