#include "compiler/interp/interpreter.h"
#include "stdlib/prepared.h"

namespace mig::interp {

std::shared_ptr<const ir::PreparedObjects> prepare_objects(const ir::Program& program, std::string& error) {
  auto prepared = std::make_shared<ir::PreparedObjects>();
  for (const stdlib::PreparedSpec& spec : program.prepared) {
    std::shared_ptr<const void> object = stdlib::prepare(spec, error);
    if (object == nullptr) return nullptr;
    prepared->pointers.push_back(object.get());
    prepared->objects.push_back(std::move(object));
  }
  return prepared;
}

}  // namespace mig::interp
