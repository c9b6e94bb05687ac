#!/usr/bin/env python3
"""Makes syntaxes/mig.tmLanguage.json from the one token table: grammar/MigLexer.g4 and grammar/tokens.def.

textmate_grammar.py ROOT            writes the file
textmate_grammar.py ROOT --check    exits 1 when the file is not what would be written

A lexer rule becomes a pattern by translating its regular expression; fragments are put in place. The order of the patterns is the order in which
the lexer would win: the longest text first, which for a regular expression means the more special rule first.
"""
import json
import re
import sys
from pathlib import Path

# The scope of each group of tokens. Rules that are not named here and do not begin with K_ or X_ are operators and brackets.
SCOPES = [
    ("T_DOC_COMMENT", "comment.line.documentation.mig"),
    ("T_LINE_COMMENT", "comment.line.double-slash.mig"),
    ("T_BLOCK_COMMENT", "comment.block.mig"),
    ("T_BLOCK_STRING", "string.quoted.triple.mig"),
    ("T_RAW_STRING", "string.regexp.mig"),
    ("T_FSTRING", "string.interpolated.mig"),
    ("T_STRING", "string.quoted.double.mig"),
    ("T_DATE", "constant.numeric.date.mig"),
    ("T_TIME", "constant.numeric.date.mig"),
    ("T_DURATION", "constant.numeric.duration.mig"),
    ("T_PERCENT", "constant.numeric.percent.mig"),
    ("T_FLOAT", "constant.numeric.float.mig"),
    ("T_DECIMAL", "constant.numeric.decimal.mig"),
    ("T_INT", "constant.numeric.integer.mig"),
]
MULTI_LINE = {"T_BLOCK_COMMENT", "T_BLOCK_STRING"}
CONSTANTS = {"true", "false", "null", "keep"}
WORD_OPERATORS = {"and", "or", "not", "in", "matches"}


def read_rules(text):
    """Name -> definition, of rules and fragments; commands and comments are left out."""
    text = re.sub(r"^\s*//.*$", "", text, flags=re.M)
    rules = {}
    for match in re.finditer(r"^(?:fragment\s+)?([A-Z]\w*)\s*:\s*((?:'(?:\\.|[^'\\])*'|\[(?:\\.|[^\]\\])*\]|[^;'\[])*);", text, flags=re.M):
        rules[match.group(1)] = re.sub(r"->\s*(?:channel|skip)\b.*$", "", match.group(2)).strip()
    return rules


def to_regex(definition, rules):
    """An ANTLR lexer expression as a regular expression of Oniguruma."""
    out, at = "", 0
    while at < len(definition):
        rest = definition[at:]
        if rest[0].isspace():
            at += 1
        elif rest[0] == "'":
            literal = re.match(r"'((?:\\.|[^'\\])*)'", rest)
            text = re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", lambda m: chr(int(m.group(1)[1:], 16)) if m.group(1)[0] == "u" else m.group(1), literal.group(1))
            quoted = re.escape(text).replace('\\"', '"').replace("\\'", "'").replace("\\@", "@").replace("\\%", "%").replace("\\/", "/").replace("\\:", ":")
            out += f"(?:{quoted})" if len(text) > 1 and re.match(r"'(?:\\.|[^'\\])*'\s*[?*+]", rest) else quoted
            at += literal.end()
        elif rest[0] == "[" or rest.startswith("~["):
            literal = re.match(r"~?\[((?:\\.|[^\]\\])*)\]", rest)
            content = literal.group(1).replace("[", "\\[")
            out += ("[^" if rest[0] == "~" else "[") + content + "]"
            at += literal.end()
        elif rest.startswith("~'"):
            literal = re.match(r"~'((?:\\.|[^'\\])*)'", rest)
            out += "[^" + literal.group(1) + "]"
            at += literal.end()
        elif rest[0].isupper():
            name = re.match(r"\w+", rest).group(0)
            out += "(?:" + to_regex(rules[name], rules) + ")"
            at += len(name)
        elif rest[0] == "(":
            out += "(?:"
            at += 1
        else:
            out += rest[0]
            at += 1
    return out


def grammar(root):
    rules = read_rules((root / "grammar/MigLexer.g4").read_text(encoding="utf-8"))
    words = re.findall(r'^MIG_WORD\(\w+, "(\w+)", (\w+)\)', (root / "grammar/tokens.def").read_text(encoding="utf-8"), flags=re.M)
    assert len(words) == sum(name.startswith("K_") for name in rules), "tokens.def and MigLexer.g4 have the same words"

    def any_of(chosen):
        return r"\b(?:" + "|".join(sorted(chosen, key=lambda w: (-len(w), w))) + r")\b"

    hard = {word for word, role in words if role == "hard"}
    declarations = {word for word, role in words if role == "declaration"}
    soft = {word for word, role in words if role == "soft"}
    patterns = []
    for name, scope in SCOPES:
        expression = to_regex(rules[name], rules)
        if name in MULTI_LINE:
            quote = "/\\*" if name == "T_BLOCK_COMMENT" else '"""'
            pattern = {"name": scope, "begin": quote, "end": "\\*/" if name == "T_BLOCK_COMMENT" else '"""'}
            if name == "T_BLOCK_STRING":
                pattern["patterns"] = [{"name": "constant.character.escape.mig", "match": r"\\(?:u\{[0-9A-Fa-f]+\}|.)"}]
            patterns.append(pattern)
        else:
            numeric = scope.startswith("constant.numeric")
            patterns.append({"name": scope, "match": (r"(?<![A-Za-z0-9_@])" if numeric else r"(?<![A-Za-z0-9_])" if name in ("T_RAW_STRING", "T_FSTRING") else "")
                             + f"(?:{expression})" + (r"(?![A-Za-z0-9_])" if numeric and name != "T_PERCENT" else "")})
    # Behind a dot every word is a name; so is a field before `:`, and a backtick name anywhere.
    patterns += [
        {"name": "variable.other.member.mig", "match": r"(?<=\.)(?<!\.\.)(?:[A-Za-z_][A-Za-z0-9_]*|`[^`\r\n]+`)"},
        {"match": r"(@)([A-Za-z_][A-Za-z0-9_]*)", "captures": {"1": {"name": "punctuation.definition.attribute.mig"}, "2": {"name": "entity.other.attribute-name.mig"}}},
        {"match": r"^(\s*)([A-Za-z_][A-Za-z0-9_]*|`[^`\r\n]+`)(?=\s*\??:(?!:))", "captures": {"2": {"name": "variable.other.member.mig"}}},
        {"name": "variable.other.quoted.mig", "match": r"`[^`\r\n]+`"},
        {"match": r"^(" + "|".join(sorted(declarations, key=lambda w: (-len(w), w))) + r")\b(?:\s+(enum)\b)?(?:\s+([A-Za-z_][A-Za-z0-9_]*))?",
         "captures": {"1": {"name": "keyword.declaration.mig"}, "2": {"name": "keyword.declaration.mig"}, "3": {"name": "entity.name.mig"}}},
        {"name": "constant.language.mig", "match": any_of(CONSTANTS & hard)},
        {"name": "keyword.operator.word.mig", "match": any_of(WORD_OPERATORS & hard)},
        {"name": "keyword.control.mig", "match": any_of(hard - CONSTANTS - WORD_OPERATORS)},
        {"name": "entity.name.function.mig", "match": r"\b[A-Za-z_][A-Za-z0-9_]*(?=\()"},
        {"name": "keyword.other.mig", "match": any_of(soft | declarations) + r"(?!\s*(?:=(?!=)|[:.,)\]]))"},
    ]
    operators = [to_regex(rules[name], rules) for name in rules if name.startswith("T_") and name not in dict(SCOPES) and name not in ("T_IDENT", "T_BLANK")
                 and not re.match(r"^'[(){}\[\],:@.]'$", rules[name])]
    patterns.append({"name": "keyword.operator.mig", "match": "|".join(sorted(operators, key=lambda o: (-len(o.replace("\\", "")), o)))})
    return {
        "$comment": "Generated by tools/editors/vscode/textmate_grammar.py from grammar/MigLexer.g4 and grammar/tokens.def.",
        "name": "mig",
        "scopeName": "source.mig",
        "fileTypes": ["mig"],
        "patterns": patterns,
    }


def main():
    root = Path(sys.argv[1])
    path = root / "tools/editors/vscode/syntaxes/mig.tmLanguage.json"
    text = json.dumps(grammar(root), indent=2, ensure_ascii=False) + "\n"
    if "--check" in sys.argv[2:]:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"{path} is not what the token table gives; run tools/editors/vscode/textmate_grammar.py .")
            return 1
        print("1 passed, 0 failed")
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
