#include "native/names.hpp"

#include <cxxabi.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "elf/symbol_table.hpp"
#include "native/lines.hpp"

namespace pyexc::native {

namespace {

constexpr std::size_t max_mangled = 1'024;
constexpr std::size_t max_name = 4'096;
constexpr std::chrono::seconds time_for_lines(3);  // of all files together

std::string demangled(std::string_view name) {
  if (!name.starts_with("_Z") || name.size() > max_mangled) return std::string(name.substr(0, max_name));
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(std::string(name).c_str(), nullptr, nullptr, &status), &std::free);
  if (status != 0 || !text) return std::string(name);
  return std::string(std::string_view(text.get()).substr(0, max_name));
}

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// Where gdb looks, too ("Debugging Information in Separate Files").
std::vector<std::string> debug_file_names(const Module& module) {
  std::vector<std::string> names;
  if (module.build_id.size() > 2)
    names.push_back("/usr/lib/debug/.build-id/" + module.build_id.substr(0, 2) + "/" + module.build_id.substr(2) +
                    ".debug");
  const std::string link = module.image->debug_link();
  if (link.empty() || link.find('/') != std::string::npos || !module.name.starts_with('/')) return names;
  const std::string directory = directory_of(module.name);
  names.push_back(directory + link);
  names.push_back(directory + ".debug/" + link);
  names.push_back("/usr/lib/debug" + directory + link);
  return names;
}

class Namer {
 public:
  Namer(Modules& modules, const OpenFiles& open_files) : modules_(modules), open_files_(open_files) {}

  void run(std::vector<NativeStack>& stacks) {
    for (const NativeStack& stack : stacks)
      for (const NativeFrame& frame : stack.frames)
        if (const Place place = place_of(frame); place.module != nullptr) of_module_.try_emplace(place.module);
    find_debug_files();
    for (auto& [module, of] : of_module_) {
      if (module->image) of.symbols = elf::SymbolTable::of(*module->image, of.debug ? &*of.debug : nullptr);
      else if (auto image = module->in_memory) of.symbols = elf::SymbolTable::of(*image);
      of.lines.emplace(Lines::open(of.debug ? of.debug_fd.get() : module->fd, until_));
    }
    for (NativeStack& stack : stacks)
      for (NativeFrame& frame : stack.frames) name(frame);
  }

 private:
  struct OfModule {
    UniqueFd debug_fd;
    std::optional<elf::Image> debug;  // its separate debug file
    elf::SymbolTable symbols;
    std::optional<Lines> lines;
  };

  /// The return address of a call that does not return lies behind its function.
  static std::uint64_t within(const NativeFrame& frame) { return frame.interrupted ? frame.address : frame.address - 1; }
  Place place_of(const NativeFrame& frame) { return modules_.code_at(within(frame)); }

  void find_debug_files() {
    std::vector<std::string> names;
    std::vector<std::pair<const Module*, std::size_t>> wanted;  // and the place of its first name
    for (const auto& [module, of] : of_module_) {
      if (!module->image || module->build_id.empty()) continue;
      // A file that has all in itself needs no other.
      if (module->image->section(".debug_line") && module->image->section(".symtab")) continue;
      wanted.emplace_back(module, names.size());
      for (std::string& name : debug_file_names(*module)) names.push_back(std::move(name));
    }
    if (names.empty() || !open_files_) return;
    std::vector<UniqueFd> files = open_files_(names);
    files.resize(names.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      OfModule& of = of_module_[wanted[i].first];
      const std::size_t end = i + 1 < wanted.size() ? wanted[i + 1].second : names.size();
      for (std::size_t at = wanted[i].second; at < end && !of.debug; ++at) {
        if (!files[at]) continue;
        auto image = elf::Image::open(files[at].get());
        if (!image || image->build_id() != wanted[i].first->build_id) continue;
        of.debug_fd = std::move(files[at]);
        of.debug = std::move(*image);
      }
    }
  }

  void name(NativeFrame& frame) {
    const Place place = place_of(frame);
    if (place.mapping != nullptr) frame.object = place.mapping->path;
    if (place.module == nullptr) return;
    frame.build_id = place.module->build_id;
    const auto [known, fresh] = named_.try_emplace(within(frame));
    Name& name = known->second;
    if (fresh) {
      const OfModule& of = of_module_[place.module];
      const std::uint64_t address = within(frame) - place.bias;
      if (const auto found = of.symbols.find(address)) {
        name.symbol = demangled(found->name);
        name.begin = found->begin + place.bias;
      }
      if (of.lines && std::chrono::steady_clock::now() < until_) name.line = of.lines->find(address);
    }
    frame.symbol = name.symbol;
    if (!name.symbol.empty()) frame.offset = frame.address - name.begin;
    if (name.line) {
      frame.file = name.line->file;
      frame.line = name.line->line;
    }
  }

  struct Name {
    std::string symbol;
    std::uint64_t begin = 0;
    std::optional<Lines::Found> line;
  };

  Modules& modules_;
  const OpenFiles& open_files_;
  std::chrono::steady_clock::time_point until_ = std::chrono::steady_clock::now() + time_for_lines;
  std::map<const Module*, OfModule> of_module_;
  std::unordered_map<std::uint64_t, Name> named_;
};

}  // namespace

void name_frames(std::vector<NativeStack>& stacks, Modules& modules, const OpenFiles& open_files) {
  Namer(modules, open_files).run(stacks);
}

}  // namespace pyexc::native
