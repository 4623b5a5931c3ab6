"""Sockets: what of their text is the object's own, and what the kernel would have to be asked for."""

import _socket
import io
import os
import select
import selectors
import socket
import ssl


class Socket(socket.socket):
    pass


class NamedSocket(socket.socket):
    def getsockname(self):
        return ("own", 1)


class FilenoSocket(socket.socket):
    def fileno(self):
        return 12345


def closed(thing):
    thing.close()
    return thing


def detached():
    made = socket.socket()
    os.close(made.detach())
    return made


def values():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    left, right = socket.socketpair()
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    behind = socket.socket()
    os.close(_socket.socket.detach(behind))  # socket.socket does not know
    reader, writer, both = left.makefile("rb"), left.makefile("wb", buffering=0), right.makefile("rw", encoding="utf-8")
    gone = right.makefile("rb")
    gone_raw = gone.raw
    gone.close()
    odd = socket.socket()
    odd_number = socket.socket(fileno=os.dup(odd.fileno()), family=1234, type=77, proto=9)
    epoll = select.epoll()
    selector = selectors.DefaultSelector()
    key = selector.register(left, selectors.EVENT_READ)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found = [("listening", listening), ("left", left), ("right", right), ("unix", unix), ("no addresses", behind),
             ("closed", closed(socket.socket())), ("closed udp", closed(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))),
             ("closed unix", closed(socket.socket(socket.AF_UNIX))), ("closed subclass", closed(Socket())), ("detached", detached()),
             ("closed proto", closed(socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP))),
             ("closed odd", closed(odd_number)), ("subclass", Socket()), ("own getsockname", NamedSocket()),
             ("own fileno", closed(FilenoSocket())), ("C socket", _socket.socket()), ("makefile rb", reader), ("makefile raw", writer),
             ("makefile text", both), ("makefile closed", gone), ("socketio closed", gone_raw), ("epoll", epoll),
             ("selector", selector), ("ssl context", context), ("socketio", reader.raw),
             ("gaierror", socket.gaierror(-2, "Name or service not known")), ("timeout", socket.timeout("timed out"))]
    KEPT.extend([listening, key])
    return found


KEPT = []
