#include "compiler/codegen/profiler_map.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace mig::codegen {

namespace {

class ProfilerMap : public llvm::orc::ObjectLinkingLayer::Plugin {
 public:
  void modifyPassConfig(llvm::orc::MaterializationResponsibility&, llvm::jitlink::LinkGraph&,
                        llvm::jitlink::PassConfiguration& passes) override {
    // Nothing refers to functions of the same section by their symbols, which would be dropped.
    passes.PrePrunePasses.push_back([](llvm::jitlink::LinkGraph& graph) {
      for (llvm::jitlink::Symbol* symbol : graph.defined_symbols()) {
        if (symbol->isCallable()) symbol->setLive(true);
      }
      return llvm::Error::success();
    });
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
    // The name can be foreseen: never through a link that somebody else laid there.
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    std::FILE* const file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "a");
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
