#include "runtime/base/content_hash_body.inc"

namespace mig::content_hash {
const Functions kBase = {create, destroy, reset, update, digest};
}
