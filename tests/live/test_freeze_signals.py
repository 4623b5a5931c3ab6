"""Signals to the target while it is frozen again and again: none lost, none doubled, in order, unchanged."""

import pathlib
import signal
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "freeze"))
import freeze_support as support  # noqa: E402

pytestmark = pytest.mark.xdist_group("freeze")
PYTHON = "/usr/bin/python3"
REALTIME = 100_000  # on each of four streams
STANDARD = 2_000


@pytest.fixture(scope="module", autouse=True)
def _may_trace():
    support.may_trace()


@pytest.fixture
def target():
    process = support.OddTarget("count", 6)
    yield process
    process.end()


def test_realtime_signals_arrive_once_and_in_order():
    result = support.run_driver("signal_stream", "realtime", "--count", REALTIME, "--",
                                support.program("freeze_probe"), "{pid}", "--repeat", 100)
    assert result["last_of_each"] == [REALTIME] * 4 and result["wrong"] == 0
    # Otherwise the case in question, a thread that stops on its way to a signal, did not occur.
    assert result["freezes"] >= 100 and result["signals_returned"] > 0


def test_realtime_signals_while_the_tool_attaches():
    result = support.run_driver("signal_stream", "realtime", "--count", REALTIME, "--python", PYTHON, "--",
                                support.attach_tool(), "--format=json", "{pid}")
    assert result["last_of_each"] == [REALTIME] * 4 and result["wrong"] == 0
    assert result["runs"] >= 20


def test_looking_after_a_slow_tracer_takes_no_signal():
    """On a busy machine the reader looks for exited threads meanwhile; that must not take the stop of a signal."""
    result = support.run_driver("signal_stream", "realtime", "--count", REALTIME, "--",
                                support.program("freeze_probe"), "{pid}", "--repeat", 100, "--look-after-us", 0)
    assert result["last_of_each"] == [REALTIME] * 4 and result["wrong"] == 0
    assert result["freezes"] >= 100 and result["signals_returned"] > 0


def test_standard_signals_one_at_a_time():
    result = support.run_driver("signal_stream", "standard", "--count", STANDARD, "--",
                                support.program("freeze_probe"), "{pid}", "--repeat", 300)
    assert result["handled"] == STANDARD and result["lost"] == 0 and result["wrong"] == 0
    assert result["freezes"] >= 300 and result["signals_returned"] > 0


def test_standard_signals_while_the_tool_attaches():
    result = support.run_driver("signal_stream", "standard", "--count", STANDARD, "--python", PYTHON, "--",
                                support.attach_tool(), "--format=json", "{pid}")
    assert result["handled"] == STANDARD and result["lost"] == 0 and result["wrong"] == 0
    assert result["runs"] >= 5


def test_no_signal_dies_with_a_tool_that_is_killed():
    """A thread may be stopped on its way to a signal when the tool is killed."""
    result = support.run_driver("signal_stream", "realtime", "--count", REALTIME, "--kill", 12_000, "--",
                                support.program("freeze_probe"), "{pid}", "--repeat", 1000, "--hold-us", 500)
    assert result["last_of_each"] == [REALTIME] * 4 and result["wrong"] == 0
    assert result["killed"] >= 50
    result = support.run_driver("signal_stream", "standard", "--count", 4 * STANDARD, "--kill", 12_000, "--",
                                support.program("freeze_probe"), "{pid}", "--repeat", 1000, "--hold-us", 500)
    assert result["handled"] == 4 * STANDARD and result["lost"] == 0 and result["wrong"] == 0
    assert result["killed"] >= 50


def test_a_stopped_target_stays_stopped(target):
    target.process.send_signal(signal.SIGSTOP)
    target.wait_state("T")
    for _ in range(50):
        result = support.probe(target.pid, "--hold-us", 500)
        assert result["stopped"] == 7 and result["not_stopped"] == [] and not result["expired"]
        target.wait_state("T")
        assert all(tracer == 0 for _, tracer in target.threads().values())
    target.process.send_signal(signal.SIGCONT)
    target.wait_counting()
    target.assert_untouched()


def test_sigcont_during_the_freeze_takes_effect_at_the_thaw(target):
    target.process.send_signal(signal.SIGSTOP)
    target.wait_state("T")
    process = support.start_probe(target.pid, "--hold-us", 20_000_000, "--max-freeze-us", 30_000_000)
    target.wait_state("t")
    target.process.send_signal(signal.SIGCONT)
    assert all(state == "t" for state, _ in target.threads().values())
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=support.TIMEOUT)
    target.wait_counting()
    target.assert_untouched()


def test_sigstop_during_the_freeze_takes_effect_at_the_thaw(target):
    process = support.start_probe(target.pid, "--hold-us", 20_000_000, "--max-freeze-us", 30_000_000)
    target.wait_state("t")
    target.process.send_signal(signal.SIGSTOP)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=support.TIMEOUT)
    target.wait_state("T")
    target.process.send_signal(signal.SIGCONT)
    target.wait_counting()
    target.assert_untouched()


def test_stop_and_continue_at_random_moments(target):
    """SIGSTOP and SIGCONT while probes come and go: whichever was sent last holds."""
    process = support.start_probe(target.pid, "--repeat", 100, "--pause-us", 300)
    pairs = 0
    while process.poll() is None:
        target.process.send_signal(signal.SIGSTOP)
        target.process.send_signal(signal.SIGCONT)
        pairs += 1
    out, _ = process.communicate(timeout=support.TIMEOUT)
    print("stopped and continued", pairs, "times")
    assert out.count('"stopped"') == 100 and '"error"' not in out and pairs >= 20
    target.wait_counting()
    target.process.send_signal(signal.SIGSTOP)
    target.wait_state("T")
    target.process.send_signal(signal.SIGCONT)
    target.wait_counting()
    target.assert_untouched()


def test_sigkill_of_a_frozen_target():
    target = support.OddTarget("count", 20)
    process = support.start_probe(target.pid, "--hold-us", 20_000_000, "--max-freeze-us", 30_000_000)
    target.wait_state("t")
    target.process.kill()
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=support.TIMEOUT)
    assert '"ended":true' in out
    assert target.process.wait(support.TIMEOUT) == -signal.SIGKILL
    target.end()
