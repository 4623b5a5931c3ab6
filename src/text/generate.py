"""Writes unicode_tables.inc: what each Python's own `unicodedata` and `str` say of every code point.

    python3 src/text/generate.py PYTHON... > src/text/unicode_tables.inc

Give one interpreter for each version of the Unicode database. The tables are compared by a test with the
interpreters that are present; add a database here and in `Database` of unicode.hpp.
"""

import json
import subprocess
import sys

DATABASES = ["9.0", "11.0", "12.1", "13.0", "14.0", "15.0", "15.1", "16.0", "17.0"]
PROPERTIES = ["wide", "combining", "format", "id_start", "id_continue", "printable", "nfkc_unstable"]

PROBE = r"""
import json, sys, unicodedata
names = %r
found = {name: [] for name in names}
lower = []
composed_second = set()
for c in range(0x110000):
    parts = unicodedata.decomposition(chr(c)).split()
    if len(parts) == 2 and not parts[0].startswith("<"):
        composed_second.add(int(parts[1], 16))
# Hangul syllables are composed by rule: vowels and trailing consonants.
composed_second.update(range(0x1161, 0x1176))
composed_second.update(range(0x11A8, 0x11C3))
def add(name, c):
    runs = found[name]
    if runs and runs[-1][1] == c - 1:
        runs[-1][1] = c
    else:
        runs.append([c, c])
for c in range(0x110000):
    ch = chr(c)
    if unicodedata.east_asian_width(ch) in "WF":
        add("wide", c)
    if unicodedata.combining(ch):
        add("combining", c)
    if unicodedata.category(ch) == "Cf":
        add("format", c)
    if ch.isidentifier():
        add("id_start", c)
    if ("a" + ch).isidentifier():
        add("id_continue", c)
    if ch.isprintable():
        add("printable", c)
    if unicodedata.normalize("NFKC", ch) != ch or unicodedata.combining(ch) or c in composed_second:
        add("nfkc_unstable", c)
    low = ch.lower()
    if low != ch and len(low) == 1:
        lower.append([c, ord(low)])
json.dump({"version": unicodedata.unidata_version, "python": sys.version.split()[0],
           "space": [c for c in range(0x110000) if chr(c).isspace()], "runs": found, "lower": lower}, sys.stdout)
""" % (PROPERTIES,)

SPACE = ([*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
          0x205F, 0x3000])


def probe(python):
    run = subprocess.run([python, "-I", "-c", PROBE], stdout=subprocess.PIPE, check=True)
    told = json.loads(run.stdout.decode("ascii"))
    if told["space"] != SPACE:
        raise SystemExit("%s: str.isspace is not what text/pystring.cpp has" % python)
    return told


def merged(tables, name):
    """[(first, last, mask)]: bit i of mask is set where database i has the property."""
    edges = {}
    for bit, table in tables.items():
        for first, last in table["runs"][name]:
            edges.setdefault(first, []).append(1 << bit)
            edges.setdefault(last + 1, []).append(-(1 << bit))
    rows, mask, start = [], 0, 0
    for edge in sorted(edges):
        if mask:
            rows.append((start, edge - 1, mask))
        mask, start = mask + sum(edges[edge]), edge
    joined = []
    for row in rows:
        if joined and joined[-1][2] == row[2] and joined[-1][1] == row[0] - 1:
            joined[-1] = (joined[-1][0], row[1], row[2])
        else:
            joined.append(row)
    return joined


def merged_lower(tables):
    """[(first, last, step, delta, mask)]"""
    masks = {}
    for bit, table in tables.items():
        for upper, low in table["lower"]:
            masks[upper, low - upper] = masks.get((upper, low - upper), 0) | 1 << bit
    rows = []
    for (upper, delta), mask in sorted(masks.items()):
        if rows:
            first, last, step, old_delta, old_mask = rows[-1]
            gap = upper - last
            if (old_delta, old_mask) == (delta, mask) and (gap == step or (first == last and gap in (1, 2))):
                rows[-1] = (first, upper, gap, delta, mask)
                continue
        rows.append((upper, upper, 1, delta, mask))
    return rows


def main():
    tables, pythons = {}, {}
    for python in sys.argv[1:]:
        table = probe(python)
        bit = DATABASES.index(".".join(table["version"].split(".")[:2]))
        tables[bit] = table
        pythons[bit] = table["python"]
    missing = [name for bit, name in enumerate(DATABASES) if bit not in tables]
    if missing:
        raise SystemExit("no interpreter given for Unicode " + ", ".join(missing))
    print("// Written by src/text/generate.py; do not edit. From unicodedata and str of")
    for bit in sorted(tables):
        print("//   Python %s (Unicode %s)" % (pythons[bit], tables[bit]["version"]))
    for name in PROPERTIES:
        rows = merged(tables, name)
        print("\nconstexpr std::array<Range, %d> table_%s = {{" % (len(rows), name))
        line = ""
        for first, last, mask in rows:
            item = "{0x%x, 0x%x, 0x%x}, " % (first, last, mask)
            if len(line) + len(item) > 99:
                print("  " + line.rstrip())
                line = ""
            line += item
        print("  " + line.rstrip() + "\n}};")
    rows = merged_lower(tables)
    print("\nconstexpr std::array<LowerRange, %d> table_lower = {{" % len(rows))
    line = ""
    for row in rows:
        item = "{0x%x, 0x%x, %d, %d, 0x%x}, " % row
        if len(line) + len(item) > 99:
            print("  " + line.rstrip())
            line = ""
        line += item
    print("  " + line.rstrip() + "\n}};")


if __name__ == "__main__":
    main()
