"""Real servers, stuck on purpose: each report against what the stuck handler said of itself just before.

The servers are the distribution's packages (tests/packages.sh). One report on the server's main process with
--children must find the worker, the thread, the exception, the stack and what it waits for.
"""

import json
import os
import select
import shutil
import socket
import subprocess
import time

import pytest

from conftest import READY_TIMEOUT, TESTS

SERVERS = TESTS / "servers"


class Server:
    """A server process; ended with its workers after the test."""

    def __init__(self, tmp_path, program, arguments, **environment):
        path = shutil.which(program, path="/usr/bin:/usr/sbin")
        if path is None:
            pytest.skip("no %s; run tests/packages.sh" % program)
        self.fifo = tmp_path / "tell"
        if not self.fifo.exists():
            os.mkfifo(self.fifo)
        self.told = os.open(self.fifo, os.O_RDWR | os.O_NONBLOCK)
        self.log = open(tmp_path / (program + ".log"), "wb")
        env = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(SERVERS),
               "PYTHONDONTWRITEBYTECODE": "1", "PYEXC_TELL": str(self.fifo)}
        env.update(environment)
        self.process = subprocess.Popen([path, *map(str, arguments)], env=env, cwd=tmp_path, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        self.pid = self.process.pid
        self.clients = []
        self.buffer = b""

    def request(self, place, path):
        """Sends a request that will not be answered. The server may still be starting."""
        deadline = time.monotonic() + READY_TIMEOUT
        while True:
            client = socket.socket(socket.AF_UNIX)
            try:
                client.connect(str(place))
                break
            except OSError:
                client.close()
                assert self.process.poll() is None, open(self.log.name).read()
                assert time.monotonic() < deadline, "the server does not listen"
                select.select([self.told], [], [], 0.05)
        self.clients.append(client)
        client.sendall(b"GET %s HTTP/1.1\r\nHost: shop.test\r\n\r\n" % path.encode())
        return client

    def hear(self):
        """What a handler said of itself."""
        deadline = time.monotonic() + READY_TIMEOUT
        while b"\n" not in self.buffer:
            readable, _, _ = select.select([self.told], [], [], max(0, deadline - time.monotonic()))
            assert readable, "no handler said anything: " + open(self.log.name).read()
            self.buffer += os.read(self.told, 1 << 16)
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def end(self):
        for client in self.clients:
            client.close()
        os.close(self.told)
        # Workers that never come back do not end when they are asked to. The session is ours alone.
        try:
            os.killpg(self.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()


@pytest.fixture
def server(tmp_path):
    started = []

    def start(*args, **kwargs):
        started.append(Server(tmp_path, *args, **kwargs))
        return started[-1]

    yield start
    for one in reversed(started):
        one.end()


@pytest.fixture
def tree_report(run_tool):
    """{pid: report} of a process and everything below it."""
    def report(pid, *options, codes=(0,)):
        run = run_tool("--format=json", "--no-redact", "--children", *options, pid)
        assert run.code in codes, (run.code, run.err, [json.loads(line)["problems"] for line in run.out.splitlines()])
        return {one["target"]["pid"]: one for one in map(json.loads, run.out.splitlines())}
    return report


def thread_of(reports, told):
    threads = [thread for interpreter in reports[told["pid"]]["interpreters"] for thread in interpreter["threads"]]
    found = [thread for thread in threads if thread["tid"] == told["tid"]]
    assert len(found) == 1, threads
    return found[0]


def check(reports, told):
    """The exception and the stack of a handler that blocks in its own thread; returns that thread."""
    report = reports[told["pid"]]
    thread = thread_of(reports, told)
    assert thread["ident"] == told["ident"]
    assert thread["name"] == told["name"]
    assert report["exceptions"][thread["handling"][0]]["formatted"] == told["exception"]
    functions = [frame["function"] for frame in thread["stack"]]
    assert functions[:len(told["functions"])] == told["functions"]
    return thread


@pytest.fixture
def silent_peer():
    """A TCP server that takes connections and never says anything, like a database that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def gunicorn(server, tmp_path, *options):
    place = tmp_path / "socket"
    return place, server("gunicorn", ["--timeout=600", "--log-level=error", "--bind=unix:%s" % place, *options,
                                      "wsgi:application"])


@pytest.mark.parametrize("how", ["lock", "recv", "child", "pipe"])
def test_gunicorn_sync(how, server, tmp_path, tree_report, silent_peer):
    place, master = gunicorn(server, tmp_path, "--workers=2")
    master.request(place, "/stuck/" + (how if how != "recv" else "recv:%d" % silent_peer))
    told = master.hear()
    master.request(place, "/stuck/lock")  # goes to the other worker: this one never comes back
    other = master.hear()
    reports = tree_report(master.pid)
    assert set(reports) == {master.pid, told["pid"], other["pid"]}
    check(reports, other)
    thread = check(reports, told)
    wait = thread["waiting"]
    if how == "lock":
        assert wait["call"] == "futex"
    elif how == "recv":
        assert (wait["call"], wait["socket"]["local"], wait["socket"]["remote"]) == (
            "recvfrom", "127.0.0.1:%d" % told["local"], "127.0.0.1:%d" % silent_peer)
    elif how == "child":
        assert wait["call"] in ("wait4", "waitid") and wait["peers"] == [told["child"]]
        child = [one for one in reports[master.pid]["target"]["children"] if one["pid"] == told["child"]]
        assert [one["parent"] for one in child] == [told["pid"]]
    else:
        assert wait["call"] == "write" and wait["file"].startswith("pipe:")
    assert reports[master.pid]["exceptions"] == []


def test_gunicorn_threads(server, tmp_path, tree_report, silent_peer):
    place, master = gunicorn(server, tmp_path, "--workers=1", "--worker-class=gthread", "--threads=4")
    ways = ["lock", "recv:%d" % silent_peer, "child"]
    said = []
    for how in ways:
        master.request(place, "/stuck/" + how)
        said.append(master.hear())
    reports = tree_report(master.pid)
    threads = [check(reports, told) for told in said]
    assert len({thread["tid"] for thread in threads}) == 3
    worker = reports[said[0]["pid"]]
    handling = [t for i in worker["interpreters"] for t in i["threads"] if t["handling"]]
    assert len(handling) == 3


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_uvicorn(loop, server, tmp_path, tree_report):
    place = tmp_path / "socket"
    one = server("uvicorn", ["--uds", place, "--loop", loop, "--log-level", "error", "asgi:application"])
    said = []
    for item in ("tea", "milk"):
        one.request(place, "/stuck/" + item)
        said.append(one.hear())
    report = tree_report(one.pid)[one.pid]
    tasks = {task["name"]: task for task in report["tasks"]}
    assert set(said[-1]["tasks"]) <= set(tasks)
    for told in said:
        task = tasks[told["task"]]
        assert [report["exceptions"][id]["formatted"] for id in task["handling"]] == [told["exception"]]
        assert [frame["function"] for frame in task["stack"]][-3:] == ["application", "view", "never"]
        # uvloop keeps the thread of a loop in a C field that nothing outside of it describes.
        assert task["tid"] == (told["tid"] if loop == "asyncio" else None)
        assert task["state"] == "pending"
    # No thread handles it: the loop goes on and answers others.
    assert all(not thread["handling"] for i in report["interpreters"] for thread in i["threads"])


def test_uwsgi(server, tmp_path, tree_report, silent_peer):
    """Embeds the interpreter and forks: the thread state of a worker was made in the master."""
    place = tmp_path / "socket"
    one = server("uwsgi", ["--plugin=python3", "--http-socket=%s" % place, "--master", "--processes=2", "--wsgi=wsgi:application",
                           "--die-on-term"])
    one.request(place, "/stuck/recv:%d" % silent_peer)
    told = one.hear()
    reports = tree_report(one.pid)
    thread = check(reports, told)
    assert thread["waiting"]["socket"]["remote"] == "127.0.0.1:%d" % silent_peer
    assert thread["main"] is True


def test_uwsgi_threads(server, tmp_path, tree_report):
    place = tmp_path / "socket"
    one = server("uwsgi", ["--plugin=python3", "--http-socket=%s" % place, "--master", "--processes=1", "--threads=3",
                           "--wsgi=wsgi:application", "--die-on-term"])
    said = []
    for _ in range(2):
        one.request(place, "/stuck/lock")
        said.append(one.hear())
    reports = tree_report(one.pid)
    assert {check(reports, told)["tid"] for told in said} == {told["tid"] for told in said}


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_celery(pool, server, tmp_path, tree_report):
    place = tmp_path / "redis"
    broker = server("redis-server", ["--port", "0", "--unixsocket", place, "--save", "", "--dir", tmp_path])
    worker = server("celery", ["--app", "tasks", "worker", "--pool", pool, "--concurrency", "2", "--loglevel", "error",
                               "--without-heartbeat", "--without-gossip", "--without-mingle"],
                    PYEXC_BROKER="redis+socket://%s" % place, C_FORCE_ROOT="1")
    assert broker.process.poll() is None
    subprocess.run(["/usr/bin/python3", "-c", "import tasks; tasks.order.delay('lock')"], check=True, cwd=tmp_path, timeout=READY_TIMEOUT,
                   env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SERVERS), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path),
                        "PYEXC_BROKER": "redis+socket://%s" % place})
    told = worker.hear()
    reports = tree_report(worker.pid)
    thread = check(reports, told)
    assert thread["waiting"]["call"] == "futex"
    assert (told["pid"] == worker.pid) == (pool == "threads")
