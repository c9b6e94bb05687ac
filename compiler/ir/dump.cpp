#include "compiler/ir/dump.h"

#include <fmt/format.h>

#include <map>

#include "compiler/ir/steps.h"
#include "compiler/ir/values.h"
#include "stdlib/text_chain.h"

namespace mig::ir {

std::string_view op_name(Op op) {
  switch (op) {
    case Op::kConst: return "const";
    case Op::kNull: return "null";
    case Op::kKeep: return "keep";
    case Op::kField: return "field";
    case Op::kFieldPresent: return "present";
    case Op::kFieldUnavailable: return "unavailable";
    case Op::kLocal: return "local";
    case Op::kRunNow: return "run.now";
    case Op::kRunId: return "run.id";
    case Op::kParameter: return "param";
    case Op::kRowPosition: return "row.position";
    case Op::kRowSource: return "row.source";
    case Op::kCall: return "call";
    case Op::kCallFunction: return "function";
    case Op::kPrepared: return "prepared";
    case Op::kLambda: return "lambda";
    case Op::kLet: return "let";
    case Op::kIf: return "if";
    case Op::kSwitch: return "switch";
    case Op::kCoalesce: return "coalesce";
    case Op::kCatch: return "catch";
    case Op::kIsNull: return "is_null";
    case Op::kUnwrap: return "unwrap";
    case Op::kWrap: return "wrap";
    case Op::kReject: return "reject";
    case Op::kSkip: return "skip";
    case Op::kWarn: return "warn";
    case Op::kFail: return "fail";
    case Op::kMakeRecord: return "record";
    case Op::kMakeList: return "list";
    case Op::kGetField: return "get";
  }
  return "?";
}

namespace {

class Dumper {
 public:
  Dumper(const Program& program, std::span<const stdlib::Function> functions) : program_(program), functions_(functions) {}

  std::string run() {
    for (size_t i = 0; i < program_.functions.size(); ++i) {
      const Function& function = program_.functions[i];
      out_ += fmt::format("function {} {}({}) -> {}{}{}{}\n", i, function.name, locals(function.locals, function.parameters),
                          program_.types.text(function.result), function.may_fail ? " fails" : "", function.may_reject ? " rejects" : "",
                          function.repeatable ? " repeatable" : "");
      numbers_.clear();
      out_ += fmt::format("  return v{}\n", node(function.body, 2));
    }
    for (const MapProgram& map : program_.maps) {
      out_ += fmt::format("map {} locals({}) bits {}\n", map.name, locals(map.locals, map.locals.size()), map.poison_bits);
      numbers_.clear();
      layout("in", map.input);
      layout("out", map.output);
      uint32_t number = 0;
      steps(map.steps, 2, number);
    }
    return std::move(out_);
  }

 private:
  std::string locals(const std::vector<TypeId>& types, size_t count) const {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += fmt::format("{}{}: {}", i == 0 ? "" : ", ", i, program_.types.text(types[i]));
    return text;
  }

  void layout(const char* side, const RecordLayout& layout) {
    for (size_t i = 0; i < layout.fields.size(); ++i) {
      const FieldSlot& field = layout.fields[i];
      out_ += fmt::format("  {} {} {}: {}{}\n", side, i, field.name, program_.types.text(field.type), field.optional ? " optional" : "");
    }
  }

  void steps(const std::vector<Step>& list, int indent, uint32_t& number) {
    for (const Step& step : list) {
      std::string head = fmt::format("{:{}}step {}", "", indent, number++);
      for (const uint32_t bit : step.depends) head += fmt::format(" needs !{}", bit);
      if (step.poison != kNone) head += fmt::format(" poisons !{}", step.poison);
      out_ += head + "\n";
      // A node of an earlier step is computed again here, so it gets a new number.
      numbers_.clear();
      const uint32_t value = node(step.node, indent + 2);
      switch (step.what) {
        case Step::What::kLet: out_ += fmt::format("{:{}}local {} = v{}\n", "", indent + 2, step.index, value); break;
        case Step::What::kAssign: out_ += fmt::format("{:{}}out {} = v{}\n", "", indent + 2, step.index, value); break;
        case Step::What::kEffect: out_ += fmt::format("{:{}}do v{}\n", "", indent + 2, value); break;
        case Step::What::kGroup:
          out_ += fmt::format("{:{}}when v{}\n", "", indent + 2, value);
          steps(step.then, indent + 4, number);
          out_ += fmt::format("{:{}}else\n", "", indent + 2);
          steps(step.otherwise, indent + 4, number);
          break;
      }
    }
  }

  std::string constant(const Constant& value) const {
    const Cell cell = constant_cell(value, program_.types);
    if (cell.state != Presence::kValue) return "none";
    const Type& type = program_.types[value.type];
    switch (storage_of(type.kind)) {
      case Storage::kBool: return cell.boolean ? "true" : "false";
      case Storage::kInt: return std::to_string(cell.integer);
      case Storage::kReal: return fmt::format("{:a}", cell.real);
      case Storage::kDecimal: return fmt::format("{}", cell.decimal);
      case Storage::kText: {
        stdlib::TextChain chain;
        return stdlib::TextChain::read(value.text, chain) ? "steps " + quoted(value.text.substr(stdlib::TextChain::kTable + 1))
                                                          : quoted(value.text);
      }
      case Storage::kList:
      case Storage::kMap: return "[]";
      case Storage::kScalar: break;
    }
    if (type.kind == Kind::kScalar && cell.kind == ScalarKind::kText) return "scalar " + quoted(value.text);
    if (type.kind == Kind::kScalar && cell.kind == ScalarKind::kBool) return cell.boolean ? "scalar true" : "scalar false";
    const bool narrow = type.kind == Kind::kPeriod || cell.kind == ScalarKind::kInt;
    return fmt::format("scalar {}/{}/{}/{}", narrow ? int128{cell.integer} : cell.decimal, static_cast<int>(cell.kind), cell.scale,
                       cell.extra);
  }

  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      const unsigned byte = static_cast<unsigned char>(c);
      if (byte < 32 || byte == 127 || c == '"' || c == '\\') {
        out += fmt::format("\\x{:02x}", byte);
      } else {
        out += c;
      }
    }
    return out + "\"";
  }

  std::string detail(const Node& at) const {
    if (at.op == Op::kConst || at.op == Op::kFail) return " " + constant(program_.constants[at.index]);
    if (at.op == Op::kCall) {
      const char* const proof = at.proof == Proof::kUnproven ? "" : at.proof == Proof::kInRange ? " (in range)" : " (64 bits)";
      return " " + std::string(functions_[at.index].name) + proof;
    }
    if (at.op == Op::kCallFunction) return " " + program_.functions[at.index].name;
    if (at.op == Op::kReject || at.op == Op::kSkip || at.op == Op::kWarn) {
      return fmt::format(" {}#{}", program_.issues[program_.sites[at.index].issue].code, at.index);
    }
    return at.index == kNone ? "" : fmt::format(" {}", at.index);
  }

  uint32_t node(NodeId id, int indent) {
    if (const auto found = numbers_.find(id); found != numbers_.end()) return found->second;
    const Node& at = program_.nodes[id];
    std::string text{op_name(at.op)};
    std::string operands;
    if (at.op == Op::kSwitch) {
      operands += fmt::format(" v{}", node(at.a, indent));
      for (uint32_t i = 0; i < at.count; ++i) {
        const SwitchCase& option = program_.cases[at.first + i];
        operands += fmt::format(" {}: v{}", option.value, node(option.body, indent + 2));
      }
      if (at.c != kNone) operands += fmt::format(" else v{}", node(at.c, indent + 2));
    } else if (at.op == Op::kLambda) {
      for (uint32_t i = 0; i < at.count; ++i) operands += fmt::format(" {}", program_.arguments[at.first + i]);
      operands += fmt::format(" -> v{}", node(at.a, indent + 2));
    } else {
      const bool branches = at.op == Op::kIf || at.op == Op::kCoalesce || at.op == Op::kCatch;
      bool first = true;
      each_child(program_, at, [&](NodeId child) {
        operands += fmt::format(" v{}", node(child, branches && !first ? indent + 2 : indent));
        first = false;
      });
    }
    text += detail(at);
    if (at.site != kNone) text += fmt::format(" at #{}", at.site);
    const uint32_t number = next_++;
    numbers_[id] = number;
    out_ += fmt::format("{:{}}v{} = {}{}: {}\n", "", indent, number, text, operands, program_.types.text(at.type));
    return number;
  }

  const Program& program_;
  std::span<const stdlib::Function> functions_;
  std::string out_;
  std::map<NodeId, uint32_t> numbers_;
  uint32_t next_ = 0;
};

uint64_t mix(uint64_t seed, std::string_view text) {
  uint64_t hash = seed;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3u;
    hash ^= hash >> 29;
  }
  hash *= 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 32);
}

}  // namespace

std::string dump(const Program& program, std::span<const stdlib::Function> functions) { return Dumper(program, functions).run(); }

std::array<uint64_t, 2> canonical_hash(const Program& program, std::span<const stdlib::Function> functions) {
  std::string text = dump(program, functions);
  const auto add = [&text](std::string_view part) { text += fmt::format("{}:{}\n", part.size(), part); };
  for (const MapProgram& map : program.maps) {
    for (const RecordLayout* layout : {&map.input, &map.output}) {
      add(std::to_string(layout->stride));
      for (const FieldSlot& field : layout->fields) add(std::to_string(field.offset));
    }
  }
  for (const stdlib::PreparedSpec& spec : program.prepared) {
    add(fmt::format("{} {} {}", static_cast<int>(spec.kind), spec.option, spec.flag));
    add(spec.name);
    for (const std::string& part : spec.texts) add(part);
    add("");
    for (const std::string& part : spec.values) add(part);
  }
  for (const EnumType& type : program.enums) {
    add(type.name);
    for (const EnumVariant& variant : type.variants) add(variant.wire);
  }
  for (const Site& site : program.sites) add(fmt::format("{} {}", static_cast<int>(site.verb), program.issues[site.issue].code));
  return {mix(0xCBF29CE484222325u, text), mix(0x84222325CBF29CE4u, text)};
}

}  // namespace mig::ir
