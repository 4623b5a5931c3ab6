"""A request that is stuck in a real server: gunicorn with a Flask and with a Django application, each blocked in a
view while it handles an exception. What --locals shows of the view's own variables is compared with what was sent."""

import os
import shutil
import socket

import pytest

from conftest import TARGETS, TESTS, Target

READABLE = 40_000  # characters of a whole report


@pytest.fixture
def stuck_worker(tmp_path):
    started = []

    def start(application):
        gunicorn = shutil.which("gunicorn", path="/usr/bin")
        if gunicorn is None:
            pytest.skip("no gunicorn; run tests/packages.sh")
        place = tmp_path / "socket"
        environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8",
                       "PYTHONPATH": "%s:%s" % (TARGETS, TESTS / "values/packages"), "PYTHONDONTWRITEBYTECODE": "1"}
        server = Target([gunicorn, "--workers=1", "--timeout=600", "--graceful-timeout=1", "--log-level=error",
                         "--bind=unix:%s" % place, application + ":application"], environment, cwd=tmp_path)
        started.append(server)
        assert server.read_line() == b"loaded"
        client = socket.socket(socket.AF_UNIX)
        started.append(client)
        client.connect(str(place))
        body = b"item=tea&item=milk&password=form-secret-9"
        client.sendall(b"POST /cart/41?coupon=none HTTP/1.1\r\nHost: shop.test\r\nX-Trace: trace-77\r\n"
                       b"Authorization: Basic aGVhZGVyOnNlY3JldA==\r\nCookie: sessionid=cookie-secret-3\r\n"
                       b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        worker = int(server.read_line())
        assert server.read_line() == b"ready"
        return worker

    yield start
    for one in reversed(started):
        if isinstance(one, socket.socket):
            one.close()
        else:
            one.process.terminate()  # gunicorn's master ends its workers
            one._close_pipes()
            one.process.wait(30)


def view_locals(report):
    """name -> Value of the frame of the view, in the traceback of the exception that it handles."""
    exception = next(one for one in report["exceptions"] if one["message"] == "no cart 41")
    frame = next(frame for frame in exception["frames"] if frame["function"] == "cart")
    return {value["name"]: value for value in frame["locals"]}


@pytest.mark.parametrize("application", ["wsgi_flask", "wsgi_django"])
def test_a_stuck_request(application, stuck_worker, json_report, run_tool):
    worker = stuck_worker(application)
    shown = view_locals(json_report(worker, "--locals", "--no-redact", codes=(0, 1)))
    assert shown["number"]["repr"] == "41"
    assert shown["order"]["repr"] == repr({"items": ["tea", "milk"], "total": 12.5}) and shown["order"]["exact"]
    request = shown["request"]["repr"]
    assert not shown["request"]["exact"]
    for piece in ("method='POST'", "path='/cart/41'", "'X-Trace': 'trace-77'", "'Host': 'shop.test'", "coupon=none"):
        assert piece in request, request
    if application == "wsgi_django":
        assert shown["found"]["repr"] == "<wsgi_django.Cart id=41, owner='Ada'>"
        assert shown["carts"]["repr"].endswith("model=wsgi_django.Cart, not evaluated>")
    text = run_tool("--locals", worker).out
    assert "LookupError: no cart 41" in text
    assert len(text) < READABLE, "%d characters" % len(text)
