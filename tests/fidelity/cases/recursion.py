"""Folding of repeated entries."""

SHARED = True

import sys

from corpus import case, run_source, snippets, table

RECURSE = """
def again(depth):
    if depth > 1:
        again(depth - 1)
    raise ValueError("bottom")

again(%d)
"""

table({"depth_%d" % depth: depth for depth in (1, 2, 3, 4, 5, 6, 7, 8, 50, 300)},
      lambda depth: run_source("recurse_%d.py" % depth, RECURSE % depth))

snippets("""
== same_line_bottom
def again(depth): return 1 / 0 if not depth else again(depth - 1)
again(3)
== same_line_bottom_4
def again(depth): return 1 / 0 if not depth else again(depth - 1)
again(4)
== same_line_bottom_5
def again(depth): return 1 / 0 if not depth else again(depth - 1)
again(5)
== same_line_bottom_9
def again(depth): return 1 / 0 if not depth else again(depth - 1)
again(9)
== mutual
def one(depth):
    two(depth - 1)
def two(depth):
    if depth <= 0:
        raise ValueError("bottom")
    one(depth - 1)
one(12)
== mutual_three
def a(n): return b(n)
def b(n): return c(n)
def c(n): return a(n - 1) if n else int("x")
a(6)
== same_name_two_lines
def again(depth):
    if depth % 2:
        again(depth - 1)
    elif depth:
        again(depth - 1)
    else:
        raise ValueError("bottom")
again(10)
== with_anchors
class Node:
    def __init__(self, left): self.left = left
    def __add__(self, other): return self.left + other
node = None
for _ in range(8):
    node = Node(node)
node + 1
== subscripts
class Deep:
    def __init__(self, inner): self.inner = inner
    def __getitem__(self, key): return self.inner[key]
deep = 5
for _ in range(7):
    deep = Deep(deep)
deep[0]
== two_runs
def a(n):
    if n:
        a(n - 1)
    else:
        b(6)
def b(n):
    if n:
        b(n - 1)
    else:
        raise KeyError("end")
a(6)
== run_at_the_start
def a(n):
    if n:
        return a(n - 1)
    other()
def other():
    raise KeyError("end")
a(9)
== multi_line_call
def again(depth,
          other):
    if depth:
        again(
            depth - 1,
            other
        )
    raise ValueError("bottom")
again(5, 6)
== lambda_recursion
f = lambda n: f(n - 1) if n else 1 / 0
f(10)
== comprehension
def f(n):
    return [f(n - 1) for _ in "a"] if n else [][0]
f(5)
== generator
def g(n):
    if n:
        yield from g(n - 1)
    raise ValueError("end")
list(g(6))
== same_line_other_function
def outer():
    def a(n): return b(n - 1)
    def b(n): return a(n - 1) if n > 0 else undefined_name
    a(9)
outer()
""")


@case(alone=True)
def recursion_error():
    def again():
        again()

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(150)
    try:
        again()
    finally:
        sys.setrecursionlimit(limit)


@case
def no_source():
    namespace = {}
    exec(compile("def again(n):\n  again(n - 1) if n else 1 / 0\n", "<made up>", "exec"), namespace)
    namespace["again"](20)


@case
def folded_in_a_chain():
    def again(n):
        if n:
            again(n - 1)
        1 / 0

    try:
        again(8)
    except ZeroDivisionError as error:
        raise ValueError("outer") from error


@case
def exactly_one_more():
    def again(n):
        return again(n - 1) if n else [][0]

    again(3)


@case
def method_recursion():
    class Tree:
        def walk(self, n):
            if not n:
                raise LookupError("leaf")
            self.walk(n - 1)

    Tree().walk(12)
