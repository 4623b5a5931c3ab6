"""Adds up what tests/run.sh ran: doctest cases, other Meson tests, pytest tests; prints the closing line.

A result that is missing or cannot be read counts as a failure, so a crash of a runner never looks like success.
"""

import collections
import json
import pathlib
import re
import sys
import xml.etree.ElementTree

DOCTEST = re.compile(r"\[doctest\] test cases:\s+\d+ \|\s+(\d+) passed \|\s+(\d+) failed \|\s+(\d+) skipped")
NO_TESTS_COLLECTED = 5


def unit_results(path, count):
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        tests = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        print("unit tests: no result (%s)" % error)
        count["failed"] += 1
        return
    for test in tests:
        summary = DOCTEST.findall(test.get("stdout") or "")
        ok = test["result"] in ("OK", "EXPECTEDFAIL")
        if test["result"] == "SKIP":
            count["skipped"] += 1
            print("skipped: unit test %s says so itself (exit status 77)" % test["name"])
        elif not summary:
            count["passed" if ok else "failed"] += 1
        else:
            passed, failed, skipped = (sum(int(row[i]) for row in summary) for i in range(3))
            if not ok and not failed:
                failed = 1  # it crashed, or a check outside every case failed
            count["passed"] += passed
            count["failed"] += failed
            count["skipped"] += skipped
            if skipped:
                print("skipped: %d doctest case(s) of %s, by decorator" % (skipped, test["name"]))


def pytest_results(path, count, ran, names):
    status = path.with_suffix(".status")
    code = int(status.read_text()) if status.exists() else -1
    if code == NO_TESTS_COLLECTED:
        return collections.Counter()
    reasons = collections.Counter()
    try:
        cases = list(xml.etree.ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print("%s tests: no result (%s)" % (path.stem, error))
        count["failed"] += 1
        return reasons
    failed = 0
    for case in cases:
        for shown in case.iterfind("properties/property[@name='shown']"):
            print(shown.get("value"))
        bad = case.find("failure") is not None or case.find("error") is not None
        skip = case.find("skipped")
        if bad:
            failed += 1
        elif skip is not None and skip.get("type") != "pytest.xfail":
            count["skipped"] += 1
            reasons[skip.get("message") or "no reason"] += 1
        elif skip is not None:
            count["skipped"] += 1
            reasons["expected to fail: " + (skip.get("message") or "no reason")] += 1
        else:
            count["passed"] += 1
        if skip is None:
            bracket = re.search(r"\[(.*)\]$", case.get("name", ""))
            for name in names if bracket else ():
                if re.search(r"(^|[-\[])%s($|[-\]])" % re.escape(name), bracket.group(1)):
                    ran[name] += 1
                    break
    if code not in (0, 1) or (code == 1 and not failed):
        print("%s tests: pytest ended with status %d" % (path.stem, code))
        failed = failed or 1
    count["failed"] += failed
    return reasons


def main():
    results, cache = map(pathlib.Path, sys.argv[1:3])
    interpreters = json.loads((cache / "interpreters.json").read_text(encoding="utf-8"))
    missing = json.loads((cache / "interpreters-skipped.json").read_text(encoding="utf-8"))
    names = sorted((entry["name"] for entry in interpreters), key=len, reverse=True)
    count, ran, reasons = collections.Counter(), collections.Counter(), collections.Counter()
    unit_results(results / "unit.json", count)
    for name in ("live", "serial"):
        reasons += pytest_results(results / (name + ".xml"), count, ran, names)
    for entry in interpreters:
        note = "%d tests" % ran[entry["name"]] if ran[entry["name"]] else \
            "no test" + ("" if entry["supported"] else " (not supported yet)")
        print("interpreter %-18s %-8s %s" % (entry["name"], entry["version"], note))
    for entry in missing:
        print("interpreter %-18s not here: %s" % (entry["name"], entry["reason"]))
    for reason, times in sorted(reasons.items()):
        print("skipped: %d x %s" % (times, reason))
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" %
          {key: count[key] for key in ("passed", "failed", "skipped")})
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
