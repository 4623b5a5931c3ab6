"""The fidelity corpus: what the tool prints is what the target's own traceback module prints.

One test per interpreter and case. Each case waits where its exception is handled; it is attached, then formats
with its own module (which fills its linecache), then is attached again: all three are equal, byte for byte.
"""

import pytest

import conftest
import fidelity_runner


def pytest_generate_tests(metafunc):
    if "corpus_case" not in metafunc.fixturenames:
        return
    parameters = []
    chosen = conftest.interpreter_parameters(metafunc.config)
    listing = fidelity_runner.list_all([parameter.values[0] for parameter in chosen if parameter.values[0]])
    for parameter in chosen:
        interpreter = parameter.values[0]
        if interpreter is None:
            parameters.append(pytest.param(None, None, id=parameter.id, marks=parameter.marks))
            continue
        for case in listing[interpreter.name]:
            file = case["name"].split(".")[0]
            group = pytest.mark.xdist_group("%s-%s" % (interpreter.name, file))
            parameters.append(pytest.param(interpreter, case, marks=group,
                                           id="%s-%s" % (interpreter.name, case["name"])))
    metafunc.parametrize("interpreter, corpus_case", parameters)


@pytest.fixture(scope="module")
def corpus_process():
    """corpus_process(interpreter, file): the running process for these cases; only the last one is kept."""
    current = {}

    def get(interpreter, file):
        key = (interpreter.name, file)
        if key not in current:
            for process in current.values():
                process.close()
            current.clear()
            current[key] = fidelity_runner.CorpusProcess(interpreter, file)
        return current[key]

    yield get
    for process in current.values():
        process.close()


def test_same_text(tool, interpreter, corpus_case, corpus_process):
    process = corpus_process(interpreter, corpus_case["name"].split(".")[0])
    target = process.enter(corpus_case["name"])
    try:
        fidelity_runner.compare(tool, target, corpus_case, interpreter)
        process.settle()
    except AssertionError:
        process.settle()
        raise
    except BaseException:
        process.close()
        raise
