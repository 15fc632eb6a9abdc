// Receipts: why each request went where it went, and what came of it, as JSON lines. One line a routing, in the order
// of the routings: a request that a crash gives back has one for each attempt.
//
// A line holds what the policy could see of every candidate, the terms of its score, the winner and the tie-break; then
// predicted, hit, ttft_ms and the other times. Conditions on receipts (Expression) name the fields of
// receipt_fields(); the window asks the same of what it remembers of a routing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/expression.h"
#include "core/base/result.h"
#include "core/io/files.h"
#include "core/sim/simulation.h"

namespace blockyard {

/// A field of a receipt. Figures of candidates (`of_candidates`) are asked for as chosen.NAME, and as min.NAME and
/// max.NAME over the candidates that were routable.
struct ReceiptField {
  std::string_view name;
  std::string_view help;
  bool text = false;
  bool of_candidates = false;
};
enum class ReceiptFigure : std::uint32_t {
  kTimeMs,
  kRequest,
  kAttempt,
  kRouter,
  kWorker,
  kStrategy,
  kSession,
  kTurn,
  kPromptTokens,
  kPromptBlocks,
  kTied,
  kPredicted,
  kHit,
  kOutcome,
  kQueueMs,
  kTtftMs,
  kE2eMs,
  kFirstOfCandidates
};
/// In the order of ReceiptFigure, then those of candidates.
std::span<const ReceiptField> receipt_fields();
/// The field of that name, with its prefix chosen, min or max. The error lists what there is. With `remembered` only
/// those that need no candidates and no file: what the window knows of past routings.
Result<ExpressionField> find_receipt_field(std::string_view name, bool remembered = false);

/// Writes receipts as what came of each is known: what is held is what is under way. A routing that a crash ends has
/// the outcome "lost".
class ReceiptWriter : public EventSink {
 public:
  explicit ReceiptWriter(io::OutputFile& file) : file_(file) {}
  bool wants_decisions() const override { return true; }
  bool wants_blocks() const override { return false; }
  /// No message is in them.
  SimTime indifferent_until(const Simulation&) const override { return kNever; }
  void on_event(const Event& event, const Simulation& sim) override;
  /// To be called at the end of the run.
  void finish();

 private:
  struct Pending {
    std::string line;  // whole once `done`
    std::int64_t hit = -1;
    std::uint32_t attempt = 1;
    bool done = false;
  };
  void close(RequestId r, std::string_view outcome, const RequestRecord* record);

  io::OutputFile& file_;
  std::vector<WorkerId> cursors_;  // by router: where its cursor stands for its next choice
  std::deque<Pending> pending_;
  std::uint64_t written_ = 0;                               // receipts before pending_.front()
  std::unordered_map<RequestId, std::uint64_t> under_way_;  // to the number of its receipt; only ever looked up
};

/// Reads receipts one after another: only one line is held. A file, packed or not, a pipe, or "-".
class ReceiptReader {
 public:
  static Result<std::unique_ptr<ReceiptReader>> open(const std::string& path);
  virtual ~ReceiptReader() = default;
  /// The next receipt; false at the end. Errors name file, line and field.
  virtual Result<bool> next() = 0;
  /// Of the receipt at hand.
  virtual const ExpressionRecord& fields() const = 0;
  virtual std::string_view line() const = 0;
};

}  // namespace blockyard
