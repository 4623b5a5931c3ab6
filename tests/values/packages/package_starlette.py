from starlette.datastructures import URL, Headers
from starlette.requests import Request
from starlette.responses import JSONResponse

from names import header, opening, pairs


def values():
    request = Request({"type": "http", "method": "PUT", "path": "/items/4", "query_string": b"q=1", "path_params": {"id": 4},
                       "headers": [(b"authorization", b"Bearer abc"), (b"x-trace", b"t-1")], "client": ("10.0.0.1", 5)})
    response = JSONResponse({"a": 1}, status_code=418)
    headers = Headers({"accept": "*/*"})
    url = URL("http://example.test/x?y=1")
    return [
        ("request", request, [opening(request)] + pairs(method=request.method, path="/items/4", query_string=b"q=1", path_params={"id": 4},
                                                        client=("10.0.0.1", 5))
         + [header("authorization", b"Bearer abc"), header("x-trace", b"t-1")]),
        ("response", response, [opening(response), "status_code=418", header("content-type", b"application/json")]),
        ("headers", headers, [opening(headers), header("accept", b"*/*")]),
        ("url", url, [opening(url), "url=%r" % str(url)]),
    ]
