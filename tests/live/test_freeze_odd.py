"""Processes that are hard to stop, or that change while they are being stopped."""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "freeze"))
import freeze_support as support  # noqa: E402

pytestmark = pytest.mark.xdist_group("freeze")
# A thread that never stops would be waited for for ever; a bound far above stop_wait (20 ms) tells the difference
# even on a busy machine.
IN_TIME_US = 2_000_000
PATIENT = ("--max-freeze-us", 30_000_000)


@pytest.fixture(scope="module", autouse=True)
def _may_trace():
    support.may_trace()


@pytest.fixture
def odd_target():
    targets = []

    def start(*arguments):
        targets.append(support.OddTarget(*arguments))
        return targets[-1]

    yield start
    for target in targets:
        target.end()


def test_vfork(odd_target):
    target = odd_target("vfork")
    blocked = int(target.ready[1])
    for _ in range(20):
        result = support.probe(target.pid, *PATIENT)
        assert result["not_stopped"] == [blocked]
        assert result["stopped"] == 4 and result["threads"] == 5 and result["threads_marked_stopped"] == 4
        assert 15_000 <= result["duration_us"] < IN_TIME_US and not result["expired"]
        states = target.threads()
        assert states[blocked] == ("D", 0) and all(tracer == 0 for _, tracer in states.values())
    # When it wakes, nothing of ours may stop it.
    target.ask("release")
    support.wait_until(lambda: target.counts()[-1] not in (0, blocked), "the thread never came out of vfork")
    target.wait_counting()
    target.assert_untouched()


def make_cgroup(tmp_path, kind):
    """(directory, freeze, thaw) of a new cgroup, or a stated skip."""
    mounts = [line.split() for line in open("/proc/self/mounts", encoding="utf-8")]
    places = [m[1] for m in mounts if (m[2] == "cgroup2" if kind == "v2" else m[2] == "cgroup" and "freezer" in m[3])]
    if not places:
        pytest.skip("no cgroup %s freezer is mounted" % kind)
    directory = pathlib.Path(places[0]) / ("pyexc-test-%d" % os.getpid())
    try:
        directory.mkdir()
    except OSError as error:
        pytest.skip("cannot make a cgroup: %s" % error)
    if kind == "v2":
        if not (directory / "cgroup.freeze").exists():
            directory.rmdir()
            pytest.skip("this cgroup v2 has no cgroup.freeze")
        return directory, ("cgroup.freeze", "1"), ("cgroup.freeze", "0")
    return directory, ("freezer.state", "FROZEN"), ("freezer.state", "THAWED")


def frozen(directory, kind):
    if kind == "v1":
        return (directory / "freezer.state").read_text() == "FROZEN\n"
    return "frozen 1" in (directory / "cgroup.events").read_text()


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_frozen_cgroup(odd_target, tmp_path, kind):
    target = odd_target("count", 5)
    directory, freeze, thaw = make_cgroup(tmp_path, kind)
    root = directory.parent
    try:
        (directory / "cgroup.procs").write_text(str(target.pid))
        (directory / freeze[0]).write_text(freeze[1])
        support.wait_until(lambda: frozen(directory, kind), "the cgroup never froze")
        for _ in range(5):
            result = support.probe(target.pid, *PATIENT)
            # v2 lets a frozen process be traced; v1 does not, and then none can be stopped.
            assert result["stopped"] == (6 if kind == "v2" else 0), result
            assert len(result["not_stopped"]) == 6 - result["stopped"]
            assert result["duration_us"] < IN_TIME_US and not result["expired"]
            assert all(tracer == 0 for _, tracer in target.threads().values())
        support.wait_until(lambda: frozen(directory, kind), "the cgroup did not stay frozen")
        (directory / thaw[0]).write_text(thaw[1])
        target.wait_counting()
        target.assert_untouched()
    finally:
        (directory / thaw[0]).write_text(thaw[1])
        (root / "cgroup.procs").write_text(str(target.pid))
        directory.rmdir()


def test_memory_that_never_answers(odd_target):
    target = odd_target("uffd")
    result = support.probe(target.pid, "--read", target.ready[1], "--max-freeze-us", 200_000, "--hold-us", 1_000_000)
    assert result["reader"] == 1, "the read came back"
    assert result["expired"] and result["stopped"] == 5
    assert 200_000 <= result["duration_us"] < IN_TIME_US
    target.assert_untouched()
    target.wait_counting()


@pytest.mark.parametrize("mode", [("storm",), ("burst", 3), ("burst", 40)])
def test_threads_that_come_and_go(odd_target, mode):
    target = odd_target(*mode)
    process = support.start_probe(target.pid, "--repeat", 300, "--hold-us", 100)
    out, _ = process.communicate(timeout=support.TIMEOUT)
    results = [support.json.loads(line) for line in out.splitlines()]
    assert process.returncode == 0 and len(results) == 300
    assert not any(r["expired"] or r["ended"] for r in results)
    assert all(r["threads"] == r["stopped"] + len(r["not_stopped"]) for r in results)
    complete = sum(r["complete"] and not r["not_stopped"] for r in results)
    print(mode, "complete:", complete, "threads:", max(r["threads"] for r in results))
    assert complete >= 285
    target.assert_untouched()
    assert target.finish() == 0


def test_nothing_runs_in_a_complete_freeze(odd_target):
    """While a storm of threads is held, its counter stands still."""
    target = odd_target("storm")
    for _ in range(20):
        process = support.start_probe(target.pid, "--hold-us", 20_000_000, *PATIENT)
        support.wait_until(lambda: all(s == "t" for s, _ in target.threads().values()), "never frozen")
        before = sorted(os.listdir("/proc/%d/task" % target.pid))
        times = [open("/proc/%d/schedstat" % target.pid).read() for _ in range(2)] \
            if os.path.exists("/proc/%d/schedstat" % target.pid) else []
        os.sched_yield()
        assert sorted(os.listdir("/proc/%d/task" % target.pid)) == before
        assert len(set(times)) <= 1
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=support.TIMEOUT)
        assert '"complete":true' in out and '"expired":false' in out
    assert target.finish() == 0


def test_exec_at_any_moment():
    """A thread that is not the main one replaces the program, again and again, under repeated freezes."""
    generations = 60
    target = support.OddTarget("exec", generations)
    process = support.start_probe(target.pid, "--repeat", 1_000_000)
    try:
        assert target.read_line() == "done"
        assert target.process.wait(support.TIMEOUT) == 0
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=support.TIMEOUT)
        target.end()
    results = [support.json.loads(line) for line in out.splitlines()]
    freezes = [r for r in results if "stopped" in r]
    replaced = sum(not r["same_image"] for r in freezes)
    errors = {r["error"] for r in results if "error" in r}
    print("freezes:", len(freezes), "in another image than was opened:", replaced, "errors:", errors)
    assert len(freezes) >= generations / 2 and not any(r["expired"] for r in freezes)
    assert errors <= {"process-ended", "no-such-process"}


def test_execve_that_does_not_end(odd_target):
    """Every PTRACE_SEIZE blocks in the kernel; the tool gives up in time, and nothing is held by it later."""
    target = odd_target("exec-stuck")
    child = int(target.ready[1])
    for _ in range(3):
        result = support.probe(child, "--max-freeze-us", 100_000, timeout=20)
        assert result["error"] == "timeout"
    # Repeated in one process: the thread that was given up must leave it able to go on.
    process = support.start_probe(child, "--repeat", 5, "--max-freeze-us", 50_000)
    out, _ = process.communicate(timeout=20)
    assert out.count('"error":"timeout"') == 5, out
    # The child's execve goes on as soon as its zombie is reaped, and it ends well.
    assert target.finish() == 0


def test_exit_at_any_moment():
    """The parent of a process that ends under a freeze gets its exit status."""
    ended = 0
    for step in range(100):
        target = support.OddTarget("exit", step * 60)
        process = support.start_probe(target.pid, "--repeat", 1_000, "--hold-us", 300)
        assert target.process.wait(support.TIMEOUT) == 7
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=support.TIMEOUT)
        ended += '"ended":true' in out
        target.end()
    print("ended while frozen:", ended)


def test_main_thread_that_has_exited(odd_target):
    target = odd_target("leader-exits")
    for _ in range(20):
        result = support.probe(target.pid, "--read", target.ready[1], "--hold-us", 5_000_000,
                               "--max-freeze-us", 10_000_000)
        assert result["stopped"] == result["threads"] == 4 and result["not_stopped"] == []
        assert result["complete"] and result["reader"] == 2 and result["same_image"]
        assert result["duration_us"] < IN_TIME_US
    target.assert_untouched()
    target.wait_counting()


def test_already_traced(odd_target):
    target = odd_target("count", 3)
    holder = support.start_probe(target.pid, "--hold-us", 20_000_000, *PATIENT)
    target.wait_state("t")
    result = support.probe(target.pid)
    assert result["error"] == "already-traced" and result["number"] == holder.pid
    assert str(holder.pid) in result["what"]
    holder.send_signal(signal.SIGTERM)
    out, _ = holder.communicate(timeout=support.TIMEOUT)
    assert '"expired":false' in out
    target.wait_counting()


def test_several_rounds(odd_target):
    target = odd_target("count", 10)
    process = support.start_probe(target.pid, "--rounds", 200)
    out, _ = process.communicate(timeout=support.TIMEOUT)
    results = [support.json.loads(line) for line in out.splitlines()]
    assert len(results) == 200 and all(r["stopped"] == 11 and r["complete"] for r in results)
    target.assert_untouched()


def test_no_process():
    process = subprocess.Popen(["true"])
    process.wait()
    result = support.probe(process.pid)
    assert result["error"] == "no-such-process" and result["status"] == 3


def test_zombie():
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    result = support.probe(process.pid)
    assert result["error"] == "no-such-process" and "zombie" in result["what"]
    process.wait()


def test_kernel_thread():
    try:
        if int(open("/proc/2/stat").read().rsplit(")", 1)[1].split()[6]) & 0x200000 == 0:
            pytest.skip("process 2 is not a kernel thread here")
    except FileNotFoundError:
        pytest.skip("no process 2 in this pid namespace")
    result = support.probe(2)
    assert result["error"] == "not-python" and "kernel thread" in result["what"]


def test_a_thread_is_not_a_process(odd_target):
    target = odd_target("count", 1)
    tid = max(target.threads())
    result = support.probe(tid)
    assert result["error"] == "no-such-process" and result["number"] == target.pid


def test_other_users_process(odd_target):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    target = odd_target("count", 1)
    run = subprocess.run([support.program("freeze_probe"), str(target.pid)], stdout=subprocess.PIPE, text=True,
                         user=65534, group=65534, extra_groups=[], check=False)
    assert '"error":"not-permitted"' in run.stdout, run
    target.assert_untouched()
