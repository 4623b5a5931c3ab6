#pragma once
// JSON written straight into a string: no tree in between, no recursion, and text of the target
// that is no valid Unicode comes out as backslash escapes instead of as an error.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pyexc::render {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name);  ///< an ASCII literal of ours

  void null() { raw("null"); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void string(std::string_view text);
  void integer(std::int64_t value) { raw(std::to_string(value)); }
  void unsigned_integer(std::uint64_t value) { raw(std::to_string(value)); }

  // "key": value
  void member(std::string_view name, bool value) { key(name), boolean(value); }
  void member(std::string_view name, std::string_view value) { key(name), string(value); }
  void member(std::string_view name, const char* value) { key(name), string(value); }
  void member(std::string_view name, const std::string& value) { key(name), string(value); }
  template <std::signed_integral T>
  void member(std::string_view name, T value) {
    key(name), integer(value);
  }
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) void member(std::string_view name, T value) {
    key(name), unsigned_integer(value);
  }
  template <class T>
  void member(std::string_view name, const std::optional<T>& value) {
    if (value) member(name, *value);
    else key(name), null();
  }

 private:
  void separate() {
    if (need_comma_) out_ += ',';
  }
  void raw(std::string_view text) {
    separate();
    out_ += text;
    need_comma_ = true;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    need_comma_ = false;
  }
  void close(char bracket) {
    out_ += bracket;
    need_comma_ = true;
  }

  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace pyexc::render
