"""What the case files of the fidelity corpus are written with; runs inside the target, on every Python 3.8+.

A case is a function that raises. With a parameter it is given `wait` and calls it itself, where its exception
is being handled (in a `finally`, a generator, a thread, ...); without one the driver catches what it raises
and waits in its own `except` block. Version gates are data: `REQUIRES = (3, 11)` in a file (it is not even
compiled below that), `requires=` and `before=` of a case, `>=3.11` and `<3.13` in the head of a snippet.

Cases of a file that says `SHARED = True` depend on nothing that belongs to the whole process; they are parked in
many threads at once and looked at together. Others have the process to themselves.
"""

import builtins
import linecache
import os
import re
import sys

CASES = {}  # "file.case" -> Case, in the order of definition
scratch = None  # a directory of the running case's own, set by the driver
_current_file = None
short_builtins = False  # for what prints namespaces: __builtins__ has a short repr()



class ShortBuiltins(dict):
    __repr__ = object.__repr__


class CorpusError(Exception):
    """A case that does not do what the corpus says; never an expected result."""


class Case:
    """`instead`: pairs (what this Python prints, what the tool must print in its place), where code of the
    target would have to run. `inexact`: True if the last line cannot be known for that reason and must be marked
    so; "maybe" if it may be marked so, but must be right where it is not. `exact` is what message_exact must be.
    `unreadable`: the source comes from a loader's code or from what is no regular file; the report may say so.
    `large`: the tool may cut it, visibly. `alone`: not beside others, in a file that is SHARED.
    """

    def __init__(self, name, function, requires=(3, 8), before=None, instead=(), inexact=False, exact=None,
                 large=False, alone=False, unreadable=False):
        self.name = name
        self.function = function
        self.requires = requires
        self.before = before
        self.instead = list(instead)
        self.inexact = inexact
        self.large = large
        self.unreadable = unreadable
        self.shared = not alone and not large  # and if its file says so, see load()
        self.exact = exact if exact is not None else None if inexact == "maybe" else not (instead or inexact)

    def applies(self):
        return sys.version_info >= self.requires and (not self.before or sys.version_info < self.before)


def add(name, function, **gates):
    name = "%s.%s" % (_current_file, name)
    if name in CASES:
        raise CorpusError("two cases are named " + name)
    CASES[name] = Case(name, function, **gates)


def case(function=None, **gates):
    """Decorator: @case, or @case(requires=(3, 11), before=(3, 13), instead=[(own, ours)])."""
    if function is None:
        return lambda function: case(function, **gates)
    add(function.__name__.strip("_"), function, **gates)
    return function


def path(name):
    return os.path.join(scratch, name)


def write(name, text, encoding="utf-8"):
    """A file in the scratch directory; text or bytes, no newline translation."""
    data = text if isinstance(text, bytes) else text.encode(encoding, "surrogatepass")
    full = path(name)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as stream:
        stream.write(data)
    return full


def run_source(name, text, encoding="utf-8", namespace=None):
    """Writes a source file, compiles it under its full path and runs it as a module of that name."""
    full = write(name, text, encoding)
    if namespace is None:
        namespace = {"__name__": os.path.splitext(os.path.basename(name))[0], "__file__": full}
        if short_builtins:
            namespace["__builtins__"] = ShortBuiltins(vars(builtins))
    exec(compile_file(full), namespace)
    return namespace


def compile_file(full):
    with open(full, "rb") as stream:
        return compile(stream.read(), full, "exec", dont_inherit=True)


_HEAD = re.compile(r"^== (\w+)((?: (?:>=3\.\d+|<3\.\d+|maybe))*)$", re.M)


def snippets(text, prefix="", **gates):
    """A table of cases: `== name [>=3.N] [<3.N] [maybe]` lines, each followed by the source of a module that raises."""
    parts = _HEAD.split(text)
    if parts[0].strip():
        raise CorpusError("text before the first snippet")
    for name, gate, body in zip(parts[1::3], parts[2::3], parts[3::3]):
        own = dict(gates)
        for sign, minor in re.findall(r"(>=|<)3\.(\d+)", gate):
            own["requires" if sign == ">=" else "before"] = (3, int(minor))
        if gate.endswith(" maybe"):
            own["inexact"] = "maybe"
        add(name, _snippet(prefix + name, body.strip("\n") + "\n"), **own)


def _snippet(name, source):
    def run():
        run_source("%s.py" % name, source)
    # A snippet that this Python cannot compile would silently test something else.
    run.check = lambda: compile(source, name, "exec", dont_inherit=True)
    return run


def table(cases, function, **gates):
    """Cases from data: {name: argument} or [(name, argument)]; `function(argument)` raises."""
    for name, argument in cases.items() if isinstance(cases, dict) else cases:
        add(name, lambda argument=argument: function(argument), **gates)


def load(directory, only=None):
    """Loads the case files that this Python can take."""
    global _current_file
    directory = os.path.abspath(directory)
    for filename in sorted(os.listdir(directory)):
        name, extension = os.path.splitext(filename)
        if extension != ".py" or (only and name not in only):
            continue
        full = os.path.join(directory, filename)
        with open(full, encoding="utf-8") as stream:
            source = stream.read()
        gate = re.search(r"^REQUIRES = \(3, (\d+)\)$", source, re.M)
        if gate and sys.version_info < (3, int(gate.group(1))):
            continue
        _current_file = name
        import types
        module = types.ModuleType("case_" + name)
        module.__file__ = full
        sys.modules[module.__name__] = module
        before = set(CASES)
        exec(compile(source, full, "exec", dont_inherit=True), module.__dict__)
        for added in set(CASES) - before:
            CASES[added].shared &= re.search(r"^SHARED = True$", source, re.M) is not None
            if gate:
                CASES[added].requires = max(CASES[added].requires, (3, int(gate.group(1))))
    return [case for case in CASES.values() if case.applies()]


def fresh_linecache():
    linecache.clearcache()
