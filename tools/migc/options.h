// Command-line options of a verb as a table: one description serves parsing, `--help` and the completion scripts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mig::cli {

/// What a shell may offer as the value.
enum class Offer : unsigned char { kNothing, kFile, kFolder, kChoices, kCodes };

struct Option {
  std::string_view name;        // without the dashes
  std::string_view value = {};  // placeholder in the help; empty for a flag
  std::string_view help = {};
  Offer offer = Offer::kNothing;
  std::string_view choices = {};  // blank-separated; with kChoices any other value is refused
  bool repeated = false;
};

/// A command line after the verb: operands in order, and option values as written.
class Arguments {
 public:
  const std::vector<std::string>& operands() const { return operands_; }
  bool has(std::string_view option) const;
  /// The last value given.
  std::optional<std::string> value(std::string_view option) const;
  std::vector<std::string> values(std::string_view option) const;

 private:
  friend std::optional<Arguments> parse_arguments(std::span<const Option>, std::span<const std::string_view>, std::string&);
  std::vector<std::string> operands_;
  std::vector<std::pair<std::string, std::string>> options_;
};

/// `--name VALUE`, `--name=VALUE`, `--flag`; `--` ends the options. On a mistake null, and `error` says what is wrong and what was meant.
std::optional<Arguments> parse_arguments(std::span<const Option> options, std::span<const std::string_view> words, std::string& error);

/// "256MiB", "2GiB", "1000000": bytes. Null when malformed, zero or more than 2^62.
std::optional<unsigned long long> parse_size(std::string_view text);
/// A whole number in [low, high].
std::optional<long long> parse_count(std::string_view text, long long low, long long high);

}  // namespace mig::cli
