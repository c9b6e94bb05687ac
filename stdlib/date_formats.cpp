#include "stdlib/date_formats.h"

#include <unicode/dtfmtsym.h>
#include <unicode/unistr.h>

#include <cstring>

#include "runtime/types/civil_time.h"
#include "runtime/types/decimal.h"
#include "stdlib/zone.h"

namespace mig::stdlib {

namespace {

constexpr int kFixedWidths[] = {4, 2, 2, 2, 2, 2};  // kYear to kSecond

bool is_time_piece(DatePiece piece) {
  return piece == DatePiece::kHour || piece == DatePiece::kMinute || piece == DatePiece::kSecond || piece == DatePiece::kFraction;
}

bool letter_piece(char letter, DatePiece& piece) {
  switch (letter) {
    case 'Y': piece = DatePiece::kYear; return true;
    case 'm': piece = DatePiece::kMonth; return true;
    case 'd': piece = DatePiece::kDay; return true;
    case 'H': piece = DatePiece::kHour; return true;
    case 'M': piece = DatePiece::kMinute; return true;
    case 'S': piece = DatePiece::kSecond; return true;
    case 'f': piece = DatePiece::kFraction; return true;
    case 'y': piece = DatePiece::kYearOfCentury; return true;
    case 'j': piece = DatePiece::kDayOfYear; return true;
    case 'e': piece = DatePiece::kShortDay; return true;
    case 'k': piece = DatePiece::kShortHour; return true;
    case 'I': piece = DatePiece::kHour12; return true;
    case 'b': piece = DatePiece::kMonthName; return true;
    case 'B': piece = DatePiece::kMonthName; return true;
    case 'p': piece = DatePiece::kHalfOfDay; return true;
    case 'z': piece = DatePiece::kOffset; return true;
    default: return false;
  }
}

// What a piece decides: two pieces of one aspect contradict each other.
enum Aspect : unsigned {
  kYearAspect = 1,
  kMonthAspect = 2,
  kDayAspect = 4,
  kHourAspect = 8,
  kMinuteAspect = 16,
  kSecondAspect = 32,
  kFractionAspect = 64,
  kHalfAspect = 128,
  kOffsetAspect = 256,
  kNoAspect = 0
};

unsigned aspect_of(DatePiece piece) {
  switch (piece) {
    case DatePiece::kYear:
    case DatePiece::kYearOfCentury: return kYearAspect;
    case DatePiece::kMonth:
    case DatePiece::kMonthName: return kMonthAspect;
    case DatePiece::kDay:
    case DatePiece::kShortDay: return kDayAspect;
    case DatePiece::kDayOfYear: return kMonthAspect | kDayAspect;
    case DatePiece::kHour:
    case DatePiece::kShortHour:
    case DatePiece::kHour12: return kHourAspect;
    case DatePiece::kMinute: return kMinuteAspect;
    case DatePiece::kSecond: return kSecondAspect;
    case DatePiece::kFraction: return kFractionAspect;
    case DatePiece::kHalfOfDay: return kHalfAspect;
    case DatePiece::kOffset:
    case DatePiece::kZulu: return kOffsetAspect;
    case DatePiece::kLiteral: return kNoAspect;
  }
  return kNoAspect;
}

constexpr unsigned kWholeDate = kYearAspect | kMonthAspect | kDayAspect;
constexpr unsigned kAnyTime = kHourAspect | kMinuteAspect | kSecondAspect | kFractionAspect | kHalfAspect;

std::string utf8(const icu::UnicodeString& text) {
  std::string result;
  text.toUTF8String(result);
  return result;
}

}  // namespace

bool DateFormats::add_format(const std::string& text, std::string& error) {
  Format format;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      const bool zulu = text[i] == 'Z' && !format.steps.empty() && is_time_piece(format.steps.back().piece);
      format.steps.push_back({zulu ? DatePiece::kZulu : DatePiece::kLiteral, text[i]});
      continue;
    }
    if (++i == text.size()) return error = "format \"" + text + "\" ends with a lone %", false;
    if (text[i] == '%') {
      format.steps.push_back({DatePiece::kLiteral, '%'});
      continue;
    }
    DatePiece piece = DatePiece::kLiteral;
    if (!letter_piece(text[i], piece)) {
      return error = "format \"" + text + "\" has the unknown letter %" + text[i], false;
    }
    format.steps.push_back({piece, text[i]});
  }
  unsigned seen = 0;
  for (const DateStep& step : format.steps) {
    const unsigned aspect = aspect_of(step.piece);
    if ((seen & aspect) != 0) return error = "format \"" + text + "\" states one thing twice", false;
    seen |= aspect;
  }
  format.has_offset = (seen & kOffsetAspect) != 0;
  formats_.push_back(std::move(format));
  return true;
}

bool DateFormats::check_fields(const Format& format, const std::string& text, bool writing, std::string& error) const {
  unsigned seen = 0;
  bool twelve = false, month_name = false;
  for (const DateStep& step : format.steps) {
    seen |= aspect_of(step.piece);
    twelve |= step.piece == DatePiece::kHour12;
    month_name |= step.piece == DatePiece::kMonthName;
    if (step.piece == DatePiece::kYearOfCentury && pivot_ < 0 && !writing) {
      return error = "format \"" + text + "\" has %y and needs `pivot:`", false;
    }
  }
  const std::string subject = "format \"" + text + "\" ";
  if (month_name && short_names_[0].empty()) return error = subject + "has month names and needs `locale:`", false;
  if (result_ == FormatResult::kDate && (seen & (kAnyTime | kOffsetAspect)) != 0) {
    return error = subject + "has a time, but a date is read", false;
  }
  if (result_ == FormatResult::kTime && (seen & (kWholeDate | kOffsetAspect)) != 0) {
    return error = subject + "has a date or an offset, but a time is read", false;
  }
  if (result_ == FormatResult::kDatetime && (seen & kOffsetAspect) != 0) {
    return error = subject + "has an offset, but a civil time is read", false;
  }
  if (writing) return true;
  if (result_ != FormatResult::kTime && (seen & kWholeDate) != kWholeDate) return error = subject + "does not give a whole date", false;
  if (result_ == FormatResult::kTime && (seen & kHourAspect) == 0) {
    return error = subject + "has no hour", false;
  }
  if ((seen & (kMinuteAspect | kHalfAspect | kOffsetAspect)) != 0 && (seen & kHourAspect) == 0)
    return error = subject + "has no hour", false;
  if ((seen & kSecondAspect) != 0 && (seen & kMinuteAspect) == 0) return error = subject + "has seconds without minutes", false;
  if ((seen & kFractionAspect) != 0 && (seen & kSecondAspect) == 0) return error = subject + "has a fraction without seconds", false;
  if (twelve != ((seen & kHalfAspect) != 0)) return error = subject + "needs both %I and %p, or %H", false;
  return true;
}

bool DateFormats::load_names(const std::string& locale, std::string& error) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale icu_locale(locale.c_str());
  const icu::DateFormatSymbols symbols(icu_locale, status);
  if (U_FAILURE(status) != 0 || icu_locale.isBogus() != 0) return error = "unknown locale \"" + locale + "\"", false;
  int32_t count = 0;
  const icu::UnicodeString* const shorts = symbols.getShortMonths(count);
  if (count < 12) return error = "locale \"" + locale + "\" has no month names", false;
  for (size_t i = 0; i < 12; ++i) short_names_[i] = utf8(shorts[i]);
  const icu::UnicodeString* const longs = symbols.getMonths(count);
  if (count < 12) return error = "locale \"" + locale + "\" has no month names", false;
  for (size_t i = 0; i < 12; ++i) long_names_[i] = utf8(longs[i]);
  return true;
}

void DateFormats::add_layouts(uint16_t index) {
  const Format& format = formats_[index];
  bool fixed = true;
  bool fraction = false;
  size_t width = 0;
  for (const DateStep& step : format.steps) {
    const bool simple = step.piece <= DatePiece::kSecond;
    fraction |= step.piece == DatePiece::kFraction;
    fixed &= simple || step.piece == DatePiece::kFraction || step.piece == DatePiece::kZulu || step.piece == DatePiece::kLiteral;
    width += simple ? static_cast<size_t>(kFixedWidths[static_cast<size_t>(step.piece)]) : step.piece == DatePiece::kFraction ? 0 : 1;
  }
  const auto add = [&](const DateLayout& layout, size_t least, size_t most) {
    layouts_.push_back(layout);
    for (size_t size = least; size <= most && size <= kMaxTextSize; ++size) {
      by_size_[size].push_back(static_cast<uint16_t>(layouts_.size() - 1));
    }
  };
  if (!fixed) {
    DateLayout layout;
    layout.format = index;
    add(layout, 1, kMaxTextSize);
    return;
  }
  for (size_t digits = fraction ? 1 : 0; digits <= (fraction ? 6u : 0u); ++digits) {
    DateLayout layout;
    layout.format = index;
    layout.has_offset = format.has_offset;
    const size_t size = width + digits;
    std::string bytes(size, '\0');
    std::string literal(size, '\0');
    size_t at = 0;
    for (const DateStep& step : format.steps) {
      if (step.piece == DatePiece::kLiteral || step.piece == DatePiece::kZulu) {
        bytes[at] = step.literal;
        literal[at++] = '\xFF';
      } else {
        const size_t piece = static_cast<size_t>(step.piece);
        layout.at[piece] = static_cast<uint8_t>(at);
        at += step.piece == DatePiece::kFraction ? digits : static_cast<size_t>(kFixedWidths[piece]);
      }
    }
    layout.prepare(bytes, literal, digits);
    add(layout, size, size);
  }
}

/// For every size the byte that tells most: it leaves the fewest pairs of layouts.
void DateFormats::make_choices() {
  choices_.emplace_back();
  for (size_t size = 0; size < by_size_.size(); ++size) {
    const std::vector<uint16_t>& layouts = by_size_[size];
    if (layouts.empty()) continue;
    Choice choice;
    size_t fewest = SIZE_MAX;
    for (size_t at = 0; at < size && layouts.size() > 1; ++at) {
      size_t left = 0;
      for (size_t i = 0; i < layouts.size(); ++i) {
        for (size_t k = i + 1; k < layouts.size(); ++k) left += layouts_[layouts[i]].meets(layouts_[layouts[k]], at) ? 1 : 0;
      }
      if (left >= fewest) continue;
      fewest = left;
      choice.at = static_cast<uint8_t>(at);
    }
    std::vector<uint16_t> before, allowed;
    for (unsigned byte = 0; byte < 256; ++byte) {
      allowed.clear();
      for (const uint16_t index : layouts) {
        if (layouts_[index].may_hold(choice.at, static_cast<unsigned char>(byte))) allowed.push_back(index);
      }
      if (allowed != before) chosen_.insert(chosen_.end(), allowed.begin(), allowed.end());
      before = allowed;
      choice.by_byte[byte] = {static_cast<uint32_t>(chosen_.size() - allowed.size()), static_cast<uint32_t>(allowed.size())};
    }
    choice_of_size_[size] = static_cast<uint8_t>(choices_.size());
    choices_.push_back(choice);
  }
}

std::shared_ptr<const DateFormats> DateFormats::compile(const PreparedSpec& spec, std::string& error) {
  auto formats = std::make_shared<DateFormats>();
  const bool writing = (spec.flag & kForWriting) != 0;
  formats->result_ = static_cast<FormatResult>(spec.flag & 3);
  formats->dst_ = static_cast<Dst>(spec.option & 3);
  if (spec.texts.empty() || (writing && spec.texts.size() != 1)) return error = "at least one format is needed", nullptr;
  if (spec.texts.size() > 64) return error = "at most 64 formats are possible", nullptr;
  if (!spec.values.empty() && !spec.values[0].empty()) {
    int64_t pivot = 0;
    if (read_int64(spec.values[0], NumberForm::kPlain, pivot) != NumberError::kNone || pivot < 0 || pivot > 100) {
      return error = "`pivot:` is a number from 0 to 100", nullptr;
    }
    formats->pivot_ = static_cast<int32_t>(pivot);
  }
  if (spec.values.size() > 1 && !spec.values[1].empty() && !formats->load_names(spec.values[1], error)) return nullptr;
  bool needs_zone = false;
  for (const std::string& text : spec.texts) {
    if (text.size() > kMaxTextSize) return error = "a format may have at most 64 bytes", nullptr;
    if (!formats->add_format(text, error)) return nullptr;
    if (!formats->check_fields(formats->formats_.back(), text, writing, error)) return nullptr;
    needs_zone |= !formats->formats_.back().has_offset;
    formats->add_layouts(static_cast<uint16_t>(formats->formats_.size() - 1));
  }
  formats->make_choices();
  if (formats->result_ == FormatResult::kTimestamp) {
    if (spec.name.empty() && needs_zone) return error = "a format without an offset needs `zone:`", nullptr;
    if (!spec.name.empty() && spec.name != "UTC") {
      formats->zone_ = Zone::load(spec.name, formats->dst_, error);
      if (formats->zone_ == nullptr) return nullptr;
    }
  }
  return formats;
}

std::vector<std::pair<size_t, size_t>> DateFormats::ambiguities() const {
  std::vector<std::pair<size_t, size_t>> pairs;
  const auto overlap = [](const DateLayout& a, const DateLayout& b, size_t size) {
    if (!a.fixed || !b.fixed) return false;
    for (size_t i = 0; i < size; ++i) {
      if (!a.meets(b, i)) return false;
    }
    return std::memcmp(a.at, b.at, sizeof a.at) != 0;
  };
  for (size_t size = 0; size < by_size_.size(); ++size) {
    const std::vector<uint16_t>& layouts = by_size_[size];
    for (size_t i = 0; i < layouts.size(); ++i) {
      for (size_t k = i + 1; k < layouts.size(); ++k) {
        const DateLayout& a = layouts_[layouts[i]];
        const DateLayout& b = layouts_[layouts[k]];
        const std::pair<size_t, size_t> pair(a.format, b.format);
        bool known = false;
        for (const auto& other : pairs) known |= other == pair;
        if (!known && overlap(a, b, size)) pairs.push_back(pair);
      }
    }
  }
  return pairs;
}

}  // namespace mig::stdlib
