"""The runtime is found in every interpreter, however it is started, hidden, renamed or removed, and what is
no readable Python is told apart. What is expected comes from readelf, /proc/PID/maps and the target."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import REPOSITORY, TARGETS, Target, all_interpreters, interpreter_parameters

LIBRARY_FLAGS = ["-ldl", "-lm", "-lpthread", "-lutil"]
BUSY = """
import sys, threading, sync
def churn(n):
    while True:
        for i in range(n): setattr(sys, "busy_%d_%d" % (n, i), i)
        for i in range(n): delattr(sys, "busy_%d_%d" % (n, i))
for n in (3, 400):
    thread = threading.Thread(target=churn, args=(n,))
    thread.daemon = True
    thread.start()
sync.ready_and_wait()
import os
os._exit(0)
"""
REWRITE = """
import ctypes, sys, sync
address, words = int(sys.argv[1], 16), int(sys.argv[2])
table = (ctypes.c_uint64 * words).from_address(address)
good = list(table)
sync.ready()
while True:
    line = b""
    while not line.endswith(b"\\n"):
        data = sync.wait()
        if not data: sys.exit(0)
        line += data
    table[:] = good
    for change in line.split():
        index, value = change.split(b"=")
        table[int(index)] = int(value)
    sync.say(b"done")
"""
EMBED = r"""
#include <Python.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void step(const char *text) {
  char byte;
  int out = atoi(getenv("PYEXC_READY_FD")), in = atoi(getenv("PYEXC_GO_FD"));
  if (write(out, text, strlen(text)) < 0 || read(in, &byte, 1) != 1) exit(1);
}
int main(void) {
  step("before\n");
  Py_Initialize();
  PyRun_SimpleString("import sys");
  step("running\n");
  Py_FinalizeEx();
  step("after\n");
  return 0;
}
"""


@pytest.fixture(scope="session")
def locate_pid():
    builddir = os.environ.get("PYEXC_BUILDDIR")
    places = [pathlib.Path(builddir)] if builddir else sorted(REPOSITORY.glob("build*"))
    found = [place / "tests/tools/locate_pid" for place in places if (place / "tests/tools/locate_pid").exists()]
    if not found:
        pytest.skip("locate_pid is not built (set PYEXC_BUILDDIR)")

    def run(pid, repeat=1):
        done = subprocess.run([str(found[0]), str(pid), str(repeat)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode in (0, 1), (done.returncode, done.stderr)
        return json.loads(done.stdout)
    return run


@pytest.fixture
def start_command():
    """start_command(argv, env) -> a Target that is not waited for; ended after the test."""
    targets = []

    def start(argv, env):
        targets.append(Target([str(argument) for argument in argv], env))
        return targets[-1]
    yield start
    for target in targets:
        target.end()


def maps_of(pid):
    rows = []
    with open("/proc/%d/maps" % pid, encoding="utf-8", errors="surrogateescape") as stream:
        for line in stream:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ (\d+)\s*(.*)", line.rstrip("\n"))
            rows.append((int(match[1], 16), match[3], int(match[4], 16), match[6]))
    return rows


def runtime_symbol(file):
    """(value of _PyRuntime, ELF type) as readelf gives them."""
    symbols = subprocess.run(["readelf", "-W", "--dyn-syms", file], stdout=subprocess.PIPE, encoding="utf-8").stdout
    header = subprocess.run(["readelf", "-h", file], stdout=subprocess.PIPE, encoding="utf-8").stdout
    value = re.search(r"([0-9a-f]{16})\s+\w+ OBJECT\s+GLOBAL DEFAULT\s+\d+ _PyRuntime$", symbols, re.M)
    return int(value.group(1), 16), "EXEC" if "EXEC (" in header else "DYN"


def expected_address(pid, file, mapped_as=None):
    value, kind = runtime_symbol(file)
    if kind == "EXEC":
        return value
    start = min(row[0] for row in maps_of(pid) if row[3] == (mapped_as or str(file)) and row[2] == 0)
    return start + value


def core_file(interpreter):
    return interpreter.entry["libpython"] or interpreter.path


def check(found, interpreter, pid, mapped_as=None):
    assert "error" not in found, found
    assert found["hexversion"] == interpreter.entry["hexversion"]
    assert found["version"] == interpreter.version
    assert found["debug"] == interpreter.debug
    assert found["free_threaded"] == interpreter.entry["free_threaded"]
    assert found["source"] == ("debug-offsets" if interpreter.version_info >= (3, 13) else "table")
    assert found["runtime"] == expected_address(pid, core_file(interpreter), mapped_as)
    assert found["differs"] == [] or not found["verified"]


def relocated_environment(interpreter, **extra):
    """For a copy of the interpreter, which cannot find its library by its own place."""
    return interpreter.environment(dict({"PYTHONPATH": str(TARGETS), "PYTHONHOME": interpreter.entry["prefix"]},
                                        **extra))


WAIT = "import sync; sync.ready_and_wait()"


def test_every_interpreter(interpreter, start_target, locate_pid, tmp_path):
    script = tmp_path / "wait.py"
    script.write_text(WAIT)
    target = start_target(interpreter, script)
    found = locate_pid(target.pid, 5)
    check(found, interpreter, target.pid)
    assert found["module"] == core_file(interpreter)
    # Finding it must stay cheap: what was read is read again at every freeze.
    assert found["pages"] < 100


def test_traits_that_the_target_can_tell(interpreter, start_target, locate_pid, tmp_path):
    script = tmp_path / "wait.py"
    script.write_text("import sys, unicodedata, sync\n"
                      "limit = getattr(sys, 'get_int_max_str_digits', lambda: 0)()\n"
                      "sync.say(('%s %d' % (unicodedata.unidata_version, limit)).encode())\n"
                      "sync.wait()\n")
    target = start_target(interpreter, script, wait=False)
    told = target.read_line().decode().split()
    found = locate_pid(target.pid)
    assert [found["unicode_version"], str(found["int_max_str_digits"])] == told


def test_while_sys_changes(interpreter, start_target, locate_pid, tmp_path):
    script = tmp_path / "busy.py"
    script.write_text(BUSY)
    target = start_target(interpreter, script)
    check(locate_pid(target.pid, 300), interpreter, target.pid)


def test_renamed_and_deleted_executable(interpreter, start_command, locate_pid, tmp_path):
    if interpreter.kind == "ldso":
        pytest.skip("its executable is the loader")
    copy = tmp_path / "payment-service"
    shutil.copy(interpreter.path, copy)
    target = start_command([copy, "-c", WAIT], relocated_environment(interpreter)).wait_ready()
    mapped_as = None if interpreter.entry["libpython"] else str(copy)
    check(locate_pid(target.pid), interpreter, target.pid, mapped_as)
    # An upgrade: another file under the same name, the old one gone.
    copy.unlink()
    shutil.copy("/bin/true", copy)
    check(locate_pid(target.pid), interpreter, target.pid, mapped_as and mapped_as + " (deleted)")


def test_renamed_and_deleted_library(interpreter, start_command, locate_pid, tmp_path):
    if not interpreter.entry["libpython"]:
        pytest.skip("has no shared library")
    copy = tmp_path / "libcheckout.so"
    shutil.copy(interpreter.entry["libpython"], copy)
    # The loader takes a preloaded file of the wanted soname.
    target = start_command([interpreter.path, "-c", WAIT],
                           relocated_environment(interpreter, LD_PRELOAD=str(copy))).wait_ready()
    found = locate_pid(target.pid)
    check(found, interpreter, target.pid, str(copy))
    assert found["module"] == str(copy)
    copy.unlink()
    check(locate_pid(target.pid), interpreter, target.pid, str(copy) + " (deleted)")


def hidden(data, section_headers, section_name):
    """The bytes of an interpreter whose dynamic symbol has another name, and perhaps no sections."""
    at = data.index(b"\0_PyRuntime\0")  # .dynstr comes before .strtab
    data[at + 1:at + 11] = b"_pYrUNTIME"
    if not section_name:
        at = data.rindex(b".PyRuntime\0")
        data[at:at + 10] = b".pYrUNTIME"
    if not section_headers:
        data[40:48] = bytes(8)   # e_shoff
        data[60:64] = bytes(4)   # e_shnum, e_shstrndx
    return data


def test_hidden_symbol(interpreter, way, start_command, locate_pid, tmp_path):
    if interpreter.entry["libpython"] or interpreter.kind == "ldso":
        pytest.skip("its executable does not hold the runtime")
    if way == "symtab" and interpreter.stripped:
        pytest.skip("has no .symtab")
    if way == "cookie" and interpreter.version_info < (3, 13):
        pytest.skip("has no debug offsets")
    data = hidden(bytearray(pathlib.Path(interpreter.path).read_bytes()), way != "cookie", way == "section")
    copy = tmp_path / "server"
    copy.write_bytes(data)
    copy.chmod(0o755)
    target = start_command([copy, "-c", WAIT], relocated_environment(interpreter)).wait_ready()
    found = locate_pid(target.pid)
    assert "error" not in found, found
    base = 0
    if interpreter.entry["elf"] == "dyn":  # position-independent: where it begins is in the maps
        maps = pathlib.Path("/proc/%d/maps" % target.pid).read_text().splitlines()
        base = int(next(line for line in maps if line.endswith(str(copy))).split("-")[0], 16)
    assert found["runtime"] == base + runtime_symbol(interpreter.path)[0]
    assert found["hexversion"] == interpreter.entry["hexversion"]
    assert found["module"] == str(copy)


def compile_c(tmp_path, name, source, *options):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    file = tmp_path / (name + ".c")
    file.write_text(source)
    program = tmp_path / name
    subprocess.run(["gcc", "-o", str(program), str(file), *options], check=True, stdin=subprocess.DEVNULL)
    return program


def test_embedded(interpreter, start_command, locate_pid, tmp_path):
    library, include = interpreter.entry["libpython"], interpreter.entry["include"]
    if not library or not include:
        pytest.skip("has no shared library and headers to embed")
    program = compile_c(tmp_path, "webserver", EMBED, "-I" + include, library,
                        "-Wl,-rpath," + os.path.dirname(library), *LIBRARY_FLAGS)
    target = start_command([program], relocated_environment(interpreter))
    assert target.read_line() == b"before"
    assert locate_pid(target.pid)["error"] == "not-initialised"
    target.go()
    assert target.read_line() == b"running"
    check(locate_pid(target.pid), interpreter, target.pid)
    target.go()
    assert target.read_line() == b"after"
    assert locate_pid(target.pid)["error"] == "not-initialised"
    target.go()
    assert target.process.wait(60) == 0


def pytest_generate_tests(metafunc):
    if "interpreter" in metafunc.fixturenames:
        metafunc.parametrize("interpreter", interpreter_parameters(metafunc.config))
    if "way" in metafunc.fixturenames:
        metafunc.parametrize("way", ["section", "symtab", "cookie"])
    if "rewritten" in metafunc.fixturenames:
        metafunc.parametrize("rewritten", interpreter_parameters(
            metafunc.config, lambda interpreter: interpreter.version_info >= (3, 13) and interpreter.kind != "ldso"))


class Rewriter:
    """A target that writes over its own debug offsets as told."""

    def __init__(self, start_command, locate_pid, interpreter):
        self.words = {13: 73, 14: 95, 15: 111}[interpreter.version_info[1]]
        probe = start_command([*interpreter.argv, "-c", WAIT], interpreter.environment({"PYTHONPATH": str(TARGETS)}))
        probe.wait_ready()
        address = locate_pid(probe.pid)["runtime"]
        # The address is taken from a first run: a position-independent one must not move in the second.
        argv = ["setarch", "-R", *interpreter.argv] if runtime_symbol(core_file(interpreter))[1] == "DYN" \
            else interpreter.argv
        if argv[0] == "setarch":
            probe.end()
            probe = start_command([*argv, "-c", WAIT], interpreter.environment({"PYTHONPATH": str(TARGETS)}))
            probe.wait_ready()
            address = locate_pid(probe.pid)["runtime"]
        probe.end()
        self.target = start_command([*argv, "-c", REWRITE, hex(address), str(self.words)],
                                    interpreter.environment({"PYTHONPATH": str(TARGETS)}))
        self.target.wait_ready()
        self.pid = self.target.pid

    def write(self, changes):
        self.target.go(b" ".join(b"%d=%d" % change for change in changes.items()) + b"\n")
        assert self.target.read_line() == b"done"


@pytest.fixture
def rewriter(rewritten, start_command, locate_pid):
    if shutil.which("setarch") is None:
        pytest.skip("setarch is not installed")
    return Rewriter(start_command, locate_pid, rewritten)


def test_unknown_version_is_refused(rewriter, rewritten, locate_pid):
    check(locate_pid(rewriter.pid), rewritten, rewriter.pid)
    for version, text in ((0x031000f0, "3.16.0"), (0x030f00b4, "3.15.0b4"), (0x040000f0, "4.0.0"), (0, "0.0.0")):
        rewriter.write({1: version})
        found = locate_pid(rewriter.pid)
        assert found["error"] == "unsupported", found
        assert text in found["message"]
    rewriter.write({2: 2})
    assert locate_pid(rewriter.pid)["error"] == "unsupported"
    # Another release of the same minor version: the process itself says otherwise.
    rewriter.write({1: rewritten.entry["hexversion"] + 0x100})
    found = locate_pid(rewriter.pid)
    assert found["error"] == "unsupported" and rewritten.version in found["message"], found
    rewriter.write({})
    check(locate_pid(rewriter.pid), rewritten, rewriter.pid)


def test_hostile_offsets_are_refused_or_harmless(rewriter, rewritten, locate_pid):
    """Every word in turn; what is accepted must still give the right version."""
    accepted = refused = 0
    for index in range(3, rewriter.words):
        for value in (8, 2**32 - 8, 10**5):
            rewriter.write({index: value})
            found = locate_pid(rewriter.pid)
            if "error" in found:
                refused += 1
                assert found["error"] in ("unsupported", "not-initialised"), found
            else:
                accepted += 1
                assert found["hexversion"] == rewritten.entry["hexversion"]
    assert accepted and refused


def start_program(start_command, argv):
    target = start_command(argv, {"PATH": "/usr/bin:/bin"})
    # Popen returns once the child has executed the program or failed to.
    return target


def test_not_python(start_command, locate_pid):
    target = start_program(start_command, ["/bin/sleep", "1000"])
    found = locate_pid(target.pid)
    assert found["error"] == "not-python" and "sleep" in found["message"], found


def test_pypy_is_named(start_command, locate_pid, tmp_path):
    copy = tmp_path / "pypy3.10"
    shutil.copy("/bin/sleep", copy)
    target = start_program(start_command, [copy, "1000"])
    found = locate_pid(target.pid)
    assert found["error"] == "not-python" and "PyPy" in found["message"], found


def old_interpreters():
    found = [interpreter for interpreter in all_interpreters() if interpreter.version_info < (3, 8)]
    return found or [pytest.param(None, marks=pytest.mark.skip(reason="no Python before 3.8 is at hand"))]


@pytest.mark.parametrize("old", old_interpreters(), ids=lambda old: getattr(old, "name", "none"))
def test_older_python_is_refused(old, start_command, locate_pid):
    target = start_command([*old.argv, "-c", WAIT], old.environment({"PYTHONPATH": str(TARGETS)})).wait_ready()
    found = locate_pid(target.pid)
    assert found["error"] == "unsupported", found


def test_32_bit_is_refused(start_command, locate_pid, tmp_path):
    source = tmp_path / "pause.s"
    source.write_text(".globl _start\n_start: mov $29, %eax\nint $0x80\njmp _start\n")  # pause()
    program = tmp_path / "pause32"
    try:
        subprocess.run(["as", "--32", "-o", str(tmp_path / "pause.o"), str(source)], check=True, stderr=subprocess.PIPE)
        subprocess.run(["ld", "-m", "elf_i386", "-o", str(program), str(tmp_path / "pause.o")], check=True,
                       stderr=subprocess.PIPE)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no assembler and linker for 32-bit programs")
    try:
        target = start_program(start_command, [program])
    except OSError:
        pytest.skip("this kernel runs no 32-bit programs")
    found = locate_pid(target.pid)
    assert found["error"] == "unsupported" and "32-bit" in found["message"], found
