#include "cpython/locate.hpp"

#include <chrono>
#include <thread>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cpython/layout/debug_offsets.hpp"
#include "cpython/locate_modules.hpp"
#include "cpython/locate_probe.hpp"

namespace pyexc::cpython {

namespace {

// A process that runs on while it is looked at can contradict itself for a moment: a dict is
// replaced while its keys are read. One that always does has another layout.
constexpr int attempts = 20, prompt_attempts = 5;

/// Facts about a runtime that decide its layout, from the file it is in or from what was recorded.
struct Evidence {
  std::optional<layout::Version> version;  // Py_Version, 3.11 and later
  bool debug = false;
  std::vector<int> minors;  // what names of files suggest
};

/// The process ended, or we may not look: nothing that another look could change.
bool final(Errc code) {
  return code == Errc::process_ended || code == Errc::no_such_process ||
         code == Errc::not_permitted;
}

/// `invalid` if the process contradicts the layout, which may be so for a moment only.
Result<Runtime> confirm(PageCache& memory, RemoteAddr address, layout::Layout layout) {
  const auto version = probe(memory, address, layout, layout.version);
  if (!version && (final(version.error().code) || version.error().code == Errc::not_initialised))
    return fail(version.error());
  if (!version)
    return fail(Errc::invalid,
                "the process contradicts the layout of its Python: " + version.error().message());
  if (version->hex != layout.version.hex)
    return fail(Errc::unsupported, fmt::format("the process says it is Python {}, its file says {}",
                                               version->text(), layout.version.text()));
  return Runtime{address, *version, std::move(layout), {}};
}

/// Errors in order of how much they say about what is wrong.
int weight(Errc code) {
  if (final(code)) return 3;
  return code == Errc::unsupported ? 2 : code == Errc::not_initialised ? 1 : 0;
}

/// Before 3.11 nothing tells the version from outside: a layout is right if reading with it gives
/// the version it is for.
Result<Runtime> try_minors(PageCache& memory, RemoteAddr address, const Evidence& evidence) {
  std::vector<int> order;
  const auto known = layout::table_minors();
  const auto add = [&](int minor) {
    if (layout::debug_offsets_size(minor) == 0 &&
        std::find(known.begin(), known.end(), minor) != known.end() &&
        std::find(order.begin(), order.end(), minor) == order.end())
      order.push_back(minor);
  };
  for (const int minor : evidence.minors) add(minor);
  for (const int minor : known) add(minor);
  bool empty = true;
  Error last(Errc::unsupported, "a Python whose version cannot be told");
  for (const int minor : order) {
    const layout::Version guess{0x030000f0U | static_cast<std::uint32_t>(minor) << 16};
    PYEXC_TRY(layout::Layout layout, layout::table_layout(guess, false, evidence.debug));
    const auto version = probe(memory, address, layout);
    if (version && version->major() == guess.major() && version->minor() == minor) {
      PYEXC_TRY(layout::Layout exact, layout::table_layout(*version, false, evidence.debug));
      return confirm(memory, address, std::move(exact));
    }
    if (version || version.error().code != Errc::not_initialised) empty = false;
    if (version) continue;
    if (final(version.error().code)) return fail(version.error());
    // The one that its files name says why: that it contradicts the others proves nothing.
    if (version.error().code == Errc::not_initialised && evidence.minors.size() == 1 && minor == evidence.minors.front())
      return fail(version.error());
    last = version.error();
  }
  if (empty) return fail(std::move(last));
  const bool named = !evidence.minors.empty();
  if (named && std::find(known.begin(), known.end(), evidence.minors.front()) == known.end())
    return fail(Errc::unsupported,
                fmt::format("Python 3.{} is not read; 3.{} to 3.{} are", evidence.minors.front(),
                            known.front(), known.back()));
  return fail(Errc::invalid, "no known layout fits this Python");
}

Result<Runtime> identify(PageCache& memory, RemoteAddr address, const Evidence& evidence) {
  std::array<std::byte, layout::debug_offsets_max_size> bytes;
  const std::span<std::byte> start = std::span(bytes).first(layout::debug_offsets_header_size);
  PYEXC_CHECK(memory.read_into(address, start));
  if (const auto header = layout::debug_offsets_header(start)) {
    const std::size_t size =
        std::max(layout::debug_offsets_size(header->version.minor()), start.size());
    const std::span<std::byte> whole = std::span(bytes).first(std::min(size, bytes.size()));
    PYEXC_CHECK(memory.read_into(address, whole));
    PYEXC_TRY(layout::Layout layout, layout::layout_from_debug_offsets(whole, evidence.debug));
    return confirm(memory, address, std::move(layout));
  }
  if (evidence.version) {
    PYEXC_TRY(layout::Layout layout,
              layout::table_layout(*evidence.version, false, evidence.debug));
    if (layout::debug_offsets_size(evidence.version->minor()) != 0)
      return fail(Errc::unsupported,
                  fmt::format("this Python {} has no debug offsets where they must be",
                              evidence.version->text()));
    return confirm(memory, address, std::move(layout));
  }
  return try_minors(memory, address, evidence);
}

Result<Runtime> identify_patiently(PageCache& memory, RemoteAddr address,
                                   const Evidence& evidence) {
  for (int attempt = 1;; ++attempt) {
    auto found = identify(memory, address, evidence);
    if (found || final(found.error().code) || found.error().code == Errc::unsupported) return found;
    if (attempt < attempts && !memory.sealed()) {
      // On a busy machine the process may wait for a processor in the middle of its update.
      if (attempt > prompt_attempts) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      PYEXC_CHECK(memory.refresh());
      continue;
    }
    if (found.error().code != Errc::not_initialised) found.error().code = Errc::unsupported;
    return found;
  }
}

/// `loaded`: the runtime is a dynamic symbol of the module, so what it exports is too.
Evidence evidence_of(const TargetBase& target, PageCache& memory, Module& module, bool loaded) {
  Evidence evidence;
  evidence.minors = minors_in_names(target);
  const auto symbol = [&](std::string_view name) {
    return loaded ? module.dynamic_symbol(name) : module.any_symbol(name);
  };
  if (const auto address = symbol("Py_Version"))
    if (const auto hex = memory.read<std::uint64_t>(*address);
        hex && *hex != 0 && *hex <= 0xffffffffU)
      evidence.version = layout::Version{static_cast<std::uint32_t>(*hex)};
  // Include/object.h (3.13+: refcount.h) declares it only if Py_REF_DEBUG, hence in Py_DEBUG
  // builds.
  evidence.debug = symbol("_Py_NegativeRefcount").has_value();
  return evidence;
}

class Search {
 public:
  Search(const TargetBase& target, PageCache& memory)
      : target_(target), memory_(memory), modules_(modules_of(target, memory)) {}

  Result<Runtime> run() {
    if (target_.mappings().empty())
      return fail(Errc::not_python, "the process has no memory of its own");
    for (Module& module : modules_) {
      if (!module.is_64bit())
        return fail(
            Errc::unsupported,
            fmt::format("{} is a 32-bit program; only 64-bit ones are read", module.path()));
      if (auto found = consider(module, module.dynamic_symbol("_PyRuntime"), true))
        return finish(std::move(*found), module);
      if (stop()) return fail(std::move(*best_));
    }
    if (best_) return fail(std::move(*best_));
    for (Module& module : modules_) {
      auto address = module.file_section(".PyRuntime");
      if (!address) address = module.file_symbol("_PyRuntime");
      if (auto found = consider(module, address, false)) return finish(std::move(*found), module);
      if (stop()) return fail(std::move(*best_));
    }
    if (best_) return fail(std::move(*best_));
    PYEXC_TRY(auto found, scan_for_cookie());
    if (found) return std::move(*found);
    return fail(explain());
  }

 private:
  std::optional<Runtime> consider(Module& module, std::optional<RemoteAddr> address, bool loaded) {
    if (!address || std::find(seen_.begin(), seen_.end(), *address) != seen_.end())
      return std::nullopt;
    seen_.push_back(*address);
    auto found =
        identify_patiently(memory_, *address, evidence_of(target_, memory_, module, loaded));
    if (found) return std::move(*found);
    if (!best_ || weight(found.error().code) > weight(best_->code))
      best_ = std::move(found.error());
    return std::nullopt;
  }

  [[nodiscard]] bool stop() const noexcept { return best_ && weight(best_->code) == 3; }

  static Runtime finish(Runtime runtime, const Module& module) {
    runtime.module = module.path();
    return runtime;
  }

  /// The last resort for 3.13 and later: hidden symbols and no section headers.
  Result<std::optional<Runtime>> scan_for_cookie();
  [[nodiscard]] Error explain();

  const TargetBase& target_;
  PageCache& memory_;
  std::vector<Module> modules_;
  std::vector<RemoteAddr> seen_;
  std::optional<Error> best_;
};

Result<std::optional<Runtime>> Search::scan_for_cookie() {
  // .PyRuntime is in a writable mapping of a program or library; the biggest known ones have some
  // megabytes of these. Anonymous memory is not looked at: a copy of the bytes proves nothing.
  constexpr std::uint64_t max_scanned = 64ULL << 20;
  constexpr std::uint64_t alignment = 8;
  std::uint64_t scanned = 0;
  std::array<std::byte, page_size> page;
  // A page at a time through a cache of its own, so that `memory` keeps only what is wanted.
  for (const Mapping& mapping : target_.mappings()) {
    if (mapping.inode == 0 || !mapping.writable || !mapping.readable || mapping.shared) continue;
    for (std::uint64_t at = mapping.start; at + page_size <= mapping.end; at += page_size) {
      if ((scanned += page_size) > max_scanned) return std::nullopt;
      PageRequest request{at / page_size, page.data(), false};
      PYEXC_CHECK(const_cast<TargetBase&>(target_).pages().read_pages(std::span(&request, 1)));
      if (!request.ok) continue;
      for (std::size_t i = 0; i + layout::debug_offsets_header_size <= page.size();
           i += alignment) {
        if (!layout::debug_offsets_header(std::span(page).subspan(i))) continue;
        Evidence evidence;
        evidence.minors = minors_in_names(target_);
        auto found = identify_patiently(memory_, RemoteAddr(at + i), evidence);
        if (found) {
          found->module = mapping.path;
          return std::optional<Runtime>(std::move(*found));
        }
        if (!best_ || weight(found.error().code) > weight(best_->code))
          best_ = std::move(found.error());
      }
    }
  }
  return std::nullopt;
}

Error Search::explain() {
  if (best_) return std::move(*best_);
  if (const std::string pypy = pypy_file(target_); !pypy.empty())
    return Error(Errc::not_python, fmt::format("this is PyPy ({}); only CPython is read", pypy));
  for (Module& module :
       modules_)  // Python/pystate.c has had it since 2.x; _PyRuntime came with 3.7
    if (module.dynamic_symbol("PyInterpreterState_Head"))
      return Error(Errc::unsupported, fmt::format("{} is a Python older than 3.7", module.path()));
  const std::string& name = target_.identity().executable;
  return Error(Errc::not_python,
               fmt::format("no CPython runtime in {}{}", name.empty() ? "the process" : name,
                           modules_.size() > 1 ? " nor in the libraries it has loaded" : ""));
}

}  // namespace

Result<Runtime> locate(const TargetBase& target, PageCache& memory) {
  return Search(target, memory).run();
}

Result<Runtime> locate_at(const TargetBase& target, PageCache& memory, RemoteAddr runtime,
                          bool debug) {
  Evidence evidence;
  evidence.minors = minors_in_names(target);
  evidence.debug = debug;
  PYEXC_TRY(Runtime found, identify_patiently(memory, runtime, evidence));
  for (const Mapping& mapping : target.mappings())
    if (runtime.value() >= mapping.start && runtime.value() < mapping.end)
      found.module = mapping.path;
  return found;
}

}  // namespace pyexc::cpython
