"""`pyexc-attach core`: what the live report of the same process says, from its core."""

import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess

import pytest

import cores

OPTIONS = ("--format=json", "--no-redact", "--locals")

SHOP = '''
import asyncio, sys, threading
import sync

class Shop(Exception):
    pass

def buy(n, goods=("caf\\u00e9", b"x\\0", 2**70, 1.5, None)):
    if n:
        return buy(n - 1)
    {}["caf\\u00e9 \\U0001f600"]

def sell():
    try:
        buy(4)
    except KeyError as e:
        raise Shop("sold out", 7) from e

def waiter():
    try:
        [].appendd
    except AttributeError:
        standing.release()
        end.wait()

def loop():
    async def task():
        try:
            1 / 0
        except ZeroDivisionError:
            standing.release()
            await asyncio.sleep(3600)
    asyncio.run(task())

standing, end = threading.Semaphore(0), threading.Event()
for function in waiter, loop:
    threading.Thread(target=function, name="w\\u00e4iter", daemon=True).start()
    standing.acquire()
try:
    sell()
except Shop:
    sync.ready_and_wait()
'''

CRASH_C = "void crash(void) { *(volatile int *)0x10 = 1; }\n"


@pytest.fixture
def shop(interpreter, start_target, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    script = tmp_path / "shop.py"
    script.write_text(SHOP, encoding="utf-8")
    return start_target(interpreter, script, cwd=work, preexec_fn=cores.unlimited_cores), work


@pytest.fixture
def core_report(run_tool):
    def report(core, *options, codes=(0,)):
        run = run_tool("core", *OPTIONS, core, *options)
        assert run.code in codes, "exit status %d: %s\n%s" % (run.code, run.err.strip(), run.out[-2000:])
        return run.json()
    return report


def live_report(run_tool, target):
    run = run_tool(*OPTIONS, target.pid)
    assert run.code == 0, run.err
    assert len(run.json()["exceptions"]) >= 3
    return run.json()


def test_a_core_of_gdb_gives_the_live_report(shop, run_tool, core_report, tmp_path):
    target, _ = shop
    live = live_report(run_tool, target)
    core = core_report(cores.gcore(target.pid, tmp_path / "shop.core"))
    assert target.alive()
    assert core["target"]["kind"] == "core" and core["target"]["signal"] is None
    assert core["freeze"] == {"mode": "none", "duration_us": 0, "threads": 0, "rounds": 0}
    assert cores.same_command_line(core, live)
    assert cores.comparable(core) == cores.comparable(live)


def test_a_core_of_the_kernel_gives_the_live_report(shop, run_tool, core_report):
    cores.need_kernel_cores()
    target, work = shop
    live = live_report(run_tool, target)
    path = cores.kill_for_core(target, work, signal.SIGABRT)
    core = core_report(path)
    assert cores.same_command_line(core, live)
    assert cores.comparable(core) == cores.comparable(live)
    got = core["target"]["signal"]
    assert (got["number"], got["name"], got["sender_pid"]) == (signal.SIGABRT, "SIGABRT", os.getpid())
    text = run_tool("core", path)
    assert "Ended by SIGABRT, sent by process %d." % os.getpid() in text.out
    # And a recording of it says the same again.
    recording = work / "shop.pyexc"
    assert run_tool("core", "--locals", "--no-redact", "--record", recording, path).code == 0
    again = run_tool("replay", *OPTIONS, recording)
    assert again.code == 0, again.err
    again = again.json()
    assert cores.same_command_line(again, live)
    assert cores.comparable(again) == cores.comparable(live)


DEADLOCK = """
import threading
import sync

def cross(first, second):
    with first:
        both.wait()
        with second:
            pass

left, right, both = threading.Lock(), threading.Lock(), threading.Barrier(2)
for locks in (left, right), (right, left):
    threading.Thread(target=cross, args=locks, daemon=True).start()
sync.ready_and_wait()
"""


def test_a_deadlock_is_still_there(interpreter, start_target, run_tool, core_report, tmp_path):
    cores.need_kernel_cores()
    work = tmp_path / "work"
    work.mkdir()
    script = tmp_path / "deadlock.py"
    script.write_text(DEADLOCK)
    target = start_target(interpreter, script, cwd=work, preexec_fn=cores.unlimited_cores)
    for _ in range(100):  # until both have come to the second lock
        live = run_tool(*OPTIONS, target.pid).json()
        if live["deadlocks"]:
            break
    assert len(live["deadlocks"]) == 1
    core = core_report(cores.kill_for_core(target, work, signal.SIGQUIT))
    assert cores.same_command_line(core, live)
    assert cores.comparable(core) == cores.comparable(live)
    waiting = {thread["waiting"]["call"] for thread in core["interpreters"][0]["threads"] if not thread["main"]}
    assert waiting == {"futex"}


def test_without_the_pages_that_begin_files(shop, run_tool, core_report):
    cores.need_kernel_cores()
    target, work = shop
    live = live_report(run_tool, target)
    with open("/proc/%d/coredump_filter" % target.pid, "w") as stream:
        stream.write("0x21")
    core = core_report(cores.kill_for_core(target, work))
    assert core["complete"]
    assert {problem["code"] for problem in core["problems"]} <= {"file-unchecked"}
    core["problems"] = []
    assert cores.same_command_line(core, live)
    assert cores.comparable(core) == cores.comparable(live)


def crashed(interpreter, how, tmp_path):
    cores.need_kernel_cores()
    out = tmp_path / "said.json"
    work = tmp_path / "work"
    work.mkdir()
    from conftest import TARGETS
    run = subprocess.run(interpreter.command(TARGETS / "crash.py", how, out), env=interpreter.environment(), cwd=work,
                         preexec_fn=cores.unlimited_cores, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    if b"No module named '_ctypes'" in run.stderr:
        pytest.skip("this Python has no ctypes")
    assert run.returncode < 0, run.stderr
    return run, json.loads(out.read_text()), cores.only_core(work)


def handled(report, tid):
    thread, = [one for one in report["interpreters"][0]["threads"] if one["tid"] == tid]
    return thread, report["exceptions"][thread["handling"][0]]["formatted"]


def test_abort_inside_except(interpreter, run_tool, tmp_path):
    run, said, core = crashed(interpreter, "abort", tmp_path)
    result = run_tool("core", "--format=json", "--no-redact", core)
    assert result.code == 0, result.err
    report = result.json()
    thread, formatted = handled(report, said["tid"])
    assert formatted == said["main"]
    assert thread["got_signal"] and thread["main"]
    got = report["target"]["signal"]
    assert (got["name"], got["sender_pid"], got["address"]) == ("SIGABRT", report["target"]["pid"], None)
    text = run_tool("core", core).out
    assert "Ended by SIGABRT, which it sent to itself." in text
    assert '"MainThread" (main): got SIGABRT, ' in text


@pytest.mark.parametrize("how", ["string_at", "extension"])
def test_segmentation_fault_in_a_thread(interpreter, how, run_tool, tmp_path):
    address = 0
    if how == "extension":
        source, library = tmp_path / "crash.c", tmp_path / "crash.so"
        source.write_text(CRASH_C)
        subprocess.run([cores.need("cc"), "-shared", "-fPIC", "-o", library, source], check=True)
        how, address = str(library), 0x10
    run, said, core = crashed(interpreter, how, tmp_path)
    assert run.returncode == -signal.SIGSEGV
    result = run_tool("core", "--format=json", "--no-redact", core)
    assert result.code == 0, result.err
    report = result.json()
    thread, formatted = handled(report, said["tid"])
    assert formatted == said["thread"]
    assert thread["got_signal"] and not thread["main"] and thread["name"] == "crasher"
    assert handled(report, report["target"]["pid"])[1] == said["main"]
    assert sum(one["got_signal"] for one in report["interpreters"][0]["threads"]) == 1
    assert report["target"]["signal"] == {"number": 11, "name": "SIGSEGV", "code": 1, "address": address, "sender_pid": None}
    assert "Ended by SIGSEGV at %#x (nothing is mapped there)." % address in run_tool("core", core).out


# -- what does not depend on the interpreter ---------------------------------------------------------


def one_interpreter():
    from conftest import supported_interpreters
    for one in supported_interpreters():
        if len(one.argv) == 1 and not one.debug and not shared_libpython(one):
            return one
    return None


def shared_libpython(interpreter):
    code = "print('libpython' in open('/proc/self/maps').read())"
    run = subprocess.run(interpreter.command("-c", code), stdout=subprocess.PIPE, env=interpreter.environment(), check=True)
    return run.stdout != b"False\n"


@pytest.fixture
def held(start_target, tmp_path, run_tool):
    """A core of the plainest target, the live report of it, and its mapped files."""
    cores.need_kernel_cores()
    interpreter = one_interpreter()
    if interpreter is None:
        pytest.skip("no plain interpreter; run tests/interpreters.sh")
    work = tmp_path / "work"
    work.mkdir()
    target = start_target(interpreter, "held.py", cwd=work, preexec_fn=cores.unlimited_cores)
    live = run_tool(*OPTIONS, target.pid)
    assert live.code == 0, live.err
    with open("/proc/%d/maps" % target.pid) as stream:
        files = sorted({line.split(None, 5)[5].strip() for line in stream if " /" in line})
    return cores.kill_for_core(target, work), live.json(), files


@pytest.mark.parametrize("command", [("zstd", "-q"), ("lz4", "-q"), ("xz", "-1")], ids=lambda command: command[0])
def test_compressed(held, command, run_tool, tmp_path):
    core, live, _ = held
    packed = tmp_path / "packed"
    with open(core, "rb") as source, open(packed, "wb") as to:
        subprocess.run([cores.need(command[0]), *command[1:], "-c"], stdin=source, stdout=to, check=True)
    room = tmp_path / "room"
    room.mkdir()
    run = run_tool("core", *OPTIONS, packed, env={"TMPDIR": str(room)})
    assert run.code == 0, run.err
    assert cores.comparable(run.json()) == cores.comparable(live)
    assert "unpacking" in run.err and command[0] in run.err and "without a name in %s" % room in run.err
    assert list(room.iterdir()) == []
    small = run_tool("core", *OPTIONS, "--max-unpacked", "1M", packed)
    assert small.code == 7 and "larger than 1024 KiB" in small.err and "hint: allow more with --max-unpacked" in small.err
    assert small.out == ""
    # Half of it is a core that is cut.
    data = packed.read_bytes()
    packed.write_bytes(data[:len(data) // 2])
    half = run_tool("core", *OPTIONS, packed)
    assert half.code in (1, 7), half.err
    if half.code == 1:
        assert "core-cut" in {problem["code"] for problem in half.json()["problems"]}


def test_cut_anywhere(held, run_tool, tmp_path):
    core, live, _ = held
    data = core.read_bytes()
    chance = random.Random(5)
    places = [0, 3, 63, 64, 100] + [chance.randrange(len(data)) for _ in range(25)] + [len(data) - 1]
    seen = set()
    for place in places:
        path = tmp_path / "cut"
        path.write_bytes(data[:place])
        run = run_tool("core", *OPTIONS, path)
        assert run.code in (1, 7), (place, run.err)
        seen.add(run.code)
        if run.code == 7:
            assert run.out == "" and re.fullmatch(r"pyexc-attach: [^\n]+\nhint: [^\n]+\n", run.err), (place, run.err)
        else:
            report = run.json()
            assert not report["complete"], place
            assert "core-cut" in {problem["code"] for problem in report["problems"]}, place
    assert seen == {1, 7}


def copy_below(files, root):
    for path in files:
        if os.path.isfile(path):
            to = root / path.lstrip("/")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, to)


@pytest.fixture
def moved(start_target, tmp_path, run_tool):
    """A core of an interpreter that is gone, its files below a directory, the live report."""
    cores.need_kernel_cores()
    interpreter = one_interpreter()
    if interpreter is None:
        pytest.skip("no plain interpreter; run tests/interpreters.sh")
    prefix, program = subprocess.run(
        interpreter.command("-c", "import sys, os; print(sys.prefix); print(os.path.realpath(sys.executable))"),
        stdout=subprocess.PIPE, check=True, env=interpreter.environment()).stdout.decode().split("\n")[:2]
    home = tmp_path / "home"
    home.mkdir()
    copy = home / "a-python"
    shutil.copy2(program, copy)
    work = tmp_path / "work"
    work.mkdir()

    class Copied:
        command = staticmethod(lambda *args: [str(copy), *map(str, args)])
        environment = staticmethod(lambda extra=None: interpreter.environment(dict(extra or {}, PYTHONHOME=prefix)))

    target = start_target(Copied, "held.py", cwd=work, preexec_fn=cores.unlimited_cores)
    live = run_tool(*OPTIONS, target.pid)
    assert live.code == 0, live.err
    with open("/proc/%d/maps" % target.pid) as stream:
        files = sorted({line.split(None, 5)[5].strip() for line in stream if " /" in line})
    core = cores.kill_for_core(target, work)
    root = tmp_path / "root"
    copy_below(files, root)
    from conftest import TARGETS
    copy_below([str(path) for path in TARGETS.glob("*.py")], root)
    copy_below([frame["file"] for thread in live.json()["interpreters"][0]["threads"] for frame in thread["stack"]], root)
    os.rename(copy, root / "elsewhere")
    return core, live.json(), copy, root


def test_moved_from_another_machine(moved, run_tool, core_report):
    core, live, program, root = moved
    run = run_tool("core", core)
    if run.code != 0:  # with a shared libpython the program itself is not needed
        assert run.code == 7 and str(program) in run.err and "--sysroot" in run.err and run.out == ""
    for where in (("--sysroot", root), (root / "elsewhere",)):
        report = core_report(core, *where)
        assert cores.comparable(report) == cores.comparable(live)


def test_by_build_id(moved, core_report, tmp_path):
    core, live, program, root = moved
    notes = subprocess.run([cores.need("readelf"), "-n", root / "elsewhere"], stdout=subprocess.PIPE).stdout.decode()
    found = re.search(r"Build ID: ([0-9a-f]+)", notes)
    if found is None:
        pytest.skip("this interpreter has no build-id")
    place = tmp_path / "debug" / ".build-id" / found.group(1)[:2] / found.group(1)[2:]
    place.parent.mkdir(parents=True)
    shutil.copy2(root / "elsewhere", place)
    assert cores.comparable(core_report(core, "--debug-dir", tmp_path / "debug")) == cores.comparable(live)


def test_wrong_executable(moved, run_tool):
    core, _, program, root = moved
    given = run_tool("core", core, "/bin/true")
    assert given.code == 7 and given.out == ""
    assert "/bin/true is not the program that it is of" in given.err and "hint: " in given.err
    shutil.copy2("/bin/true", program)  # an upgrade
    named = run_tool("core", *OPTIONS, core)
    assert named.code in (1, 7), named.err
    if named.code == 7:
        assert "%s is not the file that was mapped" % program in named.err
    else:
        assert "file-differs" in {problem["code"] for problem in named.json()["problems"]}


def patched(core, path, offset, value):
    data = bytearray(core.read_bytes()[:1 << 16])
    data[offset:offset + len(value)] = value
    path.write_bytes(data)
    return path


def test_bad_input(held, run_tool, tmp_path):
    core, _, _ = held
    text, empty, fifo = tmp_path / "text", tmp_path / "empty", tmp_path / "fifo"
    text.write_text("hello\n" * 1000)
    empty.write_bytes(b"")
    os.mkfifo(fifo)
    junk = tmp_path / "junk.zst"
    junk.write_bytes(b"\x28\xb5\x2f\xfd" + b"\xff" * 1000)
    cases = [
        (tmp_path / "nothing", 7, "No such file"), (text, 7, "no core file"), (empty, 7, "is empty"),
        (fifo, 7, "not a regular file"), (tmp_path, 7, "a directory"), ("/bin/true", 7, "a program or a library"),
        (junk, 7, "no zstd"),
        (patched(core, tmp_path / "32", 4, b"\x01"), 6, "32-bit"),
        (patched(core, tmp_path / "arm", 18, struct.pack("<H", 183)), 6, "another machine"),
        (patched(core, tmp_path / "count", 56, struct.pack("<H", 0xfffe)), 7, ""),  # what follows is read as headers: cut or damaged
        (patched(core, tmp_path / "headers", 32, struct.pack("<Q", 1 << 63)), 7, "headers"),
    ]
    for path, code, says in cases:
        run = run_tool("core", path)
        assert (run.code, run.out) == (code, ""), (path, run.err)
        complaint = run.err
        if path == junk:  # what is done with it is said before
            announced, complaint = run.err.split("\n", 1)
            assert announced.startswith("pyexc-attach: unpacking ")
        assert re.fullmatch(r"pyexc-attach: [^\n]+\nhint: [^\n]+\n", complaint), run.err
        assert says in run.err and str(path) in run.err


def test_a_core_of_no_python(run_tool, tmp_path):
    cores.need_kernel_cores()
    process = subprocess.Popen(["sleep", "600"], cwd=tmp_path, preexec_fn=cores.unlimited_cores)
    try:
        process.send_signal(signal.SIGABRT)
    finally:
        process.wait(60)
    run = run_tool("core", cores.only_core(tmp_path))
    assert run.code == 5 and run.out == "" and "no CPython runtime" in run.err and "hint: " in run.err


def test_usage(run_tool, tmp_path):
    for words, says in [((), "file is required"), (("x", "--max-freeze", "1"), "means nothing for a core"),
                        (("x", "--max-unpacked", "lots"), "is not a size"), (("x", "--times", "2"), "means nothing")]:
        run = run_tool("core", *words)
        assert run.code == 2 and says in run.err, run.err
    run = run_tool("core", "--sysroot", tmp_path / "nowhere", "/bin/true")
    assert run.code == 7 and run.out == ""
