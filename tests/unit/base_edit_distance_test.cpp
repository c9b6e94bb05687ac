#include "compiler/base/edit_distance.h"

#include <gtest/gtest.h>

namespace mig {
namespace {

TEST(EditDistance, CountsSingleSteps) {
  EXPECT_EQ(edit_distance("", "", 3), 0u);
  EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3u);
  EXPECT_EQ(edit_distance("from", "form", 3), 1u);  // a swap of neighbours is one step
  EXPECT_EQ(edit_distance("abc", "", 5), 3u);
}

TEST(EditDistance, StopsAtTheLimit) {
  EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3u);
  EXPECT_EQ(edit_distance("a", "abcdefgh", 2), 3u);
}

TEST(NearestName, KeepsToAThirdOfTheWord) {
  EXPECT_EQ(nearest_name("schma", {"source", "schema"}), "schema");
  EXPECT_EQ(nearest_name("emial", {"email", "mail"}), "email");
  EXPECT_FALSE(nearest_name("cat", {"dogs", "horse"}).has_value());
  EXPECT_FALSE(nearest_name("map", {"map"}).has_value());
  EXPECT_FALSE(nearest_name("x", {"y"}).has_value());
  EXPECT_EQ(nearest_name("id", {"ix", "id2"}), "ix");  // the first of equals
}

}  // namespace
}  // namespace mig
