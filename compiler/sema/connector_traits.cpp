#include "compiler/sema/connector_traits.h"

namespace mig::sema {

namespace {

const std::vector<ConnectorTraits>& all_connectors() {
  static const std::vector<ConnectorTraits> kConnectors = [] {
    std::vector<ConnectorTraits> list;
    const auto generic = [&](std::string_view name) {
      ConnectorTraits traits;
      traits.name = name;
      traits.any_setting = true;
      list.push_back(traits);
    };
    ConnectorTraits csv;
    csv.name = "csv";
    csv.runnable = true;
    csv.source_settings = {"header",      "delimiter", "quote",       "escape", "null_tokens", "trim",
                           "bare_quotes", "encoding",  "compression", "bom",    "filter"};
    csv.target_settings = {"write",  "header",      "delimiter",        "quote",   "escape", "line_end", "compression", "compression_level",
                           "backup", "allow_empty", "clears_with_null", "delivery"};
    csv.arguments = {"compression"};
    list.push_back(csv);
    ConnectorTraits ndjson;
    ndjson.name = "ndjson";
    ndjson.runnable = true;
    ndjson.source_settings = {"compression", "encoding", "bom", "filter"};
    ndjson.target_settings = {"write", "compression", "compression_level", "backup", "allow_empty", "clears_with_null", "delivery"};
    ndjson.arguments = {"compression"};
    list.push_back(ndjson);
    ConnectorTraits sqlite;
    sqlite.name = "sqlite";
    sqlite.runnable = sqlite.transactional = true;
    sqlite.source_settings = {"table", "filter"};
    sqlite.target_settings = {"write", "table", "create", "on_existing", "allow_empty", "clears_with_null", "delivery"};
    sqlite.arguments = {"table", "create"};
    list.push_back(sqlite);
    for (const std::string_view name :
         {"http_json", "postgres", "mysql", "kafka", "xml", "xlsx", "fixed_width", "json", "parquet", "s3", "mongodb", "salesforce"})
      generic(name);
    return list;
  }();
  return kConnectors;
}

}  // namespace

const ConnectorTraits* find_connector(std::string_view name) {
  for (const ConnectorTraits& traits : all_connectors()) {
    if (traits.name == name) return &traits;
  }
  return nullptr;
}

std::vector<std::string_view> connector_names() {
  std::vector<std::string_view> names;
  for (const ConnectorTraits& traits : all_connectors()) names.push_back(traits.name);
  return names;
}

}  // namespace mig::sema
