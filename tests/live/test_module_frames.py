"""The variables of module frames, __main__'s and an imported module's, with --locals: the text is that of
traceback.TracebackException(..., capture_locals=True) of the target itself."""


def test_module_frames(interpreter, start_target, json_report):
    target = start_target(interpreter, "module_frames.py", wait=False)
    wanted = bytes.fromhex(target.read_line(60).decode()).decode("utf-8", "surrogatepass")
    target.wait_ready()
    report = json_report(target.pid, "--locals", "--full", "--no-redact")
    texts = [exception["formatted"] for exception in report["exceptions"] if exception["type"] == "AttributeError"]
    assert len(texts) == 1
    assert "__builtins__ = {" in wanted and "__builtins__ = <module" in wanted
    assert texts[0].split("\n") == wanted.split("\n")
    assert all(exception["formatted_exact"] for exception in report["exceptions"])
