"""Recordings: `--record` and `replay` give the same report, on any machine, from the file alone."""

import json
import os
import shutil
import stat

import pytest

TARGET = '''
import sys, threading
sys.path.insert(0, {targets!r})
import sync

class Shop(Exception):
    pass

def buy(n):
    if n:
        return buy(n - 1)
    {{}}["caf\\u00e9 \\U0001f600"]

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

standing, end = threading.Semaphore(0), threading.Event()
thread = threading.Thread(target=waiter, name="w\\u00e4iter")
thread.start()
standing.acquire()
try:
    sell()
except Shop:
    sync.ready_and_wait()
end.set()
'''


@pytest.fixture
def shop(interpreter, start_target, tmp_path):
    from conftest import TARGETS
    script = tmp_path / "shop.py"
    script.write_text(TARGET.format(targets=str(TARGETS)), encoding="utf-8")
    return script, start_target(interpreter, script)


def comparable(report):
    report = json.loads(json.dumps(report))
    report["target"].pop("kind")
    return report


def test_replay_gives_the_report_that_was_recorded(shop, run_tool, tmp_path):
    script, target = shop
    recording = tmp_path / "shop.pyexc"
    live = run_tool("--format=json", "--no-redact", "--record", recording, target.pid)
    assert live.code == 0, live.err
    assert target.alive()
    mode = os.stat(recording)
    assert stat.S_IMODE(mode.st_mode) == 0o600 and stat.S_ISREG(mode.st_mode)
    # Nothing but the recording is left to read from.
    target.end()
    script.unlink()
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    again = run_tool("replay", "--format=json", "--no-redact", recording)
    assert again.code == 0, again.err
    assert again.json()["target"]["kind"] == "recording"
    assert comparable(again.json()) == comparable(live.json())
    assert "sold out" in again.out and "caf" in again.out
    assert run_tool("replay", recording).code == 0


def test_replay_says_what_was_not_recorded(shop, run_tool, tmp_path):
    _, target = shop
    recording = tmp_path / "less.pyexc"
    assert run_tool("--exceptions-only", "--record", recording, target.pid).code == 0
    again = run_tool("replay", "--format=json", recording)
    assert again.code == 1, again.err
    assert "not-recorded" in {problem["code"] for problem in again.json()["problems"]}
    assert run_tool("replay", "--exceptions-only", recording).code == 0


def test_a_recording_is_never_written_over_something(shop, run_tool, tmp_path):
    _, target = shop
    existing = tmp_path / "existing"
    existing.write_text("mine")
    run = run_tool("--record", existing, target.pid)
    assert run.code == 8 and not run.out and existing.read_text() == "mine"
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    run = run_tool("--record", link, target.pid)
    assert run.code == 8 and not (tmp_path / "elsewhere").exists()
    assert target.alive()


def test_any_page_may_be_missing(shop, run_tool, tmp_path):
    import subprocess
    builddir = os.environ.get("PYEXC_BUILDDIR")
    program = os.path.join(builddir or "", "tests/tools/replay_faults")
    if not builddir or not os.path.exists(program):
        pytest.skip("replay_faults is not built (set PYEXC_BUILDDIR)")
    _, target = shop
    recording = tmp_path / "whole.pyexc"
    assert run_tool("--record", recording, target.pid).code == 0
    run = subprocess.run([program, str(recording)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    print(run.stdout.decode())
    assert run.returncode == 0, run.stdout.decode()
    assert b" 0 partial" not in run.stdout
