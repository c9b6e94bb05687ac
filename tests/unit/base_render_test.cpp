// How findings look in a terminal and as JSON.
#include <gtest/gtest.h>

#include "compiler/base/display_text.h"
#include "compiler/base/render_json.h"
#include "compiler/base/render_terminal.h"

namespace mig {
namespace {

Span find(const SourceMap& sources, FileId file, std::string_view text, std::size_t from = 0) {
  const auto at = static_cast<std::uint32_t>(sources.text(file).find(text, from));
  return {file, at, at + static_cast<std::uint32_t>(text.size())};
}

TEST(RenderTerminal, ShowsLabelsNotesAndHelps) {
  SourceMap sources;
  const FileId file = sources.add("specs/contacts.mig", "map c {\n  birthday = m.birthday |?> parse_date([\"%Y\"])\n}\n");
  const Span call = find(sources, file, "parse_date([\"%Y\"])");
  Diagnostic finding = Diagnostic::make(Code::E0301, call, "this conversion can fail and nothing says what happens to the record",
                                        "fails when the text is not a date in this format");
  finding.also(find(sources, file, "m.birthday"), "text from the source")
      .note_as("evidence", "38 of 10000 profiled values fail")
      .help(Applicability::choose, "the record is not migrated", {{call.after(), " catch reject MC210"}})
      .remark("after this fix nothing else is needed");
  EXPECT_EQ(render_terminal(finding, sources),
            R"(error[E0301]: this conversion can fail and nothing says what happens to the record
 --> specs/contacts.mig:2:29
  |
2 |   birthday = m.birthday |?> parse_date(["%Y"])
  |              ----------     ^^^^^^^^^^^^^^^^^^ fails when the text is not a date in this format
  |              |
  |              text from the source
  |
  = evidence: 38 of 10000 profiled values fail
help[choose]: the record is not migrated
2 |   birthday = m.birthday |?> parse_date(["%Y"]) catch reject MC210
  |                                               +++++++++++++++++++
note: after this fix nothing else is needed
  = explain: migc explain E0301
)");
}

TEST(RenderTerminal, ShowsOtherFilesAndGaps) {
  SourceMap sources;
  const FileId main = sources.add("main.mig", "one\n\n\n\n\n\n\n\n\nten\n");
  const FileId other = sources.add("common/geo.mig", "x\nfn f\n");
  Diagnostic finding = Diagnostic::make(Code::W0121, find(sources, main, "ten"), "declared and never used");
  finding.also(find(sources, main, "one"), "first").also(find(sources, other, "fn f"), "declared here");
  finding.help(Applicability::automatic, "remove it", {{{main, 9, 9}, "\nnew"}});
  EXPECT_EQ(render_terminal(finding, sources, {false, false}), R"(warning[W0121]: declared and never used
  --> main.mig:10:1
   |
 1 | one
   | --- first
...
10 | ten
   | ^^^
   |
  ::: common/geo.mig:2
   |
 2 | fn f
   | ---- declared here
   |
help[auto]: remove it
 8 + new
)");
}

TEST(RenderTerminal, TextOfTheSpecCannotControlTheTerminal) {
  SourceMap sources;
  const FileId file = sources.add("a\x1b[2J.mig", "x = \"\x1b[31m\u202E\t\xFFz\"\n");
  const Diagnostic finding = Diagnostic::make(Code::E0001, find(sources, file, "z"), "bad \x1b]0;title\x07", "here \u200F");
  const std::string shown = render_terminal(finding, sources);
  for (const char c : shown) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_NE(shown.find("\\u{1B}[31m\\u{202E}"), std::string::npos);
  EXPECT_NE(shown.find("\\xFFz"), std::string::npos);
  EXPECT_EQ(shown.find("\u202E"), std::string::npos);
}

TEST(RenderTerminal, CutsLongLinesAroundTheMark) {
  SourceMap sources;
  const FileId file = sources.add("a.mig", std::string(5000, 'a') + "HERE" + std::string(5000, 'b') + "\n");
  const std::string shown = render_terminal(Diagnostic::make(Code::E0001, find(sources, file, "HERE"), "m", "label"), sources);
  EXPECT_LT(shown.size(), 700u);
  EXPECT_NE(shown.find("HERE"), std::string::npos);
  EXPECT_NE(shown.find("^^^^ label"), std::string::npos);
}

TEST(RenderTerminal, CountsAtTheEnd) {
  SourceMap sources;
  const FileId file = sources.add("a.mig", "x\n");
  const std::vector<Diagnostic> findings = {Diagnostic::make(Code::E0101, {file, 0, 1}, "a"),
                                            Diagnostic::make(Code::E0201, {file, 0, 1}, "b"),
                                            Diagnostic::make(Code::W0121, {file, 0, 1}, "c")};
  EXPECT_TRUE(render_terminal(findings, sources).ends_with("2 errors, 1 warning\n"));
  EXPECT_EQ(render_terminal(std::vector<Diagnostic>{}, sources), "");
  EXPECT_NE(render_terminal(findings[0], sources, {true, true}).find("\x1b[1;31m"), std::string::npos);
}

TEST(DisplayLine, KnowsTheColumnsOfItsBytes) {
  const DisplayLine line = display_line("\ta\u4E2Db\u0308c");
  EXPECT_EQ(line.text, "    a\u4E2Db\u0308c");
  EXPECT_EQ(line.columns[1], 4u);  // a
  EXPECT_EQ(line.columns[2], 5u);  // the wide character
  EXPECT_EQ(line.columns[5], 7u);  // b
  EXPECT_EQ(line.columns[8], 8u);  // c, behind the combining mark
  EXPECT_EQ(line.columns.back(), 9u);
}

TEST(RenderJson, OneObjectWithPlacesAndEdits) {
  SourceMap sources;
  const FileId file = sources.add("a.mig", "x := \"\u00fc\"\n");
  Diagnostic finding = Diagnostic::make(Code::E0008, find(sources, file, ":="), "not a \"sign\"", "write `=`");
  finding.help(Applicability::automatic, "write `=`", {{find(sources, file, ":="), "="}}).about("contacts.x").in("map contacts");
  EXPECT_EQ(render_json(finding, sources),
            R"({"code":"E0008","name":"foreign_spelling","severity":"error","message":"not a \"sign\"",)"
            R"("primary":{"file":"a.mig","line":1,"column":3,"end_line":1,"end_column":5,"begin":2,"end":4,"text":"write `=`"},)"
            R"("secondary":[],"notes":[],"helps":[{"text":"write `=`","applicability":"auto","edits":[)"
            R"({"file":"a.mig","line":1,"column":3,"end_line":1,"end_column":5,"begin":2,"end":4,"replacement":"="}]}],)"
            R"("data_path":"contacts.x","declaration":"map contacts","fingerprint":")" +
                fingerprint(finding, sources) + "\"}");
}

TEST(Fingerprint, StaysWhenTheLineMoves) {
  SourceMap sources;
  const FileId a = sources.add("a.mig", "x  =  y\n");
  const FileId b = sources.add("a.mig", "\n\nx = y\n");
  const Diagnostic first = Diagnostic::make(Code::E0101, {a, 0, 7}, "m").in("map c");
  const Diagnostic moved = Diagnostic::make(Code::E0101, {b, 2, 7}, "another message").in("map c");
  const Diagnostic elsewhere = Diagnostic::make(Code::E0101, {b, 2, 7}, "m").in("map d");
  EXPECT_EQ(fingerprint(first, sources), fingerprint(moved, sources));
  EXPECT_NE(fingerprint(first, sources), fingerprint(elsewhere, sources));
}

TEST(DiagnosticSink, DropsRepetitionsAndSortsByPhase) {
  DiagnosticSink sink;
  const FileId file{0};
  sink.report(Diagnostic::make(Code::E0401, {file, 1, 2}, "late"));
  sink.report(Diagnostic::make(Code::E0001, {file, 9, 9}, "syntax"));
  sink.report(Diagnostic::make(Code::E0001, {file, 9, 9}, "syntax"));
  sink.report(Diagnostic::make(Code::W0121, {file, 5, 6}, "name"));
  sink.sort();
  ASSERT_EQ(sink.all().size(), 3u);
  EXPECT_EQ(sink.all()[0].message, "syntax");
  EXPECT_EQ(sink.all()[1].message, "name");
  EXPECT_EQ(sink.count(Severity::error), 2u);
}

TEST(Codes, AreListedOnceAndFound) {
  for (const Code code : all_codes()) {
    EXPECT_EQ(find_code(code_text(code)), code);
    const char letter = code_text(code)[0];
    EXPECT_EQ(default_severity(code), letter == 'E' ? Severity::error : letter == 'W' ? Severity::warning : Severity::note);
  }
  EXPECT_FALSE(find_code("E9999").has_value());
}

TEST(ApplyEdits, AppliesInOrderAndSkipsOverlaps) {
  const FileId file{0};
  EXPECT_EQ(apply_edits("abc", file, {{{file, 3, 3}, "!"}, {{file, 0, 1}, "X"}}), "Xbc!");
  EXPECT_EQ(apply_edits("abc", file, {{{file, 0, 2}, "X"}, {{file, 1, 3}, "Y"}}), "Xc");
  EXPECT_EQ(apply_edits("abc", file, {{{FileId{1}, 0, 2}, "X"}}), "abc");
}

}  // namespace
}  // namespace mig
