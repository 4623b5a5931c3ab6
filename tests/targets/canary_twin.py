"""The innocent twin of canary.py: everything in it looks a little like a secret, and nothing is one."""

import os
import sys
import threading

import sync


class Tokenizer:
    def __init__(self):
        self.tokenize = True
        self.keyboard = "qwerty"
        self.monkey = "capuchin"

    def __repr__(self):
        return "Tokenizer()"


class Session:
    def __init__(self):
        self.passenger = "Ada"
        self.bind = None

    def __repr__(self):
        return "Session()"


def connect(**how):
    raise ConnectionError("cannot reach http://db.example:5432/shop as {'author': 'ada', 'token_type': 'opaque'}")


def first():
    connect(password=None, author="ada", tokenizer="words")


def second():
    try:
        first()
    except ConnectionError as error:
        failure = RuntimeError({"author": "ada", "token_count": 7, "list": [{"secretary": "Grace", "password": None}]})
        if hasattr(failure, "add_note"):
            failure.add_note("Basic Authentication is required, or the bearer of a card")
            failure.add_note("-----BEGIN CERTIFICATE-----\nMIIBszCCARygAwIBAgIJ\n-----END CERTIFICATE-----")
        raise failure from error


def members():
    made = []
    for what in ("token", "unexpected token: expected a name", "order 4111111111111112, 1700000000000000"):
        try:
            raise KeyError(what)
        except KeyError as error:
            made.append(error)
    if sys.version_info >= (3, 11):
        raise ExceptionGroup("session_count=3", made)
    raise made[0]


def compiles():
    compile("author = 'ada' +", "<config>", "exec")


def hold(work, standing):
    password = None
    is_secret = False
    max_tokens = 4096
    token_count, session_count, cookie_max_age = 3, 4, 3600
    tokenize, author, passenger, secretary = "words", "ada", "Grace", "Joan"
    keyboard, monkey, cookiecutter_dir = "qwerty", "capuchin", "/srv/templates"
    session, tokenizer = Session(), Tokenizer()
    password_field, token_url = "pw", "https://example.org/token"
    settings = {"author": "ada", "primary_key": 17, "sort_key": "name", "nested": [{"session_timeout": 30}]}
    address = "https://example.org:8443/a@b?page=2&sort=name"
    card = [4111111111111111, 0.4111111111111111, "4111111111111112"]
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    identifier = "123e4567-e89b-12d3-a456-426614174000"
    log_line = "2026-11-24 22:00:00,123 INFO user=ada status=200 path=/login"
    text = "sk-loading-spinner-container npm_lifecycle secret_sauce eyJ"
    get_token = hold
    environment = dict(os.environ)
    try:
        work()
    except Exception:
        standing()
        end.wait()


end = threading.Event()
standing = threading.Semaphore(0)
for work in (second, members, compiles):
    threading.Thread(target=hold, args=(work, standing.release), name="passenger", daemon=True).start()
    standing.acquire()
sync.ready_and_wait()
end.set()
