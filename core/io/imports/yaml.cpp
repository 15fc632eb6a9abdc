// YAML by its events: nothing is built that was not written, so neither aliases nor depth can make much out of little.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

#include "core/base/words/printable.h"
#include "core/io/imports/import_parts.h"

namespace blockyard::imports {
namespace {

struct Refusal {
  std::string what;
};

class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(std::vector<Json>& documents) : documents_(documents) {}

  void OnDocumentStart(const YAML::Mark&) override { open_.clear(); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { place(mark, anchor, nullptr, false); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "an alias (*name) is not read; write out what it stands for");
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string& value) override {
    place(mark, anchor, as_utf8(value), false);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    place(mark, anchor, Json::array(), true);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    place(mark, anchor, Json::object(), true);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& what) {
    throw Refusal{fmt::format("line {}: {}", mark.line + 1, what)};
  }

  void place(const YAML::Mark& mark, YAML::anchor_t anchor, Json value, bool opens) {
    constexpr std::size_t kMostValues = 20000, kDeepest = 64;
    if (anchor != 0) refuse(mark, "an anchor (&name) is not read; write out what it stands for");
    if (++values_ > kMostValues) refuse(mark, fmt::format("more than {} values", kMostValues));
    if (opens && open_.size() >= kDeepest) refuse(mark, fmt::format("nested more than {} deep", kDeepest));
    Json* at = nullptr;
    if (open_.empty()) {
      if (documents_.size() >= kDeepest) refuse(mark, fmt::format("more than {} documents", kDeepest));
      documents_.push_back(std::move(value));
      at = &documents_.back();
    } else {
      Json& in = *open_.back();
      if (in.is_array()) {
        in.push_back(std::move(value));
        at = &in.back();
      } else if (!key_waits(in)) {
        if (!value.is_string()) refuse(mark, "a key must be a text");
        keys_.push_back(value.get<std::string>());
        if (in.contains(keys_.back())) refuse(mark, fmt::format("the key {} comes twice", quoted_part(keys_.back())));
        key_of_.push_back(&in);
        return;
      } else {
        const std::string key = keys_.back();
        keys_.pop_back();
        key_of_.pop_back();
        at = &(in[key] = std::move(value));
      }
    }
    if (opens) open_.push_back(at);
  }

  bool key_waits(const Json& map) const { return !key_of_.empty() && key_of_.back() == &map; }

  std::vector<Json>& documents_;
  std::vector<Json*> open_;          // containers that are being filled; a pointer holds while its own are
  std::vector<std::string> keys_;    // read, their values not yet
  std::vector<const Json*> key_of_;  // the map of each
  std::size_t values_ = 0;
};

}  // namespace

Result<std::vector<Json>> read_yaml(std::string_view text) {
  std::vector<Json> documents;
  documents.reserve(64);  // so that pointers into them hold
  std::istringstream in{std::string(text)};
  try {
    YAML::Parser parser(in);
    Builder builder(documents);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& r) {
    return Error{r.what};
  } catch (const YAML::Exception& e) {
    return Error{e.mark.is_null() ? fmt::format("is no YAML: {}", e.msg)
                                  : fmt::format("line {}: is no YAML: {}", e.mark.line + 1, e.msg)};
  }
  return documents;
}

}  // namespace blockyard::imports
