#include "core/http/head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace blockyard::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The next line, without its CRLF.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 2));
  return line;
}

std::optional<int> minor_of(std::string_view version) {
  if (version == "HTTP/1.1") return 1;
  if (version == "HTTP/1.0") return 0;
  return std::nullopt;
}

// The lines behind the first, up to the empty one.
Result<Fields> parse_fields(std::string_view rest) {
  Fields out;
  while (true) {
    const std::string_view line = take_line(rest);
    if (line.empty()) return out;
    if (line.front() == ' ' || line.front() == '\t') return Error{"a header line is folded"};
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Error{"a header line has no colon"};
    if (!is_token(line.substr(0, colon))) return Error{"the name of a header field is none"};
    const std::string_view value = trimmed(line.substr(colon + 1));
    const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
      const auto u = static_cast<unsigned char>(c);
      return u == '\t' || (u >= 0x20 && u != 0x7f);
    });
    if (!plain) return Error{"a header field holds a control character"};
    out.push_back({std::string(line.substr(0, colon)), std::string(value)});
  }
}

// Calls f(word) for the words of all fields of that name, between commas.
template <class F>
void each_word(const Fields& fields, std::string_view name, F f) {
  for (const Field& field : fields) {
    if (!same_name(field.name, name)) continue;
    std::string_view rest = field.value;
    while (true) {
      const std::size_t comma = rest.find(',');
      f(trimmed(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
}

std::size_t count_of(const Fields& fields, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [name](const Field& f) { return same_name(f.name, name); }));
}

// What both kinds of message say of their body; `otherwise` where they say nothing.
Result<Framing> framing_of(const Fields& fields, int minor, Framing otherwise) {
  const std::size_t lengths = count_of(fields, "Content-Length"), codings = count_of(fields, "Transfer-Encoding");
  if (lengths > 0 && codings > 0) return Error{"Content-Length together with Transfer-Encoding"};
  if (lengths > 1) return Error{"more than one Content-Length"};
  if (codings > 0) {
    if (minor == 0) return Error{"Transfer-Encoding in HTTP/1.0"};
    if (codings > 1 || !same_name(*find_field(fields, "Transfer-Encoding"), "chunked"))
      return Error{"a Transfer-Encoding other than chunked"};
    return Framing{Framing::Kind::kChunked, 0};
  }
  if (lengths == 0) return otherwise;
  const std::string& text = *find_field(fields, "Content-Length");
  std::uint64_t length = 0;
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (!digits || trouble != std::errc() || length > ~std::uint64_t{0} / 2) return Error{"a Content-Length that is none"};
  return Framing{Framing::Kind::kLength, length};
}

bool keeps_alive(const Fields& fields, int minor) {
  bool keep = minor == 1;
  each_word(fields, "Connection", [&keep](std::string_view word) {
    if (same_name(word, "close")) keep = false;
    if (same_name(word, "keep-alive")) keep = true;
  });
  return keep;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* find_field(const Fields& fields, std::string_view name) {
  for (const Field& f : fields) {
    if (same_name(f.name, name)) return &f.value;
  }
  return nullptr;
}

void remove_field(Fields& fields, std::string_view name) {
  std::erase_if(fields, [name](const Field& f) { return same_name(f.name, name); });
}

HeadScan scan_head(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\0' || bytes[i] == '\n') return {0, true};  // an LF that no CR has taken along
    if (bytes[i] != '\r') continue;
    if (i + 1 == bytes.size()) return {};
    if (bytes[i + 1] != '\n') return {0, true};
    ++i;
    if (bytes.substr(i + 1, 2) == "\r\n") return {i + 3, false};
  }
  return {};
}

Result<RequestHead> parse_request(std::string_view head) {
  RequestHead out;
  const std::string_view line = take_line(head);
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Error{"the request line has not three parts"};
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  if (!is_token(out.method)) return Error{"the method is none"};
  const bool plain = std::all_of(out.target.begin(), out.target.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!out.target.starts_with('/') || !plain) return Error{"the target is not a path"};
  const auto minor = minor_of(line.substr(last + 1));
  if (!minor) return Error{"the version is not HTTP/1.1"};
  out.minor = *minor;
  auto fields = parse_fields(head);
  if (!fields) return fields.error();
  out.fields = std::move(*fields);
  if (count_of(out.fields, "Host") != 1) return Error{"not exactly one Host"};
  auto body = framing_of(out.fields, out.minor, {});
  if (!body) return body.error();
  out.body = *body;
  out.keep_alive = keeps_alive(out.fields, out.minor);
  const std::string* expect = find_field(out.fields, "Expect");
  out.expects_continue = out.minor == 1 && expect != nullptr && same_name(*expect, "100-continue");
  return out;
}

Result<ResponseHead> parse_response(std::string_view head) {
  ResponseHead out;
  const std::string_view line = take_line(head);
  const auto minor = minor_of(line.substr(0, 8));
  if (!minor || line.size() < 12 || line[8] != ' ' || (line.size() > 12 && line[12] != ' '))
    return Error{"the status line is none"};
  const auto [end, trouble] = std::from_chars(line.data() + 9, line.data() + 12, out.status);
  if (trouble != std::errc() || end != line.data() + 12 || out.status < 100) return Error{"the status is none"};
  out.minor = *minor;
  auto fields = parse_fields(head);
  if (!fields) return fields.error();
  out.fields = std::move(*fields);
  auto body = framing_of(out.fields, out.minor, {Framing::Kind::kUntilClose, 0});
  if (!body) return body.error();
  out.body = *body;
  if (out.status < 200 || out.status == 204 || out.status == 304) out.body = {};
  out.keep_alive = keeps_alive(out.fields, out.minor) && out.body.kind != Framing::Kind::kUntilClose;
  return out;
}

void remove_hop_by_hop(Fields& fields) {
  std::vector<std::string> named;
  each_word(fields, "Connection", [&named](std::string_view word) { named.emplace_back(word); });
  static constexpr std::string_view kOwn[] = {"Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"};
  std::erase_if(fields, [&named](const Field& f) {
    const auto is = [&f](std::string_view name) { return same_name(f.name, name); };
    return std::any_of(std::begin(kOwn), std::end(kOwn), is) || std::any_of(named.begin(), named.end(), is) ||
           same_name(std::string_view(f.name).substr(0, 6), "Proxy-");
  });
}

std::string_view reason_of(unsigned status) {
  static constexpr std::pair<unsigned, std::string_view> kReasons[] = {
      {200, "OK"},
      {202, "Accepted"},
      {204, "No Content"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {413, "Content Too Large"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  };
  for (const auto& [number, text] : kReasons) {
    if (number == status) return text;
  }
  return "Status";
}

}  // namespace blockyard::http
