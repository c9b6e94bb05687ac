// UTF-16, Windows-1252 and Latin-1 to UTF-8. What has no meaning becomes bytes that are not UTF-8: 0xFF, or a surrogate written as three
// bytes.
#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/connectors/file/byte_reader.h"
#include "runtime/types/text.h"

namespace mig {
namespace {

constexpr uint64_t kInputBytes = 64 * 1024;
constexpr uint64_t kMostUtf8 = 4;  // bytes a step may write

/// Reads blocks from below and converts them into a buffer of its own.
class Converter : public ByteReader {
 public:
  explicit Converter(std::unique_ptr<ByteReader> from) : from_(std::move(from)), input_(new char[kInputBytes]) {}

  Result<uint64_t> read(char* out, uint64_t size) override {
    while (true) {
      if (given_ != output_.size()) {
        const uint64_t count = std::min<uint64_t>(size, output_.size() - given_);
        std::memcpy(out, output_.data() + given_, count);
        given_ += count;
        return count;
      }
      output_.clear();
      given_ = 0;
      if (ended_) return uint64_t{0};
      Result<uint64_t> got = from_->read(input_.get(), kInputBytes);
      if (!got.ok()) return got;
      ended_ = *got == 0;
      convert(reinterpret_cast<const uint8_t*>(input_.get()), *got, ended_, output_);
    }
  }

 protected:
  virtual void convert(const uint8_t* bytes, uint64_t size, bool end, std::string& out) = 0;
  static void append(std::string& out, uint32_t code_point) {
    char bytes[kMostUtf8];
    out.append(bytes, static_cast<size_t>(write_code_point(code_point, bytes)));
  }

 private:
  std::unique_ptr<ByteReader> from_;
  std::unique_ptr<char[]> input_;
  std::string output_;
  uint64_t given_ = 0;
  bool ended_ = false;
};

class Utf16Reader final : public Converter {
 public:
  Utf16Reader(std::unique_ptr<ByteReader> from, bool big_endian) : Converter(std::move(from)), big_endian_(big_endian) {}

 private:
  void convert(const uint8_t* bytes, uint64_t size, bool end, std::string& out) override {
    for (uint64_t i = 0; i < size; ++i) {
      if (!has_byte_) {
        byte_ = bytes[i];
        has_byte_ = true;
        continue;
      }
      has_byte_ = false;
      unit(big_endian_ ? static_cast<uint32_t>(byte_) << 8 | bytes[i] : static_cast<uint32_t>(bytes[i]) << 8 | byte_, out);
    }
    if (!end) return;
    if (high_ != 0) lone(high_, out);
    if (has_byte_) out += '\xFF';
    high_ = 0;
    has_byte_ = false;
  }

  void unit(uint32_t unit, std::string& out) {
    const bool low = unit >= 0xDC00 && unit < 0xE000;
    if (high_ != 0) {
      const uint32_t high = high_;
      high_ = 0;
      if (low) return append(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
      lone(high, out);
    }
    if (unit >= 0xD800 && unit < 0xDC00) {
      high_ = unit;
    } else if (low) {
      lone(unit, out);
    } else {
      append(out, unit);
    }
  }
  static void lone(uint32_t surrogate, std::string& out) {
    out += '\xED';
    out += static_cast<char>(0x80 | (surrogate >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (surrogate & 0x3F));
  }

  bool big_endian_;
  bool has_byte_ = false;
  uint8_t byte_ = 0;
  uint32_t high_ = 0;  // a high surrogate that waits for its low one
};

/// 0x80..0x9F of Windows-1252; 0: not assigned.
constexpr std::array<uint16_t, 32> kCp1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                              0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                              0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

class SingleByteReader final : public Converter {
 public:
  SingleByteReader(std::unique_ptr<ByteReader> from, bool cp1252) : Converter(std::move(from)), cp1252_(cp1252) {}

 private:
  void convert(const uint8_t* bytes, uint64_t size, bool, std::string& out) override {
    for (uint64_t i = 0; i < size; ++i) {
      const uint8_t c = bytes[i];
      if (c < 0x80) {
        out += static_cast<char>(c);
      } else if (cp1252_ && c < 0xA0) {
        const uint16_t code_point = kCp1252[c - 0x80];
        if (code_point == 0) {
          out += '\xFF';
        } else {
          append(out, code_point);
        }
      } else {
        append(out, c);
      }
    }
  }
  bool cp1252_;
};

}  // namespace

std::unique_ptr<ByteReader> make_utf16_reader(std::unique_ptr<ByteReader> from, bool big_endian) {
  return std::make_unique<Utf16Reader>(std::move(from), big_endian);
}
std::unique_ptr<ByteReader> make_single_byte_reader(std::unique_ptr<ByteReader> from, bool cp1252) {
  return std::make_unique<SingleByteReader>(std::move(from), cp1252);
}

}  // namespace mig
