// Messages between an editor and the server: framed by `Content-Length` headers, over two descriptors.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace mig::lsp {

/// Reads without threads: what has arrived is taken from the descriptor before the next message is answered, so that a cancellation or a
/// newer text is known in time.
class Connection {
 public:
  Connection(int input, int output) : input_(input), output_(output) {}

  /// Takes everything that has arrived; waits for the first byte when `wait`. False when the peer has closed and nothing is left.
  bool receive(bool wait);
  /// The next whole message that has arrived, without its header.
  std::optional<std::string> next();
  bool has_next() const { return !messages_.empty(); }
  /// False when the peer has gone.
  bool send(std::string_view json);

 private:
  void split();

  static constexpr std::size_t kMaxMessage = 64u << 20;  // bytes
  int input_, output_;
  bool closed_ = false;
  std::string bytes_;
  std::size_t skip_ = 0;  // bytes of a message too large to take
  std::deque<std::string> messages_;
};

}  // namespace mig::lsp
