// How records are told apart: newlines where the file is JSON lines or CSV, else by counting brackets outside of texts.
#include "core/workload/traces/record_source.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace blockyard {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20U;
// A record is parsed whole: this, and a few times as much for what the parser makes of it, is what one may cost.
constexpr std::size_t kMostRecord = std::size_t{128} << 20U;

constexpr std::string_view kAccepted =
    "a trace is JSON lines (or one array) of requests, or a CSV file of lengths; plain, gzip, zstd, xz, bzip2 or zip";

bool begins(std::string_view text, std::string_view with) {
  if (text.size() < with.size()) return false;
  return std::equal(with.begin(), with.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b); });
}

// What a file is that is no trace; "" where it may be one. `with` above is in lower case.
std::string_view what_it_is(std::string_view head) {
  if (begins(head, "version https://git-lfs")) return "a Git LFS pointer, not the file itself; fetch it: git lfs pull";
  const auto has_zero = [&head](std::size_t i) { return i < head.size() && head[i] == '\0'; };
  if (begins(head, "\xff\xfe") || begins(head, "\xfe\xff") ||
      (head.size() > 3 && has_zero(1) && has_zero(3) && !has_zero(0)) ||
      (head.size() > 3 && has_zero(0) && has_zero(2) && !has_zero(1)))
    return "UTF-16 text; convert it: iconv -f UTF-16 -t UTF-8";
  if (head.substr(0, 4) == "PAR1") return "a Parquet file; write it as JSON lines or CSV first";
  if (head.size() > 262 && head.substr(257, 5) == "ustar")
    return "a tar archive; unpack it and give the file or folder";
  if (head.substr(0, 4) ==
      "\x7f"
      "ELF")
    return "a program";
  if (begins(head, "%pdf")) return "a PDF document";
  if (begins(head, "sqlite format 3")) return "an SQLite database; write it as JSON lines or CSV first";
  const std::size_t text = head.find_first_not_of(" \t\r\n");
  if (text != std::string_view::npos && head[text] == '<') {
    const std::string_view tag = head.substr(text);
    if (begins(tag, "<!doctype html") || begins(tag, "<html") || begins(tag, "<head")) {
      return "an HTML page, not the file that a link was meant to give";
    }
    return "XML or HTML";
  }
  return "";
}

}  // namespace

RecordSource::RecordSource(std::string path, std::unique_ptr<ByteSource> bytes)
    : path_(std::move(path)), bytes_(std::move(bytes)) {}

Error RecordSource::error(std::string_view what) const { return Error{fmt::format("{}:{}: {}", path_, line_, what)}; }

Result<std::unique_ptr<RecordSource>> RecordSource::open(const std::string& path, std::uint64_t most_bytes) {
  auto bytes = ByteSource::open(path, most_bytes);
  if (!bytes) return bytes.error();
  std::unique_ptr<RecordSource> out(new RecordSource(path == "-" ? "standard input" : path, std::move(*bytes)));
  if (auto trouble = out->begin()) return *trouble;
  return out;
}

// More bytes behind those at hand; false where there are none.
Result<bool> RecordSource::fill() {
  if (ended_) return false;
  if (at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= at_;
    at_ = 0;
  }
  if (end_ > kMostRecord) {
    return error(fmt::format("is longer than {} MiB, which is the most that one request may take; {}",
                             kMostRecord >> 20U, kAccepted));
  }
  if (buffer_.size() < end_ + kChunk + simdjson::SIMDJSON_PADDING) {
    buffer_.resize(std::max(end_ + kChunk + simdjson::SIMDJSON_PADDING, buffer_.size() * 2));
  }
  const auto n = bytes_->read(buffer_.data() + end_, buffer_.size() - simdjson::SIMDJSON_PADDING - end_);
  if (!n) return n.error();
  end_ += *n;
  bytes_read_ += *n;
  std::memset(buffer_.data() + end_, 0, simdjson::SIMDJSON_PADDING);
  if (*n == 0) ended_ = true;
  return *n > 0;
}

// Goes to the next character that is no white space; false at the end.
Result<bool> RecordSource::skip_space() {
  for (;;) {
    for (; at_ < end_; ++at_) {
      const char c = buffer_[at_];
      if (c == '\n') ++line_;
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return true;
    }
    const auto more = fill();
    if (!more) return more.error();
    if (!*more) return false;
  }
}

// At a '{' or any other value: where the value ends (an offset behind at_). False where the file ends before.
Result<bool> RecordSource::scan_object(std::size_t& end) {
  std::size_t i = 0;
  int depth = 0;
  bool text = false;
  bool escaped = false;
  for (;;) {
    for (; at_ + i < end_; ++i) {
      const char c = buffer_[at_ + i];
      if (escaped) {
        escaped = false;
      } else if (text) {
        if (c == '\\') escaped = true;
        if (c == '"') text = false;
      } else if (c == '"') {
        text = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        if (depth == 0 || --depth == 0) {
          end = depth == 0 && (buffer_[at_] == '{' || buffer_[at_] == '[') ? i + 1 : i;
          return true;
        }
      } else if (c == ',' && depth == 0) {
        end = i;
        return true;
      }
    }
    const auto more = fill();
    if (!more) return more.error();
    if (!*more) return false;
  }
}

std::optional<Error> RecordSource::begin() {
  const auto some = fill();
  if (!some) return some.error();
  const std::string_view head = rest();
  if (const std::string_view what = what_it_is(head); !what.empty()) {
    return Error{fmt::format("{}: this is {}; {}", path_, what, kAccepted)};
  }
  if (head.substr(0, 3) == "\xEF\xBB\xBF") at_ += 3;  // a byte order mark
  const auto any = skip_space();
  if (!any) return any.error();
  if (!*any) return std::nullopt;
  const char c = buffer_[at_];
  json_ = c == '{' || c == '[';
  if (c == '[') {
    mode_ = Mode::kArray;
    ++at_;
    return std::nullopt;
  }
  if (c != '{') return std::nullopt;
  // An object that goes on beyond its line is one of several lines, unless the next line begins another: then the first
  // line is a broken one, and said to be so.
  std::size_t end = 0;
  const auto whole = scan_object(end);
  if (!whole) return whole.error();
  const std::string_view text = *whole ? rest().substr(0, end) : rest();
  const std::size_t newline = text.find('\n');
  if (newline != std::string_view::npos && newline + 1 < text.size() && text[newline + 1] != '{')
    mode_ = Mode::kObjects;
  return std::nullopt;
}

Result<bool> RecordSource::next(TraceRecord& out) { return mode_ == Mode::kLines ? next_line(out) : next_value(out); }

Result<bool> RecordSource::next_line(TraceRecord& out) {
  for (;;) {
    std::size_t searched = 0;
    const char* newline = nullptr;
    for (;;) {
      newline = static_cast<const char*>(std::memchr(buffer_.data() + at_ + searched, '\n', end_ - at_ - searched));
      if (newline != nullptr) break;
      searched = end_ - at_;
      const auto more = fill();
      if (!more) return more.error();
      if (!*more) break;
    }
    if (newline == nullptr && at_ == end_) return false;
    const std::size_t length =
        newline == nullptr ? end_ - at_ : static_cast<std::size_t>(newline - (buffer_.data() + at_));
    out.text = {buffer_.data() + at_, length};
    out.line = line_;
    at_ += length;
    if (newline != nullptr) {
      ++at_;
      ++line_;
    }
    // Tapes and some stores pad with zeros.
    const bool blank = out.text.find_first_not_of(newline == nullptr ? std::string_view(" \t\r\0", 4) : " \t\r") ==
                       std::string_view::npos;
    if (!blank) return true;
  }
}

Result<bool> RecordSource::next_value(TraceRecord& out) {
  const auto some = skip_space();
  if (!some) return some.error();
  if (mode_ == Mode::kArray) {
    if (closed_) {
      if (!*some || rest().find_first_not_of(std::string_view(" \t\r\n\0", 5)) == std::string_view::npos) return false;
      return error("more behind the end of the array; one array is allowed");
    }
    if (!*some) return error("not valid JSON (the array has no end)");
    if (buffer_[at_] == ']') {
      ++at_;
      closed_ = true;
      return next_value(out);
    }
    if (!first_) {
      if (buffer_[at_] != ',') return error("not valid JSON (a comma is missing between two elements)");
      ++at_;
      const auto more = skip_space();
      if (!more) return more.error();
    }
  } else if (!*some) {
    return false;
  }
  first_ = false;
  std::size_t length = 0;
  const auto whole = scan_object(length);
  if (!whole) return whole.error();
  if (!*whole) return error("not valid JSON (it ends inside an object)");
  if (length == 0) return error("not valid JSON (an object is missing)");
  out.text = {buffer_.data() + at_, length};
  out.line = line_;
  line_ += static_cast<std::size_t>(std::count(out.text.begin(), out.text.end(), '\n'));
  at_ += length;
  return true;
}

}  // namespace blockyard
