"""SyntaxErrors of statements with a misspelt keyword, a missing one or another mistake. Usage: typos.py SEED COUNT
"""

import keyword
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import describe  # noqa: E402

STATEMENTS = """\
import os
from os import path
from . import (a, b,)
for x in range(3):\n    print(x)
for x in y: pass
while True:\n    break
while x:\n    continue\nelse:\n    pass
if a:\n    b\nelif c:\n    d\nelse:\n    e
def f(a, b=1, *c, **d):\n    return a
def f():\n    yield x\n    raise ValueError from y
async def f():\n    await x\n    async with a as b:\n        pass
class A(B, metaclass=C):\n    x = 1
try:\n    x\nexcept ValueError as e:\n    pass\nelse:\n    y\nfinally:\n    z
try:\n    x\nexcept (A, B):\n    pass
try:\n    x\nexcept* A:\n    pass
with open(x) as f, g:\n    pass
with (a as b, c):\n    pass
lambda x: x + 1
x = a if b else c
x = a and b or not c
x = a is not b
x = a not in b
[x for x in y if z]
{a: b for a in c}
return x
assert x, 'y'
del a, b
global a
def f():\n    b = 1\n    def g():\n        global a\n        nonlocal b
nonlocal b
pass
match x:\n    case [a, *b]:\n        pass\n    case {'k': v, **r} if r:\n        pass\n    case P(1, k=-2) | None as q:\n        pass\n    case _:\n        pass
raise X
print(x)
x = yield
@deco\ndef f(): pass
type X[T] = int
def f[T: int](x: T) -> T: return x
if (n := 10) > 5: pass
x = lambda: (yield)
f(a, *b, c=d, **e)
x: int = 5
a, *b = c
""".splitlines()
STATEMENTS = [statement.replace("\\n", "\n") for statement in STATEMENTS]


def mistyped(rng, word):
    if len(word) < 2:
        return word + rng.choice("xyz")
    at = rng.randrange(len(word) - 1)
    return rng.choice([word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at] + word[at + 1:],
                       word[:at] + rng.choice("aeioxz_\u00e9") + word[at:], word.upper(), word.capitalize(), word + word[-1]])


def mistakes(rng):
    text = "\n".join(rng.choice(STATEMENTS) for _ in range(rng.choice([1, 1, 1, 2, 3])))
    if rng.random() < 0.2:
        text = "def outer():\n" + "".join("    " + line + "\n" for line in text.split("\n"))
    words = text.split(" ")
    for _ in range(rng.choice([1, 1, 2])):
        at = rng.randrange(len(words))
        if rng.random() < 0.75:
            here = [k for k in range(len(words)) if words[k].strip("():,\n") in keyword.kwlist]
            at = rng.choice(here) if here else at
            core = words[at].strip("():,\n")
            words[at] = words[at].replace(core, mistyped(rng, core)) if core else words[at]
        else:
            words[at] = rng.choice(["", ")", "(", "x", "in", "$", "'", ":", "1", words[at] * 2, words[at] + ":"])
    text = " ".join(words)
    return text + rng.choice(["", "\n", "\n\n", "  # why\n"])


def main():
    import warnings
    warnings.simplefilter("ignore")
    rng = random.Random(int(sys.argv[1]))
    for number in range(int(sys.argv[2])):
        source = mistakes(rng)
        try:
            compile(source, "typo.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as exc:
            describe.write(describe.report("typos %d" % number, exc))


if __name__ == "__main__":
    main()
