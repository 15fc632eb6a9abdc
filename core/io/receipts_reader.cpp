// Receipts read again, one line at a time.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/io/receipts.h"
#include "core/workload/traces/record_source.h"

namespace blockyard {
namespace {

namespace dom = simdjson::dom;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double number_of(simdjson::simdjson_result<dom::element> e) {
  double v = 0;
  return e.get(v) == simdjson::SUCCESS ? v : kUnknown;
}

class Fields final : public ExpressionRecord {
 public:
  double figure(std::uint32_t index) const override {
    const auto fields = receipt_fields();
    const auto count = static_cast<std::uint32_t>(fields.size());
    const ReceiptField& f = fields[index % count];
    if (index == static_cast<std::uint32_t>(ReceiptFigure::kTied)) {
      dom::array among;
      return record["tie"]["among"].get(among) == simdjson::SUCCESS ? static_cast<double>(among.size()) : 0;
    }
    if (!f.of_candidates) return number_of(record[f.name]);
    const std::uint32_t prefix = index / count;
    dom::array candidates;
    if (record["candidates"].get(candidates) != simdjson::SUCCESS) return kUnknown;
    if (prefix == 0) return number_of(candidates.at(static_cast<std::size_t>(worker))[f.name]);
    double out = kUnknown;
    for (const dom::element c : candidates) {
      bool routable = false;
      if (c["routable"].get(routable) != simdjson::SUCCESS || !routable) continue;
      const double v = number_of(c[f.name]);
      if (std::isnan(v)) continue;
      if (std::isnan(out) || (prefix == 1 ? v < out : v > out)) out = v;
    }
    return out;
  }
  std::string_view text(std::uint32_t index) const override {
    std::string_view v;
    return record[receipt_fields()[index].name].get(v) == simdjson::SUCCESS ? v : std::string_view();
  }

  dom::element record;
  std::uint64_t worker = 0;
};

class Reader final : public ReceiptReader {
 public:
  explicit Reader(std::unique_ptr<RecordSource> source) : source_(std::move(source)) {}

  Result<bool> next() override {
    auto more = source_->next(at_);
    if (!more || !*more) return more;
    const auto wrong = [this](std::string_view what) {
      return Error{fmt::format("{}:{}: {}", source_->path(), at_.line, what)};
    };
    const auto ec = parser_.parse(at_.text.data(), at_.text.size(), false).get(fields_.record);
    if (ec != simdjson::SUCCESS) return wrong(fmt::format("is no JSON: {}", simdjson::error_message(ec)));
    if (!fields_.record.is_object()) return wrong("is no receipt; `run --decisions FILE` writes an object a line");
    for (const ReceiptFigure key :
         {ReceiptFigure::kTimeMs, ReceiptFigure::kRequest, ReceiptFigure::kAttempt, ReceiptFigure::kRouter,
          ReceiptFigure::kPromptTokens, ReceiptFigure::kPromptBlocks, ReceiptFigure::kPredicted}) {
      const std::string_view name = receipt_fields()[static_cast<std::size_t>(key)].name;
      if (std::isnan(number_of(fields_.record[name]))) {
        return wrong(
            fmt::format("is no receipt: the number {} is missing; `run --decisions FILE` writes receipts", name));
      }
    }
    dom::array candidates;
    if (fields_.record["candidates"].get(candidates) != simdjson::SUCCESS) {
      return wrong("is no receipt: the list candidates is missing");
    }
    if (fields_.record["worker"].get(fields_.worker) != simdjson::SUCCESS || fields_.worker >= candidates.size()) {
      return wrong("is no receipt: worker must be the number of one of its candidates");
    }
    return true;
  }
  const ExpressionRecord& fields() const override { return fields_; }
  std::string_view line() const override { return at_.text; }

 private:
  std::unique_ptr<RecordSource> source_;
  dom::parser parser_;
  TraceRecord at_;
  Fields fields_;
};

}  // namespace

Result<std::unique_ptr<ReceiptReader>> ReceiptReader::open(const std::string& path) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40U;  // a pipe may bring as much as there is; one line is held
  auto source = RecordSource::open(path, kMost);
  if (!source) return source.error();
  return std::unique_ptr<ReceiptReader>(std::make_unique<Reader>(std::move(*source)));
}

}  // namespace blockyard
