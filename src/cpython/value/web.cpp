// Requests and responses of Django, Werkzeug (Flask) and Starlette (FastAPI), and what hangs on
// them.

#include <array>

#include "cpython/value/families.hpp"
#include "cpython/value/headers.hpp"
#include "cpython/value/packages.hpp"
#include "cpython/value/shown.hpp"

namespace pyexc::cpython {

namespace {

bool is_dict(Heap& heap, RemoteAddr object) {
  return !object.null() && heap.has_flag(object, type_flags::dict_subclass);
}

void show_headers(Shown& shown, Printer& out, RemoteAddr headers) {
  if (!headers.null()) shown.part("headers", [&] { put_headers(out, headers); });
}

void show_headers_alone(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  show_headers(shown, out, object);
}

/// An attribute, or where the class works it out on demand, what the environ says.
void attribute_or_environ(Shown& shown, Heap& heap, RemoteAddr object, RemoteAddr environ,
                          std::string_view name, std::string_view key) {
  RemoteAddr value = attribute(heap, object, name);
  if (value.null() && is_dict(heap, environ))
    value = heap.dict_get(environ, key).value_or(RemoteAddr());
  shown.value(name, value);
}

void show_environ_headers(Shown& shown, Printer& out, RemoteAddr environ) {
  if (is_dict(out.heap(), environ))
    shown.part("headers", [&] { put_environ_headers(out, environ); });
}

/// Shown only if the request was asked for it before: parsing it is the class's own code.
void show_parsed(Shown& shown, Heap& heap, RemoteAddr object, std::string_view attribute_name,
                 std::string_view as) {
  const auto value = heap.instance_get(object, attribute_name);
  if (value && is_dict(heap, *value)) shown.value(as, *value);
}

// django/http/request.py, django/core/handlers/{wsgi,asgi}.py
void show_django_request(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const RemoteAddr meta = attribute(heap, object, "META");
  shown.attributes({"method", "path"});
  if (is_dict(heap, meta))
    shown.value("query_string", heap.dict_get(meta, "QUERY_STRING").value_or(RemoteAddr()));
  show_parsed(shown, heap, object, "GET", "GET");
  show_parsed(shown, heap, object, "_post", "POST");
  const RemoteAddr cached = attribute(heap, object, "_cached_user");
  shown.value("user", cached.null() ? attribute(heap, object, "user") : cached);
  show_environ_headers(shown, out, meta);
}

void show_django_response(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  shown.attributes({"status_code", "url"});
  const RemoteAddr headers = attribute(heap, object, "headers");
  show_headers(shown, out, headers);
}

// django/utils/functional.py: `empty` is an instance of object itself.
void show_lazy(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const RemoteAddr wrapped = attribute(heap, object, "_wrapped");
  if (wrapped.null() || heap.is_exactly(wrapped, "object")) return shown.remark("not evaluated");
  shown.value("wrapped", wrapped);
}

// Hundreds of settings say little about one request, and many of them are secret.
void show_settings(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const RemoteAddr wrapped = attribute(heap, object, "_wrapped");
  const RemoteAddr holder = wrapped.null() ? object : wrapped;
  shown.value("SETTINGS_MODULE", attribute(heap, holder, "SETTINGS_MODULE"));
  shown.value("DEBUG", attribute(heap, holder, "DEBUG"));
}

// werkzeug/sansio/request.py (2.0 and later); before, everything was worked out from the environ.
void show_werkzeug_request(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const RemoteAddr environ = attribute(heap, object, "environ");
  attribute_or_environ(shown, heap, object, environ, "method", "REQUEST_METHOD");
  attribute_or_environ(shown, heap, object, environ, "path", "PATH_INFO");
  attribute_or_environ(shown, heap, object, environ, "query_string", "QUERY_STRING");
  attribute_or_environ(shown, heap, object, environ, "remote_addr", "REMOTE_ADDR");
  const auto view = heap.instance_get(object, "view_args");
  if (view) shown.value("view_args", *view);
  show_parsed(shown, heap, object, "form", "form");
  const RemoteAddr headers = attribute(heap, object, "headers");
  if (!headers.null()) show_headers(shown, out, headers);
  else show_environ_headers(shown, out, environ);
}

void show_werkzeug_response(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  shown.attribute("_status");
  show_headers(shown, out, attribute(out.heap(), object, "headers"));
}

// What it stands for depends on the thread or task that asks, and on code.
void show_local_proxy(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  const RemoteAddr wrapped = attribute(out.heap(), object, "_LocalProxy__wrapped");
  shown.value("wrapped",
              wrapped.null() ? attribute(out.heap(), object, "_LocalProxy__local") : wrapped);
}

/// A dict of a package: what is in it, without what its repr() makes of that.
void show_dict(Printer& out, RemoteAddr object, const TypeInfo& type) {
  const auto items = out.heap().dict_items(object, out.max_items());
  Shown shown(out, object, type);
  if (!items) return out.mark_unreadable();
  shown.part("items", [&] { put_entries(out, *items); });
}

void show_flask_app(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"name", "import_name", "root_path", "blueprints"});
}

void show_flask_context(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"app", "request"});
}

// werkzeug/routing: its other attributes are the compiled rule and the whole map.
void show_rule(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"rule", "methods", "endpoint"});
}

void show_globals(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  if (const auto items = out.heap().instance_items(object, out.max_attributes()))
    shown.items(*items);
}

// starlette/requests.py: everything is in the ASGI scope.
void show_connection(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const RemoteAddr scope = attribute(heap, object, "scope");
  if (!is_dict(heap, scope)) return;
  const auto in_scope = [&](std::string_view key) {
    return heap.dict_get(scope, key).value_or(RemoteAddr());
  };
  for (const std::string_view key : {"method", "path", "query_string", "path_params", "client"})
    shown.value(key, in_scope(key));
  const RemoteAddr headers = in_scope("headers");
  if (!headers.null()) shown.part("headers", [&] { put_header_list(out, headers); });
}

void show_asgi_response(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  shown.attribute("status_code");
  const RemoteAddr headers = attribute(out.heap(), object, "raw_headers");
  if (!headers.null()) shown.part("headers", [&] { put_header_list(out, headers); });
}

void show_url(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"_url"});
}

constexpr std::array rows = {
    PackageRow{"django.http.request.HttpRequest", show_django_request},
    PackageRow{"django.http.request.HttpHeaders", show_headers_alone},
    PackageRow{"django.http.response.HttpResponseBase", show_django_response},
    PackageRow{"django.http.response.ResponseHeaders", show_headers_alone},
    PackageRow{"django.utils.datastructures.MultiValueDict", show_dict},
    PackageRow{"django.utils.functional.LazyObject", show_lazy},
    PackageRow{"django.conf.LazySettings", show_settings},
    PackageRow{"django.conf.Settings", show_settings},
    PackageRow{"django.conf.UserSettingsHolder", show_settings},
    PackageRow{"werkzeug.wrappers.request.Request", show_werkzeug_request},
    PackageRow{"werkzeug.wrappers.base_request.BaseRequest", show_werkzeug_request},
    PackageRow{"werkzeug.wrappers.response.Response", show_werkzeug_response},
    PackageRow{"werkzeug.wrappers.base_response.BaseResponse", show_werkzeug_response},
    PackageRow{"werkzeug.local.LocalProxy", show_local_proxy},
    PackageRow{"werkzeug.datastructures.MultiDict", show_dict},
    PackageRow{"werkzeug.datastructures.CallbackDict", show_dict},
    PackageRow{"werkzeug.datastructures.Headers", show_headers_alone},
    PackageRow{"werkzeug.datastructures.structures.MultiDict", show_dict},
    PackageRow{"werkzeug.datastructures.structures.CallbackDict", show_dict},
    PackageRow{"werkzeug.datastructures.headers.Headers", show_headers_alone},
    PackageRow{"werkzeug.routing.Rule", show_rule},
    PackageRow{"werkzeug.routing.rules.Rule", show_rule},
    PackageRow{"flask.app.Flask", show_flask_app},
    PackageRow{"flask.config.Config", show_dict},
    PackageRow{"flask.ctx.RequestContext", show_flask_context},
    PackageRow{"flask.ctx.AppContext", show_flask_context},
    PackageRow{"flask.ctx._AppCtxGlobals", show_globals},
    PackageRow{"starlette.requests.HTTPConnection", show_connection, true},
    PackageRow{"starlette.responses.Response", show_asgi_response, true},
    PackageRow{"starlette.datastructures.Headers", show_headers_alone},
    PackageRow{"starlette.datastructures.URL", show_url},
};

}  // namespace

std::span<const PackageRow> web_rows() noexcept { return rows; }

}  // namespace pyexc::cpython
