#include "cpython/frame/code.hpp"

namespace pyexc::cpython {

namespace {
constexpr std::size_t max_line_table = 8U << 20;
}

Result<const Code*> CodeReader::read(RemoteAddr address) {
  if (const auto known = codes_.find(address); known != codes_.end()) return &known->second;
  if (!heap_.is_exactly(address, "code")) return fail(Error::at(Errc::invalid, address.value(), "not a code object"));
  const auto& f = heap_.layout().code;
  Code code;
  code.address = address;
  PYEXC_TRY(const auto first_line, heap_.field<std::int32_t>(address, f.co_firstlineno));
  code.first_line = first_line;
  if (f._co_firsttraceable.has()) {
    PYEXC_TRY(const auto traceable, heap_.field<std::int32_t>(address, f._co_firsttraceable));
    code.first_traceable = traceable;
  }
  PYEXC_TRY(code.filename, heap_.pointer(address, f.co_filename));
  PYEXC_TRY(const auto name, heap_.pointer(address, f.co_name));
  PYEXC_TRY(code.line_table_object, heap_.pointer(address, f.co_linetable));
  PYEXC_TRY(code.file, heap_.text(code.filename));
  PYEXC_TRY(code.name, heap_.text(name));
  if (f.co_qualname.has()) {
    PYEXC_TRY(const auto qualname, heap_.pointer(address, f.co_qualname));
    PYEXC_TRY(code.qualname, heap_.text(qualname));
  }
  PYEXC_TRY(const auto size, heap_.field<std::int64_t>(code.line_table_object, heap_.layout().bytes.ob_size));
  if (size < 0 || static_cast<std::size_t>(size) > max_line_table)
    return fail(Error::at(Errc::limit, address.value(), "a line table of impossible size"));
  PYEXC_CHECK(heap_.memory().touch(code.line_table_object + *heap_.layout().bytes.ob_sval, static_cast<std::size_t>(size)));
  if (!heap_.capturing()) {
    PYEXC_TRY(code.line_table, heap_.raw_bytes(code.line_table_object, max_line_table));
  }
  return &codes_.emplace(address, std::move(code)).first->second;
}

Result<std::string> CodeReader::line_table(const Code& code) {
  if (!heap_.capturing()) return code.line_table;
  return heap_.raw_bytes(code.line_table_object, max_line_table);
}

}  // namespace pyexc::cpython
