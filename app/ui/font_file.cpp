#include "app/ui/font_file.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace blockyard {
namespace {

using Bytes = std::span<const unsigned char>;

std::uint32_t u16(Bytes b, std::size_t at) { return (std::uint32_t{b[at]} << 8U) | b[at + 1]; }
std::uint32_t u32(Bytes b, std::size_t at) { return (u16(b, at) << 16U) | u16(b, at + 2); }

// The sum of the table's big-endian words, the last one filled up with zeros.
std::uint32_t checksum(Bytes table) {
  std::uint32_t sum = 0;
  std::size_t i = 0;
  for (; i + 4 <= table.size(); i += 4) sum += u32(table, i);
  for (; i < table.size(); ++i) sum += std::uint32_t{table[i]} << (24 - 8 * (i % 4));
  return sum;
}

}  // namespace

std::string font_damage(Bytes bytes) {
  constexpr std::size_t kHeader = 12, kEntry = 16, kMostTables = 256, kHeadAdjustment = 8;
  if (bytes.size() < kHeader) return "is no font";
  const std::uint32_t magic = u32(bytes, 0);
  if (magic != 0x00010000 && magic != 0x4f54544f && magic != 0x74727565) return "is no font";  // 1.0, OTTO, true
  const std::size_t tables = u16(bytes, 4);
  if (tables == 0 || tables > kMostTables || bytes.size() < kHeader + tables * kEntry) return "is cut off";
  std::vector<std::string> found;
  for (std::size_t i = 0; i < tables; ++i) {
    const std::size_t entry = kHeader + i * kEntry;
    const std::string tag(reinterpret_cast<const char*>(bytes.data()) + entry, 4);
    const std::size_t offset = u32(bytes, entry + 8), length = u32(bytes, entry + 12);
    if (offset > bytes.size() || length > bytes.size() - offset) return "is cut off";
    const Bytes table = bytes.subspan(offset, length);
    std::uint32_t sum = checksum(table);
    // The sum of the whole font stands in this table, and is not counted in its own.
    if (tag == "head" && length >= kHeadAdjustment + 4) sum -= u32(table, kHeadAdjustment);
    if (sum != u32(bytes, entry + 4)) return "is damaged";
    found.push_back(tag);
  }
  const auto has = [&found](std::string_view tag) { return std::find(found.begin(), found.end(), tag) != found.end(); };
  for (const std::string_view needed : {"cmap", "head", "hhea", "hmtx", "maxp"}) {
    if (!has(needed)) return "lacks its table " + std::string(needed);
  }
  if (!has("CFF ") && !(has("glyf") && has("loca"))) return "has no outlines";
  return {};
}

std::string font_file_damage(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return font_damage({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

std::vector<std::string> font_troubles(const std::string& font_dir) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(font_dir, error)) {
    if (!entry.is_regular_file(error)) continue;
    const std::string extension = entry.path().extension().string();
    if (extension != ".ttf" && extension != ".otf") continue;
    if (const std::string damage = font_file_damage(entry.path().string()); !damage.empty())
      out.push_back(entry.path().string() + " " + damage + "; another font takes its place");
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace blockyard
