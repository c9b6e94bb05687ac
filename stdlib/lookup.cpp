#include "stdlib/lookup.h"

#include "stdlib/arena_text.h"
#include "stdlib/functions.h"

namespace mig::stdlib {

namespace {

// An arena of its own for folding keys while no batch exists.
struct Scratch : ArenaSource {
  std::vector<std::unique_ptr<char[]>> blocks;
  Context context{};

  Scratch() : ArenaSource{&Scratch::give} { context.arena = this; }
  static char* give(ArenaSource* self, Context*, uint64_t size) {
    auto& blocks = static_cast<Scratch*>(self)->blocks;
    blocks.push_back(std::make_unique<char[]>(size));
    return blocks.back().get();
  }
};

}  // namespace

std::shared_ptr<const Lookup> Lookup::build(const PreparedSpec& spec, std::string& error) {
  auto lookup = std::make_shared<Lookup>();
  if (spec.values.size() != spec.texts.size()) return error = "a lookup needs one value for each key", nullptr;
  lookup->casefold_ = spec.option == 1;
  lookup->values_ = spec.values;
  std::vector<std::string> keys = spec.texts;
  if (lookup->casefold_) {
    Scratch scratch;
    for (std::string& key : keys) {
      Text folded{};
      if (mig_text_casefold(scratch.context, folded, as_text(key)) != Status::kOk) {
        return error = "the key \"" + key + "\" is not well-formed text", nullptr;
      }
      key = std::string(folded.view());
      scratch.blocks.clear();
    }
  }
  lookup->keys_ = CodeTable::build(std::move(keys), true, error);
  return lookup->keys_ == nullptr ? nullptr : lookup;
}

int64_t Lookup::find(Context& context, const Text& key) const {
  if (!casefold_) return keys_->find(key);
  Text folded = key;
  if (mig_text_casefold(context, folded, key) != Status::kOk) return -1;
  return keys_->find(folded);
}

MIG_FUNCTION(lookup_find)(Context& context, Text& result, const Text& key, const Lookup& lookup) {
  const int64_t row = lookup.find(context, key);
  if (row < 0) return fail(context, "the lookup has no such key");
  return result = as_text(lookup.value(static_cast<uint64_t>(row))), Status::kOk;
}
MIG_FUNCTION(lookup_index)(Context& context, int64_t& result, const Text& key, const Lookup& lookup) {
  return result = lookup.find(context, key), Status::kOk;
}

}  // namespace mig::stdlib
