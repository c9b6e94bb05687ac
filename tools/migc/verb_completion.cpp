// migc completion SHELL: a completion script made from the tables of verbs and options.
#include <fmt/format.h>

#include <cstdio>

#include "tools/migc/findings.h"
#include "tools/migc/verbs.h"

namespace mig::cli {
namespace {

std::string verb_names() {
  std::string names;
  for (const Verb& verb : verbs()) names += (names.empty() ? "" : " ") + std::string(verb.name);
  return names;
}

std::string codes() {
  std::string all;
  for (const FindingPage& page : finding_pages()) all += (all.empty() ? "" : " ") + std::string(page.code);
  return all;
}

std::string option_names(const Verb& verb) {
  std::string names;
  for (const Option& option : verb.options) names += fmt::format("--{} ", option.name);
  return names + "--help";
}

std::string bash_offer(const Option& option) {
  switch (option.offer) {
    case Offer::kNothing: return ":";
    case Offer::kFile: return "COMPREPLY=($(compgen -f -- \"$cur\"))";
    case Offer::kFolder: return "COMPREPLY=($(compgen -d -- \"$cur\"))";
    case Offer::kChoices: return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))", option.choices);
    case Offer::kCodes: return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))", codes());
  }
  return ":";
}

std::string bash_operands(const Verb& verb) {
  if (verb.name == "explain") return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))", codes());
  if (verb.name == "completion") return "COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$cur\"))";
  if (verb.operands.empty()) return ":";
  return "COMPREPLY=($(compgen -f -X '!*.mig' -- \"$cur\") $(compgen -d -- \"$cur\"))";
}

std::string bash_script() {
  std::string out =
      "# bash completion of migc; install: migc completion bash > ~/.local/share/bash-completion/completions/migc\n"
      "_migc() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" verb=\"${COMP_WORDS[1]}\"\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n";
  out += fmt::format("    COMPREPLY=($(compgen -W \"{} help --help --version\" -- \"$cur\")); return\n  fi\n", verb_names());
  out += "  case \"$verb\" in\n";
  for (const Verb& verb : verbs()) {
    out += fmt::format("    {})\n      case \"$prev\" in\n", verb.name);
    for (const Option& option : verb.options) {
      if (!option.value.empty()) out += fmt::format("        --{}) {}; return ;;\n", option.name, bash_offer(option));
    }
    out += fmt::format(
        "      esac\n      case \"$cur\" in\n        -*) COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")) ;;\n        *) {} ;;\n"
        "      esac ;;\n",
        option_names(verb), bash_operands(verb));
  }
  return out + "  esac\n}\ncomplete -o filenames -F _migc migc\n";
}

/// Text inside single quotes of a zsh option description.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '[' || c == ']' || c == ':') {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string zsh_offer(const Option& option) {
  if (option.value.empty()) return "";
  switch (option.offer) {
    case Offer::kNothing: return fmt::format(":{}:", zsh_text(option.value));
    case Offer::kFile: return fmt::format(":{}:_files", zsh_text(option.value));
    case Offer::kFolder: return fmt::format(":{}:_files -/", zsh_text(option.value));
    case Offer::kChoices: return fmt::format(":{}:({})", zsh_text(option.value), option.choices);
    case Offer::kCodes: return fmt::format(":{}:({})", zsh_text(option.value), codes());
  }
  return "";
}

std::string zsh_operands(const Verb& verb) {
  if (verb.name == "explain") return fmt::format("*:code:({})", codes());
  if (verb.name == "completion") return "1:shell:(bash zsh fish)";
  if (verb.operands.empty()) return "*: :";
  return "*:spec:_files -g \"*.mig\"";
}

std::string zsh_script() {
  std::string out =
      "#compdef migc\n# zsh completion of migc; install: migc completion zsh > a folder of $fpath, as _migc\n_migc() {\n"
      "  local -a verbs\n  verbs=(\n";
  for (const Verb& verb : verbs()) out += fmt::format("    '{}:{}'\n", verb.name, zsh_text(verb.summary));
  out +=
      "  )\n  if (( CURRENT == 2 )); then\n    _describe 'verb' verbs\n    return\n  fi\n  local verb=$words[2]\n"
      "  shift words\n  (( CURRENT-- ))\n  case $verb in\n";
  for (const Verb& verb : verbs()) {
    out += fmt::format("    {})\n      _arguments \\\n", verb.name);
    for (const Option& option : verb.options) {
      out += fmt::format("        '{}--{}[{}]{}' \\\n", option.repeated ? "*" : "", option.name, zsh_text(option.help), zsh_offer(option));
    }
    out += fmt::format("        '--help[help of this verb]' \\\n        '{}' ;;\n", zsh_operands(verb));
  }
  return out + "  esac\n}\n_migc \"$@\"\n";
}

std::string fish_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string fish_script() {
  std::string out =
      "# fish completion of migc; install: migc completion fish > ~/.config/fish/completions/migc.fish\n"
      "complete -c migc -f\n";
  for (const Verb& verb : verbs()) {
    out += fmt::format("complete -c migc -n __fish_use_subcommand -a {} -d '{}'\n", verb.name, fish_text(verb.summary));
  }
  for (const Verb& verb : verbs()) {
    const std::string here = fmt::format("complete -c migc -n '__fish_seen_subcommand_from {}'", verb.name);
    if (verb.name == "explain") {
      out += fmt::format("{} -a '{}'\n", here, codes());
    } else if (verb.name == "completion") {
      out += here + " -a 'bash zsh fish'\n";
    } else if (!verb.operands.empty()) {
      out += here + " -a '(__fish_complete_suffix .mig)'\n";
    }
    for (const Option& option : verb.options) {
      std::string offer;
      switch (option.offer) {
        case Offer::kNothing: offer = option.value.empty() ? "" : " -x"; break;
        case Offer::kFile: offer = " -r -F"; break;
        case Offer::kFolder: offer = " -x -a '(__fish_complete_directories)'"; break;
        case Offer::kChoices: offer = fmt::format(" -x -a '{}'", option.choices); break;
        case Offer::kCodes: offer = fmt::format(" -x -a '{}'", codes()); break;
      }
      out += fmt::format("{} -l {}{} -d '{}'\n", here, option.name, offer, fish_text(option.help));
    }
  }
  return out;
}

int run_completion(const Arguments& arguments) {
  if (arguments.operands().size() != 1) return usage_error("completion", "for which shell? bash, zsh or fish");
  const std::string& shell = arguments.operands()[0];
  if (shell == "bash") {
    fmt::print("{}", bash_script());
  } else if (shell == "zsh") {
    fmt::print("{}", zsh_script());
  } else if (shell == "fish") {
    fmt::print("{}", fish_script());
  } else {
    return usage_error("completion", fmt::format("no script for `{}`; there are bash, zsh and fish", shell));
  }
  return kOk;
}

}  // namespace

Verb completion_verb() {
  return {.name = "completion",
          .summary = "prints the completion script of a shell",
          .operands = "bash|zsh|fish",
          .description = "The script knows every verb and option of this version of migc.\n",
          .options = {},
          .examples = {{"migc completion bash > ~/.local/share/bash-completion/completions/migc", "for bash, from the next shell on"},
                       {"migc completion zsh > ~/.zfunc/_migc", "for zsh, with ~/.zfunc in $fpath"},
                       {"migc completion fish > ~/.config/fish/completions/migc.fish", "for fish"}},
          .run = run_completion};
}

}  // namespace mig::cli
