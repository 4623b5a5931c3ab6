"""Exceptions of every shape, raised and described one by one. Usage: cases.py SEED
"""

import linecache
import os
import random
import sys
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import describe  # noqa: E402

CASES = []
LATER = []  # (minimal version, source) for syntax that older versions do not have


def case(function):
    CASES.append((function.__name__, function))
    return function


def since(*version):
    def register(function):
        if sys.version_info >= version:
            CASES.append((function.__name__, function))
        return function
    return register


def caught(function, *args):
    try:
        function(*args)
    except BaseException as exc:
        return exc
    raise AssertionError("%r raised nothing" % function)


def run(source, name="<case>", **names):
    """Executes source whose lines linecache knows, and returns what it raises."""
    lines = source.splitlines(True)
    linecache.cache[name] = (len(source), None, lines, name)
    return caught(exec, compile(source, name, "exec", dont_inherit=True), dict(names, __name__="__main__"))


def fail(message="no"):
    raise ValueError(message)


@case
def plain():
    return caught(fail)


@case
def no_traceback():
    return KeyError("x")


@case
def messages():
    texts = ["", " ", "a\nb", "\n", "a\r\nb\rc", "tab\tbell\x07", "\x85next\u2028sep\x0cfeed", "\ud800 lone", "\U0001f600", "x" * 5000]
    for text in texts:
        yield ValueError(text)
        yield caught(fail, text)


@case
def types_of_every_kind():
    class Local(Exception):
        pass

    class Nested:
        class Inner(Exception):
            pass
    yield Local("x")
    yield Nested.Inner("y")
    for module in ("builtins", "__main__", "pkg.mod", "", "a b", 1, None, b"m", ["m"]):
        Made = type("Made", (Exception,), {})
        Made.__module__ = module
        yield Made("z")
    Renamed = type("Renamed", (Exception,), {})
    Renamed.__qualname__ = "Other.<locals>.Name"
    yield Renamed()
    for cls in (KeyError, OSError, SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration, UnicodeDecodeError):
        yield cls("utf-8", b"\xff", 0, 1, "bad") if cls is UnicodeDecodeError else cls("x")
    yield OSError(2, "gone", "a.txt")
    yield KeyError("a b")


@case
def failing_str():
    class Bad(Exception):
        def __str__(self):
            raise RuntimeError("no")

    class NotText(Exception):
        def __str__(self):
            return 1
    yield Bad()
    yield NotText("x")


@case
def no_source():
    scope = {}
    exec(compile("def f():\n    raise ValueError(1)\n", "<nowhere>", "exec"), scope)
    yield caught(scope["f"])
    exec(compile("def f():\n    raise ValueError(1)\n", "/does/not/exist.py", "exec"), scope)
    yield caught(scope["f"])
    for name in ("<stdin>", "<stdin>-3", "<stdin-4>", "<stdin-4", "<string>", "", "a\nb", "\ud800"):
        exec(compile("def f():\n    raise ValueError(1)\n", name, "exec"), scope)
        yield caught(scope["f"])


def chained(kind, length):
    exc = None
    for number in range(length):
        one = caught(fail, "number %d" % number)
        if kind == "cause":
            one.__cause__ = exc
        else:
            one.__context__ = exc
        exc = one
    return exc


@case
def chains():
    yield chained("cause", 5)
    yield chained("context", 5)

    def from_none():
        try:
            fail("inner")
        except ValueError:
            raise KeyError("outer") from None

    def from_other():
        try:
            fail("inner")
        except ValueError as exc:
            raise KeyError("outer") from exc

    def handling():
        try:
            fail("inner")
        except ValueError:
            fail("outer")
    for function in (from_none, from_other, handling):
        yield caught(function)


@since(3, 10)
def long_chains():
    for kind in ("context", "cause"):
        yield "root", chained(kind, 400)


@case
def medium_chains():
    for kind in ("context", "cause"):
        yield "root", chained(kind, 60)


def random_graph(rng, groups):
    size = rng.randrange(2, 9)
    made = []
    for number in range(size):
        if groups and made and rng.random() < 0.4:
            members = [rng.choice(made) for _ in range(rng.choice([1, 2, 3]))]
            exc = caught(run_group, members, number)
        elif rng.random() < 0.3:
            exc = TypeError("never raised %d" % number)
        else:
            exc = caught(fail, "e%d" % number)
        made.append(exc)
    for exc in made:
        if rng.random() < 0.5:
            exc.__cause__ = rng.choice(made)
        if rng.random() < 0.6:
            exc.__context__ = rng.choice(made)
        if rng.random() < 0.5:
            exc.__suppress_context__ = rng.random() < 0.5
        if groups and rng.random() < 0.3:
            exc.__notes__ = rng.choice([["n1", "two\nlines"], ["x"], [], ("t", "u"), 5])
    return made[-1]


def run_group(members, number):
    raise ExceptionGroup("group %d" % number, members)  # noqa: F821


@case
def random_graphs():
    rng = random.Random(SEED)
    for _ in range(60):
        yield random_graph(rng, False)


@since(3, 11)
def random_group_graphs():
    rng = random.Random(SEED)
    for _ in range(100):
        yield random_graph(rng, True)


@since(3, 11)
def groups():
    Group = ExceptionGroup  # noqa: F821
    yield Group("never raised", [ValueError(1)])
    yield caught(run_group, [ValueError(1), caught(fail)], 1)
    yield Group("many\nlines", [ValueError(n) for n in range(16)])
    yield Group("more", [ValueError("a\nb\x0cc\u2028d") for n in range(17)])
    yield Group("exactly", [ValueError(n) for n in range(15)])
    yield BaseExceptionGroup("base", [KeyboardInterrupt(), SystemExit(3)])  # noqa: F821
    deep = ValueError("bottom")
    for level in range(14):
        deep = caught(run_group, [deep, KeyError(level)], level)
    yield deep
    wide = [Group("inner %d" % n, [ValueError(n), Group("x", [KeyError(n)])]) for n in range(4)]
    yield Group("outer", wide)
    shared = caught(fail)
    yield Group("shared", [shared, shared, Group("again", [shared])])
    outer = Group("with chain", [chained("cause", 3), chained("context", 2)])
    outer.__cause__ = chained("context", 2)
    yield outer
    inner = Group("as a cause", [ValueError(1), ValueError(2)])
    other = caught(fail)
    other.__cause__ = inner
    yield other
    yield Group("holds it", [other, inner])
    noted = Group("noted", [ValueError(1)])
    noted.add_note("one")
    noted.add_note("two\nlines\n")
    yield noted

    class Own(Group):
        pass
    yield Own("own", [ValueError(1)])


@since(3, 11)
def nested_group_2000():
    deep = ValueError("bottom")
    for level in range(2000):
        deep = ExceptionGroup("level %d" % level, [deep])  # noqa: F821
    yield "root", deep


@since(3, 11)
def notes():
    class Unprintable:
        def __str__(self):
            raise ValueError

        def __repr__(self):
            raise ValueError
    for value in ([], ["a"], ["a\nb", "", "\n"], ("x", 1, None), "text", "", b"ab", 5, {"k": 1}, None, [Unprintable()],
                  Unprintable(), ["\ud800"], range(3), "a\nb", [["nested"]]):
        exc = caught(fail)
        exc.__notes__ = value
        yield exc
        bare = KeyError()
        bare.__notes__ = value
        yield bare


@case
def recursion():
    def down(depth):
        if depth:
            return down(depth - 1)
        fail("bottom")

    def ping(depth):
        return pong(depth - 1) if depth else fail()

    def pong(depth):
        return ping(depth - 1) if depth else fail()
    for depth in (1, 2, 3, 4, 5, 50):
        yield caught(down, depth)
    yield caught(ping, 9)


@case
def traceback_limits():
    def down(depth):
        return down(depth - 1) if depth else fail()
    for limit in (None, 0, 1, 2, 3, 6, 100, -1, True, sys.maxsize):
        sys.tracebacklimit = limit
        try:
            yield caught(down, 8)
        finally:
            del sys.tracebacklimit


@case
def hand_made_tracebacks():
    def one():
        fail()
    exc = caught(one)
    tb = exc.__traceback__
    for lasti in (-1, 0, 2, 4, 1000 if sys.version_info < (3, 11) else 6):
        for line in (1, tb.tb_lineno, 100000):
            try:
                exc.__traceback__ = types.TracebackType(tb, tb.tb_frame, lasti, line)
            except (TypeError, ValueError):
                continue
            yield exc
    exc.__traceback__ = tb


@since(3, 11)
def odd_source():
    sources = ["raise (\n\n\nValueError(1)\n)\n", "x = 1/0\n", "x = [\n1,\n2/\n0,\n3]\n", "f = lambda: 1/0\nf()\n", "{}['a']\n",
               "def f():\n\treturn g(\n\t\t1,\n\t\t2)\n\ndef g(a, b):\n  return a[b]\nf()\n", "len(\n  1,\n  # note\n\n  2,\n  3,\n\n)\n",
               "'\u4e2d\u6587'['x']\n", "x = '\u4e2d' + '\u6587' + 1\n", "class A:\n  @property\n  def p(self): return 1/0\nA().p\n",
               "assert 1 == 2, 'why'\n", "with open('/does/not/exist') as f: pass\n", "for x in 5: pass\n", "import does_not_exist_xyz\n",
               "from os import does_not_exist_xyz\n", "a, b = 1\n", "def f(x): pass\nf(1, 2,\n  3)\n", "x = (1 +\n 'a' +\n    2)\n", "del x_y_z\n",
               "(\n  'a'\n  'b'\n  % 1\n)\n", "[1][\n5\n]\n", "print(\n  *1)\n", "x = 5\nx.real.foo.bar\n", "x = 5\nx(\n1)(2)\n", "f'{1/0}'\n",
               "f'''\n{\n1/0\n}'''\n", "\f\nx = 1/0\n", "if 1:\n    x = {\n        'a': 1,\n        'b': 1/0,\n    }\n", "return_ = len(5)\n",
               "def f():\n    return len(5)\nf()\n", "def f():\n    return (len(\n      5))\nf()\n", "x = len(5); y = 1\n", "async def f(): await 1\nf().send(None)\n",
               "[x for x in (1/0 for y in [1])]\n", "e\u0301 = 1\ne\u0301 + 'x'\n", "x = '\U0001f468\u200d\U0001f469' + 1\n", "1 @ 2\n", "x=1\nx<<''\n"]
    for number, source in enumerate(sources):
        yield run(source, "<odd %d>" % number)
        yield run("if True:\n" + "".join("      " + line for line in source.splitlines(True)), "<odd in %d>" % number)


@since(3, 11)
def source_that_changed():
    source = "def f():\n    return g(1)[\n        2] + h(3)\n\ndef g(x): return x\n\nf()\n"
    changed = ["", "\n", "\n\n\n", "x\n", "    \n" * 9, "short\n" * 9, "\u4e2d" * 30 + "\n", "\n  (\n  )\n (\n", "# nothing\n" * 9,
               "\tx\n  y\n\tz\n" * 3, "\x0c\n\x0c\n\x0c\n", "a\x0cb\x1cc\n" * 9, "a[b]\n" * 9, "'''\n'''\n'''\n'''\n", "\u3000\u3000x\n" * 9]
    for text in changed:
        exc = run(source, "<changed>")
        linecache.cache["<changed>"] = (1, None, text.splitlines(True) if "\x0c" not in text else text.split("\n"), "<changed>")
        yield exc


SYNTAX = ["x = = 1", "f(", "(]", "'abc", "'''abc", "if x\n  y", "def f(:\n pass", "  x = 1", "if 1:\nx", "\tif 1:\n  x", "1 2", "return", "a b c",
          "x = 5 5", "f(a b)", "print 'x'", "exec 'x'", "import", "from x import", "class", "class A(:", "x++", "\u4e2d = = 2", "'\u4e2d' = 1", "f() = 1",
          "None = 1", "def f(a, a): pass", "lambda a, a: 1", "nonlocal x", "break", "continue", "yield", "await x", "x: int: str", "*a", "a = *b", "del f()",
          "with x as 1: pass", "for 1 in x: pass", "0777", "1__0", "0b2", "1abc", "$", "?", "\x00", "x = \\ 1", "x \\\n", "# coding: nope\n", "if x:\n\ty\n        z",
          "try: pass", "f(x for x in y, 1)", "f(a=1, 2)", "f(**k, *a)", "{1: 2, 3}", "{**a for a in b}", "[x for]", "f'{'", "f'{a b}'", "f'{}'", "f'{a!x}'",
          "f'}'", "b'\u4e2d'", "'a' b'b'", "'\\x4'", "'\\N{nope nope}'", "from __future__ import nope", "global x\nx = 1\nglobal x", "def f():\n global x\n x: int",
          "async def f():\n  yield 1\n  return 2", "match x:\n  case a: pass\n  case b: pass", "a = 1 if 2", "not", "a and", "x = (1,\n2,\n3", "x = (1,\n\n2 3)",
          "for x in range(10)\n  pass", "while True print(1)", "else: pass", "elif x: pass", "impotr os", "whille True:\n  pass", "fro x in y:\n  pass", "retrun x",
          "def f():\n  retrun x", "classe A:\n  pass", "improt os", "clas A: pass", "dfe f(): pass", "try:\n  x\nexept:\n  y", "pritn('x'", "a = b esle c", "if a adn b: pass",
          "x = [1, 2 3]", "wit open(x) as f:\n  pass", "form a import b", "asert x", "rais X", "\tx y", "\x0cx y", " \x0c \tx = = 1", "x" * 3000 + " y", "\u3000x y"]


@case
def syntax_errors():
    for source in SYNTAX:
        for name in ("<string>", "made.py"):
            try:
                compile(source, name, "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as exc:
                yield exc


@case
def made_syntax_errors():
    rng = random.Random(SEED)
    lines = [None, 0, 1, 7, "x", -1, 2 ** 70]
    texts = [None, "", "abc", "  abc\n", "\tif x:\n", "abc\n\n", " \n", "\x0c  x", "\u4e2d\u6587 = 1\n", "a\tb\tc\n", "a\u0301b c", "\u3000x", "x = '\x1b[31m'", 5, b"x"]
    offsets = [None, 0, 1, 2, 3, 5, 9, 100, -1, -5, True, "2"]
    names = [None, "", "f.py", 5]
    messages = ["invalid syntax", "", None, 5, "two\nlines"]
    for _ in range(500):
        exc = SyntaxError("made")
        exc.msg = rng.choice(messages)
        exc.filename = rng.choice(names)
        exc.lineno = rng.choice(lines)
        exc.text = rng.choice(texts)
        exc.offset = rng.choice(offsets)
        exc.end_lineno = rng.choice([exc.lineno, rng.choice(lines)])
        exc.end_offset = rng.choice(offsets)
        yield exc
    yield IndentationError("unexpected indent", ("f.py", 3, 5, "    x = 1\n"))

    class Own(SyntaxError):
        pass
    yield Own("own", ("f.py", 1, 1, "x"))


@case
def random_syntax_errors():
    """Lines of the standard library with one token or character changed."""
    rng = random.Random(SEED)
    base = os.path.dirname(os.__file__)
    files = sorted(name for name in os.listdir(base) if name.endswith(".py"))
    made = 0
    while made < 300:
        try:
            with open(os.path.join(base, rng.choice(files)), encoding="utf-8") as stream:
                lines = stream.read().splitlines(True)
        except (OSError, UnicodeDecodeError):
            continue
        if len(lines) < 30:
            continue
        start = rng.randrange(len(lines) - 12)
        text = "".join(lines[start:start + rng.randrange(1, 12)])
        for _ in range(rng.choice([1, 1, 2])):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(["", "", "(", ")", " ", "'", ":", "=", "x", "\n", ",", "1", "\u4e2d"]) + text[at + rng.choice([0, 1, 1, 2]):]
        try:
            compile(text, "mutated.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as exc:
            made += 1
            yield exc


@case
def suggestions():
    class Thing:
        blech = 1
        bluch = 2
        _private = 3
        caf_ = 4
        NAME = 5

        def method(self):
            return self.blach

        def underscored(self):
            return self.private_

        def name(self):
            return bluch  # noqa: F821

    class Outer:
        def __init__(self):
            self.inner = Thing()

    setattr(Thing, "caf\u00e9", 4)

    def names():
        first_name = 1
        return first_nam, first_name  # noqa: F821
    yield caught(names)
    thing = Thing()
    for name in ("blch", "bleh", "blechx", "Blech", "privte", "_privat", "zzz", "", "cafe", "cafe\u0301", "name", "a" * 41, "x" * 60, "__dct__", "bluchh",
                 "BLECH", "\u0130", "\u1e9e", "mthod"):
        yield caught(getattr, thing, name) if not hasattr(thing, name) else None
        yield caught(getattr, Outer(), name)
    yield caught(thing.method)
    yield caught(thing.underscored)
    yield caught(thing.name)
    for obj in ([], {}, (), "", 1.5, frozenset(), set(), None, 5, sys, type, Thing):
        for name in ("append", "appendd", "push", "add", "toUpperCase", "keySet", "__or__", "put", "update", "insert", "contains", "nmae", "remove", "lenght"):
            yield caught(getattr, obj, name) if not hasattr(obj, name) else None
    for source in ("pirnt('x')", "sys", "import os\nos.pathh", "socket.socket()", "from os import pth", "from os import _exitt", "from collections import nmedtuple",
                   "tim = 1\ntime", "lenght", "Tru", "def f():\n  aa = 1\n  return [ab for x in [1]]\nf()", "class A:\n  x = 1\n  y = X\n", "json",
                   "\u00e9t\u00e9 = 1\n\u00e9t\u00ea", "_x_y = 1\n_x_z", "import does.nt.exist", "import asyncoi", "from asyncoi import x", "import _tkinte"):
        yield run(source)
    yield NameError("made", name="prnt") if sys.version_info >= (3, 10) else None
    if sys.version_info >= (3, 10):
        yield NameError("made", name="sys")
        yield AttributeError("made", name="appnd", obj=[])
        yield AttributeError("made", name="appnd")
        yield AttributeError("made", name=5, obj=[])
        yield ImportError("made", name="os")
    if sys.version_info >= (3, 12):
        yield ImportError("made", name="os", name_from="pth")
        yield ImportError("made", name="os", name_from=5)
        yield ImportError("made", name="nowhere", name_from="pth")


@case
def random_suggestions():
    rng = random.Random(SEED)
    letters = "abcAB_1\u00e9\u4e2d"
    for _ in range(150):
        def word(longest):
            return "".join(rng.choice(letters) for _ in range(rng.randrange(1, longest)))
        base = word(rng.choice([4, 8, 20, 50]))
        space = types.SimpleNamespace()
        for _ in range(rng.choice([3, 10, 30, 760])):
            at = rng.randrange(len(base))
            name = rng.choice([base[:at] + base[at + 1:], base[:at] + word(3) + base[at:], base.swapcase(), word(10), base[::-1], word(45)])
            if name != base:
                setattr(space, name, 1)
        yield caught(getattr, space, base)


@case
def unnormalised():
    import string
    yield caught(int, "x")
    yield caught(string.Template("$x $").substitute, {"x": 1})
    yield caught(compile, "x", "y", "z")


def all_of(made):
    if made is None:
        return
    if isinstance(made, BaseException):
        yield True, made
    elif isinstance(made, tuple):
        yield False, made[1]
    else:
        for item in made:
            for one in all_of(item):
                yield one


def in_namespace(stack):
    """Stacks: what format_stack says of this one."""
    import traceback

    def down(depth):
        if depth:
            return down(depth - 1)
        f = sys._getframe()
        text, frames = "".join(traceback.format_list(traceback.extract_stack(f))), describe.stack_frames(f)
        return {"name": "stack", "report": {"version": describe.VERSION, "exceptions": [], "stack": frames},
                "expected": [], "stack": describe.packed(text)}
    return down(stack)


def main():
    import warnings
    warnings.simplefilter("ignore")
    for name, function in CASES:
        for number, (every, exc) in enumerate(all_of(function())):
            describe.write(describe.report("%s %d" % (name, number), exc, every))
    for depth in (0, 1, 2, 3, 4, 10):
        describe.write(in_namespace(depth))


if __name__ == "__main__":
    SEED = int(sys.argv[1])
    main()
