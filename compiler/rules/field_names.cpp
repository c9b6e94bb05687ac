#include "compiler/rules/field_names.h"

#include <algorithm>
#include <unordered_set>

#include "compiler/rules/tree_walk.h"

namespace mig::rules {

namespace {

// `customerNo`, `CUSTOMER_NO`, `customer no` -> customer, no
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  bool lower_before = false;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
    if (!upper && !lower && !digit) {
      if (!words.back().empty()) words.emplace_back();
      lower_before = false;
      continue;
    }
    if (upper && lower_before && !words.back().empty()) words.emplace_back();
    words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
    lower_before = lower;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

template <size_t N>
bool any_word(std::string_view name, const std::string_view (&known)[N]) {
  const std::vector<std::string> words = words_of(name);
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return std::find(std::begin(known), std::end(known), word) != std::end(known); });
}

}  // namespace

bool is_identifier_like(std::string_view name) {
  static constexpr std::string_view kWords[] = {"id",    "ids",       "uuid", "guid",   "zip",     "zipcode", "postal", "postcode", "plz",
                                                "phone", "telephone", "tel",  "mobile", "fax",     "iban",    "bic",    "swift",    "vat",
                                                "ssn",   "ean",       "gtin", "isbn",   "sku",     "barcode", "serial", "passport", "code",
                                                "ref",   "no",        "nr",   "card",   "licence", "license"};
  if (any_word(name, kWords)) return true;
  // `account_number`, but not `number_of_orders` or a plain `number`.
  const std::vector<std::string> words = words_of(name);
  return words.size() > 1 && words.back() == "number";
}

bool is_ratio_like(std::string_view name) {
  static constexpr std::string_view kWords[] = {"rate", "ratio", "percent", "percentage", "pct", "share", "fraction", "probability"};
  return any_word(name, kWords);
}

bool is_free_text_like(std::string_view name) {
  static constexpr std::string_view kWords[] = {"raw",         "note",    "notes", "text",  "comment", "comments",
                                                "description", "message", "body",  "title", "label"};
  return any_word(name, kWords);
}

bool same_words(std::string_view a, std::string_view b) {
  const std::vector<std::string> words = words_of(a);
  return !words.empty() && words == words_of(b);
}

bool is_named_like_class(std::string_view name, std::string_view privacy_class) {
  static constexpr std::string_view kMail[] = {"email", "mail"};
  static constexpr std::string_view kPhone[] = {"phone", "telephone", "tel", "mobile", "cell", "fax", "msisdn"};
  static constexpr std::string_view kBirth[] = {"birth", "birthday", "birthdate", "dob", "born"};
  static constexpr std::string_view kStreet[] = {"street", "address", "addr"};
  static constexpr std::string_view kWhole[] = {"surname", "firstname", "lastname", "forename", "fullname"};
  static constexpr std::string_view kBefore[] = {"first",  "last", "full",   "given",   "family",  "middle",
                                                 "maiden", "sur",  "person", "contact", "customer"};
  const std::vector<std::string> of_class = words_of(privacy_class), words = words_of(name);
  if (of_class.empty() || words.empty()) return false;
  const std::string& kind = of_class.back();
  if (any_word(kind, kMail)) return any_word(name, kMail);
  if (any_word(kind, kPhone)) return any_word(name, kPhone);
  if (any_word(kind, kBirth)) return any_word(name, kBirth);
  if (any_word(kind, kStreet)) return any_word(name, kStreet) && !any_word(name, kMail);
  if (kind == "name") {
    // A bare `name` may be a company's.
    const bool compound = words.size() > 1 && words.back() == "name" &&
                          std::find(std::begin(kBefore), std::end(kBefore), words[words.size() - 2]) != std::end(kBefore);
    return compound || any_word(name, kWhole);
  }
  return kind.size() >= 4 && std::find(words.begin(), words.end(), kind) != words.end();
}

namespace {

class OriginCollector {
 public:
  explicit OriginCollector(const RuleContext& context) : context_(context) {}

  void visit(ExprRef root) {
    walk(context_.tree(root.module), root.id, [&](syntax::ExprId id) { one({root.module, id}); });
  }
  std::vector<NamedOrigin> take() { return std::move(origins_); }

 private:
  void one(ExprRef ref) {
    const sema::ExprInfo& about = context_.info(ref);
    if (about.ref == Ref::kSourceField) {
      if (const sema::SchemaSymbol* schema = context_.source_schema(context_.map_around(ref));
          schema != nullptr && about.index < schema->fields.size()) {
        const sema::SchemaField& field = schema->fields[about.index];
        add(field.name, field.span, field.type);
      }
    } else if (about.ref == Ref::kRecordField) {
      if (const auto* field = context_.expr(ref).get_if<syntax::FieldExpr>()) add(field->field.text, field->field.span, about.type);
    } else if (about.ref == Ref::kLocal && about.index < context_.program.locals.size() && seen_.insert(about.index).second) {
      const sema::Local& local = context_.program.locals[about.index];
      if (const ExprRef value = context_.let_value(ref.module, local.span); value.valid()) visit(value);
      add(local.name, local.span, local.type);
    }
  }

  void add(const std::string& name, Span span, TypeId type) {
    const bool known = std::any_of(origins_.begin(), origins_.end(),
                                   [&](const NamedOrigin& origin) { return origin.span == span && origin.name == name; });
    if (!known) origins_.push_back({name, span, type});
  }

  const RuleContext& context_;
  std::vector<NamedOrigin> origins_;
  std::unordered_set<uint32_t> seen_;
};

}  // namespace

std::vector<NamedOrigin> origins_of(const RuleContext& context, ExprRef ref) {
  if (!ref.valid()) return {};
  OriginCollector collector(context);
  collector.visit(ref);
  return collector.take();
}

}  // namespace mig::rules
