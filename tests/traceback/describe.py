"""Describes live exceptions as the JSON that format_json reads, with what this interpreter's own traceback
module says of them. Runs on every Python from 3.8 on.
"""

import json
import linecache
import sys
import traceback

VERSION = sys.version_info[:3]
MAX_SOURCE_LINES = 2000


def packed(text):
    """Bytes of generalised UTF-8, one code point for each."""
    return None if text is None else text.encode("utf-8", "surrogatepass").decode("latin-1")


def source_line(filename, number, code=None):
    try:
        line = linecache.getline(filename, number)
    except ValueError:
        return ""  # a name that no file can have: the traceback module fails on it too
    from_code = getattr(linecache, "_getline_from_code", None)
    if from_code is not None and code is not None and not line.rstrip() and filename.startswith("<"):
        line = from_code(code, number)
    return line


def frame(filename, function, positions, code=None):
    line, end_line, column, end_column = positions
    source = []
    if line is not None:
        last = line if end_line is None else end_line
        source = [packed(source_line(filename, number, code))
                  for number in range(line, min(last, line + MAX_SOURCE_LINES - 1) + 1)] or [
                      packed(source_line(filename, line, code))]
    return {"file": packed(filename), "function": packed(function), "line": line, "end_line": end_line,
            "column": column, "end_column": end_column, "source": source}


def positions_of(code, lasti, tb_lineno):
    if VERSION < (3, 11) or lasti < 0:
        return tb_lineno, None, None, None
    for index, positions in enumerate(code.co_positions()):
        if index == lasti // 2:
            return (tb_lineno if positions[0] is None else positions[0],) + tuple(positions[1:])
    return tb_lineno, None, None, None


def traceback_frames(tb):
    frames = []
    while tb is not None:
        code = tb.tb_frame.f_code
        frames.append(frame(code.co_filename, code.co_name, positions_of(code, tb.tb_lasti, tb.tb_lineno), code))
        tb = tb.tb_next
    return frames


def stack_frames(f):
    frames = []
    while f is not None:
        frames.append(frame(f.f_code.co_filename, f.f_code.co_name, (f.f_lineno, None, None, None), f.f_code))
        f = f.f_back
    return frames[::-1]


def attribute(value):
    if value is None:
        return None
    if isinstance(value, int):
        return {"kind": "int", "int": max(-2 ** 63, min(2 ** 63 - 1, int(value))), "str": packed(str(value))}
    return {"kind": "str" if isinstance(value, str) else "other", "str": packed(str(value))}


def syntax_error(exc):
    facts = {name: attribute(getattr(exc, name, None))
             for name in ("msg", "filename", "lineno", "end_lineno", "offset", "end_offset", "text")}
    metadata = getattr(exc, "_metadata", None)
    if metadata:
        line, offset, source = metadata
        facts["metadata"] = {"line": line, "offset": offset, "source": packed(source)}
        if source is None and exc.filename:
            try:
                with open(exc.filename) as stream:
                    facts["metadata"]["file"] = packed(stream.read())
            except Exception:
                pass
    return facts


def innermost(tb):
    while tb.tb_next is not None:
        tb = tb.tb_next
    return tb.tb_frame


def safe_dir(obj):
    if VERSION < (3, 13):
        return dir(obj)
    return sorted(name for name in dir(obj) if isinstance(name, str))


def nested_attributes(obj, wrong_name, candidates):
    from inspect import getattr_static
    missing = object()
    found = []
    for name in [x for x in candidates if not x.startswith("_")][:20]:
        try:
            own = getattr_static(type(obj), name, missing)
            if own is not missing and hasattr(own, "__get__"):
                continue
            if getattr_static(getattr(obj, name), wrong_name, missing) is not missing:
                found.append(packed(name))
        except Exception:
            pass
    return found


def importable(name):
    import importlib.util
    parent = name.rpartition(".")[0]
    try:
        where = importlib.util.find_spec(parent) if parent else None
        return [spec.name for finder in sys.meta_path if hasattr(finder, "discover") for spec in finder.discover(where)]
    except Exception:
        return []


def suggestion(exc):
    if VERSION < (3, 12) or isinstance(exc, SyntaxError):
        return None
    tb = exc.__traceback__
    stdlib = sys.stdlib_module_names
    if isinstance(exc, ImportError) and getattr(exc, "name_from", None) is not None:
        if not isinstance(exc.name_from, str):
            return None
        module = sys.modules.get(exc.name)
        return {"kind": "import_error", "wrong_name": packed(exc.name_from),
                "candidates": [packed(name) for name in safe_dir(module)] if module else []}
    if isinstance(exc, ModuleNotFoundError) and VERSION >= (3, 15):
        known = exc.name in stdlib  # the message for it may be the distribution's own
        return {"kind": "module_not_found", "wrong_name": packed(exc.name), "candidates_exact": not known,
                "candidates": [packed(name) for name in importable(exc.name)],
                "in_stdlib_names": known, "no_site": bool(sys.flags.no_site)}
    if isinstance(exc, ImportError):
        return None
    if not isinstance(exc, (NameError, AttributeError)) or not isinstance(getattr(exc, "name", None), str):
        return None
    facts = {"wrong_name": packed(exc.name), "in_stdlib_names": exc.name in stdlib}
    if isinstance(exc, AttributeError):
        facts["kind"] = "attribute_error"
        candidates = safe_dir(exc.obj)
        facts["candidates"] = [packed(name) for name in candidates]
        if tb is not None:
            local = innermost(tb).f_locals
            facts["is_frame_self"] = "self" in local and local["self"] is exc.obj
        if VERSION >= (3, 15):
            hide = not exc.name.startswith("_") and not facts.get("is_frame_self")
            facts["nested_attributes"] = nested_attributes(
                exc.obj, exc.name, [name for name in candidates if not hide or not name.startswith("_")])
            bases = (list, str, dict, tuple, set, frozenset, frozendict, float)  # noqa: F821
            facts["builtin_base"] = next((base.__name__ for base in bases if isinstance(exc.obj, base)), "")
        return facts
    facts["kind"] = "name_error"
    if tb is None:
        facts["no_frame"] = True
        return facts
    f = innermost(tb)
    names = list(f.f_locals) + list(f.f_globals) + list(f.f_builtins)
    facts["candidates"] = [packed(name) for name in names if isinstance(name, str)]
    if "self" in f.f_locals:
        try:
            facts["self_has_name"] = hasattr(f.f_locals["self"], exc.name)
        except Exception:
            facts["self_has_name"] = False
    return facts


def notes(exc):
    import collections.abc
    try:
        value = getattr(exc, "__notes__", None)
    except Exception as error:
        return {"kind": "sequence", "items": [packed("Ignored error getting __notes__: %r" % (error,))]}
    if value is None:
        return None

    def safe(item):
        try:
            return packed(str(item))
        except Exception:
            return "<note str() failed>"
    if isinstance(value, str):
        return {"kind": "text", "items": [packed(value)], "repr": packed(repr(value))}
    if isinstance(value, collections.abc.Sequence) and (VERSION < (3, 12) or not isinstance(value, bytes)):
        return {"kind": "sequence", "items": [safe(item) for item in value]}
    try:
        return {"kind": "other", "repr": packed(repr(value))}
    except Exception:
        return {"kind": "other", "repr": "<__notes__ repr() failed>"}


def one(exc, ids):
    cls = type(exc)
    facts = {"qualname": packed(cls.__qualname__), "name": packed(cls.__name__),
             "frames": traceback_frames(exc.__traceback__), "suppress_context": exc.__suppress_context__}
    if isinstance(cls.__module__, str):
        facts["module"] = packed(cls.__module__)
    else:
        facts["module_not_text"] = True
    try:
        facts["message"] = packed(str(exc))
    except Exception:
        facts["str_failed"] = True
    for key, value in (("syntax_error", syntax_error(exc) if isinstance(exc, SyntaxError) else None),
                       ("suggestion", suggestion(exc)), ("notes", notes(exc))):
        if value is not None:
            facts[key] = value
    for key, value in (("cause", exc.__cause__), ("context", exc.__context__)):
        if value is not None:
            facts[key] = ids[id(value)]
    if VERSION >= (3, 11) and isinstance(exc, BaseExceptionGroup):  # noqa: F821
        facts["members"] = [ids[id(member)] for member in exc.exceptions]
    return facts


def graph(root):
    """All exceptions that can be reached, the root first."""
    found, ids, pending = [], {}, [root]
    while pending:
        exc = pending.pop(0)
        if exc is None or id(exc) in ids:
            continue
        ids[id(exc)] = len(found)
        found.append(exc)
        pending += [exc.__cause__, exc.__context__]
        if VERSION >= (3, 11) and isinstance(exc, BaseExceptionGroup):  # noqa: F821
            pending += exc.exceptions
    return found, ids


def formatted(exc):
    """What this Python prints; nothing where its traceback module itself fails."""
    try:
        return packed("".join(traceback.format_exception(type(exc), exc, exc.__traceback__)))
    except Exception:
        return None


def report(name, root, every=True, **more):
    """One line for the comparison: the description, and the expected text of each exception."""
    found, ids = graph(root)
    expected = [formatted(exc) if every or index == 0 else None for index, exc in enumerate(found)]
    described = dict(more, version=VERSION, exceptions=[one(exc, ids) for exc in found])
    if not every:
        described["roots"] = 1
    if getattr(sys, "tracebacklimit", None) is not None:
        described["traceback_limit"] = attribute(sys.tracebacklimit)
    return {"name": name, "report": described, "expected": expected}


def entries(name, summaries):
    """The same for entries that no exception has: FrameSummary objects with their source in linecache."""
    frames = [frame(s.filename, s.name, (s.lineno, s.end_lineno, s.colno, s.end_colno)) for s in summaries]
    texts = ["Traceback (most recent call last):\n"] + traceback.StackSummary.from_list(summaries).format()
    exception = {"qualname": "E", "name": "E", "module": "builtins", "frames": frames}
    return {"name": name, "report": {"version": VERSION, "exceptions": [exception]},
            "expected": [packed("".join(texts) + "E\n")]}


def write(line, stream=sys.stdout):
    stream.write(json.dumps(line) + "\n")
