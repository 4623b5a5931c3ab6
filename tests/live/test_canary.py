"""Secrets of every kind in every place: no default report shows one, --no-redact shows them all, and what only
looks like a secret is not masked."""

import base64
import random
import re
import string
import unicodedata

import pytest

from conftest import TARGETS

ALNUM = string.ascii_letters + string.digits
DEFAULT_REPORTS = [[], ["--exceptions-only"], ["--locals"], ["--locals", "--full"], ["--locals", "--max-string=20"]]
# Needs Python 3.11: notes and exception groups.
NEW = {"note", "note_pem", "group_message", "member_slack"}


def text_of(length, characters=ALNUM):
    return "Zq7" + "".join(random.choice(characters) for _ in range(length - 3))


def card_number():
    digits = [4] + [random.randrange(10) for _ in range(14)]
    total = sum(sum(divmod(d * 2, 10)) if i % 2 == 0 else d for i, d in enumerate(digits))
    digits.append(-total % 10)
    return "-".join("".join(map(str, digits[i:i + 4])) for i in range(0, 16, 4))


def make_secret(name):
    if name == "basic":
        return base64.b64encode(("ada:" + text_of(20)).encode()).decode()
    if name == "card":
        return card_number()
    if name == "aws":
        return text_of(16, string.ascii_uppercase + string.digits).upper()
    if name == "sendgrid":
        return text_of(22) + "." + text_of(43)
    if name == "google":
        return text_of(35)
    if name in ("pem", "note_pem"):
        return "\\n".join(text_of(64) for _ in range(40 if name == "pem" else 3))
    if name.startswith("jwt"):
        return text_of(40)
    return text_of(36)


class Canary:
    def __init__(self):
        template = (TARGETS / "canary.py").read_text(encoding="utf-8")
        self.secrets = {name: make_secret(name) for name in re.findall(r"<<(\w+)>>", template.split("\n", 2)[2])}
        self.script = re.sub(r"<<(\w+)>>", lambda m: self.secrets.get(m.group(1), m.group()), template)
        self.arguments = {name: text_of(16) for name in ("argument", "option", "argument_url", "environment")}

    def command(self):
        return ["--password", self.arguments["argument"], "--api-key=" + self.arguments["option"],
                "https://ada:%s@example.org/" % self.arguments["argument_url"]]

    def pieces(self, version_info):
        """What must not be seen: name -> text; a key over several lines is as many."""
        pieces = {"pin_code": "48151623"}
        for name, secret in {**self.secrets, **self.arguments}.items():
            if name in NEW and version_info < (3, 11):
                continue
            for number, line in enumerate(secret.split("\\n")):
                pieces["%s %d" % (name, number)] = line
        return pieces


@pytest.fixture
def canary(interpreter, start_target, tmp_path):
    made = Canary()
    script = tmp_path / "shop.py"
    script.write_text(made.script, encoding="utf-8")
    made.target = start_target(interpreter, script, *made.command(), env={"DATABASE_PASSWORD": made.arguments["environment"]})
    return made


def seen(canary, interpreter, output):
    return sorted(name for name, piece in canary.pieces(interpreter.version_info).items() if piece in output)


def test_no_default_report_shows_a_secret(interpreter, canary, run_tool, tmp_path):
    pid = canary.target.pid
    recording = tmp_path / "shop.pyexc"
    everything = run_tool("--format=json", "--no-redact", "--locals", "--full", "--record", recording, pid)
    assert everything.code in (0, 1), everything.err
    wanted = canary.pieces(interpreter.version_info)
    assert seen(canary, interpreter, everything.out) == sorted(wanted), sorted(set(wanted) - set(seen(canary, interpreter, everything.out)))
    assert everything.json()["masked"] == 0
    for options in DEFAULT_REPORTS:
        for form in ("text", "json"):
            for source in ([pid], ["replay", recording]):
                run = run_tool("--format=" + form, *options, *source)
                assert run.code in (0, 1), run.err
                assert seen(canary, interpreter, run.out + run.err) == [], (options, form, source)
                assert "shown" in run.out or "--locals" not in options
                if form == "json":
                    assert run.json()["masked"] > 0


def test_a_mask_keeps_the_carets_and_is_not_called_exact(interpreter, canary, json_report):
    masked = json_report(canary.target.pid, codes=(0, 1))
    plain = json_report(canary.target.pid, "--no-redact", codes=(0, 1))
    pairs = list(zip(masked["exceptions"], plain["exceptions"]))
    assert pairs and any(a["formatted"] != b["formatted"] for a, b in pairs)
    for a, b in pairs:
        assert (a["formatted"] == b["formatted"]) or not a["formatted_exact"]
        for one, other in zip(a["frames"], b["frames"]):
            assert (one["source"] is None) == (other["source"] is None)
            assert len((one["source"] or "").encode()) == len((other["source"] or "").encode())
        carets = [[line for line in e["formatted"].splitlines() if re.fullmatch(r"[ |]*[~^]+", line)] for e in (a, b)]
        assert carets[0] == carets[1]


def masks(report):
    """Where something is masked, for the message of a failure."""
    found = []
    for frames in [e["frames"] for e in report["exceptions"]] + [t["stack"] for i in report["interpreters"] for t in i["threads"]]:
        for frame in frames:
            found += [(v["name"], v["repr"]) for v in frame["locals"] or [] if v["redacted"]]
    return found + [e["formatted"] for e in report["exceptions"] if "<redacted" in e["formatted"]]


def test_the_innocent_twin_is_shown_as_it_is(interpreter, start_target, json_report):
    target = start_target(interpreter, "canary_twin.py", "--author", "ada", "--tokenizer=words", "--key", "name")
    for options in ([], ["--locals"], ["--locals", "--full"]):
        report = json_report(target.pid, *options, codes=(0, 1))
        plain = json_report(target.pid, "--no-redact", *options, codes=(0, 1))
        print("false positives with %s: %d %s" % (options, report["masked"], masks(report)))
        assert report["masked"] == 0, masks(report)
        for a, b in zip(report["exceptions"], plain["exceptions"]):
            assert a["formatted"] == b["formatted"] and a["formatted_exact"] == b["formatted_exact"]


def test_redact_and_keep(interpreter, canary, run_tool):
    pid = canary.target.pid
    run = run_tool("--locals", "--keep", "^db_passwd$", "--keep", "cache.example", "--redact", "^label$", pid)
    assert run.code in (0, 1), run.err
    assert seen(canary, interpreter, run.out) == ["local_bytes 0", "local_url 0"]
    assert "shown" not in run.out


ODD = '''
import sync
class Base:
    def __repr__(self):
        return "code"
Odd = type("Odd\\x1b[31m\\u202e", (Base,), {})
odd = Odd()
setattr(odd, "at\\x1b]0;x\\x07\\u2066tribute", 1)
def hold(password):
    holder = {"ke\\x9by\\u202e\\x1b\\n": odd}
    try:
        raise Odd2("x")
    except Exception:
        sync.ready_and_wait()
Odd2 = type("Odd2\\x1b[32m\\u200f", (Exception,), {})
hold(odd)
'''


@pytest.mark.parametrize("options", [[], ["--no-redact"], ["--locals"], ["--locals", "--no-redact"]])
def test_nothing_that_a_terminal_obeys(interpreter, start_target, run_tool, tmp_path, options):
    script = tmp_path / "odd.py"
    script.write_text(ODD, encoding="utf-8")
    target = start_target(interpreter, script)
    out = run_tool(*options, target.pid).out
    assert "\\x1b" in out and ("--locals" not in options or "tribute" in out)
    bad = {c for c in out if unicodedata.category(c) == "Cc" and c not in "\n\t"} | (set(out) & set("\u202e\u2066\u200f\u2028"))
    assert not bad, bad
