"""Cases of the fidelity corpus that need a process of their own: how Python is started decides what is printed.

Each entry of LAUNCHES is data: `files` to write below the working directory, `options` and `argv` of Python,
`stdin`, `env`, `cwd`, version gates; `fork` if the process to attach is a child of the one started; `terminal`
if standard input must be one. The scripts wait in fidelity_wait.wait(), found through PYTHONPATH.
"""

import io
import os
import zipfile

BODY = """\
from fidelity_wait import wait
def inner(x):
    return x["key"] + 1
try:
    [inner({}) for _ in range(1)]
except KeyError:
    wait()
"""
UNTIDY = """\
from fidelity_wait import wait

class Thing:
    def method(self, *args):
        raise ValueError("na\u00efve \u65e5\u672c", args)

def run(thing):
    '''A doc string that -OO takes away.'''
    assert thing is not None
    try:
        thing.method(1,
                     2)
    except ValueError as error:
        raise RuntimeError("second") from error
try:
    run(Thing())
except RuntimeError:
    wait()
"""
# No line needs indentation: a terminal that indents by itself would add its own.
ONE_LINERS = """\
import fidelity_wait
def f(x): return x["key"]

g = lambda x: f(x) + 1
Handler = type("Handler", (), {"__enter__": lambda self: self, "__exit__": lambda *info: fidelity_wait.wait()})
with Handler(): g({}); print()

"""
NO_SITE = """\
import sys
from fidelity_wait import wait
try:
    import a_module_that_nobody_has
except ImportError:
    wait()
"""
FORKING = """\
import os
from fidelity_wait import wait
def child():
    raise OSError(5, "in the child")
pid = os.fork()
if pid:
    os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if hasattr(os, "waitstatus_to_exitcode")
             else os.waitpid(pid, 0)[1])
try:
    child()
except OSError:
    wait()
os._exit(0)
"""
UNLINKS = "import os\nos.unlink(__file__)\n" + BODY
CHANGES_DIRECTORY = "import os\nos.chdir('/')\n" + BODY
ISOLATED = "import sys, os\nsys.path.insert(0, os.path.dirname(os.environ['FIDELITY_WAIT']))\n" + BODY


def archive(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, text in members.items():
            stream.writestr(name.replace("__dot__", ".").replace("__slash__", "/"), text)
    return data.getvalue()


LAUNCHES = {
    "script": dict(files={"script.py": UNTIDY}, argv=["script.py"]),
    "script_absolute": dict(files={"script.py": UNTIDY}, argv=["{cwd}/script.py"]),
    "script_dotted_path": dict(files={"a/b/script.py": UNTIDY}, argv=["./a/../a/b/./script.py"]),
    "script_without_suffix": dict(files={"tool": UNTIDY}, argv=["tool"]),
    "script_bom": dict(files={"bom.py": b"\xef\xbb\xbf" + UNTIDY.encode()}, argv=["bom.py"]),
    "script_latin1": dict(files={"latin.py": b"# coding: latin-1\n" + UNTIDY.encode("latin-1", "replace")}, argv=["latin.py"]),
    "script_crlf": dict(files={"crlf.py": UNTIDY.replace("\n", "\r\n")}, argv=["crlf.py"]),
    "script_unlinks_itself": dict(files={"gone.py": UNLINKS}, argv=["gone.py"]),
    "script_relative_then_chdir": dict(files={"moved.py": CHANGES_DIRECTORY}, argv=["moved.py"]),
    "script_relative_below_then_chdir": dict(files={"sub/moved.py": CHANGES_DIRECTORY}, argv=["sub/moved.py"]),
    "script_unicode_name": dict(files={"d\u00e9j\u00e0 \u65e5.py": UNTIDY}, argv=["d\u00e9j\u00e0 \u65e5.py"]),
    "script_undecodable_name": dict(files={os.fsdecode(b"\xff.py"): BODY}, argv=[os.fsdecode(b"\xff.py")]),
    "script_c_locale": dict(files={"script.py": UNTIDY}, argv=["script.py"], env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "script_latin1_locale": dict(files={"d\u00e9.py": UNTIDY}, argv=["d\u00e9.py"], env={"PYTHONUTF8": "0", "LC_ALL": "POSIX"}),
    "directory": dict(files={"app/__main__.py": UNTIDY}, argv=["app"]),
    "archive": dict(files={"app.zip": archive(__main____dot__py=UNTIDY)}, argv=["app.zip"]),
    "archive_pyz": dict(files={"app.pyz": b"#!/usr/bin/env python3\n" + archive(__main____dot__py="import inside", inside__dot__py=UNTIDY)},
                        argv=["app.pyz"]),
    "archive_relative_then_chdir": dict(files={"app.zip": archive(__main____dot__py=CHANGES_DIRECTORY)}, argv=["app.zip"]),
    "module": dict(files={"pkg/__init__.py": "", "pkg/mod.py": UNTIDY}, argv=["-m", "pkg.mod"]),
    "package_main": dict(files={"pkg/__init__.py": "", "pkg/__main__.py": UNTIDY}, argv=["-m", "pkg"]),
    "bytecode": dict(files={"make.py": "import py_compile, os\npy_compile.compile('body.py', 'body.pyc', doraise=True)\nos.unlink('body.py')\n"
                                       "import runpy\nrunpy.run_path('body.pyc', run_name='__main__')\n", "body.py": BODY}, argv=["make.py"]),
    "runpy_path": dict(files={"runs.py": "import runpy\nrunpy.run_path('body.py')\n", "body.py": UNTIDY}, argv=["runs.py"]),
    "command": dict(argv=["-c", BODY]),
    "command_untidy": dict(argv=["-c", UNTIDY]),
    "command_indented": dict(argv=["-c", "\n".join("    " + line for line in BODY.splitlines())], requires=(3, 14)),
    "command_one_line": dict(argv=["-c", "import fidelity_wait as w\nwith __import__('contextlib').ExitStack() as s: s.callback(w.wait); 1 / 0"]),
    "command_exec": dict(argv=["-c", "exec(%r)" % BODY]),
    "command_string_file": dict(argv=["-c", "exec(compile(%r, '<string>', 'exec'))" % BODY]),
    "stdin_dash": dict(argv=["-"], stdin=BODY),
    "stdin": dict(argv=[], stdin=UNTIDY),
    "interactive": dict(options=["-i", "-q"], stdin=ONE_LINERS),
    "interactive_after_command": dict(options=["-i", "-q"], argv=["-c", "def f(x): return x['from -c']"],
                                      stdin=ONE_LINERS.replace('def f(x): return x["key"]\n\n', "")),
    "interactive_terminal": dict(options=["-q"], stdin=ONE_LINERS, terminal=True, env={"TERM": "dumb"}),
    "interactive_terminal_new": dict(options=["-q"], stdin=ONE_LINERS, terminal=True, env={"TERM": "xterm", "PYTHON_COLORS": "0"},
                                     requires=(3, 13)),
    "code_interact": dict(argv=["-c", "import code; code.interact(banner='', exitmsg='')"], stdin=ONE_LINERS),
    "no_debug_ranges": dict(options=["-X", "no_debug_ranges"], files={"script.py": UNTIDY}, argv=["script.py"]),
    "no_debug_ranges_environment": dict(env={"PYTHONNODEBUGRANGES": "1"}, files={"script.py": UNTIDY}, argv=["script.py"]),
    "no_debug_ranges_command": dict(options=["-X", "no_debug_ranges"], argv=["-c", UNTIDY]),
    "optimised": dict(options=["-O"], files={"script.py": UNTIDY}, argv=["script.py"]),
    "optimised_twice": dict(options=["-OO"], files={"script.py": UNTIDY}, argv=["script.py"]),
    "isolated": dict(options=["-I"], files={"script.py": ISOLATED}, argv=["script.py"]),
    "no_site": dict(options=["-S"], files={"script.py": NO_SITE}, argv=["script.py"]),
    "no_site_code": dict(options=["-S", "-s"], files={"script.py": UNTIDY}, argv=["script.py"]),
    "developer_mode": dict(options=["-X", "dev", "-W", "ignore"], files={"script.py": UNTIDY}, argv=["script.py"]),
    "frozen_modules_off": dict(options=["-X", "frozen_modules=off"], files={"script.py": NO_SITE}, argv=["script.py"], requires=(3, 11)),
    "frozen_modules_on": dict(options=["-X", "frozen_modules=on"], files={"script.py": NO_SITE}, argv=["script.py"], requires=(3, 11)),
    "traceback_limit": dict(files={"script.py": "import sys\nsys.tracebacklimit = 1\n" + UNTIDY}, argv=["script.py"]),
    "debug_allocator": dict(env={"PYTHONMALLOC": "debug"}, files={"script.py": UNTIDY}, argv=["script.py"]),
    # A free-threaded build has one allocator and refuses to start with another.
    "malloc": dict(env={"PYTHONMALLOC": "malloc"}, files={"script.py": UNTIDY}, argv=["script.py"], free_threaded=False),
    "hash_seed": dict(env={"PYTHONHASHSEED": "12345"}, argv=["-c", "import fidelity_wait\ntry:\n    raise KeyError({'a', 'b', 'c', 'd'})\n"
                                                             "except KeyError:\n    fidelity_wait.wait()\n"]),
    "forked_child": dict(files={"forks.py": FORKING}, argv=["forks.py"], fork=True),
    "no_linecache_entry_for_a_deleted_directory": dict(
        files={"deep/down/script.py": "import shutil, os\nshutil.rmtree(os.path.dirname(os.path.abspath(__file__)))\n" + BODY},
        argv=["deep/down/script.py"]),
}


def applies(launch, version, free_threaded=False):
    if free_threaded and not launch.get("free_threaded", True):
        return False
    return version >= launch.get("requires", (3, 8)) and (not launch.get("before") or version < launch["before"])


def write_files(launch, directory):
    for name, data in launch.get("files", {}).items():
        full = os.path.join(directory, name)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as stream:
            stream.write(data if isinstance(data, bytes) else data.encode("utf-8"))


def command(launch, directory):
    """What comes after the interpreter's own argv."""
    return ["-W", "ignore", *launch.get("options", []),
            *[word.replace("{cwd}", directory) if "{cwd}/" in word else word for word in launch.get("argv", [])]]
