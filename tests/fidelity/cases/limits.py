"""sys.tracebacklimit, and tracebacks that somebody made, cut or took away."""

import sys
import types

from corpus import add, case, run_source, table


def deep(count, error):
    if count:
        deep(count - 1, error)
    raise error


def limited(value):
    sys.tracebacklimit = value
    deep(6, ValueError("limited"))


table({"limit_0": 0, "limit_1": 1, "limit_2": 2, "limit_7": 7, "limit_8": 8, "limit_9": 9, "limit_huge": 10 ** 6,
       "limit_over_int": 2 ** 31, "limit_over_size": 2 ** 70, "limit_minus_1": -1, "limit_minus_9": -9,
       "limit_minus_huge": -2 ** 70, "limit_true": True, "limit_none": None}, limited)
table({"limit_str": "3", "limit_float": 2.5, "limit_list": [1]}, limited)


@case
def limit_with_chain():
    sys.tracebacklimit = 2
    try:
        deep(3, KeyError("inner"))
    except KeyError:
        deep(3, ValueError("outer"))


@case(requires=(3, 11))
def limit_with_group():
    try:
        deep(3, KeyError("inner"))
    except KeyError as error:
        sys.tracebacklimit = 1
        raise ExceptionGroup("outer", [error, error])


@case
def limit_0_with_chain():
    sys.tracebacklimit = 0
    try:
        deep(3, KeyError("inner"))
    except KeyError as error:
        raise ValueError("outer") from error


@case
def limit_and_folding():
    sys.tracebacklimit = 6
    deep(10, ValueError("folded within the limit"))


@case
def limit_deleted_again():
    sys.tracebacklimit = 1
    del sys.tracebacklimit
    deep(1, ValueError("no limit"))


def a_traceback(depth=2):
    try:
        deep(depth, ValueError("source of frames"))
    except ValueError as error:
        return error.__traceback__


@case
def no_traceback(wait):
    try:
        raise ValueError("no traceback")
    except ValueError as error:
        error.__traceback__ = None
        wait()


@case
def traceback_of_another():
    raise ValueError("borrowed").with_traceback(a_traceback())


@case
def traceback_replaced(wait):
    try:
        raise ValueError("replaced")
    except ValueError as error:
        error.__traceback__ = a_traceback(1)
        wait()


@case
def with_traceback_none():
    raise ValueError("cleared").with_traceback(None)


def made_traceback(wait, make):
    try:
        deep(1, ValueError("made"))
    except ValueError as error:
        error.__traceback__ = make(error.__traceback__.tb_next)
        wait()


MADE = {
    "made_lineno_1": lambda tb: types.TracebackType(None, tb.tb_frame, tb.tb_lasti, 1),
    "made_lineno_huge": lambda tb: types.TracebackType(None, tb.tb_frame, tb.tb_lasti, 2 ** 31 - 1),
    "made_lineno_0": lambda tb: types.TracebackType(None, tb.tb_frame, tb.tb_lasti, 0),
    "made_lineno_minus_1": lambda tb: types.TracebackType(None, tb.tb_frame, tb.tb_lasti, -1),
    "made_lineno_minus_5": lambda tb: types.TracebackType(None, tb.tb_frame, tb.tb_lasti, -5),
    "made_lasti_0": lambda tb: types.TracebackType(None, tb.tb_frame, 0, tb.tb_lineno),
    "made_lasti_minus_1": lambda tb: types.TracebackType(None, tb.tb_frame, -1, tb.tb_lineno),
    "made_lasti_minus_1_lineno_minus_1": lambda tb: types.TracebackType(None, tb.tb_frame, -1, -1),
    "made_lasti_odd": lambda tb: types.TracebackType(None, tb.tb_frame, tb.tb_lasti | 1, tb.tb_lineno),
    "made_lasti_2": lambda tb: types.TracebackType(None, tb.tb_frame, 2, tb.tb_lineno),
    "made_lasti_huge": lambda tb: types.TracebackType(None, tb.tb_frame, 10 ** 6, tb.tb_lineno),
    "made_lasti_minus_100": lambda tb: types.TracebackType(None, tb.tb_frame, -100, 3),
    "made_same_frame_twice": lambda tb: types.TracebackType(tb, tb.tb_frame, tb.tb_lasti, tb.tb_lineno),
    "made_two_lines_of_one_frame": lambda tb: types.TracebackType(
        types.TracebackType(None, tb.tb_frame, 0, 2), tb.tb_frame, 0, 1),
    "made_only_the_last": lambda tb: tb.tb_next,
    "made_six_times": lambda tb: __import__("functools").reduce(
        lambda rest, _: types.TracebackType(rest, tb.tb_frame, tb.tb_lasti, tb.tb_lineno), range(6), None),
}


def _made_case(make):
    return lambda wait: made_traceback(wait, make)


for _name, _make in MADE.items():
    add(_name, _made_case(_make))


@case
def tb_next_removed(wait):
    try:
        deep(4, ValueError("cut short"))
    except ValueError as error:
        error.__traceback__.tb_next.tb_next = None
        wait()


@case
def tb_next_joined(wait):
    try:
        deep(1, ValueError("joined"))
    except ValueError as error:
        last = error.__traceback__
        while last.tb_next:
            last = last.tb_next
        last.tb_next = a_traceback(2)
        wait()


@case
def frames_cleared(wait):
    import traceback
    try:
        deep(2, ValueError("cleared frames"))
    except ValueError as error:
        traceback.clear_frames(error.__traceback__)
        wait()


@case
def raised_many_times():
    error = ValueError("grows")
    for _ in range(4):
        try:
            raise error
        except ValueError:
            pass
    raise error


@case
def code_replaced():
    namespace = run_source("replace_code.py", "def f():\n    return {}['k']\n")
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_filename="/renamed/file.py", co_name="renamed")
    namespace["f"]()


@case
def code_first_line_moved():
    namespace = run_source("move_code.py", "def f():\n    return {}['k']\n# three\n# four\n    # five, indented\n")
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_firstlineno=4)
    namespace["f"]()


def odd_filename(name):
    exec(compile("def f():\n    return {}['k']\nf()\n", name, "exec"), {"__name__": "odd"})


table({"file_string": "<string>", "file_empty": "", "file_missing": "no such file", "file_new_line": "two\nlines.py",
       "file_surrogate": "lone\udc80.py", "file_angle_open": "<open", "file_angle_close": "close>", "file_just_angles": "<>",
       "file_quote": 'quote".py', "file_stdin": "<stdin>", "file_stdin_numbered": "<stdin-0>", "file_python_input": "<python-input-3>",
       "file_unicode": "\u65e5\u672c.py", "file_long": "long/" * 400 + "file.py", "file_directory": "/", "file_dot": ".",
       "file_proc": "/proc/self/no-such", "file_tilde": "~/x.py", "file_url": "https://host.invalid/x.py",
       "file_control": "bell\x07\x1b[31m.py"}, odd_filename)


table({"file_device": "/dev/null"}, odd_filename, unreadable=True)


@case
def name_of_code_odd():
    code = compile("1 / 0", "<odd>", "exec").replace(co_name="not a name\n<at all>")
    exec(code, {})


@case
def file_with_nul_inside():
    code = compile("1 / 0", "<replaced>", "exec").replace(co_filename="nul\0inside.py")
    exec(code, {})


@case(requires=(3, 10))
def no_line_table():
    namespace = run_source("no_lines.py", "def f():\n    return {}['k']\n")
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=b"")
    namespace["f"]()


@case(requires=(3, 11))
def line_table_without_lines():
    namespace = run_source("no_line_entries.py", "def f():\n    return {}['k']\n")
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=bytes([0x80 | 15 << 3 | 7]) * 20)
    namespace["f"]()


@case(requires=(3, 11))
def line_table_without_columns():
    namespace = run_source("no_columns.py", "def f():\n    return {}['k']\n")
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=bytes([0x80 | 13 << 3 | 7, 2]) + bytes([0x80 | 13 << 3 | 7, 0]) * 20)
    namespace["f"]()


@case(requires=(3, 11))
def line_table_long_form():
    """Every entry says: one line down, two lines long, columns 3 to 9 (a range that never was)."""
    namespace = run_source("long_form.py", "def f():\n    return {}['k']\n    # three\n    # four\n" + "    # more\n" * 9)
    entry = bytes([0x80 | 14 << 3 | 7, 2, 2, 4, 10]) + bytes([0x80 | 14 << 3 | 7, 0, 2, 4, 10]) * 20
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=entry)
    namespace["f"]()


@case(requires=(3, 11))
def columns_beyond_the_line():
    namespace = run_source("far_column.py", "def f():\n    return {}['k']\n")
    entry = bytes([0x80 | 10 << 3 | 7, 60, 90]) * 20
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=entry)
    namespace["f"]()


@case(requires=(3, 11))
def columns_reversed():
    namespace = run_source("reversed.py", "def f(): return {}['k'] + 1\n")
    entry = bytes([0x80 | 10 << 3 | 7, 20, 9]) * 20
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=entry)
    namespace["f"]()


@case(requires=(3, 11))
def columns_inside_a_character():
    namespace = run_source("inside.py", "def f(): return {}['\u65e5\u672c'] + 1\n")
    entry = bytes([0x80 | 10 << 3 | 7, 17, 22]) * 20
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=entry)
    namespace["f"]()


@case(requires=(3, 11))
def two_expressions_in_the_range():
    namespace = run_source("two.py", "def f():\n    a, b = {}['k'], 1; c = 2\n")
    entry = bytes([0x80 | 11 << 3 | 7, 4, 29]) + bytes([0x80 | 10 << 3 | 7, 4, 29]) * 20
    namespace["f"].__code__ = namespace["f"].__code__.replace(co_linetable=entry)
    namespace["f"]()
