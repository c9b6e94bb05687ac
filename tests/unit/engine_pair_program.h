// Builds per-record programs by hand, node by node, for tests of the engines and of the passes.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "compiler/ir/ir.h"

namespace mig::testing {

struct ProgramBuilder {
  ir::Program program;

  TypeTable& types() { return program.types; }
  TypeId type(Kind kind, bool nullable = false) {
    const TypeId id = types().of(kind);
    return nullable ? types().nullable(id) : id;
  }
  TypeId keepable(TypeId id) {
    Type type = types()[id];
    type.may_keep = true;
    return types().intern(type);
  }

  ir::NodeId add(ir::Node node) {
    program.nodes.push_back(node);
    return static_cast<ir::NodeId>(program.nodes.size() - 1);
  }
  ir::NodeId node(ir::Op op, TypeId type, uint32_t index = ir::kNone, ir::NodeId a = ir::kNone, ir::NodeId b = ir::kNone,
                  ir::NodeId c = ir::kNone) {
    return add({op, type, index, a, b, c, 0, 0, ir::kNone});
  }
  ir::NodeId with_arguments(ir::Op op, TypeId type, uint32_t index, const std::vector<uint32_t>& arguments, uint32_t site = ir::kNone,
                            ir::NodeId a = ir::kNone) {
    const uint32_t first = static_cast<uint32_t>(program.arguments.size());
    program.arguments.insert(program.arguments.end(), arguments.begin(), arguments.end());
    return add({op, type, index, a, ir::kNone, ir::kNone, first, static_cast<uint32_t>(arguments.size()), site});
  }
  ir::NodeId call(uint32_t function, TypeId type, const std::vector<uint32_t>& arguments, uint32_t site = ir::kNone) {
    return with_arguments(ir::Op::kCall, type, function, arguments, site);
  }
  ir::NodeId lambda(const std::vector<uint32_t>& parameters, ir::NodeId body) {
    return with_arguments(ir::Op::kLambda, type(Kind::kFunction), ir::kNone, parameters, ir::kNone, body);
  }
  ir::NodeId choose(ir::NodeId value, TypeId type, std::initializer_list<ir::SwitchCase> cases, ir::NodeId otherwise = ir::kNone) {
    const uint32_t first = static_cast<uint32_t>(program.cases.size());
    program.cases.insert(program.cases.end(), cases);
    return add({ir::Op::kSwitch, type, ir::kNone, value, ir::kNone, otherwise, first, static_cast<uint32_t>(cases.size()), ir::kNone});
  }

  uint32_t constant(TypeId type, const Cell& cell, std::string text = {}) {
    program.constants.push_back({type, cell, std::move(text)});
    return static_cast<uint32_t>(program.constants.size() - 1);
  }
  ir::NodeId integer(int64_t value) {
    Cell cell{};
    cell.integer = value;
    cell.state = Presence::kValue;
    return node(ir::Op::kConst, type(Kind::kInt), constant(type(Kind::kInt), cell));
  }
  ir::NodeId text(std::string value) {
    Cell cell{};
    cell.state = Presence::kValue;
    return node(ir::Op::kConst, type(Kind::kString), constant(type(Kind::kString), cell, std::move(value)));
  }
  ir::NodeId boolean(bool value) {
    Cell cell{};
    cell.boolean = value;
    cell.state = Presence::kValue;
    return node(ir::Op::kConst, type(Kind::kBool), constant(type(Kind::kBool), cell));
  }
  ir::NodeId null(TypeId nullable) { return node(ir::Op::kNull, nullable); }

  uint32_t site(ir::Verb verb, std::string code) {
    program.issues.push_back({std::move(code), "", "", verb});
    ir::Site site;
    site.issue = static_cast<uint32_t>(program.issues.size() - 1);
    site.verb = verb;
    program.sites.push_back(site);
    return static_cast<uint32_t>(program.sites.size() - 1);
  }
  ir::NodeId reject(uint32_t site_index) { return node(ir::Op::kReject, type(Kind::kNever), site_index); }
  ir::NodeId skip(uint32_t site_index) { return node(ir::Op::kSkip, type(Kind::kNever), site_index); }

  ir::MapProgram& map() {
    if (program.maps.empty()) {
      program.maps.emplace_back();
      program.maps[0].name = "m";
    }
    return program.maps[0];
  }
  uint32_t local(TypeId type) {
    map().locals.push_back(type);
    return static_cast<uint32_t>(map().locals.size() - 1);
  }
  uint32_t input(std::string name, TypeId type) {
    map().input.add(std::move(name), type, types(), types()[type].nullable);
    return static_cast<uint32_t>(map().input.fields.size() - 1);
  }
  ir::NodeId field(uint32_t index) { return node(ir::Op::kField, map().input.fields[index].type, index); }
  /// Adds an output field of the node's type (without `may_keep`) and the step that assigns it.
  ir::Step& assign(std::string name, ir::NodeId value, std::vector<ir::Step>* into = nullptr) {
    Type type = program.types[program.nodes[value].type];
    type.may_keep = false;
    map().output.add(std::move(name), types().intern(type), types(), true);
    return step(ir::Step::What::kAssign, value, static_cast<uint32_t>(map().output.fields.size() - 1), into);
  }
  ir::Step& step(ir::Step::What what, ir::NodeId value, uint32_t index = ir::kNone, std::vector<ir::Step>* into = nullptr) {
    std::vector<ir::Step>& steps = into == nullptr ? map().steps : *into;
    ir::Step added;
    added.what = what;
    added.node = value;
    added.index = index;
    steps.push_back(std::move(added));
    return steps.back();
  }
  uint32_t poison() { return map().poison_bits++; }
  void finish() {
    map().input.finish();
    map().output.finish();
  }
};

}  // namespace mig::testing
