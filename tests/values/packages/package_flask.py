import flask
import werkzeug.datastructures as structures

from names import header, opening, pairs

APP = flask.Flask("shop")
KEPT = []


def values():
    context = APP.test_request_context("/cart/3?page=2", method="POST", data={"item": "tea"},
                                       headers={"Authorization": "Bearer abc", "X-Trace": "t-1"})
    context.push()
    KEPT.append(context)
    request = flask.request._get_current_object()
    request.form
    flask.g.user = "Ada"
    response = flask.Response("gone", status=410, headers={"X-Why": "moved"})
    many = structures.MultiDict([("a", "1"), ("a", "2")])
    headers = structures.Headers([("Accept", "*/*")])
    return [
        ("request", request, [opening(request)] + pairs(method=request.method, path=request.path, query_string=request.query_string)
         + [header("Authorization", "Bearer abc"), header("X-Trace", "t-1"), "form=" + opening(request.form), "{'item': ['tea']}"]),
        ("response", response, [opening(response), "status='410 GONE'", header("X-Why", "moved")]),
        ("proxy", flask.request, ["<werkzeug.local.LocalProxy wrapped=<", "ContextVar "]),
        ("g", flask.g._get_current_object(), ["user='Ada'>"]),
        ("app", APP, [opening(APP), "name='shop'"]),
        ("multi dict", many, [opening(many), "items={'a': ['1', '2']}>"]),
        ("headers", headers, [opening(headers), header("Accept", "*/*")]),
    ]
