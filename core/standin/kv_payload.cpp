#include "core/standin/kv_payload.h"

#include <bit>
#include <string_view>

namespace blockyard::standin {
namespace {

// Writes values one after another, each in its shortest form.
class Pack {
 public:
  std::string take() { return std::move(out_); }
  void raw(std::string_view bytes) { out_ += bytes; }
  void nil() { byte(0xc0); }
  void number(std::uint64_t v) {
    if (v < 0x80) return byte(static_cast<unsigned>(v));
    if (v <= 0xff) return big(0xcc, v, 1);
    if (v <= 0xffff) return big(0xcd, v, 2);
    if (v <= 0xffffffff) return big(0xce, v, 4);
    big(0xcf, v, 8);
  }
  void floating(double v) { big(0xcb, std::bit_cast<std::uint64_t>(v), 8); }
  void text(std::string_view v) {
    if (v.size() < 32) {
      byte(0xa0U | static_cast<unsigned>(v.size()));
    } else {
      big(v.size() <= 0xff ? 0xd9 : 0xda, v.size(), v.size() <= 0xff ? 1 : 2);  // names: at most 256 bytes
    }
    out_ += v;
  }
  void array(std::size_t n) { head(0x90, 0xdc, n); }
  void map(std::size_t n) { head(0x80, 0xde, n); }

 private:
  void byte(unsigned v) { out_.push_back(static_cast<char>(v)); }
  void big(unsigned mark, std::uint64_t v, unsigned bytes) {
    byte(mark);
    for (unsigned i = bytes; i-- > 0;) byte(static_cast<unsigned>(v >> (8 * i)) & 0xffU);
  }
  void head(unsigned small, unsigned wide, std::size_t n) {
    if (n < 16) return byte(small | static_cast<unsigned>(n));
    big(n <= 0xffff ? wide : wide + 1, n, n <= 0xffff ? 2 : 4);
  }
  std::string out_;
};

// Fields one after another: with their names in a map, without in an array, whose kind comes first.
class Event {
 public:
  Event(Pack& pack, PayloadForm form, std::string_view kind, std::size_t fields) : pack_(pack), form_(form) {
    if (form == PayloadForm::kMap) {
      pack.map(fields + 1);
      pack.text("type");
    } else {
      pack.array(fields + 1);
    }
    pack.text(kind);
  }
  Pack& field(std::string_view name) {
    if (form_ == PayloadForm::kMap) pack_.text(name);
    return pack_;
  }

 private:
  Pack& pack_;
  PayloadForm form_;
};

void hashes(Pack& p, std::span<const std::uint64_t> all) {
  p.array(all.size());
  for (const std::uint64_t h : all) p.number(h);
}

void stored(Pack& pack, PayloadForm form, const StoredRun& run, std::uint32_t block_tokens) {
  Event e(pack, form, "BlockStored", 8);
  hashes(e.field("block_hashes"), run.hashes);
  Pack& parent = e.field("parent_block_hash");
  if (run.parent) {
    parent.number(*run.parent);
  } else {
    parent.nil();
  }
  Pack& tokens = e.field("token_ids");
  tokens.array(run.tokens.size());
  for (const std::uint32_t t : run.tokens) tokens.number(t);
  e.field("block_size").number(block_tokens);
  e.field("lora_id").nil();
  e.field("medium").text("GPU");
  e.field("lora_name").nil();
  Pack& keys = e.field("extra_keys");
  if (run.salt.empty()) return keys.nil();
  keys.array(run.hashes.size());
  keys.array(1);
  keys.text(run.salt);
  for (std::size_t i = 1; i < run.hashes.size(); ++i) keys.nil();
}

}  // namespace

std::string kv_payload(std::span<const Happening> happenings, double ts, std::uint32_t block_tokens, PayloadForm form) {
  Pack events;
  std::size_t count = 0;
  for (const Happening& h : happenings) {
    if (h.what == Happening::What::kStored) {
      stored(events, form, h.stored, block_tokens);
    } else if (h.what == Happening::What::kRemoved) {
      Event e(events, form, "BlockRemoved", 2);
      hashes(e.field("block_hashes"), h.removed);
      e.field("medium").text("GPU");
    } else if (h.what == Happening::What::kCleared) {
      Event e(events, form, "AllBlocksCleared", 0);
    } else {
      continue;
    }
    ++count;
  }
  if (count == 0) return {};
  Pack batch;
  if (form == PayloadForm::kMap) {
    batch.map(3);
    batch.text("ts");
  } else {
    batch.array(3);
  }
  batch.floating(ts);
  if (form == PayloadForm::kMap) batch.text("events");
  batch.array(count);
  batch.raw(events.take());
  if (form == PayloadForm::kMap) batch.text("data_parallel_rank");
  batch.number(0);
  return batch.take();
}

}  // namespace blockyard::standin
