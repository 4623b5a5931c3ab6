"""Processes that give no report: each with its exit status, one line, and one hint that is about this process."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys

import pytest

from cli_expect import (as_nobody, assert_failure, ended_pid, need_root, place,  # noqa: F401 (a fixture)
                        process_state, wait_until)
from conftest import TARGETS, Target, read_json, supported_interpreters

WAIT_SCRIPT = "import sync; sync.ready_and_wait()"


@pytest.fixture
def start():
    """start(argv, **popen options) -> a Popen, ended after the test by its own pid."""
    started = []

    def run(argv, **kwargs):
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        kwargs.setdefault("stdout", subprocess.DEVNULL)
        started.append(subprocess.Popen(argv, **kwargs))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def python():
    found = supported_interpreters()
    if not found:
        pytest.skip("no interpreter; run tests/interpreters.sh")
    return next((i for i in found if i.kind == "distribution"), found[0])


def is_asleep(pid):
    return process_state(pid) == "S"


def test_no_such_process(run_tool):
    line, _ = assert_failure(run_tool(ended_pid()), 3)
    assert "no process" in line


def test_zombie(run_tool, start):
    child = start(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    line, hint = assert_failure(run_tool(child.pid), 3)
    assert "zombie" in line and str(os.getpid()) in hint


def test_zombie_whose_threads_still_run(run_tool, start_target, python, tmp_path):
    """The main thread of a process may end alone: the process is no zombie, it only looks like one."""
    script = tmp_path / "main_thread_ends.py"
    script.write_text("import ctypes, sync, threading\n"
                      "t = threading.Thread(target=sync.ready_and_wait)\nt.start()\n"
                      "ctypes.CDLL(None).syscall(60, 0)\n")
    if os.uname().machine != "x86_64":
        pytest.skip("the number of exit() in this script is that of x86-64")
    target = start_target(python, script)
    wait_until(lambda: process_state(target.pid) == "Z", "the main thread ends")
    run = run_tool("--format=json", target.pid)
    if run.code in (0, 1):
        assert any(thread["state"] == "sleeping" for thread in run.json()["interpreters"][0]["threads"])
    else:
        assert_failure(run, 3)


def test_a_thread_is_not_a_process(run_tool, start_target, python, tmp_path):
    script = tmp_path / "two_threads.py"
    script.write_text("import sync, threading\n"
                      "threading.Thread(target=threading.Event().wait, daemon=True).start()\n" + WAIT_SCRIPT)
    target = start_target(python, script)
    other = next(int(tid) for tid in os.listdir("/proc/%d/task" % target.pid) if int(tid) != target.pid)
    run = run_tool(other)
    line, hint = assert_failure(run, 3)
    assert "thread" in line and "--thread %d %d" % (other, target.pid) in hint


def test_kernel_thread(run_tool):
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            with open("/proc/%d/status" % pid, encoding="utf-8", errors="replace") as stream:
                status = stream.read()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "Kthread:\t1" in status or ("VmSize" not in status and "PPid:\t2\n" in status):
            line, _ = assert_failure(run_tool(pid), 5)
            assert "kernel thread" in line
            return
    pytest.skip("this pid namespace shows no kernel thread")


def test_not_python(run_tool, start):
    line, hint = assert_failure(run_tool(start(["sleep", "600"]).pid), 5)
    assert "(sleep)" in line and "not a CPython process" in line
    assert "pgrep" in hint


def test_a_shell_with_python_children(run_tool, python):
    target = Target(["sh", "-c", '"$@"; :', "sh", *python.command("-c", WAIT_SCRIPT)],
                    python.environment({"PYTHONPATH": str(TARGETS)}))
    try:
        target.wait_ready()
        with open("/proc/%d/task/%d/children" % (target.pid, target.pid), encoding="utf-8") as stream:
            child = int(stream.read().split()[0])
        line, hint = assert_failure(run_tool(target.pid), 5)
        assert "(sh)" in line
        assert hint.endswith("pyexc-attach %d" % child)
        assert run_tool(child).code == 0
        target.finish()
    finally:
        target.end()


def test_a_program_that_is_only_named_python(run_tool, start, place):  # noqa: F811
    path = place / "python3.11"
    shutil.copy(shutil.which("sleep"), path)
    assert_failure(run_tool(start([path, "600"]).pid), 5)


def test_pypy(run_tool, start, place):  # noqa: F811
    """The real one where it is installed; else a program of that name, which is all that can be had."""
    path = shutil.which("pypy3")
    if path:
        process = start([path, "-c", "import sys; print(flush=True); sys.stdin.read()"], stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE)
        process.stdout.readline()
    else:
        path = place / "pypy3.9"
        shutil.copy(shutil.which("sleep"), path)
        process = start([path, "600"])
        wait_until(lambda: is_asleep(process.pid), "sleep sleeps")
    line, _ = assert_failure(run_tool(process.pid), 5)
    assert "PyPy" in line and "only CPython" in line


def test_another_user(tool, python, place):  # noqa: F811
    need_root("having a process of another user")
    target = Target(python.command("-c", WAIT_SCRIPT), python.environment({"PYTHONPATH": str(TARGETS)}))
    try:
        target.wait_ready()
        run = subprocess.run([place.copy_tool(tool), str(target.pid)], stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=60, **as_nobody())
        assert run.returncode == 4 and run.stdout == b""
        line, hint = run.stderr.decode().splitlines()
        assert "not permitted" in line and "root" in line
        assert hint == "hint: run it as root: sudo pyexc-attach %d" % target.pid
        assert target.finish() == 0
    finally:
        target.end()


def test_process_of_root_as_a_plain_user(run_tool):
    if os.geteuid() == 0:
        pytest.skip("only for plain users; as root test_another_user does this")
    line, hint = assert_failure(run_tool(1), 4)
    assert "not permitted" in line and "sudo" in hint


TRACER = """
import ctypes, os, sync, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
if libc.ptrace(0x4206, int(sys.argv[1]), None, None) != 0:  # PTRACE_SEIZE
    raise OSError(ctypes.get_errno(), "PTRACE_SEIZE")
sync.ready_and_wait()
"""


def test_already_traced(run_tool, start_target, python, tmp_path):
    script = tmp_path / "target.py"
    script.write_text(WAIT_SCRIPT)
    tracer = tmp_path / "tracer.py"
    tracer.write_text(TRACER)
    target = start_target(python, script)
    holder = start_target(python, tracer, target.pid)
    line, hint = assert_failure(run_tool(target.pid), 4)
    assert "traced by %d (%s" % (holder.pid, open("/proc/%d/comm" % holder.pid).read().strip()) in line
    assert "--no-freeze %d" % target.pid in hint
    assert run_tool("--no-freeze", target.pid).code in (0, 1)  # the advice works
    assert holder.finish() == 0
    assert run_tool(target.pid).code == 0
    assert target.finish() == 0


def elf32(path):
    """A 32-bit program of 100 bytes that waits for a signal: pause() in a loop."""
    code = bytes.fromhex("b81d000000" "cd80" "ebf7")  # mov eax,29; int 0x80; jmp back
    base = 0x08048000
    header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01" + bytes(9), 2, 3, 1, base + 84, 52, 0, 0, 52, 32, 1,
                         0, 0, 0)
    segment = struct.pack("<IIIIIIII", 1, 0, base, base, 84 + len(code), 84 + len(code), 5, 0x1000)
    with open(path, "wb") as stream:
        stream.write(header + segment + code)
    os.chmod(path, 0o755)


@pytest.mark.parametrize("name", ["python3.11", "server"])
def test_32_bit_process(run_tool, start, place, name):  # noqa: F811
    if os.uname().machine != "x86_64":
        pytest.skip("the program is made for x86")
    path = place / name
    elf32(path)
    try:
        process = start([path])
    except OSError as error:
        pytest.skip("this kernel runs no 32-bit programs: %s" % error)
    wait_until(lambda: is_asleep(process.pid), "the 32-bit program waits")
    line, hint = assert_failure(run_tool(process.pid), 6)
    assert "32-bit" in line and "64-bit" in hint
    assert process.poll() is None


def unsupported_parameters():
    entries = [entry for entry in read_json("interpreters.json") if tuple(entry["version_info"][:2]) < (3, 8)]
    if not entries:
        return [pytest.param(None, marks=pytest.mark.skip(reason="no interpreter older than 3.8 here"))]
    return [pytest.param(entry, id=entry["name"]) for entry in entries]


@pytest.mark.parametrize("entry", unsupported_parameters())
def test_a_version_that_is_too_old(run_tool, entry):
    target = Target([*entry["argv"], "-c", WAIT_SCRIPT], {"PYTHONPATH": str(TARGETS), "PYTHONDONTWRITEBYTECODE": "1"})
    try:
        target.wait_ready()
        line, hint = assert_failure(run_tool(target.pid), 6)
        assert ".".join(entry["version"].split(".")[:2]) in line, line
        assert "3.8" in hint
        assert target.finish() == 0
    finally:
        target.end()


def sys_hexversion(python):
    run = subprocess.run(python.command("-c", "import sys; print(sys.hexversion)"), env=python.environment(),
                         stdout=subprocess.PIPE, check=True, timeout=60)
    return int(run.stdout)


def test_a_version_that_nobody_knows_yet(run_tool, place):  # noqa: F811
    """A 3.15 whose debug offsets say 3.99: the interpreter itself never looks at them."""
    python = next((i for i in supported_interpreters() if i.kind == "chrootless-sid" and i.version_info >= (3, 15)), None)
    if python is None:
        pytest.skip("no interpreter whose debug offsets lie in its executable")
    with open(python.path, "rb") as stream:
        image = bytearray(stream.read())
    known = sys_hexversion(python)
    at = image.find(b"xdebugpy" + struct.pack("<Q", known))
    assert at > 0 and at % 8 == 0
    struct.pack_into("<Q", image, at + 8, 0x036300F0)
    path = place / "python3.99"
    with open(path, "wb") as stream:
        stream.write(image)
    os.chmod(path, 0o755)
    home = os.path.dirname(os.path.dirname(python.path))
    target = Target([path, "-c", WAIT_SCRIPT], python.environment({"PYTHONPATH": str(TARGETS), "PYTHONHOME": home}))
    try:
        target.wait_ready()
        line, _ = assert_failure(run_tool(target.pid), 6)
        assert "3.99" in line
        assert target.finish() == 0
    finally:
        target.end()


def opens_for_good(pid):
    """True if it stands in open() or openat(): of a FIFO, here."""
    with open("/proc/%d/syscall" % pid, encoding="utf-8") as stream:
        return stream.read().split()[0] in ("257", "2") and process_state(pid) == "S"


needs_x86_64 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the system call numbers here are those of x86-64")


@needs_x86_64
def test_interpreter_before_its_first_instruction(run_tool, interpreter, place, start):  # noqa: F811
    """The dynamic loader waits for a library that is a FIFO."""
    fifo = place / "library.so"
    os.mkfifo(fifo)
    process = start(interpreter.command("-c", "pass"), env=interpreter.environment({"LD_PRELOAD": fifo}))
    wait_until(lambda: opens_for_good(process.pid), "open of the FIFO")
    assert_failure(run_tool(process.pid), 5)
    assert process.poll() is None


@needs_x86_64
def test_interpreter_that_is_still_starting(run_tool, interpreter, place, start):  # noqa: F811
    """It looks for pyvenv.cfg beside its name very early; here that is a FIFO that nobody writes to."""
    if interpreter.kind == "ldso":
        pytest.skip("started through ld.so it does not look beside its name")
    name = place / "python3"
    shutil.copy(interpreter.path, name)  # older ones look beside what a link leads to
    os.mkfifo(place / "pyvenv.cfg")
    process = start([name, "-c", "pass"], env=interpreter.environment())
    wait_until(lambda: opens_for_good(process.pid), "open of pyvenv.cfg")
    run = run_tool(process.pid)
    if interpreter.version_info >= (3, 11) and run.code == 0:
        assert 'File "<frozen getpath>"' in run.out  # from 3.11 on it is Python code that looks
    elif interpreter.version_info >= (3, 10) and run.code == 0:
        assert "Stack: no Python frame" in run.out  # there is a thread state already, and that is all it says
    else:
        assert_failure(run, 5, "starting")
    assert process.poll() is None


FINALIZED = """
import ctypes, sync
libc = ctypes.CDLL(None)
libc.on_exit(ctypes.cast(libc.pause, ctypes.c_void_p), None)
sync.ready()
"""


@needs_x86_64
def test_interpreter_that_has_been_finalized(run_tool, interpreter, start_target, tmp_path):
    """A handler of the C library's on_exit() runs after Py_Finalize(); this one waits for a signal."""
    script = tmp_path / "finalized.py"
    script.write_text(FINALIZED)
    target = start_target(interpreter, script)

    def in_pause():
        with open("/proc/%d/syscall" % target.pid, encoding="utf-8") as stream:
            return stream.read().startswith("34 ")

    wait_until(in_pause, "exit() calls pause()")
    assert_failure(run_tool(target.pid), 5, "shutting down")
    os.kill(target.pid, signal.SIGKILL)


SHORT_LIVED = """
import sys
def deep(n):
    if n:
        return deep(n - 1)
    try:
        1 / 0
    except ZeroDivisionError:
        return sum(range(2000))
for i in range(int(sys.argv[1])):
    deep(50)
"""


def test_processes_that_end_while_they_are_looked_at(run_tool, python, start, tmp_path):
    """Each attach meets a process at another moment of its short life."""
    script = tmp_path / "short.py"
    script.write_text(SHORT_LIVED)
    codes = []
    for number in range(60):
        process = start(python.command(script, number * 3), env=python.environment())
        run = run_tool(process.pid)
        codes.append(run.code)
        if run.code in (0, 1):
            assert run.out.startswith("Process %d" % process.pid)
        else:
            assert run.code in (3, 5), run.err
            assert_failure(run, run.code)
        assert process.wait(30) == 0
    assert set(codes) & {3, 5}, codes


EXECS = """
import os, sys
left = int(sys.argv[1])
if left:
    os.execv(sys.executable, [sys.executable, sys.argv[0], str(left - 1)])
import sync
sync.ready_and_wait()
"""


def test_a_process_that_becomes_another_program_while_it_is_looked_at(run_tool, python, start_target, tmp_path):
    script = tmp_path / "execs.py"
    script.write_text(EXECS)
    target = start_target(python, script, 60, wait=False)
    codes = set()
    for _ in range(300):
        run = run_tool(target.pid)
        codes.add(run.code)
        if run.code not in (0, 1):
            assert run.code in (3, 5), run.err
            assert_failure(run, run.code)
    target.wait_ready()
    assert codes & {3, 5}, codes
    assert run_tool(target.pid).code == 0
    assert target.finish() == 0


def test_several_processes(run_tool, start_target, python, start, tmp_path):
    script = tmp_path / "target.py"
    script.write_text(WAIT_SCRIPT)
    first, second = start_target(python, script), start_target(python, script)
    other = start(["sleep", "600"])

    run = run_tool("--format=json", first.pid, second.pid)
    assert run.code == 0 and run.err == ""
    assert [json.loads(line)["target"]["pid"] for line in run.out.splitlines()] == [first.pid, second.pid]

    run = run_tool(first.pid, second.pid)
    assert run.out.index("Process %d" % first.pid) < run.out.index("\n\nProcess %d" % second.pid)

    run = run_tool("--format=json", other.pid, first.pid)
    assert run.code == 1
    assert json.loads(run.out)["target"]["pid"] == first.pid
    assert len(run.err.splitlines()) == 2 and str(other.pid) in run.err

    gone = ended_pid()
    run = run_tool(gone, other.pid)
    assert run.code == 3 and run.raw == b""
    assert len(run.err.splitlines()) == 4


def test_a_master_names_its_workers(run_tool, json_report, start_target, python, tmp_path):
    """The pid that people know is that of the master, and the exceptions are in its workers."""
    script = tmp_path / "master.py"
    script.write_text("import os, signal, sync, sys\n"
                      "worker = os.fork()\n"
                      "if worker == 0:\n"
                      "    try:\n"
                      "        1 / 0\n"
                      "    except ZeroDivisionError:\n"
                      "        sync.ready()\n"
                      "        signal.pause()\n"
                      "sync.say(str(worker).encode())\n"
                      "sync.wait()\n"
                      "os.kill(worker, signal.SIGKILL)\n"
                      "os.waitpid(worker, 0)\n")
    master = start_target(python, script, wait=False)
    said = sorted([master.read_line(), master.read_line()])
    assert said[1] == b"ready"
    worker = int(said[0])
    run = run_tool(master.pid)
    assert run.code == 0
    assert "No thread is handling an exception. Its Python children may be: pyexc-attach %d\n" % worker in run.out
    assert json_report(master.pid)["target"]["python_children"] == [worker]
    assert "ZeroDivisionError: division by zero" in run_tool(worker).out
    assert master.finish() == 0


def test_itself(tool):
    """It is not a Python and it cannot trace itself; it must only say so."""
    child = subprocess.Popen([sys.executable, "-c", "import os, sys; os.execv(sys.argv[1], [sys.argv[1], str(os.getpid())])",
                              tool], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.communicate(timeout=60)
    assert child.returncode in (4, 5) and out == b"" and len(err.splitlines()) == 2
