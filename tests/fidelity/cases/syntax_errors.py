"""SyntaxError blocks: what the compiler raises, and objects made or changed by hand."""

SHARED = True

import ast
import sys

from corpus import add, case, path, run_source, table, write


# From 3.14 on the module tries keywords in place of names and compiles the result: that is code, not data, and what
# it finds may be marked as unknown instead.
TRIES_KEYWORDS = "maybe" if sys.version_info >= (3, 14) else False


def broken(source, filename="broken.py", mode="exec"):
    compile(source, filename, mode)


table({
    "double_equal": "x = = 1\n", "open_paren": "f(1,\n", "open_bracket": "x = [1, 2\ny = 3\n",
    "close_paren": "x = 1)\n", "wrong_close": "x = (1]\n", "unterminated_string": "s = 'abc\n",
    "unterminated_triple": "x = 1\ns = '''abc\ndef\n", "bad_character": "x = 1 $ 2\n", "question": "x = a ? b : c\n",
    "unicode_character": "x = \u201cquoted\u201d\n", "fullwidth": "x = \uff08 1\n", "wide_before": "\u65e5\u672c = = 1\n",
    "wide_string_before": "f('\u65e5\u672c\u8a9e') = 1\n", "emoji_before": "s = '\U0001f40d' = = 2\n",
    "combining_before": "'e\u0301a\u0308' = = 2\n", "tab_before": "\tx = 1\n", "tab_inside": "if 1:\n\tx = = 1\n",
    "tabs_and_spaces": "if 1:\n\tx = 1\n        y = 2\n", "unexpected_indent": "x = 1\n    y = 2\n",
    "unindent": "if 1:\n        x = 1\n    y = 2\n", "expected_block": "def f():\npass\n",
    "expected_block_end": "if True:\n", "missing_colon": "if True\n    pass\n", "missing_comma": "x = [1 2]\n",
    "missing_comma_call": "f(a b)\n", "keyword_as_name": "class = 1\n", "assign_to_call": "f() = 1\n",
    "assign_to_literal": "1 = x\n", "assign_to_true": "True = 1\n", "assign_to_operator": "a + b = c\n",
    "augmented_literal": "1 += 2\n", "delete_call": "del f()\n", "return_outside": "return 1\n",
    "yield_outside": "yield 1\n", "await_outside": "await x\n", "break_outside": "break\n", "continue_outside": "continue\n",
    "nonlocal_module": "nonlocal x\n", "nonlocal_missing": "def f():\n    nonlocal nothing\n",
    "global_after_use": "def f():\n    x = 1\n    global x\n", "duplicate_argument": "def f(a, a): pass\n",
    "default_order": "def f(a=1, b): pass\n", "star_twice": "def f(*a, *b): pass\n",
    "keyword_repeated": "f(a=1, a=2)\n", "positional_after_keyword": "f(a=1, 2)\n", "generator_argument": "f(x for x in y, 1)\n",
    "future": "from __future__ import nothing\n", "future_late": "x = 1\nfrom __future__ import annotations\n",
    "import_star_inside": "def f():\n    from os import *\n", "fstring_empty": "f'{}'\n", "fstring_unclosed": "f'{a'\n",
    "fstring_nested": "x = 1\ny = f'{a b}'\n", "fstring_bad_conversion": "f'{a!x}'\n", "bytes_non_ascii": "b'\u00e9'\n",
    "number": "x = 0777\n", "number_suffix": "x = 1abc\n", "hex": "x = 0x\n", "underscore_number": "x = 1__0\n",
    "backslash_space": "x = 1 \\ \ny = 2\n", "backslash_end": "x = 1 + \\", "walrus_top": "x := 1\n",
    "lambda_assignment": "lambda x = : 1\n", "decorator": "@\ndef f(): pass\n", "except_order": "try:\n    pass\nexcept:\n    pass\nexcept ValueError:\n    pass\n",
    "try_alone": "try:\n    pass\nx = 1\n", "else_alone": "else:\n    pass\n", "print_statement": "print 'hello'\n",
    "exec_statement": "exec 'code'\n", "unicode_escape": "x = '\\N{no such}'\n", "unicode_escape_short": "x = '\\u12'\n",
    "long_line": "x = " + "a + " * 200 + "= 1\n", "error_far_right": " " * 3 + "y" * 300 + " = = 1\n",
    "no_newline": "x = = 1", "form_feed": "\fx = = 1\n", "crlf": "x = 1\r\ny = = 2\r\n", "empty_parens": "() = = ()\n",
    "second_of_many": "\n".join("x%d = %d" % (n, n) for n in range(30)) + "\nx = = 1\n" + "y = 1\n" * 5,
    "multi_line_expression": "x = (1 +\n     2 +\n     = 3)\n", "multi_line_call": "f(a,\n  b\n  c,\n  d)\n",
    "not_a_comprehension": "[x for x in 1 if]\n", "dict_missing_value": "{1: 2, 3}\n", "dict_colon": "{1:, 2}\n",
    "star_alone": "*x\n", "named_in_comprehension": "[i := 0 for i in range(5)]\n", "too_deep": "(" * 250 + ")" * 250 + "\n",
    "comment_before": "# comment\n# another\nx = = 1  # after\n", "invisible": "x = 1\u200b\n", "nbsp": "x\u00a0= 1\n",
    "elif_as_else_if": "if x:\n    pass\nelse if y:\n    pass\n", "arrow": "def f() - > int: pass\n",
    "semicolons": "a = 1; b = = 2; c = 3\n", "type_hint": "x: = 1\n", "async_alone": "async x = 1\n",
}, broken, inexact=TRIES_KEYWORDS)

table({
    "match_bad": "match x:\n    case a.b | c: pass\n    case: pass\n", "match_unreachable": "match x:\n    case y: pass\n    case z: pass\n",
}, broken, requires=(3, 10), inexact=TRIES_KEYWORDS)
table({"except_star_mix": "try:\n    pass\nexcept* A:\n    pass\nexcept B:\n    pass\n",
       "except_star_bare": "try:\n    pass\nexcept*:\n    pass\n"}, broken, requires=(3, 11), inexact=TRIES_KEYWORDS)
table({"type_params": "def f[T, T](): pass\n", "type_statement": "type X[ = int\n"}, broken, requires=(3, 12), inexact=TRIES_KEYWORDS)
table({"fstring_quotes": "f'{a['b'\n", "default_type": "class C[T = int, U]: pass\n"}, broken, requires=(3, 13), inexact=TRIES_KEYWORDS)

table({
    "typo_" + name: source for name, source in {
        "for": "fro x in range(3):\n    pass\n", "while": "whlie True:\n    pass\n", "class": "clas A:\n    pass\n",
        "def": "dfe f():\n    pass\n", "import": "improt os\n", "from": "form os import path\n", "return": "def f():\n    retrun 1\n",
        "lambda": "f = lamda x: x\n", "in": "for x im y:\n    pass\n", "except": "try:\n    pass\nexept ValueError:\n    pass\n",
        "none": "wrng wrnog wrong\n", "second_line": "x = 1\nif x:\n    yeild x y\n", "async": "asynch def f():\n    pass\n",
        "long": "fro x in y: " + "z = 1; " * 200 + "\n", "many": " ".join("word%d" % n for n in range(20)) + "\n",
    }.items()}, broken, inexact=TRIES_KEYWORDS)

table({
    "eval_empty": "", "eval_statement": "x = 1", "eval_trailing": "1 2", "eval_leading_space": "   1 +",
    "eval_two_lines": "1 +\n2", "eval_null": "1 \0",
}, lambda source: eval(source))

table({
    "single_two": "x = 1\ny = 2\n", "single_broken": "x = = 1\n",
}, lambda source: broken(source, "<stdin>", "single"))

table({
    "bytes_utf8": "x = '\u00e9' = = 1\n".encode(), "bytes_latin1": "# coding: latin-1\nx = '\u00e9' = = 1\n".encode("latin-1"),
    "bytes_invalid": b"x = '\xff'\n", "bytes_unknown_cookie": b"# coding: no-such-codec\nx = 1\n",
    "bytes_cookie_mismatch": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "bytes_bom": b"\xef\xbb\xbfx = = 1\n",
    "bytes_null": b"x = 1\0\n",
}, broken)

table({
    "file_empty_name": "", "file_string": "<string>", "file_stdin": "<stdin>", "file_dir": "some/dir/file.py",
    "file_missing_absolute": "/no/such/file.py", "file_unicode": "d\u00e9j\u00e0/\u65e5.py", "file_newline": "a\nb.py",
    "file_surrogate": "lone\udc80.py", "file_spaces": " spaced ",
}, lambda name: broken("x = = 1\n", name))


@case(alone=True)
def from_import():
    write("broken_module.py", "x = 1\nif x\n    pass\n")
    sys.path.insert(0, path(""))
    try:
        import broken_module  # noqa: F401
    finally:
        sys.path.pop(0)


@case(alone=True)
def from_import_indentation():
    write("broken_indent.py", "def f():\n\tx = 1\n        y = 2\n")
    sys.path.insert(0, path(""))
    try:
        import broken_indent  # noqa: F401
    finally:
        sys.path.pop(0)


@case(alone=True)
def from_import_encoding():
    write("broken_encoding.py", b"x = '\xff\xfe'\n")
    sys.path.insert(0, path(""))
    try:
        import broken_encoding  # noqa: F401
    finally:
        sys.path.pop(0)


@case
def from_literal_eval():
    ast.literal_eval("[1, 2")


@case
def from_ast_parse():
    ast.parse("def f(:\n  pass")


@case
def from_exec_in_a_file():
    run_source("exec_inside.py", "exec('a b')\n")


def made(*args, kind=SyntaxError, **attributes):
    error = kind(*args)
    for name, value in attributes.items():
        setattr(error, name, value)
    raise error


FULL = ("message", ("file.py", 3, 5, "    some text\n"))
ENDS = ("message", ("file.py", 3, 5, "    some text here\n", 3, 9))

HAND_MADE = {
    "made_bare": ((), {}), "made_message": (("message",), {}), "made_full": (FULL, {}),
    "made_empty_message": (("", ("file.py", 1, 1, "x\n")), {}), "made_none_message": ((None, ("file.py", 1, 1, "x\n")), {}),
    "made_number_message": ((42, ("file.py", 1, 1, "x\n")), {}),
    "made_two_line_message": (("first\nsecond", ("file.py", 1, 1, "x\n")), {}),
    "made_offset_0": (FULL, {"offset": 0}), "made_offset_1": (FULL, {"offset": 1}), "made_offset_none": (FULL, {"offset": None}),
    "made_offset_minus_1": (FULL, {"offset": -1}), "made_offset_minus_9": (FULL, {"offset": -9}),
    "made_offset_end": (FULL, {"offset": 13}), "made_offset_at_newline": (FULL, {"offset": 14}),
    "made_offset_beyond": (FULL, {"offset": 15}), "made_offset_far": (FULL, {"offset": 100}),
    "made_offset_in_indent": (FULL, {"offset": 3}), "made_offset_true": (FULL, {"offset": True}),
    "made_text_none": (FULL, {"text": None}), "made_text_empty": (FULL, {"text": ""}), "made_text_newline": (FULL, {"text": "\n"}),
    "made_text_spaces": (FULL, {"text": "      \n"}), "made_text_multi": (FULL, {"text": "first\nsecond\nthird\n"}),
    "made_text_leading_newline": (FULL, {"text": "\n  second\n"}), "made_text_form_feed": (FULL, {"text": " \f  text\n"}),
    "made_text_tab": (FULL, {"text": "\tx\ty = 1\n"}), "made_text_trailing": (FULL, {"text": "text   \t \n\n"}),
    "made_text_wide": (FULL, {"text": "\u65e5\u672c\u8a9e = x\n"}), "made_text_carriage": (FULL, {"text": "x = 1\r\n"}),
    "made_text_combining": (FULL, {"text": "e\u0301e\u0301e\u0301e\u0301 = x\n"}),
    "made_text_escape": (FULL, {"text": "\x1b[31m red = \x1a\n"}), "made_text_surrogate": (FULL, {"text": "a\udc80b = x\n"}),
    "made_text_zero_width": (FULL, {"text": "a\u200bb\u00adc\u202ed = x\n"}),
    "made_text_no_newline": (FULL, {"text": "    some text"}), "made_text_long": (FULL, {"text": "x" * 2000 + "\n"}),
    "made_file_none": (FULL, {"filename": None}), "made_file_empty": (FULL, {"filename": ""}),
    "made_file_number": (FULL, {"filename": 7}), "made_file_bytes": (FULL, {"filename": b"bytes.py"}),
    "made_line_none": (FULL, {"lineno": None}), "made_line_none_file_none": (FULL, {"lineno": None, "filename": None}),
    "made_line_0": (FULL, {"lineno": 0}), "made_line_negative": (FULL, {"lineno": -4}), "made_line_huge": (FULL, {"lineno": 10 ** 30}),
    "made_line_str": (FULL, {"lineno": "three"}), "made_all_none": (("message", (None, None, None, None)), {}),
    "made_ends": (ENDS, {}), "made_ends_other_line": (("message", ("file.py", 3, 5, "    some text\n", 4, 2)), {}),
    "made_end_0": (ENDS, {"end_offset": 0}), "made_end_none": (ENDS, {"end_offset": None}), "made_end_minus_1": (ENDS, {"end_offset": -1}),
    "made_end_minus_5": (ENDS, {"end_offset": -5}), "made_end_before_start": (ENDS, {"end_offset": 2}),
    "made_end_same": (ENDS, {"end_offset": 5}), "made_end_beyond": (ENDS, {"end_offset": 500}), "made_end_last": (ENDS, {"end_offset": 19}),
    "made_end_line_none": (ENDS, {"end_lineno": None}), "made_end_line_before": (ENDS, {"end_lineno": 1}),
    "made_end_line_str": (ENDS, {"end_lineno": "3"}), "made_end_wide": (("m", ("f", 1, 2, "x\u65e5\u672cy = 1\n", 1, 4)), {}),
    "made_end_tabs": (("m", ("f", 1, 3, "\tx\ty\tz = 1\n", 1, 7)), {}),
    "made_end_offset_0": (ENDS, {"offset": 0}), "made_end_offset_minus_1": (ENDS, {"offset": -1}),
    "made_msg_changed": (FULL, {"msg": "changed"}), "made_msg_none": (FULL, {"msg": None}), "made_args_changed": (FULL, {"args": ("new",)}),
    "made_invalid_syntax": (("invalid syntax", ("file.py", 1, 1, "fro x in y:\n")), {}),
    "made_print_file_and_line": (FULL, {"print_file_and_line": True}), "made_five": (("m", ("f", 1, 2, "t", 1, 3)), {}),
}
for _name, (_args, _attributes) in HAND_MADE.items():
    add(_name, lambda args=_args, attributes=_attributes: made(*args, **attributes))


class Mine(SyntaxError):
    pass


class Spaced(IndentationError):
    pass


for _kind in (Mine, Spaced, IndentationError, TabError):
    add("kind_" + _kind.__name__, lambda kind=_kind: made(*FULL, kind=kind))
    add("kind_bare_" + _kind.__name__, lambda kind=_kind: made("only a message", kind=kind))


@case
def as_cause():
    try:
        broken("x = = 1\n")
    except SyntaxError as error:
        raise ValueError("outer") from error


@case
def offset_str():
    made(*FULL, offset="five")


@case
def changed_after_compile():
    try:
        broken("x = = 1\n")
    except SyntaxError as error:
        error.text = "something else entirely\n"
        error.offset, error.lineno = 3, 77
        raise


def typo_in_file(keep):
    full = write("typo_in_a_file.py", "x = 1\nfro y in range(3):\n    pass\n")
    sys.path.insert(0, path(""))
    try:
        import typo_in_a_file  # noqa: F401
    finally:
        sys.path.pop(0)
        if not keep:
            import os
            os.unlink(full)


table({"typo_in_a_file": True, "typo_in_a_deleted_file": False}, typo_in_file, inexact=TRIES_KEYWORDS, alone=True)
