// The table of functions against the declarations; functions whose examples need lambdas, maps or prepared objects.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cctype>
#include <cstring>
#include <set>
#include <string>

#include "runtime/types/civil_time.h"
#include "stdlib/arena_text.h"
#include "stdlib/code_table.h"
#include "stdlib/declaration.h"
#include "stdlib/embedded_declarations.h"
#include "stdlib/functions.h"
#include "stdlib/lookup.h"
#include "stdlib/pattern.h"
#include "stdlib/shape.h"
#include "tests/unit/prepared_objects.h"
#include "tests/unit/stdlib_arena.h"

namespace mig::stdlib {
namespace {

Shape shape_of(const Declaration& owner, const TypeTree& type) {
  if (type.form == TypeTree::Form::kWord) return Shape::kInt;
  for (const TypeParameter& parameter : owner.type_parameters) {
    if (type.form == TypeTree::Form::kVariable && type.name == parameter.name && parameter.constraint == Constraint::kEnum)
      return Shape::kInt;
  }
  if (type.nullable || type.form == TypeTree::Form::kVariable) return Shape::kCell;
  if (type.kind == Kind::kFunction) return Shape::kClosure;
  switch (storage_of(type.kind)) {
    case Storage::kBool: return Shape::kBool;
    case Storage::kInt: return Shape::kInt;
    case Storage::kReal: return Shape::kReal;
    case Storage::kDecimal: return Shape::kDecimal;
    case Storage::kText: return Shape::kText;
    case Storage::kList: return Shape::kList;
    case Storage::kMap: return Shape::kMap;
    case Storage::kScalar: return Shape::kCell;
  }
  return Shape::kCell;
}

TEST(StdlibTable, DeclarationsAreRead) {
  std::vector<Declaration> all;
  std::string error;
  for (unsigned i = 0; i < kEmbeddedFileCount; ++i) {
    EXPECT_TRUE(read_declarations(kEmbeddedFiles[i].group, kEmbeddedFiles[i].text, all, error)) << error;
  }
  EXPECT_EQ(all.size(), declarations().size());
  EXPECT_GE(callable_names().size(), 90u);
}

TEST(StdlibTable, ShapesAgreeWithDeclarations) {
  std::set<std::string_view> used;
  for (const Declaration& declaration : declarations()) {
    const int64_t id = find_function(declaration.intrinsic);
    ASSERT_GE(id, 0) << declaration.intrinsic;
    const Function& function = functions()[static_cast<size_t>(id)];
    used.insert(function.name);
    EXPECT_EQ(function.result, shape_of(declaration, declaration.result)) << declaration.name << " " << declaration.intrinsic;
    ASSERT_EQ(function.parameters.size(), declaration.intrinsic_arguments.size()) << declaration.name;
    for (size_t i = 0; i < function.parameters.size(); ++i) {
      const IntrinsicArgument& argument = declaration.intrinsic_arguments[i];
      Shape wanted = Shape::kInt;
      if (argument.source == IntrinsicArgument::Source::kPrepared) wanted = Shape::kPrepared;
      if (argument.source == IntrinsicArgument::Source::kParameter) {
        const Parameter& parameter = declaration.parameters[static_cast<size_t>(argument.parameter)];
        wanted = parameter.variadic ? Shape::kList : shape_of(declaration, parameter.type);
      }
      EXPECT_EQ(function.parameters[i], wanted) << declaration.name << " argument " << i;
    }
    if (!declaration.is_operator) {
      EXPECT_FALSE(declaration.doc.empty()) << declaration.name;
    }
  }
  for (const Function& function : functions()) EXPECT_TRUE(used.count(function.name) != 0) << function.name << " is not declared";
}

TEST(StdlibPatterns, Limits) {
  EXPECT_NE(refused(PreparedKind::kPattern, {"("}), "");
  EXPECT_NE(refused(PreparedKind::kPattern, {std::string(5000, 'a')}), "");
  TestArena arena;
  const auto pattern = made<Pattern>(PreparedKind::kPattern, {"(a|b)*"});
  const std::string text(50000, 'a');
  bool result = false;
  EXPECT_EQ(mig_text_matches(arena.context, result, Text{text.data(), text.size()}, *pattern), Status::kOk);
  EXPECT_TRUE(result);
}

TEST(StdlibTables, FindEveryKeyAndNothingElse) {
  std::vector<std::string> keys;
  for (int i = 0; i < 3000; ++i)
    keys.push_back(std::string(static_cast<size_t>(i % 40), 'k') + std::to_string(i) + std::string(static_cast<size_t>(i % 7), 'z'));
  keys.push_back("");
  const auto table = made<CodeTable>(PreparedKind::kCodeTable, keys);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(table->find(Text{keys[i].data(), keys[i].size()}), static_cast<int64_t>(i)) << keys[i];
    std::string other = keys[i] + "!";
    EXPECT_EQ(table->find(Text{other.data(), other.size()}), -1);
    if (other.size() > 20) {
      other = keys[i];
      other[10] = '?';
      EXPECT_EQ(table->find(Text{other.data(), other.size()}), -1);
    }
  }
  EXPECT_NE(refused(PreparedKind::kCodeTable, {"a", "a"}), "");
}

TEST(StdlibLookups, Casefold) {
  PreparedSpec spec;
  spec.kind = PreparedKind::kLookup;
  spec.texts = {"Straße", "Österreich"};
  spec.values = {"1", "AT"};
  spec.option = 1;
  std::string error;
  const auto object = prepare(spec, error);
  ASSERT_NE(object, nullptr) << error;
  const Lookup& lookup = *static_cast<const Lookup*>(object.get());
  TestArena arena;
  Text result{};
  EXPECT_EQ(mig_lookup_find(arena.context, result, as_text("STRASSE"), lookup), Status::kOk);
  EXPECT_EQ(result.view(), "1");
  EXPECT_EQ(mig_lookup_find(arena.context, result, as_text("öSTERREICH"), lookup), Status::kOk);
  EXPECT_EQ(result.view(), "AT");
  EXPECT_EQ(mig_lookup_find(arena.context, result, as_text(" Österreich"), lookup), Status::kFail);
}

// A closure from a C++ function object.
template <typename F>
struct Lambda {
  F body;
  Closure closure() {
    return {[](Context*, void* captured, Cell* result, const void* const* arguments) {
              return (*static_cast<F*>(captured))(*result, reinterpret_cast<const Cell* const*>(arguments));
            },
            &body};
  }
};
template <typename F>
Lambda(F) -> Lambda<F>;

List ints(TestArena& arena, std::vector<int64_t> values) {
  Cell* const items = arena_cells(arena.context, values.size());
  for (size_t i = 0; i < values.size(); ++i) items[i] = int_cell(values[i]);
  return {items, values.size()};
}

std::string shown(const List& list) {
  std::string text;
  for (uint64_t i = 0; i < list.count; ++i) text += (i == 0 ? "" : " ") + std::to_string(list.items[i].integer);
  return text;
}

TEST(StdlibLists, Lambdas) {
  TestArena arena;
  Lambda twice{[](Cell& result, const Cell* const* x) { return result.integer = x[0]->integer * 2, Status::kOk; }};
  Lambda odd{[](Cell& result, const Cell* const* x) { return result.boolean = x[0]->integer % 2 != 0, Status::kOk; }};
  Lambda tens{[](Cell& result, const Cell* const* x) { return result.integer = x[0]->integer / 10, Status::kOk; }};
  Lambda plus{[](Cell& result, const Cell* const* x) { return result.integer = x[0]->integer + x[1]->integer, Status::kOk; }};
  Lambda poison{[](Cell&, const Cell* const*) { return Status::kPoison; }};
  const List list = ints(arena, {1, 2, 3, 11, 12, 31});
  const auto shape = made<ValueShape>(PreparedKind::kShape, {"i"});
  List result{};
  EXPECT_EQ(mig_list_map(arena.context, result, list, twice.closure()), Status::kOk);
  EXPECT_EQ(shown(result), "2 4 6 22 24 62");
  EXPECT_EQ(mig_list_map(arena.context, result, list, poison.closure()), Status::kPoison);
  EXPECT_EQ(mig_list_filter(arena.context, result, list, odd.closure()), Status::kOk);
  EXPECT_EQ(shown(result), "1 3 11 31");
  EXPECT_EQ(mig_list_partition(arena.context, result, list, odd.closure()), Status::kOk);
  EXPECT_EQ(shown(result.items[1].list), "2 12");
  Cell total;
  EXPECT_EQ(mig_list_fold(arena.context, total, list, int_cell(0), plus.closure()), Status::kOk);
  EXPECT_EQ(total.integer, 60);
  Map groups{};
  EXPECT_EQ(mig_list_group_by(arena.context, groups, list, tens.closure(), *shape), Status::kOk);
  ASSERT_EQ(groups.count, 3u);
  EXPECT_EQ(shown(groups.entries[1].value.list), "11 12");
  EXPECT_EQ(mig_list_index_by(arena.context, groups, list, tens.closure(), *shape), Status::kFail);
  EXPECT_STREQ(arena.context.cause, "two elements have the same key");
}

TEST(StdlibLists, ManyElements) {
  TestArena arena;
  const auto shape = made<ValueShape>(PreparedKind::kShape, {"i"});
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 1000; ++i) values.push_back(i * 7919 % 500);
  List result{};
  EXPECT_EQ(mig_list_distinct(arena.context, result, ints(arena, values), *shape), Status::kOk);
  EXPECT_EQ(result.count, 500u);
  EXPECT_EQ(result.items[1].integer, values[1]);
  EXPECT_EQ(mig_list_sort(arena.context, result, ints(arena, values), *shape), Status::kOk);
  for (uint64_t i = 1; i < result.count; ++i) EXPECT_LE(result.items[i - 1].integer, result.items[i].integer);
  EXPECT_EQ(mig_list_except(arena.context, result, ints(arena, values), ints(arena, {0, 1, 2, 2}), *shape), Status::kOk);
  EXPECT_EQ(result.count, 497u);
}

TEST(StdlibMaps, EntriesWithDuplicates) {
  TestArena arena;
  const auto shape = made<ValueShape>(PreparedKind::kShape, {"i"});
  MapEntry entries[3] = {{int_cell(1), int_cell(10)}, {int_cell(2), int_cell(20)}, {int_cell(11), int_cell(30)}};
  const Map map{entries, 3};
  Lambda last_digit{[&](Cell& result, const Cell* const* x) {
    Cell* const fields = arena_cells(arena.context, 2);
    fields[0] = int_cell(x[0]->integer % 10);
    fields[1] = *x[1];
    return result.list = {fields, 2}, Status::kOk;
  }};
  Map result{};
  EXPECT_EQ(mig_map_entries(arena.context, result, map, last_digit.closure(), 0, *shape), Status::kFail);
  EXPECT_EQ(mig_map_entries(arena.context, result, map, last_digit.closure(), 1, *shape), Status::kOk);
  EXPECT_EQ(result.entries[0].value.integer, 10);
  EXPECT_EQ(mig_map_entries(arena.context, result, map, last_digit.closure(), 2, *shape), Status::kOk);
  ASSERT_EQ(result.count, 2u);
  EXPECT_EQ(result.entries[0].value.integer, 30);
  EXPECT_EQ(result.entries[1].value.integer, 20);
}

TEST(StdlibShapes, EqualityAndOrder) {
  TypeTable types;
  const TypeId nested = types.list(types.map(types.of(Kind::kString), types.nullable(types.of(Kind::kScalar))));
  EXPECT_EQ(shape_code(types, nested), "L(M(ts))");
  const auto scalar = made<ValueShape>(PreparedKind::kShape, {"s"});
  Cell one = int_cell(1);
  one.kind = ScalarKind::kInt;
  Cell also_one = value_cell();
  also_one.kind = ScalarKind::kDecimal;
  also_one.decimal = 100;
  also_one.scale = 2;
  EXPECT_TRUE(cells_equal(*scalar, one, also_one));
  EXPECT_EQ(hash_cell(*scalar, one), hash_cell(*scalar, also_one));
  EXPECT_FALSE(cells_equal(*scalar, one, null_cell()));
  EXPECT_TRUE(cells_equal(*scalar, null_cell(), null_cell()));
  EXPECT_LT(compare_cells(*scalar, one, null_cell()), 0);
  const auto map = made<ValueShape>(PreparedKind::kShape, {"M(ii)"});
  MapEntry forward[2] = {{int_cell(1), int_cell(10)}, {int_cell(2), int_cell(20)}};
  MapEntry backward[2] = {forward[1], forward[0]};
  Cell a = value_cell(), b = value_cell();
  a.map = {forward, 2};
  b.map = {backward, 2};
  EXPECT_TRUE(cells_equal(*map, a, b));
  EXPECT_EQ(hash_cell(*map, a), hash_cell(*map, b));
  EXPECT_NE(refused(PreparedKind::kShape, {"L("}), "");
}

TEST(StdlibScalars, Inference) {
  TestArena arena;
  const auto inferred = [&](std::string_view text) {
    Cell cell;
    EXPECT_EQ(mig_infer_scalar(arena.context, cell, as_text(text), false), Status::kOk);
    Text out{};
    EXPECT_EQ(mig_scalar_to_text(arena.context, out, cell), Status::kOk);
    return "btid"[cell.kind == ScalarKind::kBool   ? 0
                  : cell.kind == ScalarKind::kText ? 1
                  : cell.kind == ScalarKind::kInt  ? 2
                                                   : 3] +
           (":" + std::string(out.view()));
  };
  EXPECT_EQ(inferred(" tRuE "), "b:true");
  EXPECT_EQ(inferred(""), "t:");
  EXPECT_EQ(inferred("  "), "t:");
  EXPECT_EQ(inferred("0"), "i:0");
  EXPECT_EQ(inferred("-7"), "i:-7");
  EXPECT_EQ(inferred("7."), "t:7.");
  EXPECT_EQ(inferred("+007"), "i:7");
  EXPECT_EQ(inferred("123456789012345678"), "i:123456789012345678");
  EXPECT_EQ(inferred("1234567890123456789"), "t:1234567890123456789");
  EXPECT_EQ(inferred("-12.50"), "d:-12.50");
  EXPECT_EQ(inferred("-0.5"), "d:-0.5");
  EXPECT_EQ(inferred("123456789012345678.9"), "t:123456789012345678.9");
  for (const char* text : {"1.", ".5", "1e3", "1_000", "--1", "+", "1.2.3", "tru", "0x10", "٣"})
    EXPECT_EQ(inferred(text), std::string("t:") + text);
}

TEST(StdlibAddresses, Emails) {
  TestArena arena;
  const auto valid = [&](std::string_view text) {
    Text result{};
    return mig_parse_email(arena.context, result, as_text(text)) == Status::kOk;
  };
  for (const char* good : {"a@b.c", "ann.lee+x@mail.example.com", "a@b-c.de", "o'neil@example.com", "1@2.3"})
    EXPECT_TRUE(valid(good)) << good;
  for (const char* bad : {"", "a", "@b.c", "a@", "a@b", "a@b.", "a@.b", "a@@b.c", "a@b@c.d", "a b@c.d", "a@b c.d", "a@-b.c", "a@b-.c",
                          "a@b..c", "a@b_c.d", "ä@b.c"}) {
    EXPECT_FALSE(valid(bad)) << bad;
  }
}

/// The rules of parse_email over ASCII, said once more: by parts instead of by masks.
bool is_address(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  for (const char c : text.substr(0, at)) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::strchr(".!#$%&'*+/=?^_`{|}~-", c) == nullptr) return false;
    if (c == '\0') return false;
  }
  std::string_view rest = text.substr(at + 1);
  for (int labels = 1;; ++labels) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
      if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-') return false;
    }
    if (label.size() == rest.size()) return labels > 1;
    rest.remove_prefix(label.size() + 1);
  }
}

/// Every ASCII character at every place of addresses of every length up to where vectors are left, in the middle of a page and at its end.
TEST(StdlibAddresses, EmailsOfEveryLengthInEveryPlace) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  char* const pages = static_cast<char*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  ASSERT_EQ(mprotect(pages + page, page, PROT_NONE), 0);
  std::memset(pages, '@', page);  // what lies behind an address has no influence
  TestArena arena;
  const std::string front = "ann.lee_x+7-b", hosts = "z.corp-7.Exam-Ple.Org9.z0.co-uk.abc-de.f1.gh";
  size_t good = 0, bad = 0;
  for (size_t size = 5; size <= 70; ++size) {
    for (size_t host = 3; host + 2 <= size && host < 40; host += 6) {
      std::string text;
      while (text.size() + 1 + host < size) text += front[text.size() % front.size()];
      text += '@' + hosts.substr(0, host);
      if (!std::isalnum(static_cast<unsigned char>(text.back()))) text.back() = 'x';
      for (size_t place = 0; place < size; ++place) {
        for (int c = 0; c < 128; ++c) {
          std::string changed = text;
          changed[place] = static_cast<char>(c);
          for (char* const begin : {pages + 128, pages + page - size}) {
            std::memcpy(begin, changed.data(), size);
            Text result{};
            const bool accepted = mig_parse_email(arena.context, result, Text{begin, size}) == Status::kOk;
            ASSERT_EQ(accepted, is_address(changed)) << changed;
            ++(accepted ? good : bad);
            std::memset(begin, '@', size);
          }
        }
      }
    }
    arena.blocks.clear();
  }
  munmap(pages, 2 * page);
  EXPECT_GT(std::min(good, bad), 500000u) << good << " good, " << bad << " bad";
}

}  // namespace
}  // namespace mig::stdlib
