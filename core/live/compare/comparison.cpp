#include "core/live/compare/comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include "core/base/percentile.h"
#include "core/base/version.h"
#include "core/settings/json_text.h"

namespace blockyard::live {
namespace {

using Json = nlohmann::ordered_json;

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> out(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    const double rank = static_cast<double>(i + end - 1) / 2;
    for (; i < end; ++i) out[order[i]] = rank;
  }
  return out;
}

TimeErrors errors_of(const std::vector<double>& real, const std::vector<double>& emulated) {
  TimeErrors out;
  std::vector<double> off, with_sign;
  for (std::size_t i = 0; i < real.size(); ++i) {
    if (!(real[i] > 0)) continue;
    with_sign.push_back((emulated[i] - real[i]) / real[i]);
    off.push_back(std::abs(with_sign.back()));
  }
  out.n = off.size();
  if (off.empty()) return out;
  Ranking<double> ranked(std::move(off)), with_signs(std::move(with_sign));
  out.median_off = ranked.percentile(50);
  out.p95_off = ranked.percentile(95);
  out.median_signed = with_signs.percentile(50);
  out.spearman = spearman(real, emulated);
  return out;
}

std::pair<TimeErrors, TimeErrors> both(std::span<const RequestPair* const> pairs) {
  std::vector<double> ttft_real, ttft, e2e_real, e2e;
  for (const RequestPair* p : pairs) {
    if (p->ttft_real) {
      ttft_real.push_back(static_cast<double>(*p->ttft_real));
      ttft.push_back(static_cast<double>(p->ttft_emulated));
    }
    e2e_real.push_back(static_cast<double>(p->e2e_real));
    e2e.push_back(static_cast<double>(p->e2e_emulated));
  }
  return {errors_of(ttft_real, ttft), errors_of(e2e_real, e2e)};
}

Json errors_json(const TimeErrors& e) {
  Json out = {{"n", e.n}};
  const bool any = e.n > 0;
  out["median_off"] = any ? Json(e.median_off) : Json();
  out["p95_off"] = any ? Json(e.p95_off) : Json();
  out["median_signed"] = any ? Json(e.median_signed) : Json();
  out["spearman"] = e.spearman ? Json(*e.spearman) : Json();
  return out;
}

}  // namespace

std::optional<double> spearman(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks_of(a), y = ranks_of(b);
  const double mean = (static_cast<double>(x.size()) - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  if (xx == 0 || yy == 0) return std::nullopt;
  return xy / std::sqrt(xx * yy);
}

RealComparison compare_with_real(const std::vector<RequestPair>& pairs, std::size_t rejected) {
  RealComparison out;
  out.n = pairs.size();
  out.rejected = rejected;
  std::vector<const RequestPair*> all;
  for (const RequestPair& p : pairs) {
    all.push_back(&p);
    if (!p.hit_real) continue;
    ++(p.hit_emulated == *p.hit_real ? out.hits.equal : p.hit_emulated > *p.hit_real ? out.hits.longer : out.hits.shorter);
  }
  std::tie(out.ttft, out.e2e) = both(all);
  std::stable_sort(all.begin(), all.end(),
                   [](const RequestPair* a, const RequestPair* b) { return a->prompt_tokens < b->prompt_tokens; });
  constexpr std::size_t kParts = 10;
  for (std::size_t i = 0; i < kParts; ++i) {
    const std::size_t from = i * all.size() / kParts, to = (i + 1) * all.size() / kParts;
    if (from == to) continue;
    LengthDecile part;
    part.least_tokens = all[from]->prompt_tokens;
    part.most_tokens = all[to - 1]->prompt_tokens;
    std::tie(part.ttft, part.e2e) = both(std::span(all).subspan(from, to - from));
    out.by_length.push_back(part);
  }
  return out;
}

std::string comparison_json(const RealComparison& c, const std::string& fleet, const std::string& scenario) {
  Json out = {{"version", version()}, {"fleet", fleet}, {"scenario", scenario}, {"n", c.n}, {"rejected", c.rejected}};
  out["ttft"] = errors_json(c.ttft);
  out["e2e"] = errors_json(c.e2e);
  out["hits"] = {{"equal", c.hits.equal}, {"longer", c.hits.longer}, {"shorter", c.hits.shorter}};
  out["by_prompt_length"] = Json::array();
  for (const LengthDecile& d : c.by_length) {
    out["by_prompt_length"].push_back({{"least_tokens", d.least_tokens},
                                       {"most_tokens", d.most_tokens},
                                       {"ttft", errors_json(d.ttft)},
                                       {"e2e", errors_json(d.e2e)}});
  }
  return io::dump_json(out, 2) + "\n";
}

}  // namespace blockyard::live
