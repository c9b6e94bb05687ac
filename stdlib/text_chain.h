// Steps of text_chain: trimming, changing case and replacing single characters, written down as one text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mig::stdlib {

/// 128 bytes: what becomes of each ASCII character; one byte `t` when white space is cut off first, else `-`; then the steps in order, for
/// texts that are not ASCII: `t` trim, `l` lower, `u` upper, `r` with two ASCII characters: replace the first by the second.
class TextChain {
 public:
  static constexpr uint64_t kTable = 128;

  TextChain();
  /// Reads one back; false when it is none.
  static bool read(std::string_view text, TextChain& chain);

  void trim() { add('t'); }
  void lower();
  void upper();
  /// Both ASCII.
  void replace(char from, char to);
  /// All steps of another chain behind these.
  void append(const TextChain& other);

  /// How many steps.
  size_t size() const { return count_; }
  bool trims() const { return trims_; }
  bool replaces() const { return replaces_; }
  /// The argument of text_chain. Trimming must not stand behind a replacement, which can make and remove blanks.
  std::string text() const;

 private:
  void add(char step) {
    steps_ += step;
    ++count_;
    trims_ |= step == 't';
  }
  void map(char (*change)(char));

  char table_[kTable];
  std::string steps_;
  size_t count_ = 0;
  bool trims_ = false, replaces_ = false;
};

inline TextChain::TextChain() {
  for (uint64_t c = 0; c < kTable; ++c) table_[c] = static_cast<char>(c);
}

inline void TextChain::map(char (*change)(char)) {
  for (char& c : table_) c = change(c);
}

inline void TextChain::lower() {
  add('l');
  map([](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
}

inline void TextChain::upper() {
  add('u');
  map([](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; });
}

inline void TextChain::replace(char from, char to) {
  add('r');
  steps_ += from;
  steps_ += to;
  replaces_ = true;
  for (char& c : table_) {
    if (c == from) c = to;
  }
}

inline void TextChain::append(const TextChain& other) {
  for (size_t i = 0; i < other.steps_.size(); ++i) {
    switch (other.steps_[i]) {
      case 't': trim(); break;
      case 'l': lower(); break;
      case 'u': upper(); break;
      default:
        replace(other.steps_[i + 1], other.steps_[i + 2]);
        i += 2;
        break;
    }
  }
}

inline std::string TextChain::text() const { return std::string(table_, kTable) + (trims_ ? 't' : '-') + steps_; }

inline bool TextChain::read(std::string_view text, TextChain& chain) {
  if (text.size() <= kTable) return false;
  chain = TextChain();
  for (size_t i = kTable + 1; i < text.size(); ++i) {
    switch (text[i]) {
      case 't': chain.trim(); break;
      case 'l': chain.lower(); break;
      case 'u': chain.upper(); break;
      case 'r':
        if (i + 2 >= text.size()) return false;
        chain.replace(text[i + 1], text[i + 2]);
        i += 2;
        break;
      default: return false;
    }
  }
  return chain.text() == text;
}

}  // namespace mig::stdlib
