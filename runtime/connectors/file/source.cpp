#include "runtime/connectors/file/source.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/file.h"
#include "runtime/connectors/file/chunk_decoder.h"
#include "runtime/connectors/file/chunk_reader.h"
#include "runtime/connectors/file/input_files.h"
#include "runtime/formats/csv/csv_glance.h"
#include "runtime/formats/csv/csv_index.h"
#include "runtime/formats/ndjson/key_glance.h"
#include "runtime/formats/ndjson/ndjson_decoder.h"
#include "runtime/formats/values/similar_name.h"

namespace mig {
namespace {

constexpr uint64_t kHeaderBytes = 1 << 20;

template <class Value>
struct Choice {
  const char* name;
  Value value;
};

/// One of the names that the setting may have.
template <class Value, size_t kCount>
Result<void> choose(const Settings& settings, const char* name, const Choice<Value> (&choices)[kCount], Value& out) {
  const auto found = settings.find(name);
  if (found == settings.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second);
  std::vector<std::string> names;
  for (const Choice<Value>& choice : choices) {
    if (text != nullptr && *text == choice.name) {
      out = choice.value;
      return {};
    }
    names.emplace_back(choice.name);
  }
  return Error{ErrorKind::kConfig, std::string("setting ") + name + " must be one of " + list_names(names),
               text == nullptr ? "" : did_you_mean(*text, names)};
}

}  // namespace

Result<std::unique_ptr<Source>> FileSource::open(const SourcePlan& plan, const TypeTable& types, const std::vector<EnumType>& enums,
                                                 uint64_t chunk_bytes, uint64_t max_record_bytes) {
  std::unique_ptr<FileSource> source(new FileSource(plan, types, enums, chunk_bytes, max_record_bytes));
  if (Result<void> settings = source->read_settings(); !settings.ok()) return settings.error();
  Result<std::vector<std::string>> files = input_files(plan.arguments);
  if (!files.ok()) return files.error();
  source->files_ = std::move(*files);
  if (source->is_csv()) {
    if (Result<void> headers = source->match_headers(); !headers.ok()) return headers.error();
  }
  // Types that the format cannot hold are found now, not by the first worker.
  if (Result<std::unique_ptr<ChunkDecoder>> decoder = source->decoder(); !decoder.ok()) return decoder.error();
  return std::unique_ptr<Source>(std::move(source));
}

Result<void> FileSource::read_settings() {
  static constexpr Choice<Packing> kPackings[] = {
      {"auto", Packing::kAuto}, {"none", Packing::kNone}, {"gzip", Packing::kGzip}, {"zstd", Packing::kZstd}};
  static constexpr Choice<Encoding> kEncodings[] = {{"auto", Encoding::kAuto},        {"utf-8", Encoding::kUtf8},
                                                    {"utf-16le", Encoding::kUtf16Le}, {"utf-16be", Encoding::kUtf16Be},
                                                    {"cp1252", Encoding::kCp1252},    {"windows-1252", Encoding::kCp1252},
                                                    {"latin1", Encoding::kLatin1},    {"iso-8859-1", Encoding::kLatin1}};
  static constexpr Choice<bool> kBoms[] = {{"skip", true}, {"reject", false}};
  text_options_.skip_bom = is_csv();
  if (Result<void> r = choose(plan_->settings, "compression", kPackings, text_options_.packing); !r.ok()) return r;
  if (Result<void> r = choose(plan_->settings, "encoding", kEncodings, text_options_.encoding); !r.ok()) return r;
  if (Result<void> r = choose(plan_->settings, "bom", kBoms, text_options_.skip_bom); !r.ok()) return r;
  if (is_csv()) {
    Result<CsvDialect> dialect = csv_dialect(plan_->settings);
    if (!dialect.ok()) return dialect.error();
    dialect_ = std::move(*dialect);
  }
  return {};
}

Result<std::string> FileSource::header_line(const std::string& path) const {
  Result<std::unique_ptr<TextFile>> file = TextFile::open(path, text_options_);
  if (!file.ok()) return file.error();
  std::string line;
  uint64_t have = 0;
  for (uint64_t want = 4096; want <= kHeaderBytes; want *= 2) {
    line.resize(want);
    bool ended = false;
    while (!ended && want - have >= 4) {
      Result<uint64_t> got = (*file)->read(line.data() + have, want - have);
      if (!got.ok()) return got.error();
      ended = *got == 0;
      have += *got;
    }
    if (have == 0) return Error{ErrorKind::kConfig, path + " is empty: it has no header line", "remove the file, or set header = false"};
    const CsvRecordEnd record = read_csv_record(dialect_, line.data(), line.data() + have, nullptr);
    if (ended || (record.terminated && !record.open)) {
      line.resize(static_cast<size_t>(record.next - line.data()));
      return line;
    }
  }
  return Error{ErrorKind::kConfig, path + " has no header line within its first MiB", "set header = false if the file has none"};
}

Result<void> FileSource::match_headers() {
  auto in_file = [](const std::string& path, const Error& error) { return Error{error.kind, path + ": " + error.message, error.remedy}; };
  if (!dialect_.header) {
    columns_.push_back(csv_columns_in_order(plan_->layout));
    if (!dialect_.names.empty()) {
      Result<CsvColumns> columns = match_csv_columns(dialect_.names, plan_->layout, plan_->fields);
      if (!columns.ok()) return in_file("setting header", columns.error());
      columns_.back() = std::move(*columns);
    }
    columns_of_file_.assign(files_.size(), 0);
    return {};
  }
  for (const std::string& path : files_) {
    Result<std::string> line = header_line(path);
    if (!line.ok()) return line.error();
    Result<std::vector<std::string>> names = read_csv_header(dialect_, *line);
    if (!names.ok()) return in_file(path, names.error());
    Result<CsvColumns> columns = match_csv_columns(*names, plan_->layout, plan_->fields);
    if (!columns.ok()) return in_file(path, columns.error());
    auto known = std::find(columns_.begin(), columns_.end(), *columns);
    columns_of_file_.push_back(static_cast<uint32_t>(known - columns_.begin()));
    if (known == columns_.end()) columns_.push_back(std::move(*columns));
  }
  return {};
}

SourceTraits FileSource::traits() const {
  return {true, true, true, "the files must not change while they are read; what was read before a restart is proven unchanged"};
}

Result<std::string> FileSource::identity() {
  std::string text;
  for (const std::string& path : files_) {
    Result<FileFacts> facts = file_facts(path);
    if (!facts.ok()) return facts.error();
    text += path + " " + std::to_string(facts->size) + " " + std::to_string(facts->modified) + "\n";
  }
  return text;
}

Result<std::unique_ptr<ChunkReader>> FileSource::reader(const Position* from) {
  auto reader = std::make_unique<FileChunkReader>(
      files_, text_options_, is_csv() ? make_csv_boundaries(dialect_, max_record_bytes_) : nullptr, cuts_, chunk_bytes_, max_record_bytes_);
  if (from != nullptr) {
    if (Result<void> resumed = reader->resume(*from); !resumed.ok()) return resumed.error();
  }
  return std::unique_ptr<ChunkReader>(std::move(reader));
}

Result<bool> FileSource::lies_as_read() const {
  for (const std::string& path : files_) {
    Result<bool> plain = TextFile::is_plain(path, text_options_);
    if (!plain.ok() || !*plain) return plain;
  }
  return true;
}

Result<std::unique_ptr<ChunkDecoder>> FileSource::decoder_of(const std::vector<FieldDecode>& fields, bool narrow) {
  DecoderOptions options;
  options.layout = &plan_->layout;
  options.fields = &fields;
  options.types = types_;
  options.enums = enums_;
  options.max_record_bytes = max_record_bytes_;
  std::vector<std::unique_ptr<RecordDecoder>> decoders;
  if (!is_csv()) {
    Result<std::unique_ptr<RecordDecoder>> decoder = narrow ? make_key_glance(options) : make_ndjson_decoder(options);
    if (!decoder.ok()) return decoder.error();
    decoders.push_back(std::move(*decoder));
    return std::unique_ptr<ChunkDecoder>(new TextChunkDecoder(std::move(decoders), std::vector<uint32_t>(files_.size(), 0), nullptr));
  }
  for (const CsvColumns& columns : columns_) {
    Result<std::unique_ptr<RecordDecoder>> decoder =
        narrow ? make_csv_glance(options, dialect_, columns) : make_csv_decoder(options, dialect_, columns);
    if (!decoder.ok()) return decoder.error();
    decoders.push_back(std::move(*decoder));
  }
  return std::unique_ptr<ChunkDecoder>(new TextChunkDecoder(std::move(decoders), columns_of_file_, std::make_unique<CsvDialect>(dialect_)));
}

}  // namespace mig
