// Objects/exceptions.c: tp_str of UnicodeEncodeError, UnicodeDecodeError and UnicodeTranslateError.
// Their attributes can be set to anything afterwards; what then happens depends on the checks of
// the release.

#include <fmt/format.h>

#include "cpython/value/families.hpp"

namespace pyexc::cpython {

namespace {

enum class Kind : std::uint8_t { encode, decode, translate };

class UnicodeErrorText {
 public:
  UnicodeErrorText(Printer& out, RemoteAddr exception, Kind kind)
      : out_(out), heap_(out.heap()), exception_(exception), kind_(kind) {}

  void write() {
    if (!read()) return out_.mark_unreadable();
    if (object_.null()) return;  // made without __init__
    const auto flag = kind_ == Kind::decode ? type_flags::bytes_subclass : type_flags::str_subclass;
    if (!heap_.has_flag(object_, flag)) {
      if (heap_.traits().unicode_error_checks_type) return out_.raise("<no text>");
      // Taken for a str or bytes all the same: what lies in its memory then decides.
      return out_.mark_unreadable();
    }
    const auto length = kind_ == Kind::decode ? heap_.var_size(object_) : heap_.str_length(object_);
    if (!length) return out_.mark_unreadable();
    const auto last = static_cast<std::int64_t>(static_cast<std::uint64_t>(end_) - 1);
    const bool one = last == start_ && start_ < *length &&
                     (start_ >= 0 || !heap_.traits().unicode_error_checks_range);
    if (kind_ == Kind::translate) {
      out_.put("can't translate ");
    } else {
      out_.put("'");
      str_or_null(encoding_);
      out_.put(kind_ == Kind::encode ? "' codec can't encode " : "' codec can't decode ");
    }
    if (one) {
      if (!put_one()) return;
      out_.put(fmt::format(" in position {}: ", start_));
    } else {
      out_.put(fmt::format("{} in position {}-{}: ", kind_ == Kind::decode ? "bytes" : "characters",
                           start_, last));
    }
    str_or_null(reason_);
  }

 private:
  bool read() {
    const auto& f = heap_.layout().unicode_error;
    const auto encoding = heap_.pointer(exception_, f.encoding);
    const auto object = heap_.pointer(exception_, f.object);
    const auto reason = heap_.pointer(exception_, f.reason);
    const auto start = heap_.field<std::int64_t>(exception_, f.start);
    const auto end = heap_.field<std::int64_t>(exception_, f.end);
    if (!encoding || !object || !reason || !start || !end) return false;
    encoding_ = *encoding;
    object_ = *object;
    reason_ = *reason;
    start_ = *start;
    end_ = *end;
    return true;
  }

  /// PyObject_Str(NULL).
  void str_or_null(RemoteAddr object) {
    if (object.null()) return out_.put("<NULL>");
    out_.str(object);
  }

  bool put_one() {
    if (kind_ == Kind::decode) {
      const auto byte = heap_.byte_at(object_, start_);
      if (!byte) {
        out_.mark_unreadable();
        return false;
      }
      out_.put(fmt::format("byte 0x{:02x}", *byte));
      return true;
    }
    if (start_ < 0) {
      // PyUnicode_ReadChar() sets an IndexError that nobody looks at: str() returned a result with
      // an error set.
      out_.raise("<no text>");
      return false;
    }
    const auto character = heap_.code_point_at(object_, start_);
    if (!character) {
      out_.mark_unreadable();
      return false;
    }
    const auto c = *character;
    out_.put("character '");
    out_.put(c <= 0xff     ? fmt::format("\\x{:02x}", c)
             : c <= 0xffff ? fmt::format("\\u{:04x}", c)
                           : fmt::format("\\U{:08x}", c));
    out_.put("'");
    return true;
  }

  Printer& out_;
  Heap& heap_;
  RemoteAddr exception_;
  Kind kind_;
  RemoteAddr encoding_, object_, reason_;
  std::int64_t start_ = 0, end_ = 0;
};

}  // namespace

void str_encode_error(Printer& out, RemoteAddr object, const TypeInfo&) {
  UnicodeErrorText(out, object, Kind::encode).write();
}
void str_decode_error(Printer& out, RemoteAddr object, const TypeInfo&) {
  UnicodeErrorText(out, object, Kind::decode).write();
}
void str_translate_error(Printer& out, RemoteAddr object, const TypeInfo&) {
  UnicodeErrorText(out, object, Kind::translate).write();
}

}  // namespace pyexc::cpython
