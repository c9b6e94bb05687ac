#include "stdlib/declaration.h"

#include <algorithm>
#include <unordered_map>

#include "stdlib/embedded_declarations.h"

namespace mig::stdlib {

namespace {

struct Library {
  std::vector<Declaration> declarations;
  std::unordered_map<std::string_view, std::vector<const Declaration*>> callable;
  std::unordered_map<std::string_view, const Declaration*> operators;
  std::vector<std::string_view> names;
};

Library load() {
  Library library;
  std::string error;
  for (unsigned i = 0; i < kEmbeddedFileCount; ++i) {
    // The embedded files are part of the program: a test proves that they are read without an error.
    if (!read_declarations(kEmbeddedFiles[i].group, kEmbeddedFiles[i].text, library.declarations, error)) break;
  }
  for (const Declaration& declaration : library.declarations) {
    if (declaration.is_operator) {
      library.operators.emplace(declaration.name, &declaration);
    } else {
      std::vector<const Declaration*>& overloads = library.callable[declaration.name];
      if (overloads.empty()) library.names.push_back(declaration.name);
      overloads.push_back(&declaration);
    }
  }
  std::sort(library.names.begin(), library.names.end());
  return library;
}

const Library& library() {
  static const Library kLibrary = load();
  return kLibrary;
}

}  // namespace

std::span<const Declaration> declarations() { return library().declarations; }

std::span<const Declaration* const> overloads(std::string_view name) {
  const auto it = library().callable.find(name);
  if (it == library().callable.end()) return {};
  return it->second;
}

const Declaration* find_operator(std::string_view name) {
  const auto it = library().operators.find(name);
  return it == library().operators.end() ? nullptr : it->second;
}

std::span<const std::string_view> callable_names() { return library().names; }

}  // namespace mig::stdlib
