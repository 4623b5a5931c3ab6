"""Command lines that make no sense, and the two that only print: nothing is attached to in this file."""

import os
import pathlib
import re
import subprocess

import pytest

from cli_expect import assert_failure

SELF = str(os.getpid())
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("pid, says", [
    ("abc", "not a process id"), ("12abc", "not a process id"), ("+5", "not a process id"), ("0x10", "not a process id"),
    ("1.5", "not a process id"), ("", "not a process id"), (" 7", "not a process id"), ("٣", "not a process id"),
    ("0", "0 is not a process id"), ("00", "0 is not a process id"), ("-5", "negative"), ("-1", "negative"),
    ("4194305", "too large"), ("99999999999999999999999", "too large"),
])
def test_a_pid_that_is_none(run_tool, pid, says):
    line, _ = assert_failure(run_tool(pid), 2)
    assert says in line


@pytest.mark.parametrize("arguments, says", [
    ([], "no process given"),
    (["--format=json"], "no process given"),
    (["--nonsense", SELF], "--nonsense"),
    (["-x", SELF], "-x"),
    (["--format=xml", SELF], "xml"),
    (["--format"], "--format"),
    (["--color=red", SELF], "red"),
    (["--thread=abc", SELF], "--thread"),
    (["--thread=0", SELF], "--thread"),
    (["--max-freeze=0", SELF], "--max-freeze"),
    (["--max-freeze=-1s", SELF], "--max-freeze"),
    (["--max-freeze=1h", SELF], "--max-freeze"),
    (["--max-freeze=nan", SELF], "--max-freeze"),
    (["--max-freeze=1e400", SELF], "--max-freeze"),
    (["--max-freeze=3601", SELF], "--max-freeze"),
    (["--timeout=soon", SELF], "--timeout"),
    (["--timeout=", SELF], "--timeout"),
    (["--timeout=", "7"], "--timeout is given no value"),  # a pid that would do as a time
    (["--format=", SELF], "--format is given no value"),
    (["--record=one", SELF, SELF], "--record"),
    (["--redact=(", SELF], "--redact"),
    (["--keep=[a", SELF], "--keep"),
    (["--redact=a", "--keep=*", SELF], "--keep"),
    (["--redact=a", "--no-redact", SELF], "--redact"),
    (["replay", "--keep=(", "one"], "--keep"),
    (["replay"], "file"),
    (["replay", "one", "two"], "replay"),
    (["replay", "one", SELF], "replay"),
    (["replay", "--no-freeze", "one"], "--no-freeze"),
    (["--max-freeze=1s", "replay", "one"], "--max-freeze"),
    (["replay", "one", "--record=two"], "--record"),
    ([SELF, "replay", "one"], "replay"),
])
def test_an_option_that_makes_no_sense(run_tool, arguments, says):
    line, hint = assert_failure(run_tool(*arguments), 2)
    assert says in line
    assert "--help" in hint


def test_what_a_terminal_would_obey_is_escaped_in_errors(run_tool):
    run = run_tool("\x1b[31mred\u202e\n")
    assert_failure(run, 2)
    assert "\x1b" not in run.err and "\u202e" not in run.err and "\\x1b[31mred\\u202e\\n" in run.err


def test_version(run_tool):
    meson = (REPOSITORY / "meson.build").read_text(encoding="utf-8")
    version = re.search(r"version: '([^']+)'", meson).group(1)
    assert run_tool("--version") == (0, "pyexc-attach %s\n" % version, "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["replay", "--help"]])
def test_help(run_tool, arguments):
    run = run_tool(*arguments)
    assert run.code == 0 and run.err == ""
    assert run.out.startswith("Usage: pyexc-attach ")
    assert all(len(line) <= 100 for line in run.out.splitlines())


def test_help_names_every_option_and_no_other(run_tool):
    source = (REPOSITORY / "src/app/command_line.cpp").read_text(encoding="utf-8")
    declared = set(re.findall(r"--[a-z-]+", " ".join(re.findall(r'add_(?:option|flag)\("([^"]*)"', source))))
    assert "--max-freeze" in declared
    assert set(re.findall(r"--[a-z-]+", run_tool("--help").out)) == declared | {"--help"}


@pytest.mark.parametrize("redirection, code", [(">/dev/full", 8), (">&-", 8), ("</dev/null >/dev/null", 0)])
def test_version_that_cannot_be_printed(tool, redirection, code):
    run = subprocess.run(["sh", "-c", '"$0" --version ' + redirection, tool], stderr=subprocess.PIPE, timeout=30)
    assert run.returncode == code
    assert len(run.stderr.splitlines()) == (2 if code else 0)
