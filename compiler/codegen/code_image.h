// Puts an object file of the code generator into memory, so that its functions can be called. No LLVM: code that is kept needs none.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mig::codegen {

/// Owns the code. Pages are written, then sealed as executable or read-only, never both.
class CodeImage {
 public:
  /// A relocatable file for x86-64 (ELF). It can refer to itself and to the symbols of `outside` alone. Null with `error` set when anything
  /// in it is not what the code generator writes; no file makes this read or write where it should not.
  static std::unique_ptr<CodeImage> link(std::string_view object, std::span<const std::pair<const char*, const void*>> outside,
                                         std::string& error);
  ~CodeImage();
  CodeImage(const CodeImage&) = delete;
  CodeImage& operator=(const CodeImage&) = delete;

  struct Function {
    std::string name;
    const void* address;
    uint64_t size;  // bytes
  };
  /// In the order of the file.
  const std::vector<Function>& functions() const { return functions_; }
  /// Null when there is none of that name.
  const void* find(std::string_view name) const;

 private:
  friend class ImageLinker;
  CodeImage() = default;

  char* memory_ = nullptr;
  uint64_t size_ = 0;
  char* unwind_ = nullptr;  // what exceptions are unwound by, registered; null: nothing
  std::vector<Function> functions_;
};

}  // namespace mig::codegen
