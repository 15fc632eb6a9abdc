#include "app/session/observation.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>

#include "core/base/text.h"
#include "core/base/version.h"
#include "core/io/files.h"
#include "core/live/record/recording.h"

namespace blockyard {
namespace {

constexpr double kTreeSeconds = 1;  // of screen time between two looks at which blocks are new
// A recording is there anyway: more of it is kept than of what keeps coming.
constexpr Keep kOfRecording{kNever, std::size_t{2} << 30};

}  // namespace

bool is_recording(const std::string& path) {
  if (!path.ends_with(".jsonl") && !path.ends_with(".gz")) return false;
  if (path.ends_with(".gz")) return bool(live::RecordingReader::open(path));
  std::ifstream in(path, std::ios::binary);
  std::string begin(64, '\0');
  in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(in.gcount()));
  std::erase_if(begin, [](char c) { return c == ' ' || c == '\t'; });
  return begin.starts_with("{\"blockyard_live\":");
}

Observation::Observation(const live::LiveFleet& fleet, std::string started, Keep keep)
    : history_(fleet, std::move(started), &metrics_, keep) {}

Observation::Observation(std::unique_ptr<LiveSource> source) : Observation(source->fleet(), source->started(), Keep{}) {
  source_ = std::move(source);
}

Observation::~Observation() {
  if (recording_) (void)stop_recording();
}

Result<std::unique_ptr<Observation>> Observation::open(const std::string& path) {
  auto recording = live::RecordingReader::open(path);
  if (!recording) return recording.error();
  live::RecordingReader& reader = **recording;
  std::unique_ptr<Observation> out(new Observation(reader.fleet(), reader.head().started, kOfRecording));
  while (true) {
    auto record = reader.next();
    if (!record) return record.error();
    if (!*record) break;
    out->history_.add(std::move(**record));
  }
  if (reader.cut()) out->remark_ = fmt::format("Line {} of the recording is cut off and left out. ", reader.line());
  if (reader.skipped() > 0)
    out->remark_ += fmt::format("{} of a kind that this version does not know, left out. ", counted(reader.skipped(), "line"));
  if (out->history_.begin() > 0)
    out->remark_ += fmt::format("The recording is larger than what is kept: it begins at {:.1f} s here.",
                                us_to_ms(out->history_.begin()) / 1000);
  out->history_.settle_names();
  out->history_.seek(out->history_.begin());
  return out;
}

std::optional<std::string> Observation::take_in(double screen_time) {
  if (!source_) return {};
  source_->take([this](const live::Record& record) { history_.add(record); });
  history_.wait_until(source_->now());
  if (screen_time >= settled_at_ + kTreeSeconds) {
    settled_at_ = screen_time;
    history_.settle_names();
  }
  write_down();
  if (recording_) {
    if (auto trouble = recording_->trouble()) {
      recording_.reset();
      recording_path_.clear();
      return trouble;
    }
  }
  return source_->trouble();
}

Result<void> Observation::record(const std::string& path, std::uint64_t most_bytes) {
  const live::LiveFleet& fleet = history_.fleet();
  auto made = live::RecordingWriter::create(path, {version(), history_.started(), live::fleet_json(fleet)}, most_bytes);
  if (!made) return made.error();
  recording_ = std::move(*made);
  recording_path_ = path;
  written_ = history_.first_record();
  lines_ = 0;
  write_down();
  return {};
}

// In slices: what was kept before a recording began may be much.
void Observation::write_down() {
  if (!recording_) return;
  constexpr std::uint64_t kSlice = 4096;
  written_ = std::max(written_, history_.first_record());
  const std::uint64_t until = std::min(history_.records(), written_ + kSlice);
  for (; written_ < until; ++written_, ++lines_) recording_->add(history_.record(written_));
  recording_->flush_due(history_.newest());
}

Result<std::uint64_t> Observation::stop_recording() {
  while (recording_ && written_ < history_.records()) write_down();
  recording_->add({history_.newest(), live::EndRecord{lines_}});
  const auto finished = recording_->finish();
  recording_.reset();
  recording_path_.clear();
  if (!finished) return finished.error();
  return lines_;
}

}  // namespace blockyard
