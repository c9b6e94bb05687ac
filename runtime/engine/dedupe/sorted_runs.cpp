#include "runtime/engine/dedupe/sorted_runs.h"

#include <algorithm>
#include <cstring>

namespace mig {
namespace {

constexpr uint64_t kMostWindow = 64 << 10, kLeastWindow = 512;
constexpr uint64_t kLeastMemory = 4 << 10;
constexpr uint64_t kHead = 12;  // in the file: place, size
constexpr uint64_t kWriteBytes = 64 << 10;

struct Later {
  template <class C>
  bool operator()(const C& a, const C& b) const {
    return a.place > b.place;
  }
};

std::string_view sized_at(const char* at) {
  uint32_t size = 0;
  std::memcpy(&size, at, sizeof size);
  return {at + sizeof size, size};
}

void put_head(char* head, uint64_t place, std::string_view bytes) {
  const uint32_t size = static_cast<uint32_t>(bytes.size());
  std::memcpy(head, &place, 8);
  std::memcpy(head + 8, &size, 4);
}

}  // namespace

Result<void> SortedRuns::add(uint64_t place, std::string_view bytes) {
  if (memory_.size() == 0) memory_ = PageMemory(std::max(budget_ & ~uint64_t{15}, kLeastMemory), PageMemory::Use::kFromItsEnds);
  ++count_;
  const uint64_t size = sizeof(uint32_t) + bytes.size();
  const auto fits = [&] { return used_ + size + (waiting_ + 1) * sizeof(Slot) <= memory_.size(); };
  if (!fits()) {
    if (auto written = write_run(); !written) return written;
    if (!fits()) return write_row(place, bytes);
  }
  const uint32_t short_size = static_cast<uint32_t>(bytes.size());
  std::memcpy(memory_.data() + used_, &short_size, sizeof short_size);
  if (!bytes.empty()) std::memcpy(memory_.data() + used_ + sizeof short_size, bytes.data(), bytes.size());
  ++waiting_;
  *slots() = {place, used_};
  used_ += size;
  return {};
}

Result<void> SortedRuns::open_file() {
  if (file_.is_open()) return {};
  auto file = File::create_unnamed(directory_);
  if (!file) return file.error();
  file_ = std::move(*file);
  return {};
}

Result<void> SortedRuns::write_run() {
  if (waiting_ == 0) return {};
  if (auto opened = open_file(); !opened) return opened;
  std::sort(slots(), slots() + waiting_, [](const Slot& a, const Slot& b) { return a.place < b.place; });
  const uint64_t begin = file_.append_position();
  std::string block;
  for (uint64_t i = 0; i < waiting_; ++i) {
    const Slot& slot = slots()[i];
    const std::string_view bytes = sized_at(memory_.data() + slot.offset);
    char head[kHead];
    put_head(head, slot.place, bytes);
    block.append(head, kHead).append(bytes);
    if (block.size() < kWriteBytes && i + 1 < waiting_) continue;
    if (auto written = file_.append(block.data(), block.size()); !written) return written;
    block.clear();
  }
  Run& run = runs_.emplace_back();
  run.at = begin;
  run.end = file_.append_position();
  used_ = waiting_ = 0;
  return {};
}

Result<void> SortedRuns::write_row(uint64_t place, std::string_view bytes) {
  if (auto opened = open_file(); !opened) return opened;
  Run& run = runs_.emplace_back();
  run.at = file_.append_position();
  char head[kHead];
  put_head(head, place, bytes);
  if (auto written = file_.append(head, kHead); !written) return written;
  if (auto written = file_.append(bytes.data(), bytes.size()); !written) return written;
  run.end = file_.append_position();
  return {};
}

Result<bool> SortedRuns::load(size_t number, Cursor& cursor) {
  Run& run = runs_[number];
  char* const window = memory_.data() + number * window_;
  run.own = {};
  const auto fill = [&](uint64_t need) -> Result<void> {
    if (run.filled - run.begin >= need) return {};
    std::memmove(window, window + run.begin, run.filled - run.begin);
    run.filled -= run.begin;
    run.begin = 0;
    const uint64_t n = std::min(window_ - run.filled, run.end - run.at);
    if (auto read = file_.read_at(run.at, window + run.filled, n); !read) return read;
    run.at += n;
    run.filled += n;
    return {};
  };
  if (run.begin == run.filled && run.at == run.end) return false;
  if (auto filled = fill(kHead); !filled) return filled.error();
  uint32_t size = 0;
  std::memcpy(&cursor.place, window + run.begin, 8);
  std::memcpy(&size, window + run.begin + 8, 4);
  cursor.run = number;
  if (kHead + size <= window_) {
    if (auto filled = fill(kHead + size); !filled) return filled.error();
    cursor.bytes = {window + run.begin + kHead, size};
    run.begin += kHead + size;
    return true;
  }
  const uint64_t here = run.filled - run.begin - kHead;
  run.own.assign(window + run.begin + kHead, here);
  run.own.resize(size);
  if (auto read = file_.read_at(run.at, run.own.data() + here, size - here); !read) return read.error();
  run.at += size - here;
  run.begin = run.filled = 0;
  cursor.bytes = run.own;
  return true;
}

Result<void> SortedRuns::rewind() {
  if (!file_.is_open()) {
    std::sort(slots(), slots() + waiting_, [](const Slot& a, const Slot& b) { return a.place < b.place; });
    if (waiting_ > 0) heap_.push_back({slots()->place, sized_at(memory_.data() + slots()->offset), 0});
    return {};
  }
  if (auto written = write_run(); !written) return written;
  window_ = std::clamp(memory_.size() / runs_.size() & ~uint64_t{15}, kLeastWindow, kMostWindow);
  memory_ = PageMemory();
  memory_ = PageMemory(window_ * runs_.size(), PageMemory::Use::kFromItsEnds);
  for (size_t run = 0; run < runs_.size(); ++run) {
    Cursor cursor;
    Result<bool> more = load(run, cursor);
    if (!more) return more.error();
    if (*more) heap_.push_back(cursor);
  }
  std::make_heap(heap_.begin(), heap_.end(), Later{});
  return {};
}

Result<void> SortedRuns::next() {
  if (!file_.is_open()) {
    if (++taken_ == waiting_) {
      heap_.clear();
      return {};
    }
    const Slot& slot = slots()[taken_];
    // Bytes lie in the order they came in, which is not that of places.
    if (taken_ + 1 < waiting_) __builtin_prefetch(memory_.data() + slots()[taken_ + 1].offset);
    heap_.front() = {slot.place, sized_at(memory_.data() + slot.offset), 0};
    return {};
  }
  std::pop_heap(heap_.begin(), heap_.end(), Later{});
  Cursor& cursor = heap_.back();
  Result<bool> more = load(cursor.run, cursor);
  if (!more) return more.error();
  if (*more)
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  else
    heap_.pop_back();
  return {};
}

}  // namespace mig
