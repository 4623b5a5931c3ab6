"""A process with memory that never answers: the argument of the exception it handles is a str on a page for which
userfaultfd holds every access up for ever. Says `unsupported` instead of `ready` where the kernel has no userfaultfd."""

import ctypes
import fcntl
import os
import struct
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync

USERFAULTFD, PAGE = 323, 4096  # x86-64
UFFDIO_API, UFFDIO_REGISTER = 0xC018AA3F, 0xC020AA00
PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, MADV_DONTNEED = 3, 0x22, 4

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def hold(standing):
    try:
        raise KeyError("readable")
    except KeyError:
        standing.release()
        end.wait()


def main():
    standing = threading.Semaphore(0)
    other = threading.Thread(target=hold, args=(standing,), name="other")
    other.start()
    standing.acquire()
    text = "never seen " + str(os.getpid())
    page = libc.mmap(None, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0)
    ctypes.memmove(page, id(text), sys.getsizeof(text))
    held = ctypes.cast(page, ctypes.py_object).value
    fd = libc.syscall(USERFAULTFD, os.O_CLOEXEC | os.O_NONBLOCK)
    if fd < 0:
        sync.say(b"unsupported")
        os._exit(0)
    try:
        raise ValueError(held)
    except ValueError:
        fcntl.ioctl(fd, UFFDIO_API, bytearray(struct.pack("QQQ", 0xAA, 0, 0)))
        fcntl.ioctl(fd, UFFDIO_REGISTER, bytearray(struct.pack("QQQQ", page, PAGE, 1, 0)))
        libc.madvise(page, PAGE, MADV_DONTNEED)
        sync.ready_and_wait()
        # Nobody may ever drop a reference to the held str: leave without tidying up.
        os._exit(0)


end = threading.Event()
main()
