#include "app/panels/tables/tab_decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "app/panels/inspector/inspector_parts.h"
#include "app/panels/linked.h"
#include "app/panels/whose_belief.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "core/io/receipts.h"

namespace blockyard {
namespace {

// A routing that was repeated elsewhere has no outcome of its own.
bool is_current(const RequestRecord& record, const LoggedEvent& e) {
  return record.worker == e.worker && record.predicted == e.value;
}

// A routing as the run remembers it, by the fields of a receipt.
class Remembered final : public ExpressionRecord {
 public:
  Remembered(const FrameContext& ctx, const LoggedEvent& e)
      : ctx_(ctx), e_(e), record_(ctx.fleet.records()[e.request]), request_(ctx.fleet.request(e.request)) {}

  double figure(std::uint32_t index) const override {
    const bool current = is_current(record_, e_);
    const auto since_arrival = [&](SimTime t) { return current && t >= 0 ? us_to_ms(t - record_.arrival) : kUnknown; };
    switch (static_cast<ReceiptFigure>(index)) {
      case ReceiptFigure::kTimeMs:
        return us_to_ms(e_.t);
      case ReceiptFigure::kRequest:
        return ctx_.fleet.input_index(e_.request);
      case ReceiptFigure::kRouter:
        return record_.router;
      case ReceiptFigure::kWorker:
        return e_.worker;
      case ReceiptFigure::kTurn:
        return request_.session == kNone ? kUnknown : request_.turn;
      case ReceiptFigure::kPromptTokens:
        return request_.prompt_tokens;
      case ReceiptFigure::kPromptBlocks:
        return request_.prompt_blocks;
      case ReceiptFigure::kPredicted:
        return e_.value;
      case ReceiptFigure::kHit:
        return current && record_.start >= 0 && record_.hit_told ? record_.hit : kUnknown;
      case ReceiptFigure::kQueueMs:
        return since_arrival(record_.start);
      case ReceiptFigure::kTtftMs:
        return since_arrival(record_.first_token);
      case ReceiptFigure::kE2eMs:
        return since_arrival(record_.finish);
      default:
        return kUnknown;
    }
  }
  std::string_view text(std::uint32_t index) const override {
    if (index == static_cast<std::uint32_t>(ReceiptFigure::kSession)) {
      return request_.session == kNone ? std::string_view() : ctx_.fleet.workload().sessions[request_.session];
    }
    if (!is_current(record_, e_)) return "lost";
    return record_.status == RequestStatus::kCompleted ? "completed" : "";
  }

 private:
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  const FrameContext& ctx_;
  const LoggedEvent& e_;
  const RequestRecord& record_;
  const Request& request_;
};

}  // namespace

void DecisionsTab::filter(const FrameContext& ctx) {
  if (typed_ != source_) {
    source_ = typed_;
    where_.reset();
    trouble_.clear();
    made_ = {};
    if (source_.find_first_not_of(' ') == std::string::npos) return;
    auto parsed = Expression::parse(source_, [](std::string_view name) { return find_receipt_field(name, true); });
    if (parsed) {
      where_ = std::move(*parsed);
    } else {
      trouble_ = parsed.error().message;
    }
  }
  const Moment now = moment_of(ctx);
  if (!where_ || now == made_) return;
  made_ = now;
  kept_.clear();
  predicted_ = hit_ = 0;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const LoggedEvent& e = ctx.log[list_.at(i)];
    if (!where_->test(Remembered(ctx, e))) continue;
    kept_.push_back(list_.at(i));
    const RequestRecord& record = ctx.fleet.records()[e.request];
    if (!is_current(record, e) || record.start < 0 || !record.hit_told) continue;
    predicted_ += record.predicted;
    hit_ += record.hit;
  }
}

void DecisionsTab::head(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  ImGui::SetCursorScreenPos(rect.min());
  const float field = std::min(look.px(380), rect.w * 0.5F);
  compat::begin_child("where", ImVec2(field, rect.h), false,
                      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
  text_field(look, "decisions filter", icons::kFilter, "Filter: predicted > hit and ttft_ms > 500", &typed_);
  ImGui::EndChild();
  look.mark("decisions filter", {rect.x, rect.y, field, rect.h});
  std::string told = fmt::format("{} decisions", with_commas(list_.size()));
  if (!trouble_.empty()) {
    told = trouble_;
  } else if (where_) {
    told = fmt::format("{} of {} · predicted {}, hit {} blocks", with_commas(kept_.size()), with_commas(list_.size()),
                       with_commas(predicted_), with_commas(hit_));
  }
  const float x = rect.x + field + look.px(10);
  draw_text(ImGui::GetWindowDrawList(), look, FontRole::Small,
            trouble_.empty() ? look.theme.text_muted : look.theme.warn_text, ImVec2(x, rect.y + look.px(16)),
            ellipsized(look, FontRole::Small, told, rect.right() - x));
  ImGui::SetCursorScreenPos(ImVec2(x, rect.y));
  ImGui::InvisibleButton("##told", ImVec2(std::max(1.0F, rect.right() - x), rect.h));
  help_tooltip(look, "A condition, as `blockyard decisions --where` takes it",
               "Fields: predicted, hit, ttft_ms, queue_ms, e2e_ms, t_ms, worker, router, request, prompt_blocks, "
               "prompt_tokens, session, turn, outcome. Joined by and, or, not.");
}

void DecisionsTab::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  list_.update(ctx, 1U << static_cast<unsigned>(EventType::kRoute));
  if (list_.size() == 0) {
    empty_state(look, rect, icons::kRandom, "No request has been routed yet",
                "Every routing is listed here with what the router expected and what came of it. Press Space to play; "
                "double-click a row to ask why.");
    return;
  }
  Rect rest = rect;
  const Rect top = rest.take_top(look.px(32), look.px(6));
  filter(ctx);
  head(ctx, top);
  if (size() == 0) {
    empty_state(look, rest, icons::kFilter, "Nothing matches",
                "No routing so far is as the condition says. Clear it, or play on.");
    return;
  }
  std::vector<TableColumn> columns = {
      {"time", 84, true},
      {"request", 0},
      {"to", 44},
      {"blocks", 52, true, "Full blocks of the prompt"},
      {"predicted", 66, true, "Leading blocks that the router believed the worker to hold", 1},
      {"hit", 52, true, "Leading blocks that it held when the request started"},
      {"", 96},
      {"TTFT", 70, true, "Time to first token"}};
  const bool routers = several_routers(ctx);
  if (routers) columns.push_back({"router", 52, true, "The router that it came to"});
  const RequestId selected = linked_to(ctx, ctx.selection).request, pointed = linked_to(ctx, ctx.hover).request;
  const std::uint32_t session = session_meant(ctx);
  const TableResult r = draw_table(
      look, "decisions", rest, columns, size(),
      [&](const TableRow& row) {
        const LoggedEvent& e = ctx.log[place(row.index)];
        const RequestRecord& record = ctx.fleet.records()[e.request];
        cell_text(look, row.cells[0], columns[0], moment_text(e.t), look.theme.text_secondary);
        const bool narrow = row.cells[1].w < look.px(80);  // its head says what the number is of
        cell_text(look, row.cells[1], columns[1], narrow ? std::to_string(e.request) : request_text(ctx, e.request),
                  look.theme.text);
        worker_cell(ctx, row.cells[2], e.worker);
        cell_text(look, row.cells[3], columns[3], std::to_string(ctx.fleet.request(e.request).prompt_blocks));
        cell_text(look, row.cells[4], columns[4], std::to_string(e.value));
        if (routers)
          cell_text(look, row.cells[8], columns[8], std::to_string(record.router), look.theme.text_secondary);
        if (!is_current(record, e)) {
          cell_text(look, row.cells[6], columns[6], "routed again", look.theme.warn_text);
          return;
        }
        if (record.start >= 0 && record.hit_told) {
          cell_text(look, row.cells[5], columns[5], std::to_string(record.hit));
          const bool phantom = record.predicted > record.hit, missed = record.predicted < record.hit;
          if (phantom) cell_text(look, row.cells[6], columns[6], "phantom hit", look.theme.warn_text);
          if (missed) cell_text(look, row.cells[6], columns[6], "more than known", look.theme.good_text);
        } else {
          const bool untold = record.status == RequestStatus::kCompleted;
          cell_text(look, row.cells[6], columns[6], untold ? "hit not told" : status_text(record.status),
                    look.theme.text_muted);
        }
        cell_text(look, row.cells[7], columns[7],
                  record.first_token < 0 ? "–" : duration_text(us_to_ms(record.first_token - record.arrival)));
      },
      [&](std::size_t i) {
        const RequestId request = ctx.log[place(i)].request;
        return request == selected || request == pointed || is_turn_of(ctx, request, session);
      });
  if (r.hovered) ctx.hover_on(SelectedDecision{ctx.log[place(*r.hovered)].request});
  if (r.clicked || r.double_clicked)
    ctx.select(SelectedDecision{ctx.log[place(r.clicked ? *r.clicked : *r.double_clicked)].request});
  if (r.double_clicked) open_why(ctx);
}

}  // namespace blockyard
