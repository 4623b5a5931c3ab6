"""The fidelity corpus: what the tool prints is what the target's own traceback module prints.

One test per interpreter and case. Each case waits where its exception is handled; it is attached, then formats
with its own module (which fills its linecache), then is attached again: all three are equal, byte for byte.
Cases that depend on nothing of the whole process wait in many threads at once and share the two attaches.
"""

import pytest

import conftest
import fidelity_runner


BATCH = 40


def add_batches(cases):
    """Gives every case the names of those that are looked at with it; none if it has the process to itself."""
    files = {}
    for case in cases:
        files.setdefault(case["name"].split(".")[0], []).append(case)
    for together in files.values():
        shared = [case for case in together if case["shared"]]
        for start in range(0, len(shared), BATCH):
            names = [case["name"] for case in shared[start:start + BATCH]]
            for case in shared[start:start + BATCH]:
                case["batch"] = names if len(names) > 1 else None
        for case in together:
            case.setdefault("batch", None)


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
        add_batches(listing[interpreter.name])
        for case in listing[interpreter.name]:
            file = case["name"].split(".")[0]
            group = pytest.mark.xdist_group("%s-%s" % (interpreter.name, file))
            parameters.append(pytest.param(interpreter, case, marks=group,
                                           id="%s-%s" % (interpreter.name, case["name"])))
    metafunc.parametrize("interpreter, corpus_case", parameters)


class Corpus:
    """The running process for the cases of one interpreter and file, and the batch that was looked at last."""

    def __init__(self):
        self.key = self.process = self.batch = None

    def use(self, interpreter, file):
        if self.key != (interpreter.name, file):
            self.close()
            self.key = (interpreter.name, file)
            self.process = fidelity_runner.CorpusProcess(interpreter, file)
        return self.process

    def close(self):
        if self.process:
            self.process.close()
        self.key = self.process = self.batch = None


@pytest.fixture(scope="module")
def corpus():
    state = Corpus()
    yield state
    state.close()


def look_together(tool, corpus, process, names):
    """The batch that a case belongs to, or None if it could not be looked at as a whole."""
    if corpus.batch is None or corpus.batch[0] != names:
        try:
            batch = fidelity_runner.Batch(tool, process, [{"name": name} for name in names])
        except Exception:  # whatever it is: each case alone will show which one, and why
            process.close()
            batch = None
        corpus.batch = (names, batch)
    return corpus.batch[1]


def test_same_text(tool, interpreter, corpus_case, corpus):
    process = corpus.use(interpreter, corpus_case["name"].split(".")[0])
    batch = look_together(tool, corpus, process, corpus_case["batch"]) if corpus_case["batch"] else None
    if batch:
        batch.judge(corpus_case, interpreter)
        return
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
