// What servers talk to others with: requests, httpx, aiohttp, redis, celery.

#include <array>

#include "cpython/value/headers.hpp"
#include "cpython/value/packages.hpp"
#include "cpython/value/shown.hpp"

namespace pyexc::cpython {

namespace {

void show_message(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  shown.attributes(
      {"method", "_method", "status_code", "status", "reason", "url", "_url", "_rel_url"});
  const RemoteAddr headers = attribute(heap, object, "headers");
  if (!headers.null()) shown.part("headers", [&] { put_headers(out, headers); });
}

void show_headers_alone(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  shown.part("headers", [&] { put_headers(out, object); });
}

// httpx/_urls.py: a named tuple of strings; written as one URL, so that a password in it is seen as
// one.
void show_httpx_url(Printer& out, RemoteAddr object, const TypeInfo& type) {
  // httpx/_urlparse.py has scheme, userinfo, host, port, path, query, fragment; the package
  // rfc3986, which was used before, scheme, authority, path, query, fragment.
  constexpr std::size_t most = 7, old = 5;
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const auto parts = heap.tuple_items(attribute(heap, object, "_uri_reference"), most);
  if (!parts || (parts->items.size() != most && parts->items.size() != old)) return;
  std::size_t at = 0;
  const auto next = [&](std::string_view before, std::string_view after) {
    const RemoteAddr part = parts->items[at++];
    if (heap.is_none(part) || heap.str_equals(part, "")) return;
    out.put(before);
    out.str(part);
    out.put(after);
  };
  shown.part("url", [&] {
    out.put("'");
    next("", "://");
    if (parts->items.size() == most) next("", "@");
    next("", "");
    if (parts->items.size() == most) next(":", "");
    next("", "");
    next("?", "");
    next("#", "");
    out.put("'");
  });
}

void show_pool(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"connection_kwargs", "max_connections"});
}

void show_redis(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"connection_pool", "connection"});
}

void show_redis_connection(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"host", "port", "path", "db", "username", "password"});
}

void show_task(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"name", "max_retries"});
}

void show_task_request(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"task", "id", "args", "kwargs", "retries", "hostname"});
}

constexpr std::array rows = {
    PackageRow{"requests.models.Request", show_message},
    PackageRow{"requests.models.PreparedRequest", show_message},
    PackageRow{"requests.models.Response", show_message},
    PackageRow{"requests.structures.CaseInsensitiveDict", show_headers_alone},
    PackageRow{"httpx.Request", show_message},
    PackageRow{"httpx.Response", show_message},
    PackageRow{"httpx.URL", show_httpx_url},
    PackageRow{"httpx.Headers", show_headers_alone},
    PackageRow{"aiohttp.web_request.BaseRequest", show_message},
    PackageRow{"aiohttp.client_reqrep.ClientResponse", show_message},
    PackageRow{"redis.client.Redis", show_redis},
    PackageRow{"redis.asyncio.client.Redis", show_redis},
    PackageRow{"redis.connection.ConnectionPool", show_pool},
    PackageRow{"redis.asyncio.connection.ConnectionPool", show_pool},
    PackageRow{"redis.connection.Connection", show_redis_connection},
    PackageRow{"redis.connection.AbstractConnection", show_redis_connection},
    PackageRow{"redis.asyncio.connection.AbstractConnection", show_redis_connection},
    PackageRow{"celery.app.task.Task", show_task},
    PackageRow{"celery.app.task.Context", show_task_request},
};

}  // namespace

std::span<const PackageRow> client_rows() noexcept { return rows; }

}  // namespace pyexc::cpython
