"""Where the report goes, and what happens when it cannot go there."""

import fcntl
import json
import os
import re
import pathlib
import select
import signal
import stat
import subprocess
import time

import pytest

from cli_expect import assert_failure, need_root, place, process_state, wait_until  # noqa: F401 (a fixture)
from conftest import REPOSITORY, supported_interpreters

HANDLING = """
import sync, sys, threading

def handle(name, wait):
    try:
        raise ValueError("bad " + name)
    except ValueError:
        wait()

ready, go = threading.Semaphore(0), threading.Event()
def worker():
    handle(threading.current_thread().name, lambda: (ready.release(), go.wait()))
threads = [threading.Thread(target=worker, name="worker-%d" % i, daemon=True) for i in range(2)]
for thread in threads:
    thread.start()
    ready.acquire()
sync.ready_and_wait()
go.set()
"""


@pytest.fixture
def python():
    found = supported_interpreters()
    if not found:
        pytest.skip("no interpreter; run tests/interpreters.sh")
    return next((i for i in found if i.kind == "distribution"), found[0])


@pytest.fixture
def target(start_target, python, tmp_path):
    script = tmp_path / "handling.py"
    script.write_text(HANDLING)
    return start_target(python, script)


def shell(tool, command, *arguments, **kwargs):
    return subprocess.run(["sh", "-c", command, tool, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60, **kwargs)


def without_times(text):
    """The report but for what differs between two attaches: the line with the freeze and the time, how long a thread has
    waited, its processor time and age."""
    lines = [line for line in text.splitlines() if not line.startswith("Python ")]
    return "\n".join(re.sub(r"\b\d+\.\d+ s\b", "TIME s", line) if line.startswith("Thread ") else line for line in lines)


def test_output_goes_to_a_new_private_file(run_tool, target, tmp_path):
    old = os.umask(0)
    try:
        run = run_tool("--output", tmp_path / "report", target.pid)
    finally:
        os.umask(old)
    assert run == (0, "", "")
    path = tmp_path / "report"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert without_times(path.read_text()) == without_times(run_tool(target.pid).out)
    assert os.listdir(tmp_path).count("report") == 1 and not [n for n in os.listdir(tmp_path) if "pyexc-attach" in n]


def test_output_may_be_a_name_in_the_current_directory(run_tool, target, tmp_path):
    assert run_tool("--output=report.json", "--format=json", target.pid, cwd=str(tmp_path)) == (0, "", "")
    assert json.loads((tmp_path / "report.json").read_text())["target"]["pid"] == target.pid


@pytest.mark.parametrize("option", ["--output", "--record"])
@pytest.mark.parametrize("kind", ["file", "link", "dangling link", "fifo", "directory"])
def test_nothing_is_overwritten(run_tool, target, tmp_path, option, kind):
    path, other = tmp_path / "there", tmp_path / "other"
    if kind == "file":
        path.write_text("old")
    elif kind == "link":
        other.write_text("old")
        path.symlink_to(other)
    elif kind == "dangling link":
        path.symlink_to(other)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    before = sorted(os.listdir(tmp_path))
    line, hint = assert_failure(run_tool(option, path, target.pid), 8)
    assert str(path) in line and "exists" in line and "overwritten" in hint
    assert sorted(os.listdir(tmp_path)) == before
    if kind in ("file", "link"):
        assert path.read_text() == "old"
    else:
        assert not other.exists()


@pytest.mark.parametrize("option", ["--output", "--record"])
def test_a_directory_that_is_not_there(run_tool, target, tmp_path, option):
    line, hint = assert_failure(run_tool(option, tmp_path / "no" / "report", target.pid), 8)
    assert "No such file" in line and "directory" in hint


def test_a_directory_that_may_not_be_written_to(run_tool, target):
    line, _ = assert_failure(run_tool("--output", "/proc/self/report", target.pid), 8)
    assert "/proc/self/report" in line


@pytest.mark.parametrize("option", ["--output", "--record"])
def test_a_full_disk_leaves_nothing_behind(run_tool, target, place, option):  # noqa: F811
    need_root("mounting a small filesystem")
    disk = place / "disk"
    os.mkdir(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", disk], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("mount is not permitted here")
    try:
        with open(disk + "/fill", "wb") as stream:
            stream.write(bytes(12 << 10))
        run = run_tool(option, disk + "/report", "--format=json", target.pid)
        line, hint = assert_failure(run, 8)
        assert "No space left" in line and "room" in hint
        assert os.listdir(disk) == ["fill"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_stdout_on_a_full_disk(tool, target):
    run = shell(tool, '"$0" "$1" >/dev/full', target.pid)
    assert run.returncode == 8
    line, hint = run.stderr.decode().splitlines()
    assert "No space left" in line and hint.startswith("hint: ")


def test_closed_stdout(tool, target):
    run = shell(tool, '"$0" "$1" >&-', target.pid)
    assert run.returncode == 8
    line, hint = run.stderr.decode().splitlines()
    assert "stdout" in line and "--output" in hint


def test_closed_stdout_does_not_end_up_in_the_output_file(tool, target, tmp_path):
    run = shell(tool, '"$0" --output "$2" "$1" >&- 2>&-', target.pid, tmp_path / "report")
    assert run.returncode == 0
    assert (tmp_path / "report").read_text().startswith("Process %d" % target.pid)


def test_a_reader_that_has_gone_is_no_complaint(tool, target):
    read, write = os.pipe()
    os.close(read)
    try:
        run = subprocess.run([tool, str(target.pid)], stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE,
                             timeout=60)
    finally:
        os.close(write)
    assert run.returncode == 141 and run.stderr == b""


@pytest.fixture
def blocked(tool, target):
    """blocked(*options) -> the tool, writing to a pipe that is full and that nobody empties."""
    opened, started = [], []

    def start(*options):
        read, write = os.pipe()
        opened.append(read)
        fcntl.fcntl(write, 1031, 4096)  # F_SETPIPE_SZ
        os.set_blocking(write, False)
        try:
            while True:
                os.write(write, bytes(512))
        except BlockingIOError:
            pass
        os.set_blocking(write, True)
        process = subprocess.Popen([tool, *options, str(target.pid)], stdin=subprocess.DEVNULL, stdout=write,
                                   stderr=subprocess.PIPE)
        os.close(write)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()
    for descriptor in opened:
        os.close(descriptor)


def stands_in_write(process):
    with open("/proc/%d/syscall" % process.pid, encoding="utf-8") as stream:
        return stream.read().startswith("1 0x1 ")


def test_timeout_counts_the_output(blocked, target):
    started = time.monotonic()
    process = blocked("--timeout=500ms")
    assert process.wait(30) == 9
    assert time.monotonic() - started < 10
    line, hint = process.stderr.read().decode().splitlines()
    assert "--timeout" in line and hint.startswith("hint: ")
    assert process_state(target.pid) in "SR"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_blocked_output(blocked, target, number):
    if os.uname().machine != "x86_64":
        pytest.skip("the number of write() in this test is that of x86-64")
    process = blocked()
    wait_until(lambda: stands_in_write(process), "it writes")
    process.send_signal(number)
    assert process.wait(30) == 128 + number
    line, hint = process.stderr.read().decode().splitlines()
    assert number.name in line and hint.startswith("hint: ")
    assert process_state(target.pid) in "SR"


def test_a_signal_that_is_ignored_stays_ignored(tool, target):
    """As under nohup, or a shell's `&`."""
    if os.uname().machine != "x86_64":
        pytest.skip("the number of write() in this test is that of x86-64")
    read, write = os.pipe()
    fcntl.fcntl(write, 1031, 4096)
    os.set_blocking(write, False)
    filled = 0
    try:
        while True:
            filled += os.write(write, bytes(512))
    except BlockingIOError:
        pass
    os.set_blocking(write, True)
    process = subprocess.Popen([tool, str(target.pid)], stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    os.close(write)
    try:
        wait_until(lambda: stands_in_write(process), "it writes")
        process.send_signal(signal.SIGINT)
        data = b""
        while chunk := os.read(read, 4096):
            data += chunk
        assert process.wait(30) == 0 and process.stderr.read() == b""
        assert data[filled:].startswith(b"Process %d" % target.pid)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()
        os.close(read)


def test_stopping_the_tool_leaves_the_target_running(blocked, target):
    """Ctrl-Z while the output is blocked: the tool stops, the target does not, and both go on."""
    if os.uname().machine != "x86_64":
        pytest.skip("the number of write() in this test is that of x86-64")
    process = blocked()
    wait_until(lambda: stands_in_write(process), "it writes")
    process.send_signal(signal.SIGTSTP)
    wait_until(lambda: process_state(process.pid) == "T", "the tool stops")
    assert process_state(target.pid) in "SR"
    process.send_signal(signal.SIGCONT)
    wait_until(lambda: process_state(process.pid) != "T", "the tool goes on")
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 143


# ---- what is in the report -----------------------------------------------------------------------

def test_exceptions_only(run_tool, target):
    run = run_tool("--exceptions-only", target.pid)
    assert run.code == 0
    assert run.out.count("ValueError: bad worker-") == 2
    assert "Stack" not in run.out and "MainThread" not in run.out
    assert "1 other thread handles nothing." in run.out
    report = run_tool("--exceptions-only", "--format=json", target.pid).json()
    assert all(thread["stack"] == [] for thread in report["interpreters"][0]["threads"])
    assert len(report["exceptions"]) == 2


def test_one_thread(run_tool, target, json_report):
    everything = json_report(target.pid)["interpreters"][0]["threads"]
    worker = next(thread for thread in everything if thread["name"] == "worker-1")
    report = json_report(target.pid, "--thread", worker["tid"])
    assert [thread["tid"] for thread in report["interpreters"][0]["threads"]] == [worker["tid"]]
    both = json_report(target.pid, "--thread", worker["tid"], "--thread=%d" % target.pid)
    assert {thread["tid"] for thread in both["interpreters"][0]["threads"]} == {worker["tid"], target.pid}


def test_a_thread_that_is_not_there(run_tool, target):
    run = run_tool("--format=json", "--thread", os.getpid(), target.pid)
    assert run.code == 1
    report = run.json()
    assert [problem["code"] for problem in report["problems"]] == ["thread-not-found"]
    assert report["complete"] is False


def test_no_freeze(run_tool, target):
    run = run_tool("--no-freeze", "--format=json", target.pid)
    report = run.json()
    assert report["freeze"]["mode"] == "none" and report["freeze"]["duration_us"] == 0
    assert not any(thread["stopped"] for thread in report["interpreters"][0]["threads"])
    assert "not-frozen" in [problem["code"] for problem in report["problems"]]
    assert "read without stopping it" in run_tool("--no-freeze", target.pid).out


@pytest.mark.parametrize("options, env, colored", [
    ([], {}, False), (["--color"], {}, True), (["--color=always"], {"NO_COLOR": "1"}, True), (["--color=never"], {}, False),
    ([], {"FORCE_COLOR": "1"}, True), ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ([], {"FORCE_COLOR": ""}, False),
    (["--color=auto"], {}, False), (["--color", "--format=json"], {}, False),
])
def test_color(run_tool, target, options, env, colored):
    run = run_tool(*options, target.pid, env=env)
    assert run.code == 0
    assert ("\x1b[" in run.out) is colored


@pytest.mark.parametrize("env, colored", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_color_on_a_terminal(tool, target, env, colored):
    controller, terminal = os.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", **env}
    process = subprocess.Popen([tool, str(target.pid)], stdin=subprocess.DEVNULL, stdout=terminal, env=environment)
    os.close(terminal)
    data = b""
    try:
        while select.select([controller], [], [], 30)[0]:
            try:
                chunk = os.read(controller, 65536)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            data += chunk
    finally:
        assert process.wait(30) == 0
        os.close(controller)
    assert b"ValueError: bad worker-0" in data
    assert (b"\x1b[" in data) is colored


def test_verbose_goes_to_stderr_only(run_tool, target):
    quiet, loud = run_tool(target.pid), run_tool("-v", target.pid)
    assert quiet.err == "" and loud.code == 0
    assert without_times(quiet.out) == without_times(loud.out)
    assert loud.err != ""


def test_json_obeys_its_schema(run_tool, start_target, interpreter, tmp_path):
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    script = tmp_path / "handling.py"
    script.write_text(HANDLING)
    target = start_target(interpreter, script)
    schema = json.loads((pathlib.Path(REPOSITORY) / "docs/report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    report = run_tool("--format=json", target.pid).json()
    jsonschema.Draft202012Validator(schema).validate(report)
    by_id = report["exceptions"]
    assert [exception["id"] for exception in by_id] == list(range(len(by_id)))
    for thread in report["interpreters"][0]["threads"]:
        expected = ["bad " + thread["name"]] if thread["name"].startswith("worker") else []
        assert [by_id[id]["message"] for id in thread["handling"]] == expected


# ---- recordings that are none --------------------------------------------------------------------

def test_replay_of_a_recording_gives_the_same_text(run_tool, target, tmp_path):
    live = run_tool("--record", tmp_path / "r", target.pid)
    replayed = run_tool("replay", tmp_path / "r")
    assert live.code == replayed.code == 0
    assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o600
    first, rest = replayed.out.split("\n", 1)
    assert first.startswith("Process %d (recording): " % target.pid)
    assert rest == live.out.split("\n", 1)[1]


@pytest.mark.parametrize("content", [b"", b"x", b"not a recording\n" * 1000, bytes(1 << 20), os.urandom(4096)],
                         ids=["empty", "short", "text", "zeros", "random"])
def test_replay_of_something_else(run_tool, tmp_path, content):
    (tmp_path / "r").write_bytes(content)
    line, _ = assert_failure(run_tool("replay", tmp_path / "r"), 7)
    assert str(tmp_path / "r") in line


def test_replay_of_a_cut_recording(run_tool, target, tmp_path):
    assert run_tool("--record", tmp_path / "whole", target.pid).code == 0
    whole = (tmp_path / "whole").read_bytes()
    for length in [*range(0, 64), *range(64, len(whole), max(1, len(whole) // 60)), len(whole) - 1]:
        (tmp_path / "cut").write_bytes(whole[:length])
        assert_failure(run_tool("replay", tmp_path / "cut"), 7)


@pytest.mark.parametrize("path", ["/nonexistent/recording", "/", "/dev/zero", "/proc/self/mem"])
def test_replay_of_no_file(run_tool, path):
    line, _ = assert_failure(run_tool("replay", path, timeout=20), 7)
    assert path in line


def test_replay_of_a_fifo_does_not_wait(run_tool, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    assert_failure(run_tool("replay", tmp_path / "fifo", timeout=20), 7)
