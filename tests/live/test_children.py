"""--children: a whole tree of processes, against what the target says of its own."""

import json
import re

import pytest

from conftest import TARGETS


@pytest.fixture
def tree(interpreter, start_target):
    if interpreter.name.endswith("-ldso"):
        pytest.skip("sys.executable of an interpreter started through ld.so starts nothing")
    target = start_target(interpreter, TARGETS / "tree.py", wait=False)
    target.told = {"worker": [], "shell": [], "grandchild": []}
    lines = 0
    while lines < 5:
        line = target.read_line().decode()
        lines += 1
        if line != "ready":
            name, pid = line.split()
            target.told[name].append(int(pid))
    return target


def test_every_process_of_the_tree(tree, run_tool):
    run = run_tool("--format=json", "--children", tree.pid)
    assert run.code == 0, run.err
    reports = {report["target"]["pid"]: report for report in map(json.loads, run.out.splitlines())}
    told = tree.told
    assert set(reports) == {tree.pid, *told["worker"], *told["grandchild"]}
    assert next(iter(reports)) == tree.pid
    handled = {pid: [report["exceptions"][thread["handling"][0]]["message"]
                     for interpreter in report["interpreters"] for thread in interpreter["threads"] if thread["handling"]]
               for pid, report in reports.items()}
    assert sorted(sum((handled[pid] for pid in told["worker"]), [])) == ["in worker 1", "in worker 2"]
    assert handled[told["grandchild"][0]] == ["division by zero"]
    assert handled[tree.pid] == []
    children = {child["pid"]: child for child in reports[tree.pid]["target"]["children"]}
    assert set(children) == set(told["worker"] + told["shell"] + told["grandchild"])
    assert children[told["shell"][0]]["python"] is False and children[told["shell"][0]]["why_not"]
    assert children[told["grandchild"][0]]["parent"] == told["shell"][0]
    assert all(children[pid]["parent"] == tree.pid and children[pid]["python"] for pid in told["worker"])
    # Masked like the command line of the process itself.
    assert "correct-horse-battery" not in run.out
    assert "correct-horse-battery" in run_tool("--format=json", "--children", "--no-redact", tree.pid).out


def test_text_has_one_line_for_what_is_no_python(tree, run_tool):
    run = run_tool("--children", tree.pid)
    assert run.code == 0 and run.err == ""
    lines = [line for line in run.out.splitlines() if re.match(r"  %d\b" % tree.told["shell"][0], line)]
    assert len(lines) == 1 and lines[0].endswith(": not a CPython process")
    assert run.out.count("ValueError: in worker") == 2


def test_from_a_process_that_is_no_python(tree, run_tool):
    """A shell above it costs a line on stderr, not the report."""
    run = run_tool("--format=json", "--children", tree.told["shell"][0])
    assert run.code == 0
    assert json.loads(run.out)["target"]["pid"] == tree.told["grandchild"][0]
    assert "not a CPython process" in run.err


def test_without_the_option_a_master_points_to_its_workers(tree, run_tool):
    run = run_tool(tree.pid)
    assert run.code == 0
    hint = next(line for line in run.out.splitlines() if line.startswith("No thread is handling an exception."))
    assert all(str(pid) in hint for pid in tree.told["worker"])
