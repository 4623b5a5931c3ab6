"""Answers with what linecache of the running Python gives; driven by tests/live/test_source_lines.py.

Reads a JSON object from standard input, {"search_path": [...], "cases": [...]} or {"decode": [...]}, and writes
the answers to standard output. Text is hexadecimal (UTF-8, surrogatepass).
"""

import importlib.machinery
import json
import linecache
import os
import sys
import tokenize
import zipimport


def from_hex(text):
    return bytes.fromhex(text).decode("utf-8", "surrogatepass")


def to_hex(text):
    return text.encode("utf-8", "surrogatepass").hex()


def make_loader(given):
    kind = given["kind"]
    path = from_hex(given.get("path", ""))
    if kind == "source_file":
        return importlib.machinery.SourceFileLoader(from_hex(given["loader_name"]), path)
    if kind == "sourceless":
        return importlib.machinery.SourcelessFileLoader(from_hex(given["module_name"]), path)
    if kind == "zip":
        # As the import system leaves it behind; some versions look there for source text.
        sys.path_importer_cache[path] = zipimport.zipimporter(path)
        return zipimport.zipimporter(os.path.join(path, from_hex(given.get("prefix", ""))))
    if kind == "frozen":
        return importlib.machinery.FrozenImporter
    if kind == "builtin":
        return importlib.machinery.BuiltinImporter
    return None


def make_globals(given):
    loader = make_loader(given)
    module_globals = {"__name__": from_hex(given["module_name"])}
    if given.get("spec_name"):
        module_globals["__spec__"] = importlib.machinery.ModuleSpec(from_hex(given["spec_name"]), loader)
    if loader is not None:
        module_globals["__loader__"] = loader
    return module_globals


def put_entry(name, given, facts):
    """Puts an entry into the cache as `kind` says, and tells what a reader of the process would see of it."""
    kind = given["kind"]
    if kind == "memory":
        lines = [from_hex(line) for line in given["lines"]]
        linecache.cache[name] = (7, None, lines, name)
        return {"mtime_none": True, "lines": given["lines"], "fullname": to_hex(name)}
    if kind == "lazy":
        linecache.lazycache(name, facts)
        return {"lazy": True}
    fullname = from_hex(given.get("fullname", "")) or name
    status = os.stat(fullname) if kind == "fresh" else None
    size, mtime = (status.st_size, status.st_mtime) if status else (given["size"], 12345.5)
    with tokenize.open(fullname) if status else open(os.devnull) as stream:
        lines = stream.readlines()
    linecache.cache[name] = (size, mtime, lines, fullname)
    return {"size": size, "mtime": mtime, "fullname": to_hex(fullname), "lines": [to_hex(line) for line in lines]}


def answer(case):
    name = from_hex(case["file"])
    module_globals = make_globals(case["loader"]) if "loader" in case else None
    told = {"lines": []}
    try:
        for number, line in enumerate(case["lines"]):
            # Later versions forget the loader of a name after asking it in vain, so that a second call finds
            # something else; every line is asked for as the first.
            if number == 0 or case.get("afresh"):
                linecache.clearcache()
                if "entry" in case:
                    told["cached"] = put_entry(name, case["entry"], module_globals)
                # As StackSummary.extract does, then the entry's line property.
                linecache.lazycache(name, module_globals)
                linecache.checkcache(name)
            told["lines"].append(to_hex(linecache.getline(name, line)))
    except Exception as error:
        told["raised"] = type(error).__name__
        told["lines"] = ["" for _ in case["lines"]]
    return told


def decode(codec, sequences):
    found = []
    for data in sequences:
        try:
            found.append(to_hex(bytes.fromhex(data).decode(codec)))
        except UnicodeError:
            found.append(None)
    return found


def main():
    question = json.loads(sys.stdin.buffer.read().decode("ascii"))
    if "decode" in question:
        json.dump([decode(*item) for item in question["decode"]], sys.stdout)
        return
    if "aliases" in question:
        from encodings.aliases import aliases
        json.dump(sorted(aliases), sys.stdout)
        return
    sys.path[:0] = [from_hex(path) for path in question["search_path"]]
    answers = [answer(case) for case in question["cases"]]
    json.dump({"answers": answers, "sys_path": [to_hex(path) for path in sys.path]}, sys.stdout)


main()
