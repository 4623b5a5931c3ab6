"""Checks the rules of docs/ARCHITECTURE.md that a compiler does not: who may include whom, where Python
versions may be compared, what must never be called, and that lists kept in two places are equal.

    tests/rooms.py REPOSITORY

It first shows each rule a small tree that breaks it, so that a rule that no longer finds anything fails.
"""

import json
import pathlib
import re
import sys

LEVELS = {
    "app": 7,
    "session": 6, "inspect": 6, "crash": 6, "watch": 6,
    "render": 5, "sink": 5,
    "traceback": 4, "redact": 4, "source": 4, "native": 4,
    "cpython": 3, "host": 3,
    "target": 2, "elf": 2,
    "memory": 1, "report": 1, "text": 1,
    "base": 0,
}
PUBLIC = "pyexc"  # include/pyexc: declares, session implements
MAY_SEE_PUBLIC = {"app", "session"}
INSIDE_CPYTHON = {"layout": 0, "object": 1, "frame": 2, "value": 3}  # the rest of src/cpython: 4
SUFFIXES = {".cpp", ".hpp", ".inc", ".def"}

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)

# Versions may be compared with each other (is it the one we believe in?), never with one that is spelled out.
COMPARISON = r"(?:<=>|[<>=!]=|<(?!<)|(?<!-)>(?!>))"
VERSION = r"\b(?:minor|major|py_version|python_version|version_info|hexversion|PY_VERSION_HEX)(?:\(\))?"
SPELLED = r"(?:\d+\b|0x[0-9a-fA-F]+|(?:\w+::)*Version\s*[{(]|\{\s*3\s*,)"
VERSION_COMPARISONS = [re.compile(pattern) for pattern in (
    VERSION + r"\s*" + COMPARISON + r"\s*" + SPELLED,
    r"\b\d+\s*" + COMPARISON + r"\s*(?:\w+(?:\(\))?(?:\.|->|::))*" + VERSION,
    r"\b\w*version\w*(?:\(\))?\s*" + COMPARISON + r"\s*(?:0x0?3|(?:\w+::)*Version\s*[{(])",
    r"\b0x0?3[01][0-9a-fA-F]{5}\b",
    r"\b(?:\w*_)?at_least\s*\(\s*\{?\s*3\s*,",
)]
FORBIDDEN = [re.compile(r"(?<![A-Za-z])(?:%s)\w*\b" % name) for name in (
    "PTRACE_ATTACH", "PTRACE_POKE", "PTRACE_SETREGS", "PTRACE_SETFPREGS", "PTRACE_SETFPXREGS", "PTRACE_SETSIGINFO",
    "PTRACE_SETSIGMASK", "PTRACE_KILL", "process_vm_writev", "process_madvise", "pidfd_send_signal", "tkill",
    "rt_sigqueueinfo", "rt_tgsigqueueinfo", "sigqueue", "killpg", "pthread_kill")]
SIGNAL = re.compile(r"(?<![A-Za-z])(?<!sig)(?:tg)?kill\s*[(,]([^()]*(?:\([^()]*\))?[^()]*)\)")
TO_OURSELVES = re.compile(r"^\s*(?:::)?getpid\(\)\s*,")
WRITABLE_MEMORY = re.compile(r'"[^"\n]*/mem"[^;]*\bO_(?:RDWR|WRONLY)\b')


def code_only(text):
    """The text with comments and literals blanked, line numbers kept."""
    return COMMENT_OR_STRING.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def cpython_part(path):
    """layout, object, frame, value or the rest, of a path below cpython/."""
    parts = path.split("/")
    return INSIDE_CPYTHON.get(parts[1], len(INSIDE_CPYTHON)) if len(parts) > 2 else len(INSIDE_CPYTHON)


def check_includes(path, text):
    room = room_of(path)
    for match in INCLUDE.finditer(text):
        included = match.group(1)
        where = "%s:%d: " % (path, line_of(text, match.start()))
        other = included.split("/")[0]
        if path.startswith("include/"):
            if other != PUBLIC:
                yield where + "a public header includes %s" % included
        elif other == PUBLIC:
            if room not in MAY_SEE_PUBLIC:
                yield where + "room %s includes the public header %s" % (room, included)
        elif other not in LEVELS:
            yield where + "%s names no room" % included
        elif room is None or room not in LEVELS:
            yield where + "%s is in no known room" % path
        elif other == room == "cpython":
            mine = cpython_part(path[len("src/"):])
            if cpython_part(included) > mine:
                yield where + "%s is above this part of cpython" % included
        elif other != room and LEVELS[other] >= LEVELS[room]:
            yield where + "%s (level %d) includes %s (level %d)" % (room, LEVELS[room], included, LEVELS[other])


def check_versions(path, text):
    if path.startswith("src/cpython/layout/"):
        return
    code = code_only(text)
    for pattern in VERSION_COMPARISONS:
        for match in pattern.finditer(code):
            yield "%s:%d: compares a version outside src/cpython/layout: %s" % (
                path, line_of(code, match.start()), match.group().strip())


def check_calls(path, text):
    code = code_only(text)
    for pattern in FORBIDDEN:
        for match in pattern.finditer(code):
            yield "%s:%d: %s must never be used" % (path, line_of(code, match.start()), match.group())
    for match in SIGNAL.finditer(code):
        if not TO_OURSELVES.match(match.group(1)):
            yield "%s:%d: a signal to another process: %s" % (path, line_of(code, match.start()), match.group())
    for match in WRITABLE_MEMORY.finditer(text):
        yield "%s:%d: memory of the target opened for writing" % (path, line_of(text, match.start()))


def check_tree(tree):
    """tree: path below the repository -> text. Returns what is wrong, one line each."""
    found = []
    for path in sorted(tree):
        found += check_includes(path, tree[path])
        if path.startswith("src/"):
            found += check_versions(path, tree[path])
            found += check_calls(path, tree[path])
    return found


def problem_codes(header):
    """The members of pyexc::problem::all, constants resolved."""
    constants = dict(re.findall(r'std::string_view (\w+) = "([^"]+)"', header))
    body = re.sub(r"//[^\n]*", "", re.search(r"std::array all = \{(.*?)\};", header, re.DOTALL).group(1))
    codes = []
    for literal, name in re.findall(r'std::string_view\("([^"]+)"\)|(\w+)', body):
        codes.append(literal or constants[name])
    return codes


def check_problem_codes(root):
    header = (root / "src/report/problem_codes.hpp").read_text(encoding="utf-8")
    schema = json.loads((root / "docs/report.schema.json").read_text(encoding="utf-8"))
    listed = schema["$defs"]["problem"]["properties"]["code"]["enum"]
    codes = problem_codes(header)
    unlisted = set(re.findall(r"string_view (\w+) = ", header)) - set(re.findall(r"\w+", header.split("array all")[1]))
    return (["problem code %s is only in src/report/problem_codes.hpp" % code for code in sorted(set(codes) - set(listed))]
            + ["problem code %s is only in docs/report.schema.json" % code for code in sorted(set(listed) - set(codes))]
            + ["problem::%s is missing from problem::all" % name for name in sorted(unlisted)])


BROKEN = [  # a tree of one file that must be complained about
    ("src/base/a.cpp", '#include "memory/address.hpp"'),
    ("src/memory/a.hpp", '#include "report/report.hpp"'),
    ("src/render/a.cpp", '#include "sink/sink.hpp"'),
    ("src/source/a.cpp", '#include "traceback/format.hpp"'),
    ("src/session/a.cpp", '#include "app/options.hpp"'),
    ("src/cpython/layout/a.cpp", '#include "cpython/object/heap.hpp"'),
    ("src/cpython/object/a.cpp", '#include "cpython/value/repr.hpp"'),
    ("src/cpython/value/a.cpp", '#include "cpython/threads.hpp"'),
    ("src/render/a.cpp", '#include "pyexc/pyexc.hpp"'),
    ("src/nowhere/a.cpp", '#include "base/fd.hpp"'),
    ("src/base/a.cpp", '#include "result.hpp"'),
    ("include/pyexc/a.hpp", '#include "base/result.hpp"'),
    ("src/cpython/a.cpp", "if (version.minor >= 12) f();"),
    ("src/traceback/a.cpp", "return 3 == python.major;"),
    ("src/cpython/a.cpp", "if (hexversion < 0x030b0000) f();"),
    ("src/cpython/a.cpp", "constexpr auto v = 0x030c0000;"),
    ("src/cpython/value/a.cpp", "return version < Version{3, 11};"),
    ("src/target/a.cpp", "ptrace(PTRACE_ATTACH, tid, 0, 0);"),
    ("src/target/a.cpp", "ptrace(PTRACE_POKEDATA, tid, 0, 0);"),
    ("src/target/a.cpp", "ptrace(PTRACE_SETREGSET, tid, 0, 0);"),
    ("src/target/a.cpp", "process_vm_writev(pid, a, 1, b, 1, 0);"),
    ("src/target/a.cpp", "::kill(pid, SIGSTOP);"),
    ("src/target/a.cpp", "::syscall(SYS_tgkill, pid, tid, SIGCONT);"),
    ("src/target/a.cpp", 'open(fmt::format("/proc/{}/mem", pid).c_str(), O_RDWR);'),
]
SOUND = {
    "src/app/a.cpp": '#include "session/session.hpp"\n#include "pyexc/pyexc.hpp"\n::kill(::getpid(), SIGSTOP);',
    "src/cpython/a.cpp": '#include "cpython/layout/layout.hpp"\n// if minor >= 12\nlog("version == 3");',
    "src/cpython/layout/a.cpp": "if (version.minor >= 12) f();",
    "src/target/a.cpp": "ptrace(PTRACE_SEIZE, tid, 0, 0); // never PTRACE_ATTACH\nfoo.skill(1); a << major;",
    "src/target/b.cpp": "while (::syscall(SYS_tgkill, ::getpid(), tid, 0) == 0) pause();",
    "src/cpython/b.cpp": "if (version->minor() == minor && found.major == guess.major()) f(0x3fffff);",
    "include/pyexc/a.hpp": '#include "pyexc/exit_status.hpp"\n#include <string>',
}


def check_ourselves():
    failures = ["not found: %s: %s" % (path, text) for path, text in BROKEN if not check_tree({path: text})]
    return failures + ["false alarm: " + line for line in check_tree(SOUND)]


def main():
    root = pathlib.Path(sys.argv[1])
    tree = {}
    for folder in ("src", "include"):
        for path in (root / folder).rglob("*"):
            if path.suffix in SUFFIXES:
                tree[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    found = check_ourselves() + check_tree(tree) + check_problem_codes(root)
    for line in found:
        print(line)
    print("%d files, %d complaints" % (len(tree), len(found)))
    return 1 if found or not tree else 0


if __name__ == "__main__":
    sys.exit(main())
