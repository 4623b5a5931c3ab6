#include "render/wait_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "render/escape.hpp"

namespace pyexc::render {

namespace {

constexpr std::size_t max_texts = 3;

/// Linux gives ports from here on to those who did not ask for one (net.ipv4.ip_local_port_range).
constexpr unsigned first_ephemeral_port = 32768;

bool is_of_a_client(std::string_view end) {
  const std::size_t colon = end.rfind(':');
  unsigned port = 0;
  if (colon == std::string_view::npos) return false;
  const auto [last, error] = std::from_chars(end.data() + colon + 1, end.data() + end.size(), port);
  return error == std::errc{} && last == end.data() + end.size() && port >= first_ephemeral_port;
}

using Millis = std::optional<std::int64_t>;

/// "3.2 s", "3.2 to 50.1 s"; "" unless known of every thread.
template <class Get>
std::string range(const std::vector<const Thread*>& threads, int digits, Get get) {
  Millis least, most;
  for (const Thread* thread : threads) {
    const Millis value = get(*thread);
    if (!value) return {};
    least = std::min(least.value_or(*value), *value);
    most = std::max(most.value_or(*value), *value);
  }
  if (!least) return {};
  const auto seconds = [digits](std::int64_t ms) {
    return fmt::format("{:.{}f}", static_cast<double>(ms) / 1e3, digits);
  };
  const std::string low = seconds(*least), high = seconds(*most);
  return low == high ? low + " s" : fmt::format("{} to {} s", low, high);
}

std::string pids(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size() && i < max_texts; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", numbers[i]);
  if (numbers.size() > max_texts) text += fmt::format(" and {} more", numbers.size() - max_texts);
  return text;
}

std::string with_processes(const Wait& wait) {
  std::string text = one_line(wait.text);
  if (!wait.holders.empty()) text += " held by " + pids(wait.holders);
  if (!wait.peers) return text;
  // Children, or whoever has the other end of a pipe or socket.
  if (wait.peers->size() == 1 && text.ends_with(fmt::format("(pid {})", wait.peers->front())))
    return text;
  if (wait.call.starts_with("wait")) text += fmt::format(" [{}]", pids(*wait.peers));
  else text += fmt::format(" with {} at the other end", pids(*wait.peers));
  return text;
}

}  // namespace

std::string wait_key(const Wait& wait) {
  std::string key = wait.call;
  key += '\0';
  // "pipe:[4711]" is a pipe.
  const bool numbered = wait.file.starts_with("pipe:[") || wait.file.starts_with("socket:[");
  key += numbered ? wait.file.substr(0, wait.file.find('[')) : wait.file;
  if (wait.socket) {
    for (const std::string& part : {wait.socket->family, wait.socket->state}) (key += '\0') += part;
    if (!is_of_a_client(wait.socket->remote)) (key += '\0') += wait.socket->remote;
  }
  return key;
}

std::string waiting_text(const std::vector<const Thread*>& threads) {
  std::vector<std::string> texts;
  bool others = false;
  for (const Thread* thread : threads) {
    if (!thread->waiting) return {};
    if (others) break;
    std::string text = with_processes(*thread->waiting);
    if (std::ranges::find(texts, text) != texts.end()) continue;
    if (texts.size() < max_texts) texts.push_back(std::move(text));
    else others = true;
  }
  if (texts.empty()) return {};
  std::string line = " in ";
  for (std::size_t i = 0; i < texts.size(); ++i) line += (i == 0 ? "" : ", ") + texts[i];
  if (others) line += ", …";
  if (const std::string since =
          range(threads, 1, [](const Thread& t) { return t.waiting->since_ms; });
      !since.empty())
    line += " for " + since;
  if (const std::string left =
          range(threads, 1, [](const Thread& t) { return t.waiting->remaining_ms; });
      !left.empty())
    line += fmt::format(" ({} to go)", left);
  return line;
}

std::string movement_text(const Movement& movement) {
  if (movement.looks == 1) return "seen in one look only";
  const std::string looks = fmt::format("{} looks over {:.1f} s", movement.looks, static_cast<double>(movement.over_ms) / 1e3);
  if (!movement.moved()) return "at the same place in " + looks;
  return fmt::format("moved, {} places in {}", movement.places, looks);
}

std::string movement_text(const std::vector<const Thread*>& threads) {
  const auto& movement = threads.front()->movement;
  if (!movement) return {};
  const auto places = [](const Thread* a, const Thread* b) { return a->movement->places < b->movement->places; };
  std::string text = movement_text(*(*std::ranges::max_element(threads, places))->movement);
  if (const std::string cpu = range(threads, 2, [](const Thread& t) { return t.movement->cpu_ms; }); !cpu.empty())
    text += fmt::format(", cpu {} meanwhile", cpu);
  return text;
}

std::string times_text(const std::vector<const Thread*>& threads) {
  std::string text;
  if (const std::string cpu = range(threads, 2, [](const Thread& t) { return t.cpu_ms; });
      !cpu.empty())
    text = "cpu " + cpu;
  if (const std::string age = range(threads, 1, [](const Thread& t) { return t.age_ms; });
      !age.empty())
    text += (text.empty() ? "age " : ", age ") + age;
  return text;
}

}  // namespace pyexc::render
