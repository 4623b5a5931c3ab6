#!/usr/bin/env python3
"""A small shop over HTTP and SQLite with a bug whose cause is in no log: a checkout that fails never answers.

    python3 stuck_server.py [--port 8000]

    GET  /health             is the shop up, and how many requests is it working on
    GET  /products           what there is
    GET  /product/ID         one of them
    GET  /orders             what was bought
    POST /checkout?product=ID&customer=NAME

Buying a teapot when none is left violates a constraint of the database. The handler turns that into an OrderError
and asks the payment provider to give the money back, and the provider, which is a socket of this same program,
never answers. The request hangs inside `except`, everything else goes on, nothing is logged.

Needs nothing but Python 3.8 or later.
"""

import argparse
import itertools
import json
import os
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SCHEMA = """
CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT NOT NULL, cents INTEGER NOT NULL,
                      stock INTEGER NOT NULL CHECK (stock >= 0));
CREATE TABLE purchase (id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product, customer TEXT NOT NULL);
INSERT INTO product (name, cents, stock) VALUES ('kettle', 2900, 40), ('cup', 350, 500), ('teapot', 4900, 0);
"""


class OrderError(Exception):
    """A checkout that cannot be completed."""

    def __init__(self, product, customer):
        super().__init__("product %d cannot be sold to %s" % (product, customer))


class PaymentProvider:
    """Accepts connections, as the kernel does for every listening socket, and never says a word."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))

    def charge(self, customer, cents):
        return "charge of %d cents for %s" % (cents, customer)

    def refund(self, charge):
        with socket.create_connection(self.listener.getsockname()) as connection:
            connection.sendall(("REFUND %s\n" % charge).encode())
            return connection.recv(100)  # no timeout: this is the bug


class Shop:
    def __init__(self, path):
        self.path = path
        self.payments = PaymentProvider()
        with self.database() as database:
            database.executescript(SCHEMA)

    def database(self):
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        return connection

    def rows(self, query, *arguments):
        with self.database() as database:
            return [dict(row) for row in database.execute(query, arguments)]

    def place_order(self, product, customer):
        try:
            with self.database() as database:
                database.execute("INSERT INTO purchase (product, customer) VALUES (?, ?)", (product, customer))
                database.execute("UPDATE product SET stock = stock - 1 WHERE id = ?", (product,))
        except sqlite3.IntegrityError as error:
            raise OrderError(product, customer) from error

    def checkout(self, product, customer):
        cents = self.rows("SELECT cents FROM product WHERE id = ?", product)[0]["cents"]
        charge = self.payments.charge(customer, cents)
        try:
            self.place_order(product, customer)
        except OrderError as error:
            if hasattr(error, "add_note"):  # Python 3.11
                error.add_note("already paid: " + charge)
            say("checkout of product %d failed, giving the money back" % product)
            self.payments.refund(charge)
            raise
        return {"bought": product}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    numbers = itertools.count(1)

    def __init__(self, address, shop):
        super().__init__(address, Handler)
        self.shop = shop
        self.lock = threading.Lock()
        self.in_progress = 0

    def process_request_thread(self, request, client_address):
        threading.current_thread().name = "request-%d" % next(self.numbers)
        with self.lock:
            self.in_progress += 1
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.lock:
                self.in_progress -= 1


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        shop, path = self.server.shop, urlsplit(self.path).path
        if path == "/health":
            self.answer(200, {"status": "ok", "requests_in_progress": self.server.in_progress})
        elif path == "/products":
            self.answer(200, shop.rows("SELECT * FROM product"))
        elif path.startswith("/product/") and path[len("/product/"):].isdigit():
            found = shop.rows("SELECT * FROM product WHERE id = ?", int(path[len("/product/"):]))
            self.answer(200 if found else 404, found[0] if found else {"error": "no such product"})
        elif path == "/orders":
            self.answer(200, shop.rows("SELECT * FROM purchase"))
        else:
            self.answer(404, {"error": "no such page"})

    def do_POST(self):
        url = urlsplit(self.path)
        wanted = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path != "/checkout" or not wanted.get("product", "").isdigit() or "customer" not in wanted:
            return self.answer(400, {"error": "POST /checkout?product=ID&customer=NAME"})
        try:
            self.answer(200, self.server.shop.checkout(int(wanted["product"]), wanted["customer"]))
        except OrderError as error:
            self.answer(409, {"error": str(error)})

    def answer(self, status, content):
        body = json.dumps(content).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def say(text):
    print(text, flush=True)


def recount_stock(shop, stop):
    """A housekeeping thread, as many servers have one: it sleeps nearly always."""
    while not stop.wait(60):
        shop.rows("SELECT id, stock FROM product")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (default 8000)")
    port = parser.parse_args().port
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="stuck-server-") as directory:
        shop = Shop(os.path.join(directory, "shop.sqlite"))
        threading.Thread(target=recount_stock, args=(shop, stop), name="stock-recount", daemon=True).start()
        with Server(("127.0.0.1", port), shop) as server:
            say("ready: http://127.0.0.1:%d pid %d" % (server.server_address[1], os.getpid()))
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                pass
            finally:
                stop.set()


if __name__ == "__main__":
    main()
