"""Ends by a signal while exceptions are being handled:  crash.py HOW FILE

Before it does, what this Python's own traceback module prints of them is written to FILE, as JSON.
"""

import json
import os
import sys
import threading
import traceback

how, out = sys.argv[1:3]


class Lost(Exception):
    pass


def look(box, name):
    return box[name]


def search(name):
    things = {"one": 1, "caf\u00e9": [2, 3]}
    try:
        look(things, name)
    except KeyError as error:
        raise Lost("no " + name) from error


def end():
    if how == "abort":
        os.abort()
    import ctypes
    if how == "string_at":
        ctypes.string_at(0)
    ctypes.CDLL(how).crash()


def crash(say):
    try:
        search("h\u00e4t")
    except Lost:
        say(traceback.format_exc())
        end()


def in_thread():
    crash(lambda text: said.update(thread=text, tid=threading.get_native_id()) or save())


def save():
    with open(out, "w") as stream:
        json.dump(said, stream)


said = {}
if how == "abort":
    crash(lambda text: said.update(main=text, tid=threading.get_native_id()) or save())
try:
    search("cloak")
except Lost:
    said["main"] = traceback.format_exc()
    thread = threading.Thread(target=in_thread, name="crasher")
    thread.start()
    thread.join()
