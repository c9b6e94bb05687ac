// YAML as the same tree as JSON: the plain values of the JSON schema, aliases expanded within the document's limits.
#include <yaml-cpp/yaml.h>

#include "compiler/schemas/document.h"

namespace mig::schemas {

namespace {

class Converter {
 public:
  explicit Converter(std::string_view text) : text_(text) {}

  bool convert(const YAML::Node& node, Value& value, int depth) {
    if (depth > kMaxDocumentDepth) return refuse(node, "the document is nested too deeply");
    if (++count_ > kMaxDocumentValues) return refuse(node, "the document has more values than migc reads");
    value.begin = place(node);
    value.end = value.begin;
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: return true;
      case YAML::NodeType::Scalar: scalar(node, value); return true;
      case YAML::NodeType::Sequence:
        value.kind = Value::Kind::kList;
        for (const YAML::Node& item : node) {
          value.items.emplace_back();
          if (!convert(item, value.items.back(), depth + 1)) return false;
        }
        return true;
      case YAML::NodeType::Map:
        value.kind = Value::Kind::kObject;
        for (const auto& pair : node) {
          if (!pair.first.IsScalar()) return refuse(pair.first, "a key that is not a text");
          value.keys.push_back(pair.first.Scalar());
          value.key_at.push_back(place(pair.first));
          value.items.emplace_back();
          if (!convert(pair.second, value.items.back(), depth + 1)) return false;
        }
        return true;
    }
    return true;
  }

  std::optional<Problem> problem;

 private:
  uint32_t place(const YAML::Node& node) const {
    const int at = node.Mark().pos;
    return at < 0 ? 0 : static_cast<uint32_t>(std::min<size_t>(static_cast<size_t>(at), text_.size()));
  }
  bool refuse(const YAML::Node& node, std::string message) {
    if (!problem) problem = Problem{place(node), place(node), std::move(message), "here"};
    return false;
  }
  void scalar(const YAML::Node& node, Value& value) const {
    value.text = node.Scalar();
    value.end = static_cast<uint32_t>(std::min(text_.size(), value.begin + value.text.size()));
    value.kind = Value::Kind::kText;
    if (node.Tag() == "!") return;  // quoted
    if (value.text == "true" || value.text == "false") {
      value.kind = Value::Kind::kBool;
      value.boolean = value.text == "true";
    } else if (value.text == "null" || value.text == "~" || value.text.empty()) {
      value.kind = Value::Kind::kNull;
    } else if (value.text.find_first_not_of("0123456789+-.eE") == std::string::npos &&
               value.text.find_first_of("0123456789") != std::string::npos) {
      value.kind = Value::Kind::kNumber;
    }
  }

  std::string_view text_;
  size_t count_ = 0;
};

}  // namespace

Document read_yaml(std::string_view text) {
  Document document;
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    Converter converter(text);
    converter.convert(root, document.root, 0);
    document.problem = std::move(converter.problem);
  } catch (const YAML::Exception& error) {
    const uint32_t at =
        error.mark.is_null() ? 0 : static_cast<uint32_t>(std::min<size_t>(static_cast<size_t>(std::max(error.mark.pos, 0)), text.size()));
    document.problem = Problem{at, at, "this is not YAML: " + error.msg, "here"};
  }
  return document;
}

}  // namespace mig::schemas
