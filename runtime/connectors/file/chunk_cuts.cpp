#include "runtime/connectors/file/chunk_cuts.h"

#include <algorithm>

namespace mig {
namespace {

bool same(const FileFacts& a, const FileFacts& b) { return a.size == b.size && a.modified == b.modified; }

}  // namespace

void ChunkCuts::note(uint32_t file, const FileFacts& facts, uint64_t begin, uint64_t size) {
  const std::lock_guard lock(mutex_);
  Known& known = files_[file];
  if (!same(known.facts, facts)) known = {facts, {}};
  if (known.cuts.empty() || known.cuts.back().begin < begin) known.cuts.push_back({begin, size});
}

uint64_t ChunkCuts::size_at(uint32_t file, const FileFacts& facts, uint64_t begin) const {
  const std::lock_guard lock(mutex_);
  const auto known = files_.find(file);
  if (known == files_.end() || !same(known->second.facts, facts)) return 0;
  const std::vector<Cut>& cuts = known->second.cuts;
  const auto found = std::lower_bound(cuts.begin(), cuts.end(), begin, [](const Cut& cut, uint64_t at) { return cut.begin < at; });
  return found != cuts.end() && found->begin == begin ? found->size : 0;
}

}  // namespace mig
