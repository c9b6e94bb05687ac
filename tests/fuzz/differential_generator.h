// Random, well-typed programs over all standard-library functions for the differential fuzzer.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "stdlib/declaration.h"
#include "stdlib/function.h"
#include "tests/fuzz/differential_values.h"
#include "tests/unit/engine_pair_program.h"

namespace mig::fuzz {

class Generator {
 public:
  explicit Generator(uint64_t seed);
  /// One program with one map; every program passes ir::validate, unless the generator is wrong.
  ir::Program make();

 private:
  using Bindings = std::map<std::string, TypeId>;
  /// A local that may be read, and the poison bit that the reader must then depend on.
  struct Readable {
    uint32_t local;
    TypeId type;
    uint32_t bit;
  };
  /// Where an expression stands.
  struct Place {
    std::vector<TypeId>* locals = nullptr;
    std::vector<Readable> readable;
    bool record = true;                  // may read the source record
    uint32_t functions = 0;              // user functions below this one may be called
    std::set<uint32_t>* bits = nullptr;  // collects what the step depends on
  };

  // generator
  void make_types();
  void make_function();
  void make_steps(std::vector<ir::Step>& steps, Place& place, int count, int depth);
  ir::NodeId root(Place& place, TypeId& type);
  // expressions
  ir::NodeId expression(TypeId type, Place& place, int depth);
  ir::NodeId leaf(TypeId type, Place& place);
  ir::NodeId control(TypeId type, Place& place, int depth);
  ir::NodeId null_aware(TypeId type, Place& place, int depth);
  ir::NodeId build(TypeId type, Place& place, int depth);
  ir::NodeId never(Place& place);
  ir::NodeId with_cause(ir::NodeId raise, Place& place);  // a reject, skip or warning, some with a text
  ir::NodeId constant(TypeId type);
  ir::NodeId truth(Place& place, int depth) { return expression(b_.type(Kind::kBool), place, depth); }
  ir::NodeId lambda(const std::vector<TypeId>& parameters, TypeId result, Place& place, int depth);
  ir::NodeId user_call(TypeId type, Place& place, int depth);
  // calls
  ir::NodeId call_for(TypeId type, Place& place, int depth);
  ir::NodeId call(const stdlib::Declaration& declaration, Bindings bindings, TypeId result, Place& place, int depth);
  ir::NodeId guarded(ScalarKind kind, uint32_t function, std::vector<uint32_t> arguments, TypeId result, Place& place);
  TypeId instantiate(const stdlib::TypeTree& tree, Bindings& bindings, const stdlib::Declaration& declaration);
  bool unify(const stdlib::TypeTree& tree, TypeId type, Bindings& bindings, const stdlib::Declaration& declaration);
  bool allows(stdlib::Constraint constraint, TypeId type) const;
  TypeId choose(stdlib::Constraint constraint);
  uint32_t prepared(const stdlib::IntrinsicArgument& argument, const std::vector<TypeId>& types, const Bindings& bindings);
  uint32_t prepared(stdlib::PreparedSpec spec);

  TypeId any_type();
  uint32_t new_local(TypeId type, Place& place) {
    place.locals->push_back(type);
    return static_cast<uint32_t>(place.locals->size() - 1);
  }
  const Type& type(TypeId id) const { return b_.program.types[id]; }
  uint32_t site(ir::Verb verb);

  Random random_;
  testing::ProgramBuilder b_;
  std::vector<TypeId> pool_;  // types that fields and locals have
  std::vector<uint32_t> sites_[4];
  size_t nodes_left_ = 0;
};

}  // namespace mig::fuzz
