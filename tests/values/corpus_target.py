"""Holds the values of tests/values/corpus/*.py and says what Python itself prints for each.

    corpus_target.py FAMILY...

Writes one line for each value, "family label repr-in-hex str-in-hex", with "!" where one of them raises; then
waits. The values themselves are the items of CORPUS, in the same order. A family whose objects keep their text once it
was asked for says UNASKED = True: its values are there a second time, newly made, and nobody asked those; their texts
are those of the first. Works on every Python from 3.8 on.
"""

import importlib
import os
import sys

import sync

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus"))
CORPUS, LINES = [], []


def said(value, how):
    try:
        return how(value).encode("utf-8", "surrogatepass").hex() or "-"
    except Exception:
        return "!"


def main():
    for family in sys.argv[1:]:
        module = importlib.import_module("corpus_" + family)
        pairs = module.values()
        # Before anything is written: what a repr() looks up or caches is settled then, and the text is that of now.
        # Both are asked twice, because one may change what the other says.
        for _ in range(2):
            said_lines = ["%s %s" % (said(value, repr), said(value, str)) for _, value in pairs]
        named = [label.replace(" ", "_") for label, _ in pairs]
        CORPUS.extend(value for _, value in pairs)
        LINES.extend("%s %s %s" % (family, label, line) for label, line in zip(named, said_lines))
        if getattr(module, "UNASKED", False):
            CORPUS.extend(value for _, value in module.values())
            LINES.extend("%s %s/unasked %s" % (family, label, line) for label, line in zip(named, said_lines))
    sync.say(b"%d" % len(LINES))
    for line in LINES:
        sync.say(line.encode("utf-8"))
    sync.ready_and_wait()


if __name__ == "__main__":
    main()
