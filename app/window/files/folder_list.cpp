#include "app/window/files/folder_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace blockyard {
namespace {

namespace fs = std::filesystem;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Numbers within names by their value, letters without regard to case; equal ones by their bytes.
bool before(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const auto number = [](std::string_view s, std::size_t& at) {
        while (at < s.size() && s[at] == '0') ++at;
        const std::size_t from = at;
        while (at < s.size() && is_digit(s[at])) ++at;
        return s.substr(from, at - from);
      };
      const std::string_view x = number(a, i), y = number(b, j);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      continue;
    }
    const char x = lower(a[i++]), y = lower(b[j++]);
    if (x != y) return x < y;
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;
}

bool by_name_readable(const std::string& name) {
  constexpr std::array<std::string_view, 8> kEndings{".json", ".jsonl", ".csv", ".tsv", ".gz", ".zst", ".xz", ".bz2"};
  std::string small = name;
  std::transform(small.begin(), small.end(), small.begin(), lower);
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view e) { return small.ends_with(e); });
}

}  // namespace

Result<std::vector<FolderEntry>> list_folder(const std::string& folder) {
  std::error_code ec;
  fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, ec);
  if (ec) return Error{fmt::format("{}: cannot be read: {}", folder, ec.message())};
  const auto now = fs::file_time_type::clock::now();
  std::vector<FolderEntry> out;
  for (; it != fs::directory_iterator() && out.size() < kMostEntries; it.increment(ec)) {
    if (ec) break;
    FolderEntry e;
    e.name = it->path().filename().string();
    if (e.name.empty() || e.name[0] == '.') continue;
    std::error_code ignored;
    e.folder = it->is_directory(ignored);
    if (!e.folder) {
      if (!it->is_regular_file(ignored)) continue;
      e.bytes = it->file_size(ignored);
      if (ignored) e.bytes = 0;
    }
    const auto written = it->last_write_time(ignored);
    if (!ignored) e.days_old = std::chrono::duration<double, std::ratio<86400>>(now - written).count();
    e.readable_kind = by_name_readable(e.name);
    out.push_back(std::move(e));
  }
  std::sort(out.begin(), out.end(), [](const FolderEntry& a, const FolderEntry& b) {
    return a.folder != b.folder ? a.folder : before(a.name, b.name);
  });
  return out;
}

std::vector<std::size_t> shown_entries(const std::vector<FolderEntry>& entries, bool all_files,
                                       std::string_view filter) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const FolderEntry& e = entries[i];
    if (!e.folder && !all_files && !e.readable_kind) continue;
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    if (std::search(e.name.begin(), e.name.end(), filter.begin(), filter.end(), same) == e.name.end() &&
        !filter.empty())
      continue;
    out.push_back(i);
  }
  return out;
}

std::string pasted_path(std::string_view text) {
  const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  std::string path(text);
  constexpr std::string_view kScheme = "file://";
  if (path.starts_with(kScheme)) {
    std::string decoded;
    for (std::size_t i = kScheme.size(); i < path.size(); ++i) {
      const bool code = path[i] == '%' && i + 2 < path.size() &&
                        std::isxdigit(static_cast<unsigned char>(path[i + 1])) != 0 &&
                        std::isxdigit(static_cast<unsigned char>(path[i + 2])) != 0;
      decoded += code ? static_cast<char>(std::strtol(path.substr(i + 1, 2).c_str(), nullptr, 16)) : path[i];
      if (code) i += 2;
    }
    path = std::move(decoded);
  }
  const char* home = std::getenv("HOME");
  if (home != nullptr && (path == "~" || path.starts_with("~/"))) path = home + path.substr(1);
  return path;
}

std::string bytes_text(std::uintmax_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  constexpr std::array<const char*, 4> kUnits{"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) value /= 1000, ++unit;
  return value < 9.95 ? fmt::format("{:.1f} {}", value, kUnits[unit]) : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

std::string age_text(double days) {
  if (days < 1) return "today";
  const auto count = [](double n, const char* unit) {
    const auto whole = static_cast<long>(n);
    return fmt::format("{} {}{} ago", whole, unit, whole == 1 ? "" : "s");
  };
  if (days < 60) return count(days, "day");
  if (days < 730) return count(days / 30.44, "month");
  return count(days / 365.25, "year");
}

}  // namespace blockyard
