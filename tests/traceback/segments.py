"""Entries whose carets are to be compared: instructions of real modules, and random pieces of source, right
and wrong. Usage: segments.py SEED COUNT
"""

import linecache
import os
import random
import sys
import traceback
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import describe  # noqa: E402

PER_REPORT = 40


def code_objects(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            for inner in code_objects(constant):
                yield inner


def library_files(rng):
    """Modules of the standard library, those with the hardest expressions among them."""
    base = os.path.dirname(os.__file__)
    found = []
    for folder, folders, files in os.walk(base):
        folders[:] = [name for name in folders if name not in ("site-packages", "dist-packages", "__pycache__")]
        found += [os.path.join(folder, name) for name in files if name.endswith(".py")]
    found.sort()
    rng.shuffle(found)
    return found


def from_library(rng, count):
    for number, path in enumerate(library_files(rng)):
        try:
            with open(path, encoding="utf-8") as stream:
                lines = stream.read().splitlines(True)
            code = compile("".join(lines), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, UnicodeDecodeError, OSError):
            continue
        seen = {positions for one in code_objects(code) for positions in one.co_positions()
                if None not in positions and positions[3] - positions[2] != 0}
        name = "<library %d %s>" % (number, os.path.basename(path))
        for positions in rng.sample(sorted(seen), min(len(seen), 60)):
            yield name, lines, positions
            count -= 1
            if count <= 0:
                return


class Expressions:
    """Random source of expressions; by no means all of them are valid."""

    NAMES = ["a", "b", "foo", "self", "x1", "_", "match", "type", "case", "print", "\xe9t\xe9", "\u4e2d\u6587", "\U0001d465",
             "lazy", "async", "None", "if"]
    BINARY = ["+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^", "<>"]
    COMPARE = ["==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not"]
    ATOMS = ["1", "0", "1.5", "1e5", "0x1f", "1_000", "1j", ".5", "1.", "007", "0b12", "1__0", "1if", "'s'", '"t"', "b'x'",
             "r'\\d'", "'''m'''", "''", "'\\x41'", "'\\x4'", "'\\N{BULLET}'", "u'x'", "'unterminated", "'\u4e2d\u56fd'",
             "'\\u12'", "b'\xe9'", "True", "None", "...", "()", "[]", "{}", "'a' 'b'", "'a' b'b'", "f''", "f'{a}'",
             "f'{a!r:>{w}}'", "f'{a['k']}'", "f'{{}}'", "f'{a=}'", "f'}'", "f'{'", "f'{a:{b}{c}}'", "rf'{a}\\d'",
             "f'{a!x}'", "f'{}'", "f'{a b}'", "f'{lambda x: 1}'", "f'{(lambda x: 1)}'", "f'{x:=5}'", "f'{(x:=5)}'",
             "f'{a!=b}'", "f'{a if b else c}'", "f'{yield}'", "f'{*a,}'", "f'{a#}'", "f'{a\\n}'", "f'\\N{BULLET}{a}'",
             "f'{a!r }'", "f'{a:\\x4}'", "f\"{f'{a}'}\"", "f'{a + f\"{b}\"}'", "t'{a}'", "fr'{a:\\d}'", "f'''{\na}'''",
             "f'{a:%H:%M}'", "f'{{{a}}}'", "f'{a}}'", "f'{a:{b:{c}}}'", "f'{a}' 'b' f\"{c}\"", "f'{{' b'x'", "1and 2",
             "0_0", "0xfor x in y", "1.e", "1e+", "$", "?", "!", "\u20ac", "a\u0301", "\xa0", "`a`"]
    GAPS = ["", "", "", " ", "  ", "\t", " \\\n ", "\n", " # note\n", " #)\n  "]

    def __init__(self, rng, wrong=0.1):
        self.rng = rng
        self.wrong = wrong

    def gap(self, depth):
        return self.rng.choice(self.GAPS) if depth and self.rng.random() < 0.25 else self.rng.choice(["", " "])

    def name(self):
        return self.rng.choice(self.NAMES[:8] if self.rng.random() < 0.8 else self.NAMES)

    def atom(self):
        if self.rng.random() < 0.6:
            return self.name()
        return self.rng.choice(self.ATOMS[:4] if self.rng.random() > self.wrong * 3 else self.ATOMS)

    def items(self, depth, fewest=0):
        some = [self.expression(depth - 1) for _ in range(self.rng.randrange(fewest, 4))]
        return ("," + self.gap(depth)).join(some)

    def arguments(self, depth):
        parts = []
        for _ in range(self.rng.randrange(0, 4)):
            parts.append(self.rng.choice(["", "", "", "*", "**", "k=", "w:="]) + self.expression(depth - 1))
        if self.rng.random() < 0.1:
            parts.append(self.comprehension(depth))
        text = ("," + self.gap(depth)).join(parts)
        return text + ("," if parts and self.rng.random() < 0.15 else "")

    def comprehension(self, depth):
        return "%s%s%s for %s in %s%s" % (self.rng.choice(["", "", "", "*"]), self.expression(depth - 1),
                                          self.rng.choice(["", "", " async"]),
                                          self.rng.choice(["a", "a, b", "a.b", "(a, b)", "a[0]", "*a, b", "f(x)", "1", "[a]",
                                                           "a,", "(a)", "(a, (b, *c))", "not a"]),
                                          self.expression(depth - 1),
                                          self.rng.choice(["", "", " if " + self.expression(depth - 1)]))

    def subscript(self, depth):
        one = lambda: self.expression(depth - 1)  # noqa: E731
        return self.rng.choice([one, lambda: one() + ":" + one(), lambda: ":", lambda: one() + ":" + one() + ":" + one(),
                                lambda: one() + ", " + one(), lambda: one() + ",", lambda: "*" + one(), lambda: "::",
                                lambda: "w := " + one(), lambda: one() + ":, :" + one()])()

    def parameters(self):
        return self.rng.choice(["", "", "x", "x, y=1", "*a, **k", "x, /, y", "*, k", "x=1, y", "*", "x, *, **k", "*a, *b",
                                "/", "x, /, *, y=1", "**k,", "x,", "x=1, /, y", "*a, x, y=1, z"])

    def expression(self, depth):
        rng = self.rng
        if depth <= 0:
            return self.atom()
        gap = lambda: self.gap(depth)  # noqa: E731
        more = lambda: self.expression(depth - 1)  # noqa: E731
        kind = rng.choice(["binary"] * 4 + ["call"] * 4 + ["subscript"] * 4 + ["attribute", "group", "group", "unary",
                          "compare", "bool", "not", "if", "lambda", "list", "dict", "set", "tuple", "await", "starred",
                          "walrus", "comprehension", "yield", "atom", "atom", "pair"])
        if kind == "binary":
            return more() + gap() + rng.choice(self.BINARY) + gap() + more()
        if kind == "call":
            return more() + gap() + "(" + gap() + self.arguments(depth) + gap() + ")"
        if kind == "subscript":
            return more() + gap() + "[" + gap() + self.subscript(depth) + gap() + "]"
        if kind == "attribute":
            return more() + gap() + "." + gap() + self.name()
        if kind == "group":
            return "(" + gap() + more() + gap() + ")"
        if kind == "unary":
            return rng.choice("+-~") + gap() + more()
        if kind == "compare":
            return more() + " " + rng.choice(self.COMPARE) + " " + more()
        if kind == "bool":
            return more() + rng.choice([" and ", " or "]) + more()
        if kind == "not":
            return "not " + more()
        if kind == "if":
            return more() + " if " + more() + " else " + more()
        if kind == "lambda":
            return "lambda " + self.parameters() + ": " + more()
        if kind == "list":
            return "[" + gap() + self.items(depth) + gap() + "]"
        if kind == "dict":
            pairs = [rng.choice([more() + ": " + more(), more() + ": " + more(), "**" + more(), more()])
                     for _ in range(rng.randrange(0, 3))]
            return "{" + ", ".join(pairs) + rng.choice(["", "", ","]) + "}"
        if kind == "set":
            return "{" + self.items(depth, 1) + "}"
        if kind == "tuple":
            return "(" + self.items(depth, 1) + ",)"
        if kind == "await":
            return "await " + more()
        if kind == "starred":
            return "*" + more()
        if kind == "walrus":
            return "(w := " + more() + ")"
        if kind == "comprehension":
            opening, closing = rng.choice(["()", "[]", "{}"])
            inner = self.comprehension(depth)
            if opening == "{" and rng.random() < 0.5:
                inner = rng.choice(["k: ", "**"]) + inner
            return opening + inner + closing
        if kind == "yield":
            return rng.choice(["(yield)", "(yield a)", "(yield from a)", "yield", "(yield *a, b)"])
        if kind == "pair":
            return more() + ", " + more()
        return self.atom()

    def broken(self, text):
        """One character more, less or another."""
        if not text or self.rng.random() > self.wrong:
            return text
        at = self.rng.randrange(len(text))
        other = self.rng.choice(["", "(", ")", "[", "]", "{", "}", "'", '"', "+", ",", ":", "=", " ", "\n", "\\", "#", ";",
                                 ".", "!", "1", "x", "\f", "\x1c", "\x85", "\u2028", "\t", "%", "\r"])
        return text[:at] + other + text[at + self.rng.choice([0, 1]):]


def byte_length(text):
    return len(text.encode("utf-8"))


def random_source(rng, expressions):
    """(lines, positions): an expression in some statement, and an extent that is mostly its own."""
    text = expressions.broken(expressions.expression(rng.choice([1, 1, 2, 2, 3])))
    before, after = rng.choice([("", ""), ("", ""), ("x = ", ""), ("return ", ""), ("y = z = ", ""), ("raise ", ""), ("if ", ":"),
                                ("f(", ")"), ("[", "]"), ("return (", ")"), ("x = (", ")"), ("", "  # why"),
                                ("x: int = ", ""), ("(x) = ", ""), ("x, = ", ""), ("return ", "; y = 1"), ("return ", "; y z"),
                                ("x = ", "; import a.b as c, d"), ("x = ", "; from .. import (e, f,)"), ("x = ", "; del a, (b[0], c.d)"),
                                ("x = ", "; assert a, b; global c; nonlocal d, e"), ("x = ", "; raise A from B; pass;"),
                                ("x = ", "; type T[A: int = 1, *B, **C] = int"), ("x = ", "; lazy import a"), ("x = ", "; a += yield"),
                                ("x = ", "; a.b: int = 1; *c, d = e"), ("x = ", "; for a in b: pass"), ("x = ", "; f() = 1"), ("x.y = ", ""),
                                ("x = ", "; return; break; continue"), ("x = ", "; del f()"), ("x = ", "; (a): int; a, b: int"),
                                ("\u4e2d = ", ""), ("'\u4e2d', ", ""), ("with ", " as f:"), ("for i in ", ":"), ("await ", ""), ("x += ", ""),
                                ("x = yield ", ""), ("x = ", "   "), ("\tx = ", "\t"), ("x = \\\n  ", "")])
    indent = rng.choice(["", "    ", "\t", "  \t", "        ", "\f", "\u3000"])
    whole = indent + before + text + after
    if rng.random() < 0.5:
        whole = whole.replace("\n", "\n" + indent)
        text = text.replace("\n", "\n" + indent)
        before = before.replace("\n", "\n" + indent)
    lines = [line + "\n" for line in whole.split("\n")]
    head = (indent + before).split("\n")
    body = text.split("\n")
    first = len(head)
    last = first + len(body) - 1
    column = byte_length(head[-1])
    end_column = byte_length(body[-1]) + (column if last == first else 0)
    chance = rng.random()
    if chance < 0.1:
        column = rng.randrange(0, byte_length(lines[first - 1]) + 2)
    if chance < 0.15:
        end_column = rng.randrange(0, byte_length(lines[last - 1]) + 2)
    if 0.15 < chance < 0.2:
        last = rng.randrange(1, len(lines) + 2)
    if 0.2 < chance < 0.22:
        first = rng.randrange(1, len(lines) + 2)
    return lines, (first, last, column, end_column)


def from_random(rng, count):
    expressions = Expressions(rng, wrong=rng.choice([0.0, 0.1, 0.3]))
    for number in range(count):
        lines, positions = random_source(rng, expressions)
        yield "<random %d>" % number, lines, positions


def batches(instructions):
    summaries, tried = [], 0
    for filename, lines, (first, last, column, end_column) in instructions:
        tried += 1
        linecache.cache[filename] = (1, None, lines, filename)
        summary = traceback.FrameSummary(filename, first, "f%d" % tried, lookup_line=False, end_lineno=last,
                                         colno=column, end_colno=end_column)
        try:
            traceback.StackSummary.from_list([summary]).format()
        except Exception:
            continue  # the traceback module fails on it: there is nothing to compare
        summaries.append(summary)
        if len(summaries) == PER_REPORT:
            yield summaries
            summaries = []
    if summaries:
        yield summaries


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    if sys.version_info < (3, 11):
        raise SystemExit("there are no carets before Python 3.11")
    rng = random.Random(seed)
    import warnings
    warnings.simplefilter("ignore")
    for kind, source in (("random", from_random(rng, count)), ("library", from_library(rng, count))):
        for number, summaries in enumerate(batches(source)):
            describe.write(describe.entries("%s %d" % (kind, number), summaries))


if __name__ == "__main__":
    main()
