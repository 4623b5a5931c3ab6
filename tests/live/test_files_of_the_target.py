"""File names come from the target, so they are chosen by whoever controls it: no file is read that the target
itself could not read, and none that is not an ordinary file of an ordinary size."""

import os
import re
import socket
import time

import pytest

from cli_expect import NOBODY, need_root, place  # noqa: F401 (a fixture)
from conftest import TARGETS, supported_interpreters

MARKER = "MARKER-OF-A-FILE-THAT-MUST-STAY-UNREAD"
PATIENCE = 20  # seconds; the tool needs a fraction of one


@pytest.fixture
def python():
    found = [i for i in supported_interpreters() if i.kind == "distribution"]
    if not found:
        pytest.skip("needs an interpreter that every user may run: the distribution's")
    return found[0]


@pytest.fixture
def services(place):  # noqa: F811
    """Copies of the scripts that every user can read."""
    for name in ("files_target.py", "sync.py"):
        with open(TARGETS / name, encoding="utf-8") as source, open(place / name, "w", encoding="utf-8") as copy:
            copy.write(source.read())
        os.chmod(place / name, 0o644)
    return place


def write_marked(path, mode=0o600, lines=40):
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines("%s %d\n" % (MARKER, number + 1) for number in range(lines))
    os.chmod(path, mode)
    return path


def start(start_target, python, services, *arguments, cwd=None):
    return start_target(python, services / "files_target.py", *arguments, env={"PYTHONPATH": services.path}, cwd=cwd)


def look(json_report, run_tool, target, names, env=None):
    """Both formats in time; every exception is there; returns {name: source line of its frame} and all bytes."""
    began = time.monotonic()
    run = run_tool("--format=json", target.pid, timeout=PATIENCE, env=env)
    assert run.code in (0, 1), run.err
    text = run_tool(target.pid, timeout=PATIENCE, env=env)
    assert time.monotonic() - began < PATIENCE
    report = run.json()
    found = {}
    for exception in report["exceptions"]:
        assert exception["type"] == "LookupError"
        frame = exception["frames"][-1]
        assert frame["line"] == 40 and frame["function"] == "<module>"
        found[exception["message"]] = (frame["file"], frame["source"])
        assert 'File "%s", line 40' % frame["file"] in exception["formatted"]
    assert sorted(found) == sorted(names)
    assert all(name == file for name, (file, _) in found.items())
    return {name: source for name, (_, source) in found.items()}, run.out + run.err + text.out + text.err


def test_files_that_the_target_may_not_read(json_report, run_tool, start_target, python, services):
    need_root("a process of another user, looked at by root")
    secret = write_marked(services / "secret")
    os.mkdir(services / "closed", 0o700)
    os.mkdir(services / "app", 0o755)
    inside = write_marked(services / "closed/readable", 0o644)
    group = write_marked(services / "group", 0o640)
    os.chown(group, 0, 0)
    os.symlink(secret, services / "link")
    names = [secret, inside, group, services / "link", "../secret", "/etc/shadow", "../../../../../../etc/shadow",
             "/proc/1/environ", "/proc/self/environ", "/proc/self/cmdline", "/root/.bashrc"]
    target = start(start_target, python, services, "--user", NOBODY, *names, cwd=services / "app")
    sources, everything = look(json_report, run_tool, target, names, env={"PYEXC_PROBE": MARKER})
    assert sources == dict.fromkeys(names)
    assert MARKER not in everything
    with open("/etc/shadow", encoding="utf-8") as stream:
        for line in stream:
            assert line.strip() not in everything
    assert target.finish() == 0


def test_what_is_no_ordinary_file(json_report, run_tool, start_target, python, services):
    fifo, huge, listener = services / "fifo", services / "huge", services / "socket"
    os.mkfifo(fifo)
    os.chmod(fifo, 0o666)
    with open(huge, "wb") as stream:
        stream.write(("%s\n" % MARKER).encode() * 64)
        stream.truncate(10 << 30)
    os.chmod(huge, 0o644)
    server = socket.socket(socket.AF_UNIX)
    server.bind(listener)
    server.listen()
    os.mkdir(services / "directory")
    os.symlink("loop", services / "loop")
    names = [fifo, huge, listener, services / "directory", services / "loop", "/dev/zero", "/dev/random", "/dev/tty",
             "/dev/stdin", "/proc/self/mem", "/proc/kmsg", "x" * 5000, "a/" * 3000, ""]
    target = start(start_target, python, services, *names)
    sources, everything = look(json_report, run_tool, target, names)
    assert sources == dict.fromkeys(names)
    assert MARKER not in everything
    server.close()
    assert target.finish() == 0


def test_names_that_lead_out_of_the_root_of_the_target(json_report, run_tool, start_target, python, services):
    need_root("chroot")
    root = services / "root"
    os.mkdir(root, 0o755)
    outside = write_marked(services / "outside", 0o644)
    os.symlink(outside, root + "/absolute")
    os.symlink("../outside", root + "/relative")
    os.symlink("../" * 12 + outside.lstrip("/"), root + "/far")
    os.symlink("..", root + "/up")
    os.symlink("/proc/self/root" + outside, root + "/magic")
    with open(root + "/own.py", "w", encoding="utf-8") as stream:
        stream.write("".join("own line %d\n" % (number + 1) for number in range(40)))
    names = [outside, "/absolute", "/relative", "/far", "/up/outside", "/magic", "../outside", "../" * 12 + outside.lstrip("/"),
             "/proc/self/root" + outside, "/proc/1/root" + outside, "/own.py", "own.py"]
    target = start(start_target, python, services, "--root", root, *names)
    sources, everything = look(json_report, run_tool, target, names)
    assert MARKER not in everything
    assert sources.pop("/own.py") == sources.pop("own.py") == "own line 40"
    assert set(sources.values()) == {None}
    assert target.finish() == 0


@pytest.mark.parametrize("user", [None, NOBODY])
def test_files_of_the_target_are_shown(json_report, run_tool, start_target, python, services, user):
    if user is not None:
        need_root("a process of another user")
    os.mkdir(services / "app", 0o755)
    for name in ("app/app.py", "above.py"):
        with open(services / name, "w", encoding="utf-8") as stream:
            stream.write("".join("%s line %d\n" % (name, number + 1) for number in range(40)))
        os.chmod(services / name, 0o644)
    os.symlink("app.py", services / "app/linked.py")
    own = services / "app/own.py"
    write_marked(own, 0o600)
    if user is not None:
        os.chown(own, user, user)
    names = ["./app.py", "app.py", services / "app/app.py", "../above.py", "linked.py", own]
    arguments = [] if user is None else ["--user", user]
    target = start(start_target, python, services, *arguments, *names, cwd=services / "app")
    sources, everything = look(json_report, run_tool, target, names)
    app = "app/app.py line 40"
    assert sources == {"./app.py": app, "app.py": app, services / "app/app.py": app, "../above.py": "above.py line 40",
                       "linked.py": app, own: MARKER + " 40"}
    assert re.search(r'File "\./app\.py", line 40, in <module>\n    app/app\.py line 40\n', everything.replace("\\n", "\n"))
    assert target.finish() == 0


def test_the_directory_is_the_one_of_the_freeze(json_report, run_tool, start_target, python, services):
    """A relative name is looked up where the target stands, not where the tool is started."""
    os.mkdir(services / "here")
    os.mkdir(services / "there")
    for folder in ("here", "there"):
        with open(services / (folder + "/app.py"), "w", encoding="utf-8") as stream:
            stream.write("".join("%s %d\n" % (folder, number + 1) for number in range(40)))
    target = start(start_target, python, services, "app.py", cwd=services / "there")
    run = run_tool("--format=json", target.pid, cwd=services / "here")
    assert run.json()["exceptions"][0]["frames"][-1]["source"] == "there 40"
