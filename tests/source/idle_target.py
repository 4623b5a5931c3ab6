"""A process to look at: goes where it is told, becomes whom it is told, says "ready" and waits for its end.

    idle_target.py '{"cwd": ..., "root": ..., "uid": ..., "gid": ..., "groups": [...], "tmpfs": ...}'
"""

import ctypes
import json
import os
import sys

told = json.loads(sys.argv[1])
if "tmpfs" in told:
    libc = ctypes.CDLL(None, use_errno=True)
    CLONE_NEWNS, MS_PRIVATE, MS_REC = 0x20000, 1 << 18, 1 << 14
    assert libc.unshare(CLONE_NEWNS) == 0
    assert libc.mount(b"none", b"/", None, MS_PRIVATE | MS_REC, None) == 0
    assert libc.mount(b"tmpfs", told["tmpfs"].encode(), b"tmpfs", 0, b"mode=755") == 0
    with open(os.path.join(told["tmpfs"], "inside.py"), "w") as stream:
        stream.write("only in here\n")
if "root" in told:
    os.chroot(told["root"])
if "cwd" in told:
    os.chdir(told["cwd"])
if "uid" in told:
    os.setgroups(told.get("groups", []))
    os.setresgid(told["gid"], told["gid"], told["gid"])
    os.setresuid(told["uid"], told["uid"], told["uid"])
    # A program that was started by that user is dumpable, and so open to others of the same user.
    PR_SET_DUMPABLE = 4
    assert ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0
os.write(1, b"ready\n")
os.read(0, 1)
