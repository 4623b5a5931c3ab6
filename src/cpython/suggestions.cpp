#include "cpython/suggestions.hpp"

#include <algorithm>
#include <array>

#include "cpython/locals.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_name = 4096;
}

Result<std::optional<SuggestionFacts>> SuggestionReader::read(RemoteAddr exception, const TypeInfo& type,
                                                              RemoteAddr traceback) {
  const auto& layout = heap_.layout();
  layout::Offset name_field;
  PYEXC_TRY(const bool is_import, heap_.inherits(type, "ImportError"));
  PYEXC_TRY(const bool is_name, heap_.inherits(type, "NameError"));
  PYEXC_TRY(const bool is_attribute, heap_.inherits(type, "AttributeError"));
  if (is_import) {
    name_field = layout.import_error.name_from;
    facts_.kind = SuggestionFacts::Kind::import_error;
    PYEXC_TRY(const auto name_from, heap_.pointer(exception, name_field));
    PYEXC_TRY(const bool not_found, heap_.inherits(type, "ModuleNotFoundError"));
    if (not_found && (name_from.null() || heap_.is_none(name_from))) {
      if (!layout.text.module_hints) return std::nullopt;
      facts_.kind = SuggestionFacts::Kind::module_not_found;
      name_field = layout.import_error.name;
    }
  } else if (is_name) {
    name_field = layout.name_error.name;
    facts_.kind = SuggestionFacts::Kind::name_error;
  } else if (is_attribute) {
    name_field = layout.attribute_error.name;
    facts_.kind = SuggestionFacts::Kind::attribute_error;
  }
  if (!name_field.has()) return std::nullopt;
  PYEXC_TRY(const auto name, heap_.pointer(exception, name_field));
  if (name.null() || !heap_.has_flag(name, type_flags::str_subclass)) return std::nullopt;
  const auto text = heap_.text_now(name, max_name);
  if (!text) return std::nullopt;
  facts_.wrong_name = *text;
  Result<void> outcome;
  switch (facts_.kind) {
    case SuggestionFacts::Kind::name_error: outcome = name_error(traceback); break;
    case SuggestionFacts::Kind::attribute_error: outcome = attribute_error(exception, traceback); break;
    case SuggestionFacts::Kind::import_error: outcome = import_error(exception); break;
    case SuggestionFacts::Kind::module_not_found:
      read_site_flag();
      facts_.candidates_exact = false;  // they are what the finders of sys.meta_path would discover
      break;
  }
  if (!outcome) facts_.candidates_exact = false;
  if (is_name || facts_.kind == SuggestionFacts::Kind::module_not_found) fill_stdlib_flag();
  return std::move(facts_);
}

Result<std::optional<FrameFacts>> SuggestionReader::innermost(RemoteAddr traceback) {
  if (traceback.null() || heap_.is_none(traceback)) return std::nullopt;
  RemoteAddr last = traceback;
  for (std::size_t count = 0; count < heap_.limits().max_traceback_entries; ++count) {
    PYEXC_TRY(const auto next, heap_.pointer(last, heap_.layout().traceback.tb_next));
    if (next.null() || heap_.is_none(next)) break;
    last = next;
  }
  PYEXC_TRY(const auto frame, heap_.pointer(last, heap_.layout().traceback.tb_frame));
  PYEXC_TRY(auto facts, frames_.frame_of(frame));
  return facts;
}

Result<void> SuggestionReader::names_of(RemoteAddr dict, std::vector<PyText>& out) {
  PYEXC_TRY(const auto items, heap_.dict_items(dict));
  if (items.left_out != 0) facts_.candidates_exact = false;
  for (const DictEntry& entry : items.entries) {
    if (!heap_.has_flag(entry.key, type_flags::str_subclass)) continue;
    // In both phases: look_deeper() follows the names while capturing, too.
    PYEXC_TRY(auto text, heap_.text_now(entry.key, max_name));
    out.push_back(std::move(text));
  }
  return {};
}

Result<void> SuggestionReader::name_error(RemoteAddr traceback) {
  PYEXC_TRY(const auto frame, innermost(traceback));
  if (!frame) {
    facts_.no_frame = true;
    return {};
  }
  PYEXC_TRY(const auto variables, read_locals(heap_, *frame));
  if (!variables.exact) facts_.candidates_exact = false;
  RemoteAddr self;
  for (const Variable& variable : variables.items) {
    if (!heap_.has_flag(variable.name, type_flags::str_subclass)) continue;
    PYEXC_TRY(auto text, heap_.text(variable.name));
    facts_.candidates.push_back(std::move(text));
    if (heap_.str_equals(variable.name, "self")) self = variable.value;
  }
  PYEXC_CHECK(names_of(frame->globals, facts_.candidates));
  PYEXC_CHECK(names_of(frame->builtins, facts_.candidates));
  if (!self.null()) {
    PYEXC_TRY(facts_.self_has_name, has_attribute(self, facts_.wrong_name));
  }
  return {};
}

Result<void> SuggestionReader::attribute_error(RemoteAddr exception, RemoteAddr traceback) {
  PYEXC_TRY(auto object, heap_.pointer(exception, heap_.layout().attribute_error.obj));
  if (object.null()) {
    // AttributeError.obj of a hand-made exception is None, and that is what dir() gets.
    PYEXC_TRY(object, heap_.pointer(exception, heap_.layout().base_exception.args));
    facts_.object_missing = true;
    return {};
  }
  PYEXC_TRY(const auto* type, heap_.type_info_of(object));
  PYEXC_TRY(const auto frame, innermost(traceback));
  if (frame) {
    PYEXC_TRY(const auto variables, read_locals(heap_, *frame));
    for (const Variable& variable : variables.items)
      if (variable.value == object && heap_.str_equals(variable.name, "self")) facts_.is_frame_self = true;
  }
  PYEXC_CHECK(find_builtin_base(*type));
  std::set<PyText> all;
  PYEXC_CHECK(dir_of(object, all));
  if (odd_names_ && !heap_.layout().text.suggestions_skip_odd_names) return {};  // dir() raises TypeError
  facts_.candidates.assign(all.begin(), all.end());
  if (heap_.layout().text.nested_suggestions) PYEXC_CHECK(look_deeper(object, *type));
  return {};
}

Result<void> SuggestionReader::find_builtin_base(const TypeInfo& type) {
  static constexpr std::array known{std::string_view("list"), std::string_view("str"), std::string_view("dict"),
                                    std::string_view("tuple"), std::string_view("set"), std::string_view("frozenset"),
                                    std::string_view("frozendict"), std::string_view("float")};
  PYEXC_TRY(const auto types, heap_.mro(type));
  for (const TypeInfo* base : types)
    if (!base->heap() && std::find(known.begin(), known.end(), base->tp_name) != known.end()) {
      facts_.builtin_base = base->tp_name;
      return {};
    }
  return {};
}

// _check_for_nested_attribute(), Lib/traceback.py: of the first public names, those whose value has an
// attribute of the wrong name. A value that only code of the target could produce is not looked into.
Result<void> SuggestionReader::look_deeper(RemoteAddr object, const TypeInfo& type) {
  constexpr std::size_t max_looked_at = 20;
  std::size_t looked_at = 0;
  for (const PyText& name : facts_.candidates) {
    if (name.starts_with('_')) continue;
    if (++looked_at > max_looked_at) break;
    PYEXC_TRY(const auto in_class, heap_.type_get(type, name));
    if (!in_class.null()) {
      PYEXC_TRY(const auto* kind, heap_.type_info_of(in_class));
      PYEXC_TRY(const bool descriptor, runs_code(*kind, "__get__"));
      // Static types that are descriptors: functions, properties, members, class and static methods.
      if (descriptor || (!kind->heap() && kind->has_descr_get)) continue;
    }
    PYEXC_TRY(auto value, heap_.instance_get(object, name));
    if (value.null()) value = in_class;
    if (value.null()) continue;
    PYEXC_TRY(const bool has, has_attribute(value, facts_.wrong_name));
    if (has) facts_.nested_attributes.push_back(name);
  }
  return {};
}

void SuggestionReader::read_site_flag() {
  // sys.flags is a structseq, a tuple by layout; no_site is its seventh field (Python/sysmodule.c).
  constexpr std::size_t no_site = 6;
  const auto flags = heap_.dict_get(sysdict_, "flags");
  if (!flags || flags->null()) return;
  const auto items = heap_.tuple_items(*flags);
  if (!items || items->items.size() <= no_site) return;
  const auto value = heap_.integer(items->items[no_site]);
  facts_.no_site = value && value->clamped() != 0;
}

Result<void> SuggestionReader::import_error(RemoteAddr exception) {
  PYEXC_TRY(const auto name, heap_.pointer(exception, heap_.layout().import_error.name));
  if (name.null()) return fail(Errc::invalid, "an ImportError without a module name");
  PYEXC_TRY(auto module_name, heap_.text_now(name, max_name));
  // __import__('a.b') gives the top-level package; that is what the version's dir() looks at.
  module_name.resize(std::min(module_name.size(), module_name.find('.')));
  PYEXC_TRY(const auto module, heap_.dict_get(modules_, module_name));
  if (module.null()) return fail(Errc::invalid, "the module is not imported");
  std::set<PyText> all;
  PYEXC_CHECK(dir_of(module, all));
  facts_.candidates.assign(all.begin(), all.end());
  return {};
}

/// Does a heap type of the MRO, before `object`, define this special method?
Result<bool> SuggestionReader::runs_code(const TypeInfo& type, std::string_view special) {
  PYEXC_TRY(const auto types, heap_.mro(type));
  for (const TypeInfo* base : types) {
    if (!base->heap() || base->tp_dict.null()) continue;
    PYEXC_TRY(const auto found, heap_.dict_get(base->tp_dict, special));
    if (!found.null()) return true;
  }
  return false;
}

Result<void> SuggestionReader::class_names(const TypeInfo& type, std::set<PyText>& out) {
  // merge_class_dict(), Objects/typeobject.c: the class and, through __bases__, everything above it.
  PYEXC_TRY(const auto types, heap_.mro(type));
  for (const TypeInfo* base : types) {
    PYEXC_TRY(const auto dict, heap_.type_dict(*base));
    if (dict.null()) {
      facts_.candidates_exact = false;
      continue;
    }
    std::vector<PyText> names;
    PYEXC_CHECK(names_of(dict, names));
    out.insert(names.begin(), names.end());
  }
  return {};
}

Result<void> SuggestionReader::dir_of(RemoteAddr object, std::set<PyText>& out) {
  PYEXC_TRY(const auto* type, heap_.type_info_of(object));
  PYEXC_TRY(const bool own_dir, runs_code(*type, "__dir__"));
  if (own_dir) {
    facts_.candidates_exact = false;
    return {};
  }
  if (type->is(type_flags::type_subclass)) {
    PYEXC_TRY(const auto* as_type, heap_.type_info(object));
    return class_names(*as_type, out);
  }
  std::vector<PyText> names;
  if (type->tp_name == "module") {
    PYEXC_TRY(const auto dict, heap_.module_dict(object));
    PYEXC_TRY(const auto module_dir, heap_.dict_get(dict, "__dir__"));
    if (!module_dir.null()) facts_.candidates_exact = false;
    PYEXC_TRY(const auto attributes, heap_.dict_items(dict));
    if (attributes.left_out != 0) facts_.candidates_exact = false;
    for (const DictEntry& entry : attributes.entries) {
      // 3.15 leaves out what was imported lazily and is not loaded yet (_is_lazy_import).
      if (!heap_.has_flag(entry.key, type_flags::str_subclass) || heap_.is_exactly(entry.value, "lazy_import")) continue;
      PYEXC_TRY(auto text, heap_.text_now(entry.key, max_name));
      out.insert(std::move(text));
    }
    return {};
  }
  PYEXC_TRY(const auto items, heap_.instance_items(object));
  for (const DictEntry& entry : items.entries) {
    if (!heap_.has_flag(entry.key, type_flags::str_subclass)) {
      odd_names_ = true;
      continue;
    }
    PYEXC_TRY(auto text, heap_.text_now(entry.key, max_name));
    out.insert(std::move(text));
  }
  return class_names(*type, out);
}

// PyMemberDescrObject (Include/descrobject.h): the object header, d_type, d_name, d_qualname, then d_member;
// PyMemberDef: name, type, offset. An empty slot of a class with __slots__ is an AttributeError.
Result<bool> SuggestionReader::slot_is_set(RemoteAddr object, RemoteAddr descriptor) {
  constexpr std::uint64_t common_pointers = 3 * 8, type_at = 8, offset_at = 16;
  constexpr std::int32_t object_or_error = 16;  // Py_T_OBJECT_EX
  constexpr std::int64_t max_offset = 1 << 20;
  PYEXC_TRY(const auto member, heap_.memory().read_pointer(descriptor + *heap_.layout().object.size + common_pointers));
  PYEXC_TRY(const auto type, heap_.memory().read<std::int32_t>(member + type_at));
  if (type != object_or_error) return true;
  PYEXC_TRY(const auto offset, heap_.memory().read<std::int64_t>(member + offset_at));
  if (offset <= 0 || offset > max_offset)
    return fail(Error::at(Errc::invalid, member.value(), "a slot at an impossible offset"));
  PYEXC_TRY(const auto value, heap_.memory().read_pointer(object + static_cast<std::uint64_t>(offset)));
  return !value.null();
}

Result<bool> SuggestionReader::has_attribute(RemoteAddr object, const PyText& name) {
  PYEXC_TRY(const auto own, heap_.instance_get(object, name));
  if (!own.null()) return true;
  PYEXC_TRY(const auto* type, heap_.type_info_of(object));
  bool incomplete = false;
  PYEXC_TRY(const auto inherited, heap_.type_get(*type, name, &incomplete));
  if (!inherited.null()) {
    PYEXC_TRY(const auto* kind, heap_.type_info_of(inherited));
    if (kind->tp_name == "member_descriptor") return slot_is_set(object, inherited);
    // A property or other descriptor would run code to answer.
    PYEXC_TRY(const bool own_get, runs_code(*kind, "__get__"));
    if (own_get || kind->tp_name == "property") facts_.candidates_exact = false;
    return true;
  }
  PYEXC_TRY(const bool getattr, runs_code(*type, "__getattr__"));
  PYEXC_TRY(const bool getattribute, runs_code(*type, "__getattribute__"));
  if (getattr || getattribute) facts_.candidates_exact = false;
  return false;
}

void SuggestionReader::fill_stdlib_flag() {
  const auto names = heap_.dict_get(sysdict_, "stdlib_module_names");
  if (!names || names->null()) return;
  const auto items = heap_.set_items(*names);
  if (!items) return;
  for (const RemoteAddr item : items->items) {
    if (heap_.str_equals(item, facts_.wrong_name)) facts_.in_stdlib_names = true;
    if (facts_.kind == SuggestionFacts::Kind::module_not_found) {
      if (auto text = heap_.text(item)) facts_.stdlib_names.push_back(std::move(*text));
    }
  }
}

}  // namespace pyexc::cpython
