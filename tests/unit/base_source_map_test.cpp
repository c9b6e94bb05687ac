#include "compiler/base/source_map.h"

#include <gtest/gtest.h>

namespace mig {
namespace {

TEST(SourceMap, CountsLinesAndColumnsInCodePoints) {
  SourceMap sources;
  const FileId file = sources.add("a.mig", "ab\nü😀x\r\n\nend");
  EXPECT_EQ(sources.line_count(file), 4u);
  EXPECT_EQ(sources.position(file, 0), (LineColumn{1, 1}));
  EXPECT_EQ(sources.position(file, 3), (LineColumn{2, 1}));
  EXPECT_EQ(sources.position(file, 5), (LineColumn{2, 2}));  // behind the two bytes of ü
  EXPECT_EQ(sources.position(file, 9), (LineColumn{2, 3}));  // behind the four bytes of the emoji
  EXPECT_EQ(sources.line_text(file, 2), "ü😀x");
  EXPECT_EQ(sources.line_text(file, 3), "");
  EXPECT_EQ(sources.line_text(file, 4), "end");
  EXPECT_EQ(sources.line_text(file, 5), "");
}

TEST(SourceMap, EditorsCountInUtf16) {
  SourceMap sources;
  const FileId file = sources.add("a.mig", "x\nü😀x");
  EXPECT_EQ(sources.editor_position(file, 8), (EditorPosition{1, 3}));
  EXPECT_EQ(sources.offset(file, {1, 3}), 8u);
  EXPECT_EQ(sources.offset(file, {1, 99}), 9u);
  EXPECT_EQ(sources.offset(file, {99, 0}), 9u);
}

TEST(SourceMap, ClampsWhatIsOutside) {
  SourceMap sources;
  const FileId file = sources.add("a.mig", "abc");
  EXPECT_EQ(sources.position(file, 99), (LineColumn{1, 4}));
  EXPECT_EQ(sources.text(Span{file, 2, 99}), "c");
  EXPECT_EQ(sources.text(Span{file, 7, 99}), "");
  EXPECT_FALSE(sources.find("b.mig").has_value());
  EXPECT_EQ(sources.find("a.mig"), file);
}

TEST(Span, JoinsAndPlaces) {
  const Span a{FileId{0}, 2, 4};
  const Span b{FileId{0}, 7, 9};
  EXPECT_EQ(Span::join(b, a), (Span{FileId{0}, 2, 9}));
  EXPECT_EQ(Span::join(a, Span{}), a);
  EXPECT_EQ(a.start(), (Span{FileId{0}, 2, 2}));
  EXPECT_EQ(a.after(), (Span{FileId{0}, 4, 4}));
}

}  // namespace
}  // namespace mig
