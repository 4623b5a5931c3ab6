"""Holds objects of packages and says what a text about each must contain.

    packages_target.py FAMILY

A module of tests/values/packages/ has values(): [(label, object, pieces)]; every piece is text that its own code
made of what the package says about the object. Writes one JSON line for each, then waits. A package that is not
installed is said instead: {"missing": "why"}.
"""

import importlib
import json
import os
import sys

import sync

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages"))
CORPUS = []


def main():
    try:
        found = importlib.import_module("package_" + sys.argv[1]).values()
    except ImportError as error:
        sync.say(json.dumps({"missing": str(error)}).encode())
        return
    for _, value, _ in found:
        CORPUS.append(value)
    sync.say(b"%d" % len(found))
    for label, _, pieces in found:
        sync.say(json.dumps({"label": label, "pieces": pieces}).encode())
    sync.ready_and_wait()


if __name__ == "__main__":
    main()
