#include "compiler/codegen/profiler_map.h"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace mig::codegen {

namespace {

class ProfilerMap : public llvm::orc::ObjectLinkingLayer::Plugin {
 public:
  void modifyPassConfig(llvm::orc::MaterializationResponsibility&, llvm::jitlink::LinkGraph&,
                        llvm::jitlink::PassConfiguration& passes) override {
    passes.PostFixupPasses.push_back([](llvm::jitlink::LinkGraph& graph) {
      write(graph);
      return llvm::Error::success();
    });
  }
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility&) override { return llvm::Error::success(); }
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey) override { return llvm::Error::success(); }
  void notifyTransferringResources(llvm::orc::JITDylib&, llvm::orc::ResourceKey, llvm::orc::ResourceKey) override {}

 private:
  static void write(llvm::jitlink::LinkGraph& graph) {
    const std::string path = "/tmp/perf-" + std::to_string(::getpid()) + ".map";
    std::FILE* const file = std::fopen(path.c_str(), "a");
    if (file == nullptr) return;
    for (const llvm::jitlink::Symbol* symbol : graph.defined_symbols()) {
      if (!symbol->isCallable() || !symbol->hasName()) continue;
      std::fprintf(file, "%llx %llx %s\n", static_cast<unsigned long long>(symbol->getAddress().getValue()),
                   static_cast<unsigned long long>(symbol->getSize()), symbol->getName().str().c_str());
    }
    std::fclose(file);
  }
};

}  // namespace

std::shared_ptr<llvm::orc::ObjectLinkingLayer::Plugin> profiler_map() { return std::make_shared<ProfilerMap>(); }

}  // namespace mig::codegen
