#include "tools/migc/options.h"

#include <fmt/format.h>

#include <charconv>

#include "compiler/base/edit_distance.h"

namespace mig::cli {
namespace {

const Option* find(std::span<const Option> options, std::string_view name) {
  for (const Option& option : options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

bool offered(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const size_t blank = choices.find(' ');
    if (choices.substr(0, blank) == value) return true;
    if (blank == std::string_view::npos) break;
    choices.remove_prefix(blank + 1);
  }
  return false;
}

std::string unknown_option(std::span<const Option> options, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Option& option : options) names.push_back(option.name);
  const auto near = nearest_name(name, names);
  return fmt::format("there is no option --{}{}", name, near ? fmt::format("; did you mean --{}?", *near) : "");
}

}  // namespace

bool Arguments::has(std::string_view option) const { return value(option).has_value(); }

std::optional<std::string> Arguments::value(std::string_view option) const {
  std::optional<std::string> last;
  for (const auto& [name, text] : options_) {
    if (name == option) last = text;
  }
  return last;
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  std::vector<std::string> all;
  for (const auto& [name, text] : options_) {
    if (name == option) all.push_back(text);
  }
  return all;
}

std::optional<Arguments> parse_arguments(std::span<const Option> options, std::span<const std::string_view> words, std::string& error) {
  Arguments result;
  bool only_operands = false;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (only_operands || word.size() < 2 || word[0] != '-') {
      result.operands_.emplace_back(word);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      continue;
    }
    if (word[1] != '-') {
      error = fmt::format("there are no one-letter options except -h: `{}`", word);
      return std::nullopt;
    }
    word.remove_prefix(2);
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const Option* option = find(options, name);
    if (option == nullptr) {
      error = unknown_option(options, name);
      return std::nullopt;
    }
    if (!option->repeated && result.has(name)) {
      error = fmt::format("--{} is given twice", name);
      return std::nullopt;
    }
    std::string_view value;
    if (option->value.empty()) {
      if (equals != std::string_view::npos) {
        error = fmt::format("--{} takes no value", name);
        return std::nullopt;
      }
    } else if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      value = words[++i];
    } else {
      error = fmt::format("--{} needs a value: --{} {}", name, name, option->value);
      return std::nullopt;
    }
    if (option->offer == Offer::kChoices && !offered(option->choices, value)) {
      error = fmt::format("--{} is one of: {}; not `{}`", name, option->choices, value);
      return std::nullopt;
    }
    result.options_.emplace_back(name, value);
  }
  return result;
}

std::optional<unsigned long long> parse_size(std::string_view text) {
  unsigned long long number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || number == 0) return std::nullopt;
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  unsigned shift = 0;
  if (unit == "KiB" || unit == "K" || unit == "k") {
    shift = 10;
  } else if (unit == "MiB" || unit == "M") {
    shift = 20;
  } else if (unit == "GiB" || unit == "G") {
    shift = 30;
  } else if (!unit.empty() && unit != "B") {
    return std::nullopt;
  }
  if (number > ((1ULL << 62) >> shift)) return std::nullopt;
  return number << shift;
}

std::optional<long long> parse_count(std::string_view text, long long low, long long high) {
  long long number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number < low || number > high) return std::nullopt;
  return number;
}

}  // namespace mig::cli
