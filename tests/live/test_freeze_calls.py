"""What the system calls of a whole attach may be: nothing written to the target, no signal sent to it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "freeze"))
import freeze_support as support  # noqa: E402

pytestmark = pytest.mark.xdist_group("freeze")
ALLOWED_REQUESTS = {"PTRACE_SEIZE", "PTRACE_INTERRUPT", "PTRACE_DETACH"}
SENDING = {"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"}
WRITING = {"process_vm_writev", "process_madvise", "pidfd_getfd", "pwrite64", "pwritev", "pwritev2"}
LINE = re.compile(r"^(\d+)\s+(\w+)\((.*)")


@pytest.fixture(scope="module", autouse=True)
def _may_trace():
    support.may_trace()
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")


def traced_calls(command, log):
    """[(pid of the caller, name, text of arguments and result)] of every system call of the command."""
    subprocess.run(["strace", "-f", "-qq", "-s", "256", "-o", str(log), *command], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, check=True, timeout=support.TIMEOUT)
    calls = []
    for line in log.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if match:
            calls.append((int(match[1]), match[2], match[3]))
    return calls


def check(calls, target_pid, target_tids):
    own = {pid for pid, _, _ in calls}
    assert not own & set(target_tids)
    requests = [text.split(",")[0] for _, name, text in calls if name == "ptrace"]
    assert requests and set(requests) <= ALLOWED_REQUESTS, set(requests)
    assert requests.count("PTRACE_SEIZE") >= len(target_tids)
    callers = {pid for pid, name, _ in calls if name == "ptrace"}
    readers = {pid for pid, name, _ in calls if name == "process_vm_readv"}
    assert not callers & readers, "the thread that traces also reads"
    for _, name, text in calls:
        assert name not in WRITING, (name, text)
        if name in SENDING:
            numbers = {int(n) for n in re.findall(r"-?\d+", text.split(")")[0])}
            assert not numbers & ({target_pid, -target_pid} | set(target_tids)), (name, text)
        if name in ("open", "openat", "openat2", "creat") and "O_WRONLY" in text or "O_RDWR" in text:
            assert "/proc/" not in text, (name, text)
    return requests


@pytest.mark.parametrize("threads", [1, 10])
def test_calls_of_a_freeze(threads, tmp_path):
    target = support.OddTarget("count", threads)
    try:
        tids = list(target.threads())
        calls = traced_calls([support.program("freeze_probe"), str(target.pid), "--read", target.ready[1],
                              "--hold-us", "100000", "--stop-wait-us", "5000000"], tmp_path / "strace")
        requests = check(calls, target.pid, tids)
        assert sorted(requests) == sorted(["PTRACE_SEIZE", "PTRACE_INTERRUPT", "PTRACE_DETACH"] * len(tids))
        target.assert_untouched()
    finally:
        target.end()


def test_calls_of_the_tool(tmp_path):
    tool = support.attach_tool()
    target = subprocess.Popen(["/usr/bin/python3", "-c", "print('ready', flush=True); input()"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert target.stdout.readline() == b"ready\n"
        calls = traced_calls([tool, str(target.pid)], tmp_path / "strace")
        check(calls, target.pid, [int(tid) for tid in os.listdir("/proc/%d/task" % target.pid)])
    finally:
        target.kill()
        target.wait()
