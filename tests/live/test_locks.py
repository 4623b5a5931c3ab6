"""Which lock a thread waits for and who holds it, against what the target says of itself: tests/targets/locks.py."""

import json
import platform
import time

import pytest

from conftest import READY_TIMEOUT, TARGETS

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of futex is that of x86-64")
FUTEX = "202"
FACTS = ("address", "kind", "type", "name", "of", "holder")


def lines_of(pid, tids):
    lines = {}
    for tid in tids:
        with open("/proc/%d/task/%d/syscall" % (pid, tid)) as stream:
            lines[tid] = stream.read()
    return lines


def wait_until_blocked(pid, tids):
    """Nothing tells when a thread has gone to sleep but /proc: until each waits on a futex, on the same twice in a row."""
    deadline = time.monotonic() + READY_TIMEOUT
    before = {}
    while time.monotonic() < deadline:
        now = lines_of(pid, tids)
        if now == before and all(line.split()[0] == FUTEX for line in now.values()):
            return
        before = now
        time.sleep(0.05)
    raise TimeoutError("not blocked: %r" % before)


@pytest.fixture
def blocked(interpreter, start_target):
    def start(kind):
        target = start_target(interpreter, TARGETS / "locks.py", kind, wait=False)
        facts, expected = [], None
        while expected is None or len(facts) < expected:
            said = json.loads(target.read_line())
            if "expected" in said:
                expected = said["expected"]
            else:
                facts.append(said)
        wait_until_blocked(target.pid, [fact["tid"] for fact in facts])
        return target, facts
    return start


def threads_of(report):
    return {thread["tid"]: thread for interpreter in report["interpreters"] for thread in interpreter["threads"]}


def check(report, facts):
    threads = threads_of(report)
    for fact in facts:
        number = threads[fact["tid"]]["waits_for"]
        assert number is not None, fact
        lock = report["locks"][number]
        assert lock["id"] == number
        assert {key: lock[key] for key in FACTS} == {key: fact[key] for key in FACTS}, fact["case"]
        assert lock["holder_gone"] == fact["gone"]
        assert fact["tid"] in lock["waiters"]
    for lock in report["locks"]:
        assert [tid for tid in threads if threads[tid]["waits_for"] == lock["id"]] == sorted(lock["waiters"])


def same_replayed(run_tool, recording, report):
    run = run_tool("replay", "--format=json", "--no-redact", recording)
    assert run.code == 0, run.err
    replayed = run.json()
    for key in ("locks", "deadlocks", "interpreters"):
        assert replayed[key] == report[key], key


def test_what_is_waited_for(blocked, json_report, run_tool, tmp_path):
    target, facts = blocked("waits")
    report = json_report(target.pid, "--no-redact", "--record", tmp_path / "recording")
    assert len({fact["case"] for fact in facts}) == len(facts) == 39
    check(report, facts)
    assert report["deadlocks"] == []
    assert report["problems"] == [] and report["complete"]
    assert threads_of(report)[target.pid]["waits_for"] is None  # it reads from a pipe
    same_replayed(run_tool, tmp_path / "recording", report)
    # Nothing of it hangs on having looked before: the same again, and without a freeze.
    check(json_report(target.pid, "--no-redact"), facts)
    check(json_report(target.pid, "--no-redact", "--no-freeze"), facts)


def words(fact):
    """As a thread's line says it."""
    of = " of " + fact["of"] if fact["of"] else ""
    return "%s '%s'%s (%s)" % (fact["kind"], fact["name"], of, fact["type"])


def test_text(blocked, run_tool):
    target, facts = blocked("waits")
    run = run_tool("--no-redact", target.pid)
    assert run.code == 0
    lines = [line for line in run.out.splitlines() if line.startswith("Thread ") or " threads alike: " in line]
    for fact in facts:
        line = next(line for line in lines if " %d \"" % fact["tid"] in line.split(": ")[0] or ": %d \"" % fact["tid"] in line
                    or ", %d \"" % fact["tid"] in line)
        if fact["kind"] == "import":
            assert "waits for the import of 'locks_slow', done by thread %d" % fact["holder"] in line
        elif fact["kind"] == "thread":
            assert "waits for the end of thread %d \"last\"" % fact["holder"] in line
        elif fact["holder"]:
            assert "waits for %s, held by thread %d \"holder\"" % (words(fact), fact["holder"]) in line
        else:
            assert "waits for " + words(fact) in line and "held by" not in line
    assert "Deadlock" not in run.out


def cycle_of(deadlock, locks):
    return [(link["tid"], locks[link["waits_for"]]["address"]) for link in deadlock["threads"]]


def test_deadlocks(blocked, json_report, run_tool, tmp_path):
    target, facts = blocked("deadlocks")
    report = json_report(target.pid, "--no-redact", "--record", tmp_path / "recording")
    check(report, facts)
    cases = {}
    for fact in facts:
        cases.setdefault(fact["case"], {})[fact["tid"]] = fact
    cycles = {case: waits for case, waits in cases.items() if all(fact["holder"] in waits for fact in waits.values())}
    assert set(cases) - set(cycles) == {"none_but_busy"} and len(cycles) == 7
    found = {}
    for deadlock in report["deadlocks"]:
        links = cycle_of(deadlock, report["locks"])
        case = next(name for name, waits in cycles.items() if links[0][0] in waits)
        assert case not in found
        found[case] = deadlock
        assert {tid: address for tid, address in links} == {tid: fact["address"] for tid, fact in cycles[case].items()}
        for (tid, _), (after, _) in zip(links, links[1:] + links[:1]):
            assert cycles[case][tid]["holder"] == after
        if case == "with_timeout":
            assert 0 < deadlock["timeout_ms"] <= 100_000_000
        else:
            assert deadlock["timeout_ms"] is None
    assert set(found) == set(cycles)
    same_replayed(run_tool, tmp_path / "recording", report)
    # At the top, in plain words.
    text = run_tool("--no-redact", target.pid).out
    top = text.split("\nThread ")[0]
    assert top.count("\nDeadlock: ") == 7
    assert "\nDeadlock: a thread waits for itself\n" in top and "\nDeadlock: 3 threads wait for each other\n" in top
    for case in ("two_locks", "three_threads"):
        for tid, fact in cycles[case].items():
            assert "  thread %d \"" % tid in top
            # Two of one name have their addresses beside the type.
            for name in (words(fact), words(fact)[:-1] + " at %#x)" % fact["address"]):
                found_as = [line for line in top.splitlines() if "waits for %s, held by thread %d" % (name, fact["holder"]) in line]
                if found_as:
                    break
            assert len(found_as) == 1, (words(fact), top)


def test_holder_that_has_ended(blocked, json_report, run_tool):
    target, facts = blocked("dead")
    check(json_report(target.pid, "--no-redact"), facts)
    assert "(threading.RLock), held by a thread that has ended" in run_tool(target.pid).out


def test_end_of_the_main_thread(blocked, json_report, run_tool):
    """What keeps a process from ending is a thread that is no daemon."""
    target, facts = blocked("exit")
    check(json_report(target.pid, "--no-redact"), facts)
    assert 'waits for the end of thread %d "last"' % facts[0]["holder"] in run_tool(target.pid).out


def test_no_deadlock_is_invented(blocked, json_report):
    """Threads that take locks and let them go, as fast as they can, always in the same order."""
    target, _ = blocked("busy")
    known = {"outer", "inner", "shared.mutex", "changed", "changed._lock"}
    waits = 0
    for _ in range(25):
        report = json_report(target.pid, "--no-redact", codes=(0, 1))
        assert report["deadlocks"] == []
        names = {lock["name"] for lock in report["locks"]}
        # Between two functions of the library a lock may be without a name.
        assert names <= known | {None, "shared", "self._lock", "self._cond._lock"}, names
        waits += sum(len(lock["waiters"]) for lock in report["locks"])
    assert waits > 0


def test_only_one_thread(blocked, json_report):
    """The holder is named even if it is not shown, and so is the circle."""
    target, facts = blocked("deadlocks")
    fact = next(fact for fact in facts if fact["case"] == "two_locks")
    report = json_report(target.pid, "--thread", fact["tid"])
    assert [thread["tid"] for thread in report["interpreters"][0]["threads"]] == [fact["tid"]]
    lock = report["locks"][report["interpreters"][0]["threads"][0]["waits_for"]]
    assert (lock["address"], lock["holder"]) == (fact["address"], fact["holder"])
    assert any(link["tid"] == fact["tid"] for deadlock in report["deadlocks"] for link in deadlock["threads"])


def test_not_looked_at(blocked, json_report):
    target, _ = blocked("dead")
    report = json_report(target.pid, "--exceptions-only")
    assert report["locks"] is None and report["deadlocks"] is None


def test_names_are_masked(blocked, json_report):
    target, _ = blocked("waits")
    report = json_report(target.pid, "--redact", "accounts_l[o]ck")
    assert not any("accounts_lock" in json.dumps(lock) for lock in report["locks"])
    assert report["masked"] > 0
