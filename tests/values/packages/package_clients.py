import httpx
import requests

from names import header, opening, pairs


def values():
    request = requests.Request("POST", "http://example.test/x", headers={"Authorization": "Basic eA=="}, params={"q": "1"})
    prepared = request.prepare()
    response = requests.Response()
    response.status_code, response.url, response.reason = 503, "http://example.test/x", "Busy"
    response.headers["Retry-After"] = "9"
    asked = httpx.Request("GET", "https://u:p@example.test:8443/a/b?c=d#e", headers={"Cookie": "a=b"})
    answered = httpx.Response(204, headers={"X-Id": "7"})
    return [
        ("requests request", request, [opening(request)] + pairs(method="POST", url=request.url)),
        ("requests prepared", prepared, [opening(prepared)] + pairs(method="POST", url=prepared.url) + [header("Authorization", "Basic eA==")]),
        ("requests response", response, [opening(response)] + pairs(status_code=503, url=response.url, reason="Busy") + [header("Retry-After", "9")]),
        ("httpx request", asked, [opening(asked), "method='GET'", "url=%r>" % str(asked.url), header("Cookie", b"a=b")]),
        ("httpx response", answered, [opening(answered), "status_code=204", header("X-Id", b"7")]),
    ]
