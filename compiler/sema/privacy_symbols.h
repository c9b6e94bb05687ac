// What every declaration has, settings, and the declarations of privacy and environments, resolved.
#pragma once

#include <map>
#include <variant>

#include "compiler/sema/annotations.h"

namespace mig::sema {

/// Where a declaration stands. Every symbol begins with one.
struct Origin {
  std::string name;
  ModuleId module = 0;
  syntax::DeclId decl;
  Span span;  // of the name
  mutable bool used = false;
};

/// A checked setting or connector argument.
struct SettingValue {
  enum class Form : uint8_t { kBool, kInt, kText, kTexts, kRate, kDuration, kParam, kSecret, kWord, kWords, kCall, kExpr };
  Form form = Form::kBool;
  bool boolean = false;
  int64_t integer = 0;                  // kInt; kDuration: microseconds
  double rate = 0;                      // kRate: 5% is 0.05
  std::string text;                     // kText; kWord; kSecret: its name; kCall: the callee's name
  std::vector<std::string> texts;       // kTexts, kWords
  uint32_t param = kNone;               // kParam: Program::params
  std::vector<SettingValue> arguments;  // kCall, positional
  ExprRef expr;                         // always: the expression as written
  Span span;
};
using CheckedSettings = std::map<std::string, SettingValue, std::less<>>;

struct PrivacyClass {
  std::string name;
  Span span;
  mutable bool used = false;
};
struct PrivacyAllow {
  std::vector<uint32_t> classes;
  std::vector<uint32_t> targets;
  Span span;
  mutable bool used = false;
};

/// What a mask makes of the values of one type inside the fields that it is about.
struct MaskedType {
  TypeId type = kNoType;    // never nullable
  TypeId passed = kNoType;  // what the mask is called with; text where `type` is a scalar
  uint32_t call = kNone;    // Program::calls: the mask as the stage of a pipe
};
/// `mask contact.* in staging with mask_email`. compiler/sema/masks.h says which one a field has.
struct PrivacyMask {
  struct Pattern {
    std::string path;  // without `.*`
    std::vector<uint32_t> classes;
  };
  std::vector<Pattern> patterns;
  std::vector<std::string> environments;
  ExprRef mask;
  std::vector<MaskedType> types;  // of all fields of targets that it is about, in any environment
  Span span;
};

/// `environment staging { secret A = "B"  target t { table = "x" } }`
struct EnvironmentSecret {
  std::string name, variable;
  Span span;
};
/// Two columns of a file that a lookup reads.
struct LookupFile {
  std::string name, content_hash;                            // below the root; of the file's bytes, hex
  std::vector<std::pair<std::string, std::string>> entries;  // wire texts, in file order
};
struct EnvironmentBinding {
  syntax::BindingKind kind = syntax::BindingKind::target;
  uint32_t subject = kNone;  // Program::sources, targets or lookups
  CheckedSettings settings;  // `path` stands for the first argument of the connector
  LookupFile file;           // of a lookup: read instead of its own
  Span span;
};
struct EnvironmentSymbol : Origin {
  std::vector<EnvironmentSecret> secrets;
  std::vector<EnvironmentBinding> bindings;
};

}  // namespace mig::sema
