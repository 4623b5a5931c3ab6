// pathlib's paths: PurePath.__repr__, __str__ and as_posix(). Up to 3.11 a path is made of parts
// from the beginning; 3.12 and later keep what they were made of and parse it when it is asked for.
// The text is kept in _str after the first time.

#include <algorithm>
#include <optional>

#include "cpython/value/library.hpp"
#include "cpython/value/lookup.hpp"
#include "cpython/value/python_families.hpp"

namespace pyexc::cpython {

namespace {

constexpr std::size_t max_path = 1U << 14;  // code points
constexpr std::size_t max_parts = 1U << 12;

enum class Flavour : std::uint8_t { unknown, posix, windows };

/// PurePath.parser (3.13+) or _flavour: one of two modules, before 3.12 an object of one of two
/// classes.
Flavour flavour_of(Heap& heap, const TypeInfo& type) {
  for (const std::string_view name : {"parser", "_flavour"}) {
    const auto attribute = heap.class_attribute(type, name);
    if (!attribute) return Flavour::unknown;
    if (attribute->owner == nullptr) continue;
    const auto kind = heap.type_info_of(attribute->value);
    if (!kind) return Flavour::unknown;
    std::string what = (*kind)->tp_name;
    if (what == "module") {
      const auto dict = heap.module_dict(attribute->value);
      const auto module = dict ? heap.dict_get(*dict, "__name__") : fail(dict.error());
      if (!module || module->null()) return Flavour::unknown;
      what = heap.text_now(*module, 64).value_or(std::string());
    }
    if (what == "posixpath" || what == "_PosixFlavour") return Flavour::posix;
    if (what == "ntpath" || what == "_WindowsFlavour") return Flavour::windows;
    return Flavour::unknown;
  }
  return Flavour::unknown;
}

bool has_library_methods(Heap& heap, const TypeInfo& type) {
  for (const std::string_view name : {"drive", "root", "_tail", "_parse_path",
                                      "_format_parsed_parts", "_raw_path", "_load_parts"}) {
    const auto attribute = heap.class_attribute(type, name);
    if (!attribute) return false;
    if (attribute->owner == nullptr) continue;
    // Up to 3.11 drive and root are attrgetters, and nobody asks them.
    const auto function = member_function(heap, attribute->value);
    const auto kind = function ? heap.type_info_of(*function) : fail(function.error());
    if (!kind) return false;
    if ((*kind)->tp_name == "operator.attrgetter") continue;
    const std::string local = "PurePath." + std::string(name),
                      base = "PurePathBase." + std::string(name);
    if (!is_library_member(heap, type, name,
                           {{"pathlib.py", local},
                            {"pathlib/__init__.py", local},
                            {"pathlib/_local.py", local},
                            {"pathlib/_abc.py", base}}))
      return false;
  }
  return true;
}

using Texts = std::vector<std::string>;

std::optional<std::string> text_of(Heap& heap, RemoteAddr object) {
  if (object.null() || !heap.has_flag(object, type_flags::str_subclass)) return std::nullopt;
  auto text = heap.text_now(object, max_path);
  if (!text) return std::nullopt;
  return std::move(*text);
}

std::optional<Texts> texts_of(Heap& heap, RemoteAddr object) {
  if (object.null()) return std::nullopt;
  const auto items =
      heap.has_flag(object, type_flags::list_subclass)    ? heap.list_items(object, max_parts)
      : heap.has_flag(object, type_flags::tuple_subclass) ? heap.tuple_items(object, max_parts)
                                                          : Result<Items>(fail(Errc::invalid));
  if (!items || items->left_out != 0) return std::nullopt;
  Texts texts;
  std::size_t together = 0;
  for (const RemoteAddr item : items->items) {
    auto text = text_of(heap, item);
    if (!text || (together += text->size()) > max_path * 4) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

std::string joined(const Texts& texts, std::size_t first, char separator) {
  std::string text;
  for (std::size_t i = first; i < texts.size(); ++i) {
    if (i != first) text += separator;
    text += texts[i];
  }
  return text;
}

/// posixpath.join()
std::string posix_join(const Texts& paths) {
  std::string text = paths.empty() ? std::string() : paths.front();
  for (std::size_t i = 1; i < paths.size(); ++i) {
    if (paths[i].starts_with('/')) text = paths[i];
    else if (text.empty() || text.ends_with('/')) text += paths[i];
    else text += "/" + paths[i];
  }
  return text;
}

/// What _parse_path() and _format_parsed_parts() make of a posix path: two slashes in front, and no
/// more, are a root of their own.
std::string posix_normal(std::string_view path) {
  const std::size_t slashes = std::min(path.find_first_not_of('/'), path.size());
  std::string text = slashes == 2 ? "//" : slashes > 0 ? "/" : "";
  const std::size_t root = text.size();
  for (std::size_t at = slashes; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (!part.empty() && part != ".") {
      if (text.size() > root) text += '/';
      text += part;
    }
    at = end + 1;
  }
  return text;
}

bool has_drive(std::string_view part) { return part.size() > 1 && part[1] == ':'; }

/// str(path) where nobody has asked for it before.
std::optional<std::string> made_text(Heap& heap, RemoteAddr object, const TypeInfo& type,
                                     Flavour flavour) {
  bool known = has_library_methods(heap, type);
  const auto attribute = [&](std::string_view name) {
    const auto found = plain_attribute(heap, object, name);
    known = known && found.has_value();
    return found.value_or(RemoteAddr());
  };
  const char separator = flavour == Flavour::windows ? '\\' : '/';
  const RemoteAddr drive = attribute("_drv"), root = attribute("_root");
  const RemoteAddr parts = attribute("_parts"), tail = attribute("_tail_cached");
  const RemoteAddr paths = attribute("_raw_paths");
  if (!known) return std::nullopt;
  if (drive.null() && root.null() && tail.null() && parts.null() && flavour == Flavour::posix) {
    const auto texts = texts_of(heap, paths);
    if (!texts) return std::nullopt;
    return posix_normal(posix_join(*texts));
  }
  const auto drive_text = text_of(heap, drive), root_text = text_of(heap, root);
  const auto texts = texts_of(heap, parts.null() ? tail : parts);
  if (!drive_text || !root_text || !texts) return std::nullopt;
  const std::string anchor = *drive_text + *root_text;
  if (!parts.null())  // up to 3.11; the anchor is the first of them
    return anchor + joined(*texts, anchor.empty() || texts->empty() ? 0 : 1, separator);
  const bool looks_like_drive =
      anchor.empty() && flavour == Flavour::windows && !texts->empty() && has_drive(texts->front());
  return (looks_like_drive ? ".\\" : anchor) + joined(*texts, 0, separator);
}

/// str(path), whole, in both phases; nothing if it is not known.
std::optional<std::string> path_text(Heap& heap, RemoteAddr object, const TypeInfo& type,
                                     Flavour flavour) {
  const auto kept = plain_attribute(heap, object, "_str");
  if (!kept) return std::nullopt;
  if (!kept->null()) return text_of(heap, *kept);
  auto text = made_text(heap, object, type, flavour);
  if (text && text->empty()) text = ".";
  return text;
}

}  // namespace

void str_path(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const Flavour flavour = flavour_of(out.heap(), type);
  const auto text =
      flavour != Flavour::unknown ? path_text(out.heap(), object, type, flavour) : std::nullopt;
  if (!text) return put_unusual(out, object, type);
  out.put(*text);
}

void repr_path(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  const Flavour flavour = flavour_of(heap, type);
  if (flavour == Flavour::unknown ||
      !is_library_member(heap, type, "as_posix",
                         {{"pathlib.py", "PurePath.as_posix"},
                          {"pathlib/__init__.py", "PurePath.as_posix"},
                          {"pathlib/_abc.py", "PurePathBase.as_posix"}}) ||
      !has_library_str(heap, type, str_path))
    return put_unusual(out, object, type);
  auto text = path_text(heap, object, type, flavour);
  if (!text) return put_unusual(out, object, type);
  if (flavour == Flavour::windows) std::replace(text->begin(), text->end(), '\\', '/');
  put_class_name(out, type);
  out.put("(");
  out.put_quoted(*text);
  out.put(")");
}

}  // namespace pyexc::cpython
