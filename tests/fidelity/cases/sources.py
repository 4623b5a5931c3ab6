"""Source that is missing, changed or odd, and the encodings of PEP 263."""

import linecache
import os
import sys

from corpus import add, case, path, run_source, table, write

FAIL = "def fail(x):\n    return x.missing + 1  # %s\n"


def module(name, text, encoding="utf-8", **kwargs):
    return run_source(name, text, encoding, **kwargs)


@case
def deleted_file():
    namespace = module("deleted.py", FAIL % "gone")
    os.unlink(path("deleted.py"))
    namespace["fail"](1)


@case
def deleted_after_first_look():
    namespace = module("deleted_later.py", FAIL % "seen once")
    linecache.getlines(path("deleted_later.py"))
    os.unlink(path("deleted_later.py"))
    namespace["fail"](1)


@case
def truncated_after_import():
    namespace = module("truncated.py", "x = 1\n" * 20 + FAIL % "cut")
    write("truncated.py", "x = 1\n")
    namespace["fail"](1)


@case
def cut_in_the_line():
    namespace = module("cut.py", FAIL % "cut")
    write("cut.py", "def fail(x):\n    retu")
    namespace["fail"](1)


@case
def emptied():
    namespace = module("emptied.py", FAIL % "empty")
    write("emptied.py", "")
    namespace["fail"](1)


@case
def only_blank_lines():
    namespace = module("blank.py", FAIL % "blank")
    write("blank.py", "\n\n\n\n")
    namespace["fail"](1)


@case
def only_spaces():
    namespace = module("spaces.py", FAIL % "spaces")
    write("spaces.py", "def fail(x):\n      \t   \n")
    namespace["fail"](1)


@case
def changed_to_longer_lines():
    namespace = module("longer.py", FAIL % "old")
    write("longer.py", "# new first line\n" + "    return something(entirely, different) + 1\n" * 5)
    namespace["fail"](1)


@case
def changed_to_shorter_lines():
    namespace = module("shorter.py", FAIL % "old")
    write("shorter.py", "def fail(x):\n  y\n")
    namespace["fail"](1)


@case
def changed_to_wide_characters():
    namespace = module("wide_change.py", FAIL % "old")
    write("wide_change.py", "def fail(x):\n    \u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e\n")
    namespace["fail"](1)


@case
def changed_after_first_look():
    namespace = module("changed_later.py", FAIL % "first")
    linecache.getlines(path("changed_later.py"))
    write("changed_later.py", "# one more line\n" + FAIL % "second, longer")
    os.utime(path("changed_later.py"), (1000, 1000))
    namespace["fail"](1)


@case
def cached_and_unchanged():
    namespace = module("cached.py", FAIL % "in the cache")
    linecache.getlines(path("cached.py"))
    namespace["fail"](1)


@case
def cached_lines_differ_from_the_file():
    namespace = module("cache_wins.py", FAIL % "in the file")
    name = path("cache_wins.py")
    status = os.stat(name)
    linecache.cache[name] = (status.st_size, status.st_mtime, ["a\n", "    the cache says so\n"], name)
    namespace["fail"](1)


@case(unreadable=True)
def now_a_directory():
    namespace = module("directory.py", FAIL % "file")
    os.unlink(path("directory.py"))
    os.mkdir(path("directory.py"))
    namespace["fail"](1)


@case(unreadable=True)
def now_unreadable_link():
    namespace = module("link.py", FAIL % "file")
    os.unlink(path("link.py"))
    os.symlink("link.py", path("link.py"))
    namespace["fail"](1)


@case
def symbolic_link():
    write("real_file.py", "\n" + FAIL % "behind a link")
    full = path("link_to_it.py")
    if not os.path.islink(full):
        os.symlink("real_file.py", full)
    namespace = {}
    exec(compile(open(full).read(), full, "exec"), namespace)
    namespace["fail"](1)


@case
def relative_name():
    write("relative.py", FAIL % "relative to the working directory")
    namespace = {}
    exec(compile(FAIL % "x", "relative.py", "exec"), namespace)
    namespace["fail"](1)


@case
def relative_with_directories():
    write("one/two/relative.py", FAIL % "below")
    namespace = {}
    exec(compile(FAIL % "x", "./one/../one/two/relative.py", "exec"), namespace)
    namespace["fail"](1)


@case
def relative_after_chdir():
    write("elsewhere/moved.py", FAIL % "found only there")
    namespace = {}
    exec(compile(FAIL % "x", "moved.py", "exec"), namespace)
    os.chdir(path("elsewhere"))
    namespace["fail"](1)


@case
def relative_through_sys_path(wait):
    write("on_path/by_path.py", FAIL % "through sys.path")
    namespace = {}
    exec(compile(FAIL % "x", "by_path.py", "exec"), namespace)
    sys.path.append(path("on_path"))
    try:
        namespace["fail"](1)
    except AttributeError:
        wait()
    finally:
        sys.path.pop()


@case
def sys_path_with_odd_entries(wait):
    write("on_path/by_odd_path.py", FAIL % "past odd entries")
    namespace = {}
    exec(compile(FAIL % "x", "by_odd_path.py", "exec"), namespace)
    saved = sys.path[:]
    sys.path[:] = [None, 5, "", "nul\0byte", "/no/such/dir", path("on_path")] + saved
    try:
        namespace["fail"](1)
    except AttributeError:
        wait()
    finally:
        sys.path[:] = saved


@case
def relative_in_two_places(wait):
    write("first/both.py", FAIL % "the first")
    write("second/both.py", FAIL % "the second")
    namespace = {}
    exec(compile(FAIL % "x", "both.py", "exec"), namespace)
    sys.path[:0] = [path("second"), path("first")]
    try:
        namespace["fail"](1)
    except AttributeError:
        wait()
    finally:
        del sys.path[:2]


LAYOUTS = {
    "crlf": b"def fail(x):\r\n    return x.missing + 1\r\nfail(1)\r\n",
    "cr": b"def fail(x):\r    return x.missing + 1\rfail(1)\r",
    "mixed_ends": b"def fail(x):\r\n    y = 1\r    return x.missing + 1\n\r\nfail(1)\n",
    "form_feeds": b"\fdef fail(x):\n\f    return x.missing + 1\n\f\nfail(1)\n",
    "form_feed_before_code": b"x = 1\n \f \f1 / 0\n",
    "no_newline_at_end": b"1 / 0",
    "blank_lines_first": b"\n\n   \n\t\n1 / 0\n",
    "bom": b"\xef\xbb\xbf1 / 0\n",
    "bom_and_cookie": b"\xef\xbb\xbf# coding: utf-8\ns = '\xc3\xa9' + 1\n",
    "vertical_tab": b"x = 'a\x0bb' + 1\n",
    "separators": "x = '\u2028 \u2029 \x85 \x1c' + 1\n".encode(),
    "tab_indent": b"if 1:\n\tif 1:\n\t\tx = 1 + None\n",
    "tabs_inside": b"x\t=\t1\t+\tNone\n",
    "trailing_spaces": b"x = 1 + None     \t  \n",
    "trailing_comment": b"x = 1 + None  # why\n",
    "very_long": b"x = [" + b"1, " * 3000 + b"None + 1]\n",
    "very_long_binary": b"x = " + b"1 + " * 500 + b"None\n",
    "escape_in_string": b"x = '\x1b[31m' + 1\n",
    "control_z_in_string": b"x = '\x1a' + 1\n",
    "wide_before": "x = '\u65e5\u672c\u8a9e' + 1\n".encode(),
    "wide_name": "\u65e5\u672c = None; \u65e5\u672c.\u8a9e\n".encode(),
    "wide_tab": "\tx = 1\n".replace("\tx", "x\t= '\u65e5\u672c\u8a9e'\t+ 1 #").encode(),
    "emoji": "x = '\U0001f40d\U0001f468\u200d\U0001f469\u200d\U0001f467' + 1\n".encode(),
    "flags": "x = '\U0001f1e9\U0001f1ea' + 1\n".encode(),
    "combining": "x = 'e\u0301a\u0308o\u0302' + 1\n".encode(),
    "zero_width": "x = 'a\u200bb\u200cc\u00add\ufeff' + 1\n".encode(),
    "fullwidth": "x = '\uff21\uff22\uff23 \uff76\uff85' + 1\n".encode(),
    "ambiguous_width": "x = '\u00a1\u00a7\u2460\u25a0' + 1\n".encode(),
    "right_to_left": "x = '\u05d0\u05d1\u05d2 \u0627\u0628' + 1\n".encode(),
    "astral": "x = '\U0001d4d0\U0001d4d1' + 1\n".encode(),
    "hangul_jamo": "x = '\u1100\u1161\u11a8' + 1\n".encode(),
    "two_byte_before": "x = '\u00e9\u00e8\u00ea' + None[0]\n".encode(),
    "wide_in_the_middle": "x = (None) + '\u65e5\u672c' + '\u8a9e'\n".encode(),
    "wide_subscript": "d = {}; d['\u65e5\u672c'] ['\u8a9e']\n".encode(),
    "latin1": "# -*- coding: latin-1 -*-\nx = '\u00e9\u00fc' + 1\n".encode("latin-1"),
    "iso_8859_15": "# vim: set fileencoding=iso-8859-15 :\nx = '\u20ac\u0160' + 1\n".encode("iso-8859-15"),
    "cp1252": "# coding=cp1252\nx = '\u201cq\u201d\u20ac' + 1\n".encode("cp1252"),
    "cp437": "# coding: cp437\nx = '\u2592\u00e9' + 1\n".encode("cp437"),
    "koi8_r": "# coding: koi8-r\nx = '\u043f\u0440\u0438\u0432\u0435\u0442' + 1\n".encode("koi8-r"),
    "gbk": "# coding: gbk\nx = '\u4e2d\u6587\u6d4b\u8bd5' + 1\n".encode("gbk"),
    "gb18030": "# coding: gb18030\nx = '\u4e2d\u6587\U0001f40d' + 1\n".encode("gb18030"),
    "big5": "# coding: big5\nx = '\u4e2d\u6587' + 1\n".encode("big5"),
    "euc_jp": "# coding: euc-jp\nx = '\u65e5\u672c\u8a9e' + 1\n".encode("euc-jp"),
    "shift_jis": "# coding: shift_jis\nx = '\u65e5\u672c\u8a9e' + 1\n".encode("shift_jis"),
    "shift_jis_kana": "# coding: shift_jis\nx = '\uff76\uff85\u8868' + 1\n".encode("shift_jis"),
    "euc_kr": "# coding: euc-kr\nx = '\ud55c\uad6d\uc5b4' + 1\n".encode("euc-kr"),
    "iso_2022_jp": "# coding: iso-2022-jp\nx = '\u65e5\u672c\u8a9e' + 1\n".encode("iso-2022-jp"),
    "mac_roman": "# coding: mac-roman\nx = '\u00e9\u00fc' + 1\n".encode("mac-roman"),
    "utf_7": b"# coding: utf-7\nx = '+AOk-' +- 1 +- None\n",
    "utf8_cookie": "# coding: utf8\nx = '\u00e9' + 1\n".encode(),
    "utf_8_sig_cookie": "# coding: utf-8-sig\nx = '\u00e9' + 1\n".encode(),
    "upper_case_cookie": "# CODING: x\n# coding: UTF-8\nx = '\u00e9' + 1\n".encode(),
    "underscore_cookie": "# coding: Latin_1\nx = '\u00e9' + 1\n".encode("latin-1"),
    "alias_cookie": "# coding: l1\nx = '\u00e9' + 1\n".encode("latin-1"),
    "cookie_on_line_2": "#!/usr/bin/python\n# coding: latin-1\nx = '\u00e9' + 1\n".encode("latin-1"),
    "cookie_on_line_3": "#!/usr/bin/python\n\n# coding: latin-1\nx = 'e' + 1\n".encode("latin-1"),
    "cookie_after_blank": "\n# coding: latin-1\nx = '\u00e9' + 1\n".encode("latin-1"),
    "cookie_after_code": "x = 1 # coding: latin-1\nx = 'e' + 1\n".encode(),
    "cookie_in_text": "'''\n# coding: latin-1'''\nx = '\u00e9' + 1\n".encode(),
    "cookie_indented": "   # coding: latin-1\nx = '\u00e9' + 1\n".encode("latin-1"),
    "cookie_after_form_feed": "\f# coding: latin-1\nx = '\u00e9' + 1\n".encode("latin-1"),
    "cookie_crlf": "# coding: latin-1\r\nx = '\u00e9' + 1\r\n".encode("latin-1"),
    "cookie_long": "# coding: latin-1 and a great deal of other text, coding: utf-8\nx = '\u00e9' + 1\n".encode("latin-1"),
    "ascii_cookie": b"# coding: ascii\nx = 'a' + 1\n",
}
RARE_CODECS = ("iso_2022_jp", "utf_7")  # stateful: the report may say that it cannot decode them
for _name, _source in LAYOUTS.items():
    add(_name, lambda source=_source: run_source("layout.py", source), unreadable=_name in RARE_CODECS)

# The file is replaced by something that cannot be decoded as it says; the code ran from something else.
BROKEN = {
    "broken_utf8": b"def fail(x):\n    return x.missing # \xff\xfe\n",
    "broken_utf8_elsewhere": b"def fail(x):\n    return x.missing\n# \xc3\n",
    "broken_overlong": b"def fail(x):\n    return x.missing # \xc0\x80 \xed\xa0\x80 \xf5\x80\x80\x80\n",
    "broken_utf16": "\ufeffdef fail(x):\n    return x.missing\n".encode("utf-16-le"),
    "broken_utf16_cookie": b"# coding: utf-16\n    return x.missing\n",
    "broken_unknown_cookie": b"# coding: no-such-codec\n    return x.missing\n",
    "broken_bytes_codec": b"# coding: hex\n    return x.missing\n",
    "broken_rot13": b"# coding: rot13\n    return x.missing\n",
    "broken_bom_cookie": b"\xef\xbb\xbf# coding: latin-1\n    return x.missing\n",
    "broken_ascii_cookie": b"# coding: ascii\n    return x.missing # \xe9\n",
    "broken_gbk": b"# coding: gbk\n    return x.missing # \xff\xff\n",
    "broken_shift_jis": b"# coding: shift_jis\n    return x.missing # \x81\n",
    "broken_non_utf8_second_line": b"# nothing\n# \xe9\xe9 coding: latin-1\n x\n",
    "nul_bytes": b"def fail(x):\n    return x.missing \0\0 # after\n",
    "only_nul_bytes": b"\0" * 100,
    "nul_in_cookie_line": b"# coding: \0latin-1\n    return x.missing\n",
    "binary": bytes(range(256)) * 4,
    "one_long_line": b"x" * 100000,
}


def replaced(data):
    namespace = module("replaced.py", FAIL % "replaced")
    write("replaced.py", data)
    namespace["fail"](1)


table(BROKEN, replaced, unreadable=True)


@case
def many_files():
    error = None
    for number in range(25):
        namespace = module("many_%d.py" % number,
                           "def call(f):\n%s    f()  # file %d\n" % ("    \n" * number, number))
        inner = error

        def error(call=namespace["call"], inner=inner):
            call(inner or (lambda: 1 / 0))
    error()


@case
def file_name_with_spaces():
    module("with space and 'quotes\".py", "1 / 0\n")


@case
def file_name_unicode():
    module("d\u00e9j\u00e0 vu \u65e5.py", "1 / 0\n")


@case
def file_name_newline():
    module("two\nlines.py", "1 / 0\n")


@case
def file_name_undecodable():
    name = os.fsdecode(b"undecodable \xff\xfe.py")
    full = os.path.join(path(""), name)
    with open(full, "w") as stream:
        stream.write("1 / 0  # still found\n")
    exec(compile("1 / 0\n", full, "exec"), {})


@case
def line_zero_and_beyond():
    import ast
    tree = ast.parse("1 / 0\n")
    ast.increment_lineno(tree, 500)
    write("short.py", "one = 1\n")
    exec(compile(tree, path("short.py"), "exec"), {})


@case
def nested_function_of_another_file():
    outer = module("outer_file.py", "def call(f):\n    return f()\n")
    inner = module("inner_file.py", "def f():\n    return {}['inner']\n")
    outer["call"](inner["f"])
