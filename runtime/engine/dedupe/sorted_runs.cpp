#include "runtime/engine/dedupe/sorted_runs.h"

#include <algorithm>
#include <cstring>

namespace mig {
namespace {

constexpr uint64_t kWindowBytes = 64 << 10;
constexpr size_t kHead = 12;  // place, size

struct Later {
  template <class C>
  bool operator()(const C& a, const C& b) const {
    return a.place > b.place;
  }
};

}  // namespace

void SortedRuns::add(uint64_t place, std::string_view bytes) {
  current_.emplace_back(place, bytes);
  ++count_;
}

Result<void> SortedRuns::end_run() {
  if (current_.empty()) return {};
  std::sort(current_.begin(), current_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string packed;
  for (const auto& [place, bytes] : current_) {
    char head[kHead];
    const uint32_t size = static_cast<uint32_t>(bytes.size());
    std::memcpy(head, &place, 8);
    std::memcpy(head + 8, &size, 4);
    packed.append(head, kHead);
    packed += bytes;
  }
  current_.clear();
  if (!file_.is_open() && memory_.size() + packed.size() <= budget_) {
    runs_.push_back({memory_.size(), memory_.size() + packed.size()});
    memory_ += packed;
    return {};
  }
  if (!file_.is_open()) {
    auto file = File::create_unnamed(directory_);
    if (!file) return file.error();
    file_ = std::move(*file);
    if (auto moved = file_.append(memory_.data(), memory_.size()); !moved) return moved;
    memory_ = {};
  }
  const uint64_t begin = file_.append_position();
  if (auto written = file_.append(packed.data(), packed.size()); !written) return written;
  runs_.push_back({begin, file_.append_position()});
  return {};
}

Result<bool> SortedRuns::load(size_t run, Cursor& cursor) {
  Run& left = runs_[run];
  if (left.begin == left.end) return false;
  const char* head = nullptr;
  uint32_t size = 0;
  if (!file_.is_open()) {
    head = memory_.data() + left.begin;
    std::memcpy(&size, head + 8, 4);
  } else {
    Window& window = windows_[run];
    const auto fill = [&](uint64_t need) -> Result<void> {
      if (window.buffer.size() - window.offset >= need) return {};
      window.at += window.offset;
      window.offset = 0;
      window.buffer.resize(std::min<uint64_t>(std::max(need, kWindowBytes), left.end - window.at));
      return file_.read_at(window.at, window.buffer.data(), window.buffer.size());
    };
    if (auto filled = fill(kHead); !filled) return filled.error();
    std::memcpy(&size, window.buffer.data() + window.offset + 8, 4);
    if (auto filled = fill(kHead + size); !filled) return filled.error();
    head = window.buffer.data() + window.offset;
    window.offset += kHead + size;
  }
  std::memcpy(&cursor.place, head, 8);
  cursor.bytes = {head + kHead, size};
  cursor.run = run;
  left.begin += kHead + size;
  return true;
}

Result<void> SortedRuns::rewind() {
  windows_.resize(file_.is_open() ? runs_.size() : 0);
  for (size_t run = 0; run < windows_.size(); ++run) windows_[run].at = runs_[run].begin;
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
