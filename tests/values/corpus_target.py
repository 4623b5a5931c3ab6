"""Holds the values of tests/values/corpus/*.py and says what Python itself prints for each.

    corpus_target.py FAMILY...

Writes one line for each value, "family label repr-in-hex", or "family label !" where repr() raises; then
waits. The values themselves are the items of CORPUS, in the same order. Works on every Python from 3.8 on.
"""

import importlib
import os
import sys

import sync

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus"))
CORPUS, LABELS = [], []


def said(value):
    try:
        return repr(value).encode("utf-8", "surrogatepass").hex() or "-"
    except Exception:
        return "!"


def main():
    for family in sys.argv[1:]:
        for label, value in importlib.import_module("corpus_" + family).values():
            CORPUS.append(value)
            LABELS.append("%s %s" % (family, label.replace(" ", "_")))
    # Before anything is written: what a repr() looks up or caches is settled then, and the text is that of now.
    lines = ["%s %s" % (label, said(value)) for label, value in zip(LABELS, CORPUS)]
    sync.say(b"%d" % len(lines))
    for line in lines:
        sync.say(line.encode("utf-8"))
    sync.ready_and_wait()


if __name__ == "__main__":
    main()
