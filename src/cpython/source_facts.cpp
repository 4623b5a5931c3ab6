// Lib/linecache.py: cache maps a file name to (size, mtime, lines, fullname), to a 1-tuple (lazy), and
// since 3.13.1 _interactive_cache maps (co_filename, co_qualname, co_firstlineno) to such a tuple.

#include "cpython/source_facts.hpp"

#include <algorithm>
#include <charconv>

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_name = 1U << 16;
constexpr std::size_t max_interactive = 4096;
constexpr std::int64_t max_lines_per_frame = static_cast<std::int64_t>(Frame::max_source_lines);

/// The lines of a doctest example as str.splitlines(keepends=True) gives them.
LinecacheEntry doctest_entry(Heap& heap, RemoteAddr source) {
  LinecacheEntry entry;
  entry.mtime_none = true;
  const auto text = heap.text(source);
  if (!text) return entry;
  std::size_t begin = 0;
  while (begin < text->size()) {
    const auto newline = text->find('\n', begin);
    const std::size_t end = newline == PyText::npos ? text->size() : newline + 1;
    entry.lines[++entry.line_count] = text->substr(begin, end - begin);
    begin = end;
  }
  return entry;
}

/// traceback.py asks for the lines of the code object itself where a name looks made up.
bool made_up(PyTextView name) { return name.starts_with('<'); }
}  // namespace

void SourceFacts::enter_interpreter(RemoteAddr sysdict, RemoteAddr modules) {
  sysdict_ = sysdict;
  modules_ = modules;
  cache_ = interactive_ = getlines_ = RemoteAddr();
  searched_ = false;
  known_.clear();
  loaders_.clear();
}

void SourceFacts::find_linecache() {
  searched_ = true;
  const auto find = [this]() -> Result<void> {
    PYEXC_TRY(const auto module, heap_.dict_get(modules_, "linecache"));
    if (module.null()) return {};
    PYEXC_TRY(const auto dict, heap_.module_dict(module));
    PYEXC_TRY(cache_, heap_.dict_get(dict, "cache"));
    PYEXC_TRY(interactive_, heap_.dict_get(dict, "_interactive_cache"));
    PYEXC_TRY(getlines_, heap_.dict_get(dict, "getlines"));
    return {};
  };
  if (!find()) cache_ = interactive_ = getlines_ = RemoteAddr();
}

std::uint32_t SourceFacts::file_of(const Code& code, RemoteAddr globals, std::int64_t lasti,
                                   std::optional<std::int64_t> line) {
  const auto name = heap_.text_now(code.filename, max_name).value_or(PyText());
  const bool own_code = made_up(name);
  const Key key{code.filename.value(), globals.value(), own_code ? code.address.value() : 0};
  auto known = known_.find(key);
  if (known == known_.end()) {
    if (!searched_) find_linecache();
    SourceFile file;
    file.file = name;
    InMemory memory;
    if (const RemoteAddr entry = find_entry(code, name); !entry.null()) {
      auto cached = read_entry(entry, memory);
      if (cached) file.cached = std::move(*cached);
    } else if (memory.text = find_doctest_source(name); !memory.text.null()) {
      file.cached = doctest_entry(heap_, memory.text);
    }
    file.loader = read_loader(globals);
    known = known_.emplace(key, static_cast<std::uint32_t>(report_.source_files.size())).first;
    report_.source_files.push_back(std::move(file));
    memory_.resize(report_.source_files.size());
    memory_.back() = memory;
  }
  const std::uint32_t index = known->second;
  if (!memory_[index].lines.null()) {
    if (line) want_lines(index, *line, *line);
    if (const auto table = codes_.line_table(code)) {
      const auto format = heap_.traits().line_table;
      const auto position = position_of(format, *table, code.first_line, lasti);
      const auto first = position.line ? position.line : line_of(format, *table, code.first_line, lasti);
      if (first) want_lines(index, *first, position.end_line.value_or(*first));
    }
  }
  return index;
}

RemoteAddr SourceFacts::find_entry(const Code& code, const PyText& name) {
  const RemoteAddr entry = cache_.null() ? RemoteAddr() : heap_.dict_get(cache_, name).value_or(RemoteAddr());
  const auto size = entry.null() ? Result<std::int64_t>(0) : heap_.var_size(entry);
  // A lazy entry that lazycache() made for such a name finds nothing, and traceback.py asks the code then.
  const bool useless = entry.null() || (size && *size == 1);
  if (useless && !interactive_.null() && made_up(name))
    if (const RemoteAddr found = find_interactive(code, name); !found.null()) return found;
  return entry;
}

RemoteAddr SourceFacts::find_interactive(const Code& code, const PyText& name) {
  const auto entries = heap_.dict_items(interactive_);
  if (!entries) return RemoteAddr();
  const auto qualname_at = heap_.layout().code.co_qualname.has()
                               ? heap_.pointer(code.address, heap_.layout().code.co_qualname).value_or(RemoteAddr())
                               : RemoteAddr();
  const auto qualname = heap_.text_now(qualname_at, max_name);
  if (!qualname) return RemoteAddr();
  const std::size_t count = std::min(entries->entries.size(), max_interactive);
  for (std::size_t i = 0; i < count; ++i) {
    const auto key = heap_.tuple_items(entries->entries[i].key);
    if (!key || key->items.size() != 3) continue;
    const auto line = heap_.integer(key->items[2]);
    if (!line || line->clamped() != code.first_line) continue;
    if (heap_.str_equals(key->items[1], *qualname) && heap_.str_equals(key->items[0], name))
      return entries->entries[i].value;
  }
  return RemoteAddr();
}

// While doctest runs an example, linecache.getlines is DocTestRunner.__patched_linecache_getlines, which
// answers for names like "<doctest NAME[3]>" from the example itself (Lib/doctest.py).
RemoteAddr SourceFacts::find_doctest_source(const PyText& name) {
  constexpr std::string_view prefix = "<doctest ", suffix = "]>";
  if (getlines_.null() || !name.starts_with(prefix) || !name.ends_with(suffix)) return RemoteAddr();
  const auto bracket = name.rfind('[');
  if (bracket == PyText::npos) return RemoteAddr();
  const PyText test_name = name.substr(prefix.size(), bracket - prefix.size());
  std::int64_t number = 0;
  const char* end = name.data() + name.size() - suffix.size();
  if (std::from_chars(name.data() + bracket + 1, end, number).ptr != end || number < 0) return RemoteAddr();
  const auto find = [&]() -> Result<RemoteAddr> {
    if (!heap_.is_exactly(getlines_, "method")) return RemoteAddr();
    PYEXC_TRY(const auto runner, heap_.pointer(getlines_, heap_.layout().method.im_self));
    PYEXC_TRY(const auto test, heap_.instance_get(runner, "test"));
    if (test.null()) return RemoteAddr();
    PYEXC_TRY(const auto own_name, heap_.instance_get(test, "name"));
    if (own_name.null() || !heap_.str_equals(own_name, test_name)) return RemoteAddr();
    PYEXC_TRY(const auto examples, heap_.instance_get(test, "examples"));
    PYEXC_TRY(const auto count, heap_.list_size(examples));
    if (number >= count) return RemoteAddr();
    PYEXC_TRY(const auto example, heap_.list_item(examples, number));
    return heap_.instance_get(example, "source");
  };
  return find().value_or(RemoteAddr());
}

Result<std::optional<LinecacheEntry>> SourceFacts::read_entry(RemoteAddr entry, InMemory& memory) {
  PYEXC_TRY(const auto fields, heap_.tuple_items(entry));
  LinecacheEntry cached;
  if (fields.items.size() == 1) {
    cached.lazy = true;
    return cached;
  }
  if (fields.items.size() != 4) return std::nullopt;
  if (const auto size = heap_.integer(fields.items[0])) cached.size = size->clamped();
  cached.mtime_none = heap_.is_none(fields.items[1]);
  if (heap_.is_exactly(fields.items[1], "float")) {
    PYEXC_TRY(cached.mtime, heap_.real(fields.items[1]));
  } else if (const auto whole = heap_.integer(fields.items[1])) {
    cached.mtime = static_cast<double>(whole->clamped());
  }
  const RemoteAddr lines = fields.items[2];
  if (!heap_.has_flag(lines, type_flags::list_subclass) && !heap_.has_flag(lines, type_flags::tuple_subclass))
    return std::nullopt;
  PYEXC_TRY(cached.line_count, heap_.var_size(lines));
  memory.lines = lines;
  if (heap_.has_flag(fields.items[3], type_flags::str_subclass)) {
    PYEXC_TRY(cached.fullname, heap_.text(fields.items[3]));
  }
  return cached;
}

Result<RemoteAddr> SourceFacts::line_object(RemoteAddr lines, std::int64_t index) {
  if (heap_.has_flag(lines, type_flags::list_subclass)) return heap_.list_item(lines, index);
  return heap_.memory().read_pointer(lines + *heap_.layout().tuple.ob_item + static_cast<std::uint64_t>(index) * 8);
}

void SourceFacts::want_lines(std::uint32_t file, std::int64_t first, std::int64_t last) {
  auto& cached = report_.source_files[file].cached;
  first = std::max<std::int64_t>(first, 1);
  last = std::min({last, cached->line_count, first + max_lines_per_frame - 1});
  for (std::int64_t line = first; line <= last; ++line) {
    if (cached->lines.contains(line)) continue;
    const auto item = line_object(memory_[file].lines, line - 1);
    if (!item) return;
    if (auto text = heap_.text(*item)) cached->lines[line] = std::move(*text);
  }
}

LoaderFacts SourceFacts::read_loader(RemoteAddr globals) {
  if (const auto known = loaders_.find(globals.value()); known != loaders_.end()) return known->second;
  LoaderFacts facts;
  const auto none_is_null = [this](RemoteAddr object) {
    return object.null() || heap_.is_none(object) ? RemoteAddr() : object;
  };
  const auto read = [&]() -> Result<void> {
    PYEXC_TRY(const auto name, heap_.dict_get(globals, "__name__"));
    PYEXC_TRY(const auto loader, heap_.dict_get(globals, "__loader__"));
    PYEXC_TRY(const auto spec, heap_.dict_get(globals, "__spec__"));
    if (name.null()) return {};  // lazycache() wants the key, whatever its value
    if (heap_.has_flag(name, type_flags::str_subclass)) {
      PYEXC_TRY(facts.module_name, heap_.text(name));
    } else if (!heap_.is_none(name)) {
      facts.module_name = "(no str)";  // a loader written in Python may take it
    }
    RemoteAddr spec_loader;
    if (!spec.null() && !heap_.is_none(spec)) {
      PYEXC_TRY(const auto spec_name, heap_.instance_get(spec, "name"));
      PYEXC_TRY(spec_loader, heap_.instance_get(spec, "loader"));
      if (!spec_name.null() && heap_.has_flag(spec_name, type_flags::str_subclass)) {
        PYEXC_TRY(facts.spec_name, heap_.text(spec_name));
      }
    }
    const auto& rules = heap_.layout().text.source;
    RemoteAddr chosen = none_is_null(loader);
    if (rules.loader_from_spec && (chosen.null() || rules.spec_loader_first) && !none_is_null(spec_loader).null())
      chosen = spec_loader;
    if (chosen.null()) return {};
    return describe_loader(chosen, facts);
  };
  if (!read()) facts.kind = LoaderFacts::Kind::none;
  loaders_[globals.value()] = facts;
  return facts;
}

Result<PyText> SourceFacts::attribute_text(RemoteAddr object, std::string_view name) {
  PYEXC_TRY(const auto value, heap_.instance_get(object, name));
  if (value.null()) return PyText();
  return heap_.text(value);
}

Result<void> SourceFacts::describe_loader(RemoteAddr loader, LoaderFacts& facts) {
  using Kind = LoaderFacts::Kind;
  // FrozenImporter and BuiltinImporter are used as classes, the others as instances.
  const bool is_class = heap_.has_flag(loader, type_flags::type_subclass);
  PYEXC_TRY(const auto* type, is_class ? heap_.type_info(loader) : heap_.type_info_of(loader));
  const std::string& name = type->tp_name;
  if (name == "FrozenImporter") {
    facts.kind = Kind::frozen;
  } else if (name == "BuiltinImporter" || name == "ExtensionFileLoader" || name == "NamespaceLoader" ||
             name == "_NamespaceLoader") {
    facts.kind = Kind::builtin;
  } else if (name == "SourceFileLoader") {
    facts.kind = Kind::source_file;
    PYEXC_TRY(facts.path, attribute_text(loader, "path"));
    PYEXC_TRY(facts.loader_name, attribute_text(loader, "name"));
  } else if (name == "SourcelessFileLoader") {
    facts.kind = Kind::sourceless;
    PYEXC_TRY(facts.path, attribute_text(loader, "path"));
  } else if (name == "zipimporter" || name == "zipimport.zipimporter") {
    facts.kind = Kind::zip;
    PYEXC_TRY(facts.path, attribute_text(loader, "archive"));
    PYEXC_TRY(facts.prefix, attribute_text(loader, "prefix"));
  } else {
    facts.kind = Kind::python_code;
  }
  return {};
}

}  // namespace pyexc::cpython
