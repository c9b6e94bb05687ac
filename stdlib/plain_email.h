// E-mail addresses as most of them are, told without looking at one character after the other.
#pragma once

#include <cstdint>

namespace mig::stdlib {

/// True for most of the addresses that parse_email accepts, and for no other. `size`: bytes.
bool is_plain_email(const char* p, uint64_t size);

}  // namespace mig::stdlib
