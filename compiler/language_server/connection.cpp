#include "compiler/language_server/connection.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace mig::lsp {
namespace {

constexpr std::string_view kLength = "content-length:";

/// The value of the `Content-Length` of a header block; nothing when it has none that can be read.
std::optional<std::size_t> content_length(std::string_view header) {
  std::optional<std::size_t> length;
  while (!header.empty()) {
    const std::size_t end = header.find("\r\n");
    std::string line(header.substr(0, end));
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 2);
    std::transform(line.begin(), line.end(), line.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const std::size_t at = line.find(kLength);  // what stands before it on the line is the rest of something that could not be read
    if (at == std::string::npos) continue;
    std::string_view value = std::string_view(line).substr(at + kLength.size());
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
    std::size_t number = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    length = error == std::errc() && stop == value.data() + value.size() ? std::optional(number) : std::nullopt;
  }
  return length;
}

}  // namespace

bool Connection::receive(bool wait) {
  while (!closed_) {
    pollfd waiting{input_, POLLIN, 0};
    const int ready = poll(&waiting, 1, wait && messages_.empty() ? -1 : 0);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    char buffer[1 << 16];
    const ssize_t count = read(input_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      closed_ = true;
      break;
    }
    bytes_.append(buffer, static_cast<std::size_t>(count));
    split();
  }
  return !closed_ || !messages_.empty();
}

void Connection::split() {
  for (;;) {
    if (skip_ > 0) {
      const std::size_t dropped = std::min(skip_, bytes_.size());
      bytes_.erase(0, dropped);
      skip_ -= dropped;
      if (skip_ > 0) return;
    }
    const std::size_t end = bytes_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    const auto length = content_length(std::string_view(bytes_).substr(0, end));
    if (!length || *length > kMaxMessage) {
      messages_.emplace_back();  // answered as a message that cannot be read
      bytes_.erase(0, end + 4);
      skip_ = length.value_or(0);
      continue;
    }
    if (bytes_.size() < end + 4 + *length) return;
    messages_.push_back(bytes_.substr(end + 4, *length));
    bytes_.erase(0, end + 4 + *length);
  }
}

std::optional<std::string> Connection::next() {
  if (messages_.empty()) return std::nullopt;
  std::string message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

bool Connection::send(std::string_view json) {
  const std::string framed = fmt::format("Content-Length: {}\r\n\r\n{}", json.size(), json);
  std::size_t done = 0;
  while (done < framed.size()) {
    const ssize_t count = write(output_, framed.data() + done, framed.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace mig::lsp
