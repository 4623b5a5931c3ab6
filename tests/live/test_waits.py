"""What each thread waits in, against what the target's own Python knows: tests/targets/waits.py."""

import json
import os
import platform
import re
import shutil
import subprocess
import time

import pytest

from conftest import READY_TIMEOUT, TARGETS, Target, call_tool, interpreter_parameters, supported_interpreters

pytestmark = [pytest.mark.xdist_group("waits"),
              pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers below are those of x86-64")]
NUMBERS = {"read": 0, "write": 1, "open": 2, "poll": 7, "select": 23, "connect": 42, "recvfrom": 45, "wait4": 61,
           "fcntl": 72, "flock": 73, "futex": 202, "restart_syscall": 219, "clock_nanosleep": 230, "epoll_wait": 232,
           "waitid": 247, "openat": 257, "pselect6": 270, "ppoll": 271, "epoll_pwait": 281, "accept4": 288}
CASES = ["read_pipe", "write_full_pipe", "tcp4_peer_that_never_answers", "tcp6_peer_that_never_answers", "tcp_read",
         "accepting", "connecting", "udp", "udp6", "unix_pair", "unix_path", "flock_held_by_another",
         "record_lock_held_by_another", "flock_of_deleted", "child_that_never_exits", "child_by_waitid",
         "child_by_pidfd", "lock", "lock_with_timeout", "sleeping", "poll_one", "poll_three", "select_two", "epoll",
         "terminal", "opening_a_fifo", "eventfd", "timerfd", "inotify", "signalfd", "other_network_namespace"]


def pytest_generate_tests(metafunc):
    if "blocked" in metafunc.fixturenames:
        metafunc.parametrize("blocked", interpreter_parameters(
            metafunc.config, lambda i: i.name in ("pyenv-3.8", "distribution", "sid-3.15")), indirect=True, scope="module")


def line_of(pid, tid):
    with open("/proc/%d/task/%d/syscall" % (pid, tid)) as stream:
        return stream.read()


def wait_until_blocked(pid, facts):
    """Nothing tells when a thread has gone to sleep but /proc: until each is in its call, twice in a row."""
    deadline = time.monotonic() + READY_TIMEOUT
    before = {}
    while time.monotonic() < deadline:
        now = {fact["tid"]: line_of(pid, fact["tid"]) for fact in facts}
        if now == before and all(now[fact["tid"]].split()[0] in {str(NUMBERS[call]) for call in fact["calls"]} for fact in facts):
            return
        before = now
        time.sleep(0.05)
    raise TimeoutError("not blocked: %r" % before)


class Blocked:
    """A target, what it said of each case, and what the tool says: at first, and after that attach."""

    def __init__(self, interpreter, tool, folder):
        environment = interpreter.environment({"PYTHONPATH": str(TARGETS), "TMPDIR": str(folder)})
        self.target = Target(interpreter.command(TARGETS / "waits.py"), environment)
        self.pid = self.target.pid
        self.facts = {}
        while len(self.facts) < len(CASES):
            fact = json.loads(self.target.read_line().decode())
            self.facts[fact["case"]] = fact
        assert sorted(self.facts) == sorted(CASES)
        self.there = [fact for fact in self.facts.values() if "skip" not in fact]
        wait_until_blocked(self.pid, self.there)
        self.blocked_at = time.monotonic()
        self.recording = folder / "recording"
        time.sleep(1)  # what is measured: for how long they are off the CPU
        self.begin = time.monotonic()
        self.runs = [call_tool(tool, "--format=json", "--record", self.recording, self.pid)]
        self.end = time.monotonic()
        self.runs.append(call_tool(tool, "--format=json", self.pid))
        self.second_end = time.monotonic()
        self.text = call_tool(tool, self.pid)
        self.replayed = call_tool(tool, "replay", "--format=json", self.recording)
        self.reports = [run.json() for run in self.runs]

    def thread(self, case, attach):
        fact = self.facts[case]
        if "skip" in fact:
            pytest.skip(fact["skip"])
        threads = [thread for thread in self.reports[attach]["interpreters"][0]["threads"] if thread["tid"] == fact["tid"]]
        assert len(threads) == 1
        return fact, threads[0]


@pytest.fixture(scope="module")
def blocked(request, tool, tmp_path_factory):
    one = Blocked(request.param, tool, tmp_path_factory.mktemp("waits"))
    yield one
    one.target.end()


def texts(fact, call):
    """What the report is to say, from what the target said."""
    if "text" in fact:
        return {fact["text"]}
    if "path" in fact:
        if fact.get("lock"):
            deleted = " (deleted)" if fact["case"] == "flock_of_deleted" else ""
            return {"%s(%s%s)" % (call, fact["path"], deleted)}
        return {"%s(%s)" % (call, fact["path"])}
    if "family" in fact:
        what = fact["family"]
        if fact["local"]:
            what += " " + fact["local"]
        if fact["remote"]:
            what += " → " + fact["remote"]
        if fact.get("state") not in (None, "ESTABLISHED", "LISTEN"):
            what += ", " + fact["state"]
        return {"%s(fd %d → %s)" % (call, fact["fd"], what)}
    if "what" in fact:
        return {"%s(fd %d → %s)" % (call, fact["fd"], fact["what"])}
    if "fds" in fact:
        return {"%s(%s)" % (call, ", ".join("fd %d" % fd for fd in fact["fds"]))}
    # A sleep: before Python 3.11 it is a select() of nothing.
    return {call} if call == "clock_nanosleep" else {"%s(no fd)" % call}


@pytest.mark.parametrize("attach", [0, 1], ids=["first attach", "after an attach"])
@pytest.mark.parametrize("case", CASES)
def test_waits_in(blocked, case, attach):
    fact, thread = blocked.thread(case, attach)
    waiting = thread["waiting"]
    assert thread["state"] == "sleeping"
    assert waiting is not None
    assert waiting["call"] in fact["calls"]
    assert {waiting["text"]} == texts(fact, waiting["call"])
    assert waiting["fd"] == fact.get("fd")
    if "file" in fact:
        deleted = " (deleted)" if case == "flock_of_deleted" else ""
        assert waiting["file"] in (fact["file"], fact["file"] + deleted)
    if "family" in fact:
        assert waiting["socket"] == {"family": fact["family"], "local": fact["local"], "remote": fact["remote"],
                                     "state": fact.get("state")}
    else:
        assert waiting["socket"] is None
    assert waiting["peers"] == fact.get("peers")
    assert waiting["holders"] == fact.get("holders", [])
    assert waiting["fds"] == fact.get("fds", [])
    assert (waiting["futex"] is not None) == (waiting["call"] == "futex")


@pytest.mark.parametrize("case", CASES)
def test_for_how_long(blocked, case):
    fact, thread = blocked.thread(case, 0)
    since = thread["waiting"]["since_ms"]
    if not os.path.exists("/proc/%d/sched" % blocked.pid):
        assert since is None
        pytest.skip("this kernel has no /proc/PID/sched")
    # That clock does not run while a hypervisor has the processor, so the lower limit is a wide one.
    assert (blocked.begin - blocked.blocked_at) * 1000 * 0.5 <= since
    assert since <= (blocked.end - fact["before"]) * 1000 + 1
    # A stop begins it anew.
    later = blocked.thread(case, 1)[1]["waiting"]["since_ms"]
    assert later <= (blocked.second_end - blocked.begin) * 1000 + 1


@pytest.mark.parametrize("case", ["lock_with_timeout", "sleeping"])
def test_time_that_remains(blocked, case):
    for attach in (0, 1):
        fact, thread = blocked.thread(case, attach)
        remaining = thread["waiting"]["remaining_ms"]
        if "until" not in fact or (case == "lock_with_timeout" and remaining is None):
            # Whether a lock waits until a moment or for a while is up to the C library and the version.
            with open("/proc/%d/task/%d/syscall" % (blocked.pid, fact["tid"])) as stream:
                call, _, operation = stream.read().split()[:3]
            relative = "until" not in fact or (call in ("202", "219") and int(operation, 16) & 0x7f == 0)
            assert relative and remaining is None
            continue
        assert (fact["until"] - time.monotonic()) * 1000 - 1 <= remaining <= (fact["until"] - blocked.begin) * 1000 + 1000


def test_time_that_was_used(blocked):
    for attach in (0, 1):
        for case, fact in blocked.facts.items():
            if "skip" in fact:
                continue
            thread = blocked.thread(case, attach)[1]
            assert 0 <= thread["cpu_ms"] <= 5000
            assert (blocked.begin - fact["before"]) * 1000 - 1 <= thread["age_ms"]
        main = [t for t in blocked.reports[attach]["interpreters"][0]["threads"] if t["main"]][0]
        with open("/proc/%d/task/%d/stat" % (blocked.pid, blocked.pid)) as stream:
            fields = stream.read().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) * 1000 // os.sysconf("SC_CLK_TCK")
        assert main["cpu_ms"] <= used  # it has only grown since
        assert used - main["cpu_ms"] <= 1000


def test_the_same_after_a_replay(blocked):
    assert blocked.replayed.code == 0, blocked.replayed.err
    first, again = blocked.reports[0], blocked.replayed.json()
    for one, other in zip(first["interpreters"][0]["threads"], again["interpreters"][0]["threads"]):
        for field in ("tid", "waiting", "cpu_ms", "age_ms", "state"):
            assert one[field] == other[field]


def test_in_text(blocked):
    fact = blocked.facts["child_that_never_exits"]
    lines = [line for line in blocked.text.out.splitlines() if line.startswith("Thread %d " % fact["tid"])]
    assert len(lines) == 1
    assert ": sleeping in wait4(pid %d)" % fact["peers"][0] in lines[0]
    held = blocked.facts["flock_held_by_another"]
    assert "sleeping in flock(%s) held by %d" % (held["path"], held["holders"][0]) in blocked.text.out


POOL = """
import socket, sys, threading
import sync
lock = threading.Lock()
lock.acquire()
count, kind = int(sys.argv[1]), sys.argv[2]
keep = []
if kind == "clients":
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(count)
    for _ in range(count):
        keep.append(socket.create_connection(server.getsockname()))
        keep.append(server.accept()[0])
def work(number):
    keep[2 * number + 1].recv(1) if kind == "clients" else lock.acquire()
threading.stack_size(1 << 16)
threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
for thread in threads:
    thread.start()
    sync.say(b"%d" % thread.native_id)
sync.ready_and_wait()
"""


@pytest.mark.parametrize("kind, call", [("locks", "futex"), ("clients", "recvfrom")])
def test_many_alike(tool, start_target, tmp_path, kind, call):
    """Each waits on a descriptor of its own, and the report is as short as for a few."""
    interpreter = next((i for i in supported_interpreters() if i.name == "distribution"), None)
    if interpreter is None:
        pytest.skip("no interpreter of the distribution")
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    count = 300
    target = start_target(interpreter, script, count, kind, wait=False)
    tids = [int(target.read_line()) for _ in range(count)]
    target.wait_ready()
    wait_until_blocked(target.pid, [{"tid": tid, "calls": [call]} for tid in tids])
    run = call_tool(tool, target.pid)
    assert run.code == 0, run.err
    assert "%d threads alike: " % count in run.out
    assert len(run.out.splitlines()) < 40
    report = call_tool(tool, "--format=json", target.pid).json()
    waiting = [thread["waiting"] for thread in report["interpreters"][0]["threads"] if thread["tid"] in set(tids)]
    assert len(waiting) == count and all(wait["call"] == call for wait in waiting)


def test_cost_is_linear_and_before_the_freeze(tool, start_target, tmp_path):
    """Calls for /proc per thread, and none of them between the first stop and the last release."""
    interpreter = next((i for i in supported_interpreters() if i.name == "distribution"), None)
    if interpreter is None or shutil.which("strace") is None:
        pytest.skip("no interpreter of the distribution, or no strace")
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    opened = {}
    for count in (20, 120):
        target = start_target(interpreter, script, count, "locks", wait=False)
        tids = [int(target.read_line()) for _ in range(count)]
        target.wait_ready()
        wait_until_blocked(target.pid, [{"tid": tid, "calls": ["futex"]} for tid in tids])
        log = tmp_path / ("strace-%d" % count)
        subprocess.run(["strace", "-f", "-qq", "-s", "64", "-e", "trace=openat,ptrace", "-o", str(log), tool, str(target.pid)],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=60)
        lines = log.read_text(errors="replace").splitlines()
        first = next(i for i, line in enumerate(lines) if "PTRACE_INTERRUPT" in line)
        last = max(i for i, line in enumerate(lines) if "PTRACE_DETACH" in line)
        looks = re.compile(r'"\d+/(?:syscall|sched|wchan|fd/|fdinfo/)')
        assert not [line for line in lines[first:last] if looks.search(line)]
        opened[count] = sum(bool(re.search(r'"\d+/(?:syscall|sched|wchan|fdinfo|stat)', line)) for line in lines)
    # stat twice (as the process is opened, and again), syscall three times (what locks to rehearse, to see, and to see
    # whether it moved), sched.
    assert opened[120] - opened[20] <= 100 * 6 + 20, opened
