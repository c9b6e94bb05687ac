#include "compiler/codegen/code_image.h"

#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_map>

extern "C" {
void __register_frame(void* begin);
void __deregister_frame(void* begin);
}

namespace mig::codegen {

namespace {

constexpr uint64_t kMaxAlignment = 4096;
constexpr uint64_t kStubSize = 8;  // an indirect jump of six bytes
constexpr uint64_t kTerminator = 8;
constexpr uint32_t kNoSlot = std::numeric_limits<uint32_t>::max();
constexpr uint64_t kMaxImage = 1ull << 30;  // bytes; everything in an image reaches everything else by 32 bits

uint64_t aligned(uint64_t value, uint64_t alignment) { return (value + alignment - 1) / alignment * alignment; }

}  // namespace

/// One use links one file. Every function answers false, with `error_` set, when the file is refused.
class ImageLinker {
 public:
  ImageLinker(std::string_view object, std::span<const std::pair<const char*, const void*>> outside, std::string& error)
      : object_(object), error_(error) {
    outside_.reserve(outside.size());
    for (const auto& [name, address] : outside) outside_.emplace(name, address);
  }

  std::unique_ptr<CodeImage> run() {
    image_.reset(new CodeImage);
    const bool good = read_sections() && read_symbols() && lay_out() && place() && relocate() && seal();
    return good ? std::move(image_) : nullptr;
  }

 private:
  struct Symbol {
    Elf64_Sym entry;
    std::string_view name;
    uint32_t slot = kNoSlot;  // of an outside symbol that is known: which address and stub
  };

  bool refuse(std::string why) {
    error_ = "the compiled code cannot be loaded: " + std::move(why);
    return false;
  }

  template <class Entry>
  bool read(uint64_t at, Entry& entry) {
    if (at > object_.size() || object_.size() - at < sizeof entry) return refuse("the file is cut short");
    std::memcpy(&entry, object_.data() + at, sizeof entry);
    return true;
  }

  bool name_at(const Elf64_Shdr& table, uint64_t at, std::string_view& name) {
    if (table.sh_type != SHT_STRTAB || at >= table.sh_size) return refuse("a name lies outside its table");
    const std::string_view rest = object_.substr(table.sh_offset + at, table.sh_size - at);
    const size_t end = rest.find('\0');
    if (end == std::string_view::npos) return refuse("a name has no end");
    name = rest.substr(0, end);
    return true;
  }

  bool read_sections() {
    Elf64_Ehdr header;
    if (!read(0, header)) return false;
    const bool known = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
                       header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_type == ET_REL && header.e_machine == EM_X86_64 &&
                       header.e_shentsize == sizeof(Elf64_Shdr);
    if (!known) return refuse("it is no object file for this processor");
    sections_.resize(header.e_shnum);
    for (size_t i = 0; i < sections_.size(); ++i) {
      Elf64_Shdr& section = sections_[i];
      if (!read(header.e_shoff + i * sizeof section, section)) return false;
      const bool in_file = section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL;
      if (in_file && (section.sh_offset > object_.size() || object_.size() - section.sh_offset < section.sh_size))
        return refuse("a section lies outside the file");
      if (section.sh_addralign > kMaxAlignment || !std::has_single_bit(std::max<uint64_t>(section.sh_addralign, 1)))
        return refuse("a section has an alignment that is not used");
    }
    if (header.e_shstrndx >= sections_.size()) return refuse("sections have no names");
    for (const Elf64_Shdr& section : sections_) {
      if (!name_at(sections_[header.e_shstrndx], section.sh_name, names_.emplace_back())) return false;
    }
    return true;
  }

  bool read_symbols() {
    const Elf64_Shdr* table = nullptr;
    for (const Elf64_Shdr& section : sections_) {
      if (section.sh_type == SHT_SYMTAB && std::exchange(table, &section) != nullptr) return refuse("it has two tables of symbols");
    }
    if (table == nullptr || table->sh_entsize != sizeof(Elf64_Sym) || table->sh_link >= sections_.size())
      return refuse("it has no table of symbols");
    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= table->sh_size; at += sizeof(Elf64_Sym)) {
      Symbol& symbol = symbols_.emplace_back();
      if (!read(table->sh_offset + at, symbol.entry) || !name_at(sections_[table->sh_link], symbol.entry.st_name, symbol.name))
        return false;
      if (symbol.entry.st_shndx == SHN_COMMON || symbol.entry.st_shndx == SHN_XINDEX || ELF64_ST_TYPE(symbol.entry.st_info) == STT_TLS)
        return refuse("a symbol is of a kind that is not used");
      if (symbol.entry.st_shndx != SHN_UNDEF || symbols_.size() == 1) continue;
      const auto found = outside_.find(symbol.name);
      if (found == outside_.end()) continue;  // it may be named only
      symbol.slot = static_cast<uint32_t>(addresses_.size());
      addresses_.push_back(found->second);
    }
    return true;
  }

  static bool is_loaded(const Elf64_Shdr& section) { return (section.sh_flags & SHF_ALLOC) != 0 && section.sh_size != 0; }
  static bool is_code(const Elf64_Shdr& section) { return (section.sh_flags & SHF_EXECINSTR) != 0; }

  /// Code and a stub for each outside symbol, then on pages of their own data and the outside addresses.
  bool lay_out() {
    const uint64_t page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
    placed_.resize(sections_.size());
    uint64_t size = 0;
    const auto add = [&](bool code) {
      for (size_t i = 0; i < sections_.size(); ++i) {
        const Elf64_Shdr& section = sections_[i];
        if (!is_loaded(section) || is_code(section) != code) continue;
        const bool written = (section.sh_flags & SHF_WRITE) != 0 && !names_[i].starts_with(".data.rel.ro");
        if (section.sh_type == SHT_NOBITS || section.sh_type == SHT_NULL || written || (section.sh_flags & SHF_TLS) != 0)
          return refuse("it has data that is written");
        size = aligned(size, std::max<uint64_t>(section.sh_addralign, 1));
        placed_[i] = size;
        size += section.sh_size + (names_[i] == ".eh_frame" ? kTerminator : 0);
        if (size > kMaxImage) return refuse("it is too large");
      }
      return true;
    };
    if (!add(true)) return false;
    stubs_ = size = aligned(size, kStubSize);
    size += addresses_.size() * kStubSize;
    code_size_ = size = aligned(size, page);
    table_ = size;
    size += addresses_.size() * sizeof(void*);
    if (!add(false)) return false;
    image_->size_ = aligned(std::max<uint64_t>(size, 1), page);
    return image_->size_ <= kMaxImage || refuse("it is too large");
  }

  bool place() {
    // Below the program: most of what the code calls can be reached without a stub there.
    static const char kHere = 0;
    constexpr uintptr_t kBelow = 256 << 20;
    const uintptr_t wished = reinterpret_cast<uintptr_t>(&kHere) / kMaxAlignment * kMaxAlignment;
    void* const hint = wished > kBelow + image_->size_ ? reinterpret_cast<void*>(wished - kBelow - image_->size_) : nullptr;
    void* const memory = ::mmap(hint, image_->size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return refuse("there is no memory for it");
    image_->memory_ = static_cast<char*>(memory);
    for (size_t i = 0; i < sections_.size(); ++i) {
      if (!is_loaded(sections_[i])) continue;
      std::memcpy(image_->memory_ + placed_[i], object_.data() + sections_[i].sh_offset, sections_[i].sh_size);
    }
    for (uint32_t slot = 0; slot < addresses_.size(); ++slot) {
      const uint64_t stub = stubs_ + slot * kStubSize, address = table_ + slot * sizeof(void*);
      constexpr uint64_t kJump = 6;
      const auto distance = static_cast<uint32_t>(address - (stub + kJump));
      const unsigned char jump[2] = {0xFF, 0x25};  // jmp *distance(%rip)
      std::memcpy(image_->memory_ + stub, jump, sizeof jump);
      std::memcpy(image_->memory_ + stub + sizeof jump, &distance, sizeof distance);
      std::memcpy(image_->memory_ + address, &addresses_[slot], sizeof(void*));
    }
    return true;
  }

  /// Where a symbol that the file defines was placed.
  std::optional<uintptr_t> defined(const Symbol& symbol) const {
    const uint32_t section = symbol.entry.st_shndx;
    if (section == SHN_UNDEF || section >= sections_.size() || !is_loaded(sections_[section])) return std::nullopt;
    if (symbol.entry.st_value > sections_[section].sh_size) return std::nullopt;
    return reinterpret_cast<uintptr_t>(image_->memory_) + placed_[section] + symbol.entry.st_value;
  }

  bool relocate() {
    for (const Elf64_Shdr& list : sections_) {
      if (list.sh_type == SHT_REL) return refuse("it has references of a kind that is not used");
      if (list.sh_type != SHT_RELA) continue;
      if (list.sh_info >= sections_.size() || list.sh_entsize != sizeof(Elf64_Rela)) return refuse("references belong to no section");
      if (!is_loaded(sections_[list.sh_info])) continue;
      for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= list.sh_size; at += sizeof(Elf64_Rela)) {
        Elf64_Rela reference;
        if (!read(list.sh_offset + at, reference) || !apply(reference, list.sh_info)) return false;
      }
    }
    return true;
  }

  bool apply(const Elf64_Rela& reference, uint32_t section) {
    const uint64_t number = ELF64_R_SYM(reference.r_info);
    const uint32_t type = ELF64_R_TYPE(reference.r_info);
    const uint64_t width = type == R_X86_64_64 ? 8 : 4;
    const uint64_t room = sections_[section].sh_size;
    if (number == 0 || number >= symbols_.size()) return refuse("a reference has no symbol");
    if (reference.r_offset > room || room - reference.r_offset < width) return refuse("a reference lies outside its section");
    const Symbol& symbol = symbols_[number];
    const bool is_outside = symbol.entry.st_shndx == SHN_UNDEF;
    if (is_outside && symbol.slot == kNoSlot) return refuse("it refers to " + std::string(symbol.name));
    const std::optional<uintptr_t> inside = defined(symbol);
    if (!is_outside && !inside) return refuse("a symbol lies outside its section");
    const uintptr_t target = is_outside ? reinterpret_cast<uintptr_t>(addresses_[symbol.slot]) : *inside;
    char* const place = image_->memory_ + placed_[section] + reference.r_offset;
    const auto distance = [&](uintptr_t to) {
      return static_cast<int64_t>(to + static_cast<uint64_t>(reference.r_addend) - reinterpret_cast<uintptr_t>(place));
    };
    const auto of_image = [&](uint64_t offset) { return reinterpret_cast<uintptr_t>(image_->memory_) + offset; };
    const auto near = [](int64_t value) {
      return value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
    };
    int64_t value = 0;
    switch (type) {
      case R_X86_64_64:
        value = static_cast<int64_t>(target + static_cast<uint64_t>(reference.r_addend));
        std::memcpy(place, &value, sizeof value);
        return true;
      case R_X86_64_PC32: value = distance(target); break;
      case R_X86_64_PLT32:
        value = distance(target);
        if (is_outside && !near(value)) value = distance(of_image(stubs_ + symbol.slot * kStubSize));
        break;
      case R_X86_64_GOTPCREL:
      case R_X86_64_GOTPCRELX:
      case R_X86_64_REX_GOTPCRELX:
        if (!is_outside) return refuse("it looks up its own address");
        value = distance(of_image(table_ + symbol.slot * sizeof(void*)));
        break;
      default: return refuse("it has references of the unknown kind " + std::to_string(type));
    }
    if (!near(value)) return refuse("a symbol is too far away");
    const auto narrow = static_cast<int32_t>(value);
    std::memcpy(place, &narrow, sizeof narrow);
    return true;
  }

  bool seal() {
    if (::mprotect(image_->memory_, code_size_, PROT_READ | PROT_EXEC) != 0 ||
        ::mprotect(image_->memory_ + code_size_, image_->size_ - code_size_, PROT_READ) != 0)
      return refuse("its memory cannot be made executable");
    for (const Symbol& symbol : symbols_) {
      if (ELF64_ST_TYPE(symbol.entry.st_info) != STT_FUNC) continue;
      const std::optional<uintptr_t> address = defined(symbol);
      if (!address || !is_code(sections_[symbol.entry.st_shndx])) return refuse("a function is no code");
      image_->functions_.push_back({std::string(symbol.name), reinterpret_cast<const void*>(*address), symbol.entry.st_size});
    }
    for (size_t i = 0; i < sections_.size(); ++i) {
      if (names_[i] != ".eh_frame" || !is_loaded(sections_[i])) continue;
      if (image_->unwind_ != nullptr) return refuse("it describes its frames twice");
      image_->unwind_ = image_->memory_ + placed_[i];
      __register_frame(image_->unwind_);
    }
    return true;
  }

  const std::string_view object_;
  std::string& error_;
  std::unordered_map<std::string_view, const void*> outside_;
  std::vector<Elf64_Shdr> sections_;
  std::vector<std::string_view> names_;  // of sections
  std::vector<Symbol> symbols_;
  std::vector<const void*> addresses_;  // by slot
  std::vector<uint64_t> placed_;        // by section: offset in the image
  uint64_t stubs_ = 0, table_ = 0, code_size_ = 0;
  std::unique_ptr<CodeImage> image_;
};

std::unique_ptr<CodeImage> CodeImage::link(std::string_view object, std::span<const std::pair<const char*, const void*>> outside,
                                           std::string& error) {
  return ImageLinker(object, outside, error).run();
}

CodeImage::~CodeImage() {
  if (unwind_ != nullptr) __deregister_frame(unwind_);
  if (memory_ != nullptr) ::munmap(memory_, size_);
}

const void* CodeImage::find(std::string_view name) const {
  const auto found = std::find_if(functions_.begin(), functions_.end(), [&](const Function& function) { return function.name == name; });
  return found == functions_.end() ? nullptr : found->address;
}

}  // namespace mig::codegen
