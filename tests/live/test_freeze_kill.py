"""The tool is killed, interrupted or stopped at any moment: the target goes on."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "freeze"))
import freeze_support as support  # noqa: E402

pytestmark = pytest.mark.xdist_group("freeze")
PYTHON = "/usr/bin/python3"


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


@pytest.mark.parametrize("threads", [1, 50, 500])
def test_sigkill_sweep_of_a_freeze(threads):
    result = support.run_driver("kill_sweep", "--threads", threads, "--inside", 150, "--marks", "--",
                                support.program("freeze_probe"), "{pid}", "--hold-us", 4000 + 20 * threads)
    assert result["frozen"] >= 150
    assert result["stopping"] + result["starting"] > 0 and result["kills"] > result["frozen"]


@pytest.mark.parametrize("threads", [1, 50, 500])
def test_sigkill_sweep_of_the_tool(threads):
    """Inside the freeze is told by the state of the target's main thread just before the kill."""
    tool = support.attach_tool()
    result = support.run_driver("kill_sweep", "--threads", threads, "--inside", 150, "--max-kills", 30000, "--python",
                                PYTHON, "--", tool, "--format=json", "{pid}", timeout=900)
    assert result["frozen"] >= 150


@pytest.mark.parametrize("number,code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_to_the_tool_thaws_first(odd_target, number, code):
    target = odd_target("count", 8)
    process = support.start_probe(target.pid, "--hold-us", 20_000_000, "--max-freeze-us", 30_000_000)
    support.wait_until(lambda: all(s == "t" for s, _ in target.threads().values()), "never frozen")
    process.send_signal(number)
    out, _ = process.communicate(timeout=support.TIMEOUT)
    assert process.returncode == code
    assert '"expired":false' in out
    target.assert_untouched()
    target.wait_counting()


def test_ctrl_z_stops_the_tool_only_after_the_thaw(odd_target):
    target = odd_target("count", 8)
    process = support.start_probe(target.pid, "--hold-us", 300_000)
    support.wait_until(lambda: all(s == "t" for s, _ in target.threads().values()), "never frozen")
    for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
        process.send_signal(number)
    # It stops (unless its process group is an orphan, where these signals do nothing), but holding nothing.
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    target.assert_untouched()
    target.wait_counting()
    while os.WIFSTOPPED(status):
        process.send_signal(signal.SIGCONT)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
    process.returncode = os.waitstatus_to_exitcode(status)
    out = process.stdout.read()
    assert process.returncode == 0 and '"stopped":9' in out and '"expired":false' in out


def test_closed_stdout(odd_target):
    target = odd_target("count", 3)
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen([support.program("freeze_probe"), str(target.pid), "--hold-us", "2000"],
                               stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.DEVNULL)
    os.close(write)
    process.wait(support.TIMEOUT)
    target.assert_untouched()
    target.wait_counting()


def test_the_freeze_ends_by_itself(odd_target):
    """max_freeze passes while the tool holds on."""
    target = odd_target("count", 8)
    process = support.start_probe(target.pid, "--hold-us", 20_000_000, "--max-freeze-us", 100_000)
    support.wait_until(lambda: all(tracer != 0 for _, tracer in target.threads().values()), "never traced")
    support.wait_until(lambda: all(tracer == 0 for _, tracer in target.threads().values()), "never released")
    assert process.poll() is None, "the probe itself ended"
    target.assert_untouched()
    target.wait_counting()
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=support.TIMEOUT)
    assert '"expired":true' in out and process.returncode == 143


def python_sleeper():
    """A Python that says when it is ready; the tool needs one to read."""
    process = subprocess.Popen([PYTHON, "-c", "import sys, threading\n"
                                "e = threading.Event()\n"
                                "ts = [threading.Thread(target=e.wait, daemon=True) for _ in range(20)]\n"
                                "[t.start() for t in ts]\n"
                                "print('ready', flush=True)\nsys.stdin.readline()\n"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def states_of(pid):
    states = []
    for tid in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/status" % (pid, tid), encoding="utf-8") as stream:
            fields = dict(line.split(":", 1) for line in stream if ":" in line)
        states.append((fields["State"].split()[0], int(fields["TracerPid"])))
    return states


@pytest.mark.parametrize("number,code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGTSTP, None)])
def test_signals_swept_over_a_run_of_the_tool(number, code):
    tool = support.attach_tool()
    target = python_sleeper()
    seen = {}
    try:
        started = time.monotonic()
        subprocess.run([tool, str(target.pid)], stdout=subprocess.DEVNULL, check=True, timeout=support.TIMEOUT)
        usual = time.monotonic() - started
        for step in range(120):
            process = subprocess.Popen([tool, str(target.pid)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(usual * 1.1 * step / 120)
            if process.poll() is None:
                os.kill(process.pid, number)  # not yet reaped, so the pid is still its own
            if code is None and process.returncode is None:
                # Stopped or ended by now: in both cases the target must be running.
                _, status = os.waitpid(process.pid, os.WUNTRACED)
                if os.WIFSTOPPED(status):
                    seen["stopped"] = seen.get("stopped", 0) + 1
                    assert all(s not in "tT" and tracer == 0 for s, tracer in states_of(target.pid))
                    process.send_signal(signal.SIGCONT)
                    _, status = os.waitpid(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                assert process.returncode == 0
            elif code is None:
                assert process.returncode == 0
            else:
                process.wait(support.TIMEOUT)
                # Before main() runs nothing is blocked, and the signal ends the process in its own way.
                assert process.returncode in (0, code, -number), process.returncode
            seen[process.returncode] = seen.get(process.returncode, 0) + 1
            assert all(s not in "tT" and tracer == 0 for s, tracer in states_of(target.pid))
        print(number, seen)
        assert seen.get("stopped" if code is None else code, 0) > 0, seen
    finally:
        target.kill()
        target.wait()
