"""A process full of secrets. test_canary.py puts one of its own, made for that run, in the place of each <<name>>."""

import os
import sys
import threading

import sync


class Vault:
    def __init__(self):
        self.api_key = "<<attribute>>"
        self.label = "shown"

    def __repr__(self):
        return "Vault(%r)" % self.api_key


class Slotted:
    __slots__ = ("signing_key", "label")

    def __init__(self):
        self.signing_key = "<<slot>>"
        self.label = "shown"

    def __repr__(self):
        return "Slotted(%r)" % self.signing_key


class Keyword:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)

    def __repr__(self):
        return "never run"


class Odd(Exception):
    def __str__(self):
        return "only its arguments can be shown"


def connect(**how):
    raise ConnectionError("cannot reach postgres://ada:<<message_url>>@db.example/shop with {'password': '<<message_dict>>'}")


def first():
    connect(password="<<source_keyword>>", user="ada")


def second():
    try:
        first()
    except ConnectionError as error:
        failure = RuntimeError({"user": "ada", "access_token": "<<message_key>>", "list": [{"clientSecret": "<<message_nested>>"}]})
        if hasattr(failure, "add_note"):
            failure.add_note("sent Authorization: Bearer <<note>>")
            failure.add_note("and -----BEGIN RSA PRIVATE KEY-----\n<<note_pem>>\n-----END RSA PRIVATE KEY-----")
        raise failure from error


def third():
    try:
        second()
    except RuntimeError:
        raise Odd("sk_live_<<inexact_key>>", {"dsn": "<<inexact_named>>"})


def members():
    made = []
    for what in ("ghp_<<member_key>>", "xoxb-<<member_slack>>"):
        try:
            raise KeyError(what)
        except KeyError as error:
            made.append(error)
    if sys.version_info >= (3, 11):
        raise ExceptionGroup("token=<<group_message>>", made)
    raise made[0]


def compiles():
    compile("password = '<<syntax>>' +", "<config>", "exec")


def hold(work, standing):
    password = "<<local>>"
    db_passwd = b"<<local_bytes>>"
    pin_code = 48151623
    credentials = ["<<local_list>>", 1]
    settings = {"user": "ada", "client-secret": "<<dict_value>>", "deep": [({"accessToken": "<<dict_nested>>"},)]}
    session = {"id": "<<session>>"}
    vault, slotted = Vault(), Slotted()
    keyword = Keyword(cookie="<<keyword>>", label="shown")
    address = "redis://:<<local_url>>@cache.example:6379/0"
    header = "Basic <<basic>>"
    pem = "-----BEGIN PRIVATE KEY-----\n<<pem>>\n-----END PRIVATE KEY-----\n"
    jwt_text = ["eyJ<<jwt_head>>.eyJ<<jwt_body>>.<<jwt_tail>>"]
    key = ["AKIA<<aws>>", "SG.<<sendgrid>>", "npm_<<npm>>", "sk-ant-api03-<<anthropic>>", "AIza<<google>>"]
    log_line = "retry with api_key=<<log>>, user=ada"
    pairs = [("authorization", "<<pair>>"), ("host", "example")]
    azure = "AccountName=shop;AccountKey=<<azure>>;EndpointSuffix=example"
    card = ["<<card>>"]
    environment = dict(os.environ)
    live_environment = os.environ
    try:
        work()
    except Exception:
        standing()
        end.wait()


end = threading.Event()
standing = threading.Semaphore(0)
for number, work in enumerate((third, members, compiles)):
    name = "poll token=<<thread_name>>" if number == 0 else "worker"
    threading.Thread(target=hold, args=(work, standing.release), name=name, daemon=True).start()
    standing.acquire()
sync.ready_and_wait()
end.set()
