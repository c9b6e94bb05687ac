#include "runtime/formats/csv/dialect.h"

namespace mig {
namespace {

Error bad_setting(const std::string& name, const std::string& wanted) {
  return Error{ErrorKind::kConfig, "setting " + name + " must be " + wanted, "correct the setting in the spec"};
}

/// One ASCII character that can stand between cells; "tab" by name.
Result<void> one_character(const Settings& settings, const std::string& name, bool may_be_empty, char& out) {
  const auto found = settings.find(name);
  if (found == settings.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second);
  const char* const wanted = may_be_empty ? "one ASCII character, or \"\" for none" : "one ASCII character, or \"tab\"";
  if (text == nullptr) return bad_setting(name, wanted);
  if (*text == "tab") {
    out = '\t';
  } else if (text->empty() && may_be_empty) {
    out = 0;
  } else if (text->size() == 1 && static_cast<uint8_t>((*text)[0]) < 0x80 && (*text)[0] != 0 && (*text)[0] != '\n' && (*text)[0] != '\r') {
    out = (*text)[0];
  } else {
    return bad_setting(name, wanted);
  }
  return {};
}

Result<void> true_or_false(const Settings& settings, const std::string& name, bool& out) {
  const auto found = settings.find(name);
  if (found == settings.end()) return {};
  const auto* flag = std::get_if<bool>(&found->second);
  if (flag == nullptr) return bad_setting(name, "true or false");
  out = *flag;
  return {};
}

}  // namespace

Result<CsvDialect> csv_dialect(const Settings& settings) {
  CsvDialect dialect;
  if (Result<void> r = one_character(settings, "delimiter", false, dialect.delimiter); !r.ok()) return r.error();
  if (Result<void> r = one_character(settings, "quote", true, dialect.quote); !r.ok()) return r.error();
  if (Result<void> r = one_character(settings, "escape", true, dialect.escape); !r.ok()) return r.error();
  if (dialect.escape == dialect.quote) dialect.escape = 0;
  if (dialect.delimiter == dialect.quote || dialect.delimiter == dialect.escape)
    return bad_setting("delimiter", "another character than quote and escape");
  if (const auto found = settings.find("header"); found != settings.end()) {
    if (const auto* flag = std::get_if<bool>(&found->second)) {
      dialect.header = *flag;
    } else if (const auto* names = std::get_if<std::vector<std::string>>(&found->second)) {
      dialect.header = false;
      dialect.names = *names;
    } else {
      return bad_setting("header", "true, false, or the list of the columns' names");
    }
  }
  if (const auto found = settings.find("null_tokens"); found != settings.end()) {
    if (const auto* tokens = std::get_if<std::vector<std::string>>(&found->second)) {
      dialect.null_tokens = *tokens;
    } else if (const auto* token = std::get_if<std::string>(&found->second)) {
      dialect.null_tokens = {*token};
    } else {
      return bad_setting("null_tokens", "a list of texts");
    }
  }
  if (Result<void> r = true_or_false(settings, "trim", dialect.trim); !r.ok()) return r.error();
  if (Result<void> r = true_or_false(settings, "bare_quotes", dialect.bare_quotes); !r.ok()) return r.error();
  if (const auto found = settings.find("line_end"); found != settings.end()) {
    const auto* text = std::get_if<std::string>(&found->second);
    if (text == nullptr || (*text != "lf" && *text != "crlf")) return bad_setting("line_end", "\"lf\" or \"crlf\"");
    dialect.crlf = *text == "crlf";
  }
  return dialect;
}

}  // namespace mig
