// Chooses the engine and makes its kernels. LLVM is opened only here, on demand.
#include "compiler/driver/kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "compiler/codegen/loader.h"
#include "compiler/driver/build_id.h"
#include "compiler/driver/code_cache.h"
#include "compiler/interp/interpreter.h"
#include "compiler/ir/fingerprint.h"
#include "compiler/ir/validate.h"
#include "runtime/base/processors.h"
#include "stdlib/bitcode.h"
#include "stdlib/function.h"
#include "stdlib/total_functions.h"

namespace mig::driver {
namespace {

// Below this many bytes of input the interpreter has finished before code is compiled.
constexpr uintmax_t kSmallInput = 256 << 10;
// From so many bytes of input on, what the interpreter does while code is compiled is a small part of the work.
constexpr uintmax_t kLargeInput = 16 << 20;
// The longest that records wait for code. A map of some 500 fields is compiled by then; for larger ones the interpreter goes on.
constexpr std::chrono::milliseconds kLongestWait{400};

using Clock = std::chrono::steady_clock;

}  // namespace

/// The first tier, and the second one once it is there. Results do not depend on the tier, so each batch takes the best that exists.
class Kernels::Tiers : public KernelSet {
 public:
  Tiers(const ir::Program& program, KernelOptions options, std::shared_ptr<const ir::PreparedObjects> prepared)
      : program_(program),
        options_(std::move(options)),
        prepared_(std::move(prepared)),
        interpreter_(program, stdlib::functions(), prepared_),
        cache_(options_.cache_folder) {
    for (uint32_t map = 0; map < program.maps.size(); ++map) {
      const auto& counted = options_.record_maps;
      kernels_.push_back(std::make_unique<Tiered>(*this, map, std::find(counted.begin(), counted.end(), map) != counted.end()));
      again_.push_back(std::make_unique<Tiered>(*this, map, false));
    }
  }
  ~Tiers() override {
    cancelled_.store(true);
    if (thread_.joinable()) thread_.join();
  }

  const Kernel& kernel(uint32_t map) const override { return *kernels_[map]; }
  const Kernel& again(uint32_t map) const override { return *again_[map]; }
  const void* const* prepared() const override { return prepared_->pointers.data(); }
  const char* engine() const override {
    if (options_.engine == Engine::kInterp) return interpreter_.engine();
    const KernelSet* const code = code_.load(std::memory_order_acquire);
    if (code != nullptr) return code->engine();
    return thread_.joinable() ? "interp, then jit -O2" : interpreter_.engine();
  }

  /// False with the reason when no code could be made.
  bool compile(std::string& error) {
    const Clock::time_point begin = Clock::now();
    const codegen::Library* const library = codegen::Library::open(codegen::default_library_path(), error);
    if (library == nullptr) return false;
    codegen::Request request;
    request.program = &program_;
    request.functions = stdlib::functions();
    request.prepared = prepared_;
    request.total = stdlib::total_functions();
    request.bodies = stdlib::bitcode();
    request.level = options_.engine == Engine::kJitFast ? 0 : 2;
    request.for_profilers = options_.for_profilers;
    request.cancelled = &cancelled_;
    codegen::Timings timings;
    CodeFacts facts;
    const std::string key = cache_key(request, *library);
    std::string object;
    std::unique_ptr<KernelSet> code;
    if (!key.empty()) {
      const CodeCache::Answer answer = cache_.find(key, object);
      facts.cache = answer == CodeCache::Answer::kHit    ? CodeFacts::Cache::kHit
                    : answer == CodeCache::Answer::kMiss ? CodeFacts::Cache::kMiss
                                                         : CodeFacts::Cache::kRefused;
      if (answer == CodeCache::Answer::kHit) {
        request.object = object;
        code = library->compile(request, timings, error);
        if (code == nullptr) facts.cache = CodeFacts::Cache::kRefused;
      }
    }
    if (code == nullptr) {
      error.clear();
      object.clear();
      request.object = {};
      request.produced = key.empty() ? nullptr : &object;
      code = library->compile(request, timings, error);
      if (code == nullptr) return false;
    }
    facts.compiled = true;
    facts.bytes = object.size();
    facts.ready_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const auto seconds = [](uint64_t micros) { return static_cast<double>(micros) * 1e-6; };
    facts.session = seconds(timings.session);
    facts.bodies = seconds(timings.bodies);
    facts.emit = seconds(timings.emit);
    facts.optimise = seconds(timings.optimise);
    facts.generate = seconds(timings.generate);
    facts.inlined = timings.inlined;
    {
      const std::lock_guard lock(mutex_);
      facts_ = facts;
      owned_ = std::move(code);
      code_.store(owned_.get(), std::memory_order_release);
    }
    settled_.notify_all();
    // The code runs already while it is written down for later runs.
    if (request.produced == nullptr) return true;
    const bool stored = cache_.store(key, object);
    const std::lock_guard lock(mutex_);
    facts_.stored = stored;
    return true;
  }

  void compile_beside() {
    busy_.store(true);
    thread_ = std::thread([this] {
      std::string error;
      if (!compile(error) && !cancelled_.load()) set_note("the JIT is not available, so the interpreter is used: " + error);
      {
        const std::lock_guard lock(mutex_);
        busy_.store(false);
      }
      settled_.notify_all();
    });
  }

  CodeFacts code() const override {
    const std::lock_guard lock(mutex_);
    CodeFacts facts = facts_;
    facts.waited_seconds = waited_seconds_;
    facts.tiers.push_back({interpreter_.engine(), interpreted_.load(std::memory_order_relaxed)});
    if (owned_ != nullptr) facts.tiers.push_back({owned_->engine(), compiled_.load(std::memory_order_relaxed)});
    return facts;
  }
  std::string note() const {
    const std::lock_guard lock(mutex_);
    return note_;
  }
  void set_note(std::string note) {
    const std::lock_guard lock(mutex_);
    note_ = std::move(note);
  }
  bool busy() const { return busy_.load(); }

 private:
  class Tiered : public Kernel {
   public:
    Tiered(Tiers& tiers, uint32_t map, bool counted) : tiers_(tiers), map_(map), counted_(counted) {}
    void run(Context& context, const uint8_t* input, uint8_t* output, uint32_t count, Outcome* outcomes) const override {
      const KernelSet* const code = tiers_.best();
      (code != nullptr ? code : &tiers_.interpreter_)->kernel(map_).run(context, input, output, count, outcomes);
      // Behind the call: a batch that needs too much memory unwinds, and its records come again one by one.
      if (counted_) (code != nullptr ? tiers_.compiled_ : tiers_.interpreted_).fetch_add(count, std::memory_order_relaxed);
    }

   private:
    Tiers& tiers_;
    uint32_t map_;
    bool counted_;
  };

  /// The compiled code, or null for the interpreter. The first batch never waits.
  const KernelSet* best() {
    const KernelSet* const code = code_.load(std::memory_order_acquire);
    if (code != nullptr || !options_.wait_for_code || !begun_.exchange(true) || waited_.load(std::memory_order_relaxed)) return code;
    const Clock::time_point begin = Clock::now();
    std::unique_lock lock(mutex_);
    settled_.wait_for(lock, kLongestWait, [this] { return owned_ != nullptr || !busy_.load(); });
    if (!waited_.exchange(true, std::memory_order_relaxed)) waited_seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
    return code_.load(std::memory_order_acquire);
  }

  /// "" when there is no cache, or when this build cannot be told from another one.
  std::string cache_key(const codegen::Request& request, const codegen::Library& library) const {
    if (cache_.folder().empty()) return {};
    static const char kHere = 0;
    const std::string program = build_id_of(&kHere), generator = build_id_of(library.address());
    if (program.empty() || generator.empty()) return {};
    std::string flags(1, static_cast<char>('0' + request.level));
    if (request.for_profilers) {
      for (const ir::MapProgram& map : program_.maps) flags += " map " + map.name;
      for (const ir::Function& function : program_.functions) flags += " fn " + function.name;
    }
    return CodeCache::key_of(
        {"migc code 1", MIGC_VERSION, program, generator, library.target(), flags, ir::fingerprint(program_, request.functions)});
  }

  const ir::Program& program_;
  const KernelOptions options_;
  std::shared_ptr<const ir::PreparedObjects> prepared_;
  interp::Interpreter interpreter_;
  CodeCache cache_;
  std::vector<std::unique_ptr<Tiered>> kernels_, again_;
  std::unique_ptr<KernelSet> owned_;
  std::atomic<const KernelSet*> code_{nullptr};
  mutable std::atomic<uint64_t> interpreted_{0}, compiled_{0};
  std::atomic<bool> cancelled_{false}, busy_{false}, begun_{false}, waited_{false};
  mutable std::mutex mutex_;
  std::condition_variable settled_;  // with mutex_: there is code, or there will be none
  CodeFacts facts_;
  double waited_seconds_ = 0;
  std::string note_;
  std::thread thread_;
};

Kernels::Kernels() = default;
Kernels::~Kernels() = default;
const KernelSet& Kernels::set() const { return *tiers_; }
std::string Kernels::note() const { return tiers_->note(); }
bool Kernels::compiling() const { return tiers_->busy(); }

namespace {

/// About how many bytes a run reads; none when a source does not tell.
std::optional<uintmax_t> input_size(const Plan& plan) {
  uintmax_t bytes = 0;
  for (const SourcePlan& source : plan.sources) {
    if (source.arguments.empty()) return std::nullopt;
    std::error_code error;
    const uintmax_t size = std::filesystem::file_size(source.arguments[0], error);
    if (error) return std::nullopt;
    const std::string_view name = source.arguments[0];
    bytes += name.ends_with(".gz") || name.ends_with(".zst") ? size * 8 : size;
  }
  return bytes;
}

}  // namespace

void choose_engine(const Plan& plan, KernelOptions& options) {
  const std::optional<uintmax_t> bytes = input_size(plan);
  options.engine = bytes && *bytes < kSmallInput ? Engine::kInterp : Engine::kAuto;
  options.wait_for_code = bytes && *bytes >= kLargeInput && usable_processors() == 1;
}

Result<std::unique_ptr<Kernels>> make_kernels(const ir::Program& program, const KernelOptions& options) {
  const auto problems = ir::validate(program, stdlib::functions());
  if (!problems.empty()) return Error{ErrorKind::kInternal, "the compiled program is not valid: " + problems.front(), ""};
  std::string error;
  std::shared_ptr<const ir::PreparedObjects> prepared = interp::prepare_objects(program, error);
  if (prepared == nullptr) return Error{ErrorKind::kInternal, "a constant of the spec could not be prepared: " + error, ""};
  auto kernels = std::make_unique<Kernels>();
  kernels->tiers_ = std::make_unique<Kernels::Tiers>(program, options, std::move(prepared));
  if (options.engine == Engine::kAuto) {
    kernels->tiers_->compile_beside();
  } else if (options.engine != Engine::kInterp && !kernels->tiers_->compile(error)) {
    return Error{ErrorKind::kConfig, "the JIT is not available: " + error,
                 "install the libmigc_jit.so that was built together with this migc beside it, or use --engine=interp"};
  }
  return kernels;
}

}  // namespace mig::driver
