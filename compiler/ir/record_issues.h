// What both engines put between a running map and the engine's issue log: the rules that hold for the issues of one record.
#pragma once

#include <vector>

#include "compiler/ir/ir.h"
#include "runtime/types/context.h"

namespace mig::ir {

constexpr uint32_t kMaxIssuesPerRecord = 20;

/// Verbs by site, kept apart from the program so that compiled code can outlive it.
inline std::vector<Verb> site_verbs(const Program& program) {
  std::vector<Verb> verbs;
  for (const Site& site : program.sites) verbs.push_back(site.verb);
  return verbs;
}

/// Stands in for Context::issues during one Kernel::run: passes on the first 20 hits a record, and no skip that follows a reject.
class RecordIssues : public IssueSink {
 public:
  RecordIssues(Context& context, const std::vector<Verb>& verbs) : context_(context), under_(context.issues), verbs_(verbs) {
    add = &RecordIssues::receive;
    context_.issues = this;
  }
  ~RecordIssues() { context_.issues = under_; }
  RecordIssues(const RecordIssues&) = delete;
  RecordIssues& operator=(const RecordIssues&) = delete;

 private:
  static void receive(IssueSink* self, const IssueHit& hit) {
    RecordIssues& issues = *static_cast<RecordIssues*>(self);
    if (hit.record != issues.record_) {
      issues.record_ = hit.record;
      issues.count_ = 0;
      issues.rejected_ = false;
    }
    const Verb verb = hit.site < issues.verbs_.size() ? issues.verbs_[hit.site] : Verb::kReject;
    if (verb == Verb::kSkip && issues.rejected_) return;
    if (verb == Verb::kReject) issues.rejected_ = true;
    if (issues.count_ == kMaxIssuesPerRecord) return;
    ++issues.count_;
    if (issues.under_ != nullptr) issues.under_->add(issues.under_, hit);
  }

  Context& context_;
  IssueSink* under_;
  const std::vector<Verb>& verbs_;
  uint32_t record_ = kNone;
  uint32_t count_ = 0;
  bool rejected_ = false;
};

/// Records an issue at `site`; Context::step and Context::cause say the rest.
inline void raise(Context& context, uint32_t site) {
  if (context.issues != nullptr) context.issues->add(context.issues, {context.record, site, context.step, context.cause});
}

/// As `raise`, with a text of the spec as the cause: a copy in the batch's arena, with U+2400 for each NUL.
void raise_with(Context& context, uint32_t site, const Text& cause);

}  // namespace mig::ir
