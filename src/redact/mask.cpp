#include "redact/mask.hpp"

#include <algorithm>

#include "text/codepoints.hpp"
#include "text/unicode.hpp"

namespace pyexc::redact {

std::string placeholder(std::string_view type, std::optional<std::int64_t> length) {
  std::string text = "<redacted";
  if (!type.empty()) text.append(" ").append(type);
  if (length) text += " of " + std::to_string(*length);
  return text + ">";
}

std::size_t apply(std::string& text, std::vector<Mask> masks) {
  std::stable_sort(masks.begin(), masks.end(), [](const Mask& a, const Mask& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::string out;
  std::size_t copied = 0, count = 0;
  for (const Mask& mask : masks) {
    if (mask.begin >= mask.end || mask.end > text.size() || mask.end <= copied) continue;
    if (mask.begin >= copied) {
      out.append(text, copied, mask.begin - copied).append(mask.instead);
      ++count;
    }
    copied = mask.end;
  }
  if (count == 0) return 0;
  out.append(text, copied);
  text = std::move(out);
  return count;
}

namespace {

/// A character as long in UTF-8 and as wide.
std::string_view instead_of(char32_t c, text::Database database) {
  switch (text::utf8_size(c)) {
    case 1: return "*";
    case 2: return "\u0387";
    case 3: return text::is_wide(c, database) ? "\uff0a" : "\u2219";
    default: return text::is_wide(c, database) ? "\U00020000" : "\U00010107";
  }
}

bool stays(char32_t c) { return c <= 0x20 || c == U'\'' || c == U'"'; }

}  // namespace

void cover(std::string& source, const Findings& findings, const TextRules& rules) {
  const auto database = text::database_for(rules.unicode_major, rules.unicode_minor);
  for (const Finding& finding : findings) {
    const std::string_view secret =
        std::string_view(source).substr(finding.begin, finding.end - finding.begin);
    std::string covered;
    for (std::size_t i = 0; i < secret.size();) {
      std::size_t next = i + 1;
      while (next < secret.size() && (static_cast<unsigned char>(secret[next]) & 0xc0U) == 0x80)
        ++next;
      const auto character = secret.substr(i, next - i);
      const std::u32string decoded = text::decode(character);
      const bool whole =
          decoded.size() == 1 && text::utf8_size(decoded.front()) == character.size();
      const bool breaks = character == "\\" && i + 1 < secret.size() && secret[i + 1] == '\n';
      const bool escaped =
          i > 0 && secret[i - 1] == '\\' && !covered.empty() && covered.back() == '*';
      if (!whole || breaks) covered.append(character);
      else if (stays(decoded.front()) && !(escaped && decoded.front() > 0x20))
        covered.append(character);
      else covered.append(instead_of(decoded.front(), database));
      i = next;
    }
    source.replace(finding.begin, secret.size(), covered);
  }
}

}  // namespace pyexc::redact
