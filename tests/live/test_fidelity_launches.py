"""The fidelity corpus, second half: how the target was started decides what it prints."""

import pytest

import conftest
import fidelity_runner
import launches
from fidelity_launch import Launch

# Whole files of the corpus again, under options that change every text.
VARIANTS = {
    "no_debug_ranges": (("-X", "no_debug_ranges"), ("recursion", "chains"), (3, 11)),
    "optimised_twice": (("-OO",), ("names", "recursion"), (3, 8)),
}


def pytest_generate_tests(metafunc):
    names = {"launch_name": list(launches.LAUNCHES), "variant": list(VARIANTS)}
    wanted = next((name for name in names if name in metafunc.fixturenames), None)
    if not wanted:
        return
    parameters = []
    for parameter in conftest.interpreter_parameters(metafunc.config):
        interpreter = parameter.values[0]
        if interpreter is None:
            parameters.append(pytest.param(None, None, id=parameter.id, marks=parameter.marks))
            continue
        for name in names[wanted]:
            if wanted == "launch_name" and not launches.applies(
                    launches.LAUNCHES[name], interpreter.version_info, interpreter.entry["free_threaded"]):
                continue
            if wanted == "variant" and interpreter.version_info < VARIANTS[name][2]:
                continue
            parameters.append(pytest.param(interpreter, name, id="%s-%s" % (interpreter.name, name)))
    metafunc.parametrize("interpreter, " + wanted, parameters)


def test_same_text(tool, interpreter, launch_name, tmp_path):
    with Launch(interpreter, launch_name, tmp_path) as launch:
        fidelity_runner.compare(tool, launch.arrive(), {"name": "launches." + launch_name}, interpreter)


def test_same_text_of_corpus(tool, interpreter, variant):
    options, files, _ = VARIANTS[variant]
    cases = [case for case in fidelity_runner.list_cases(interpreter)
             if case["name"].split(".")[0] in files]
    failures = []
    for file in files:
        process = fidelity_runner.CorpusProcess(interpreter, file, options)
        try:
            for case in cases:
                if not case["name"].startswith(file + "."):
                    continue
                target = process.enter(case["name"])
                try:
                    fidelity_runner.compare(tool, target, case, interpreter)
                except AssertionError as error:
                    failures.append("%s: %s" % (case["name"], error))
                process.settle()
        finally:
            process.close()
    assert not failures, "%d of %d cases differ:\n%s" % (len(failures), len(cases), "\n".join(failures[:5]))
