#include "compiler/rules/profile.h"

#include <cctype>
#include <charconv>

namespace mig::rules {

namespace {

// Objects, texts and whole numbers are all that a profile holds; other values are read over.
class ProfileReader {
 public:
  explicit ProfileReader(std::string_view text) : text_(text) {}

  bool read(Profile& profile) {
    return object([&](const std::string& key) {
             if (key != "sources") return skip(0);
             return object([&](const std::string& source) {
               ProfiledSource& about = profile.sources[source];
               return object([&](const std::string& name) {
                 if (name == "records") return number(about.records);
                 if (name == "not_utf8") return number(about.not_utf8);
                 if (name != "fields") return skip(0);
                 return object([&](const std::string& field) {
                   ProfiledField& counts = about.fields[field];
                   return object([&](const std::string& what) {
                     if (what == "null") return number(counts.null);
                     if (what == "longest") return number(counts.longest);
                     if (what != "values") return skip(0);
                     return object([&](const std::string& value) { return number(counts.values[value]); });
                   });
                 });
               });
             });
           }) &&
           at_end();
  }
  size_t offset() const { return at_; }

 private:
  static constexpr int kDeepest = 64;

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
  }
  bool take(char wanted) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    blanks();
    return at_ == text_.size();
  }
  bool text(std::string& out) {
    if (!take('"')) return false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\')
        out += text_[at_];
      else if (!escape(out))
        return false;
    }
    return at_ < text_.size() && text_[at_++] == '"';
  }
  // Stands at the backslash, and then at the last character of the escape. Halves of surrogate pairs become U+FFFD each.
  bool escape(std::string& out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    if (++at_ == text_.size()) return false;
    if (const size_t letter = kLetters.find(text_[at_]); letter != std::string_view::npos) {
      out += kMeant[letter];
      return true;
    }
    uint32_t point = 0;
    if (text_[at_] != 'u' || text_.size() - at_ < 5) return false;
    const auto [end, failure] = std::from_chars(text_.data() + at_ + 1, text_.data() + at_ + 5, point, 16);
    if (failure != std::errc{} || end != text_.data() + at_ + 5) return false;
    at_ += 4;
    if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x800) {
      out += {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
    } else {
      out +=
          {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
    }
    return true;
  }
  bool number(uint64_t& out) {
    blanks();
    const size_t begin = at_;
    for (; at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 && at_ - begin < 18; ++at_)
      out = out * 10 + static_cast<uint64_t>(text_[at_] - '0');
    return at_ > begin;
  }
  template <class Member>
  bool object(Member&& member) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      std::string key;
      if (!text(key) || !take(':') || !member(key)) return false;
    } while (take(','));
    return take('}');
  }
  bool skip(int depth) {
    blanks();
    if (depth > kDeepest || at_ >= text_.size()) return false;
    if (text_[at_] == '{') return object([&](const std::string&) { return skip(depth + 1); });
    if (text_[at_] == '"') {
      std::string ignored;
      return text(ignored);
    }
    if (take('[')) {
      if (take(']')) return true;
      do {
        if (!skip(depth + 1)) return false;
      } while (take(','));
      return take(']');
    }
    const size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '-' || text_[at_] == '+' || text_[at_] == '.'))
      ++at_;
    return at_ > begin;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<Profile> read_profile(std::string_view json, std::string& problem) {
  Profile profile;
  ProfileReader reader(json);
  if (reader.read(profile)) return profile;
  problem = "is not a profile: something unexpected at byte " + std::to_string(reader.offset());
  return std::nullopt;
}

}  // namespace mig::rules
