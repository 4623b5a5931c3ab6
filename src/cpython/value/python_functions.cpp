#include "cpython/value/python_functions.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

#include "cpython/value/catalog.hpp"
#include "cpython/value/number_text.hpp"
#include "cpython/value/python_families.hpp"
#include "cpython/value/self.hpp"

namespace pyexc::cpython {

namespace {

struct FunctionRow {
  std::uint64_t fingerprint;
  std::string_view file;
  std::string_view qualname;
  Decoder decoder;
};

constexpr FunctionRow function_rows[] = {
// A decoder may have commas of its own: formatted_if<"a", "b", "c">.
#define FUNCTION(fingerprint, file, qualname, ...) {fingerprint, file, qualname, __VA_ARGS__},
#include "cpython/value/functions/collections.def"
#include "cpython/value/functions/concurrency.def"
#include "cpython/value/functions/dataclasses.def"
#include "cpython/value/functions/datetime.def"
#include "cpython/value/functions/enum.def"
#include "cpython/value/functions/exceptions.def"
#include "cpython/value/functions/files.def"
#include "cpython/value/functions/functional.def"
#include "cpython/value/functions/modules.def"
#include "cpython/value/functions/numbers.def"
#include "cpython/value/functions/typing.def"
#undef FUNCTION
    {0, "", "", nullptr},  // an array needs a row
};

constexpr std::size_t max_name = 1024;
constexpr std::size_t max_path = 4096;
constexpr std::size_t max_constant = 1U << 16;
constexpr std::size_t max_constants = 4096;  // of one function, those of functions inside it included

class Fingerprint {
 public:
  explicit Fingerprint(Heap& heap) : heap_(heap) {}

  Result<void> code(RemoteAddr code, int depth) {
    const auto& f = heap_.layout().code;
    PYEXC_TRY(const auto arguments, heap_.field<std::int32_t>(code, f.co_argcount));
    PYEXC_TRY(const auto flags, heap_.field<std::int32_t>(code, f.co_flags));
    PYEXC_TRY(const auto length, bytecode_length(code));
    add("code(" + std::to_string(arguments) + "," + std::to_string(flags) + "," + std::to_string(length) + ")");
    PYEXC_TRY(const auto names, heap_.pointer(code, f.co_names));
    PYEXC_CHECK(constant(names, depth));
    PYEXC_TRY(const auto constants, heap_.pointer(code, f.co_consts));
    return constant(constants, depth);
  }

  [[nodiscard]] std::uint64_t value() const noexcept { return hash_; }

 private:
  Result<std::int64_t> bytecode_length(RemoteAddr code) {
    const auto& f = heap_.layout().code;
    if (f.co_code.has()) {
      PYEXC_TRY(const auto bytes, heap_.pointer(code, f.co_code));
      return heap_.var_size(bytes);
    }
    PYEXC_TRY(const auto units, heap_.var_size(code));
    return units * 2;
  }

  Result<void> constant(RemoteAddr object, int depth) {
    constexpr int max_nesting = 8;
    if (++constants_ > max_constants || depth > max_nesting)
      return fail(Error::at(Errc::limit, object.value(), "more constants than are looked at"));
    PYEXC_TRY(const auto* type, heap_.type_info_of(object));
    const std::string_view name = type->tp_name;
    if (name == "NoneType") add("N");
    else if (name == "ellipsis") add("E");
    else if (name == "code") return code(object, depth + 1);
    else if (name == "str") {
      PYEXC_TRY(const auto text, heap_.text_now(object, max_constant));
      add("s" + std::to_string(text.size()) + ":");
      add(text);
    } else if (name == "bytes") {
      PYEXC_TRY(const auto bytes, heap_.raw_bytes(object, max_constant));
      add("b" + std::to_string(bytes.size()) + ":");
      add(bytes);
    } else if (name == "int" || name == "bool") {
      PYEXC_TRY(const auto number, heap_.integer(object));
      if (!number.fits_int64()) add("?");
      else add((name == "bool" ? "B" : "i") + decimal(number) + ";");
    } else if (name == "float") {
      PYEXC_TRY(const auto number, heap_.real(object));
      std::array<char, sizeof number> raw;
      std::memcpy(raw.data(), &number, sizeof number);
      add("f");
      add(std::string_view(raw.data(), raw.size()));
    } else if (name == "tuple") {
      PYEXC_TRY(const auto items, heap_.tuple_items(object));
      add("(");
      for (const RemoteAddr item : items.items) PYEXC_CHECK(constant(item, depth + 1));
      add(")");
    } else {
      add("?");
    }
    return {};
  }

  void add(std::string_view bytes) {
    for (const char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }

  Heap& heap_;
  std::size_t constants_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

struct Origin {
  RemoteAddr code;
  std::string file, qualname;
  bool of_code = true;  ///< the qualified name is the code object's own, which nothing rewrites
  std::string name;     ///< co_name
};

Result<Origin> origin_of(Heap& heap, RemoteAddr function) {
  if (!heap.is_exactly(function, "function")) return fail(Error::at(Errc::invalid, function.value(), "not a function"));
  const auto& layout = heap.layout();
  Origin origin;
  PYEXC_TRY(origin.code, heap.pointer(function, layout.function.func_code));
  if (!heap.is_exactly(origin.code, "code")) return fail(Error::at(Errc::invalid, origin.code.value(), "not a code object"));
  PYEXC_TRY(const auto file, heap.pointer(origin.code, layout.code.co_filename));
  PYEXC_TRY(origin.file, heap.text_now(file, max_path));
  origin.of_code = layout.code.co_qualname.has();
  PYEXC_TRY(const auto code_name, heap.pointer(origin.code, layout.code.co_name));
  PYEXC_TRY(origin.name, heap.text_now(code_name, max_name));
  PYEXC_TRY(const auto name, origin.of_code ? heap.pointer(origin.code, layout.code.co_qualname)
                                     : heap.pointer(function, layout.function.func_qualname));
  PYEXC_TRY(origin.qualname, heap.text_now(name, max_name));
  return origin;
}

/// A function made by another has, where code objects have no qualified name, whatever name its maker gave it
/// (functools.wraps, namedtuple): there the name of the code counts.
bool is_named(const Origin& origin, std::string_view qualname) {
  constexpr std::string_view inside = "<locals>.";
  if (origin.of_code || origin.qualname == qualname) return origin.qualname == qualname;
  const auto at = qualname.rfind(inside);
  return at != std::string_view::npos && qualname.substr(at + inside.size()) == origin.name;
}

/// "<frozen os>" of "os.py", "<frozen importlib._bootstrap>" of "importlib/_bootstrap.py".
std::string frozen_name(std::string_view file) {
  std::string module(file.substr(0, file.rfind('.')));
  std::replace(module.begin(), module.end(), '/', '.');
  return "<frozen " + module + ">";
}

bool of_stdlib(Heap& heap, const Origin& origin, std::string_view file) {
  const std::string& folder = catalog(heap).stdlib_folder();
  if (!folder.empty() && origin.file.size() == folder.size() + file.size() && origin.file.starts_with(folder) &&
      origin.file.ends_with(file))
    return true;
  return origin.file == frozen_name(file);
}

}  // namespace

Result<std::uint64_t> fingerprint(Heap& heap, RemoteAddr code) {
  Fingerprint made(heap);
  PYEXC_CHECK(made.code(code, 0));
  return made.value();
}

Decoder python_decoder(Heap& heap, RemoteAddr function) {
  const auto origin = origin_of(heap, function);
  if (!origin) return nullptr;
  const auto named = [&](const FunctionRow& row) {
    return is_named(*origin, row.qualname) && of_stdlib(heap, *origin, row.file);
  };
  if (std::none_of(std::begin(function_rows), std::end(function_rows), named)) return nullptr;
  const auto print = fingerprint(heap, origin->code);
  if (!print) return nullptr;
  const auto row = std::find_if(std::begin(function_rows), std::end(function_rows),
                                [&](const FunctionRow& r) { return r.fingerprint == *print && named(r); });
  return row == std::end(function_rows) ? nullptr : row->decoder;
}

bool is_stdlib_function(Heap& heap, RemoteAddr function, std::string_view file, std::string_view qualname) {
  const auto origin = origin_of(heap, function);
  return origin && is_named(*origin, qualname) && of_stdlib(heap, *origin, file);
}

}  // namespace pyexc::cpython
