#pragma once
// How one version's linecache finds and decodes source text, as data. layout/ fills it per version;
// source/ obeys it.

namespace pyexc {

struct SourceRules {
  /// lazycache() asks the loader for `__spec__.name` before `__name__` (3.13+).
  bool loader_name_from_spec = true;
  /// lazycache() looks for a loader in `__spec__` too, where `__loader__` is None or missing (3.10+), or
  /// even before it (3.13).
  bool loader_from_spec = true;
  bool spec_loader_first = false;
  /// An empty file has one line, "\n" (3.13+).
  bool empty_file_has_line = true;
  /// tokenize.detect_encoding() checks the first lines in the encoding found, not always as UTF-8, and
  /// refuses NUL in them (3.14+).
  bool head_checked_in_its_encoding = true;
  /// A file that the loader does not give is looked for in the zip archive its name leads into (3.14+).
  bool source_from_archives = true;
  /// encodings.aliases has the names it got in 3.15, and korean, ksc5601, ... mean cp949, not euc_kr.
  bool new_codec_names = true;
};

}  // namespace pyexc
