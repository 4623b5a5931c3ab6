"""The smallest WSGI application: /stuck/HOW never answers, anything else does."""

import stuck


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/stuck/"):
        stuck.handle(path[len("/stuck/"):])
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"ok\n"]
