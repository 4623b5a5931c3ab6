#pragma once
// HTTP headers as the packages keep them, written as `{'Name': 'value', …}` with every value under
// its name, which is what masks an Authorization or a Cookie.

#include "cpython/value/printer.hpp"

namespace pyexc::cpython {

/// An object of any package that holds headers: a list of pairs, a dict of pairs, or a WSGI environ
/// inside.
void put_headers(Printer& out, RemoteAddr headers);
/// HTTP_* and CONTENT_* of a WSGI environ, by the names that they had in the request.
void put_environ_headers(Printer& out, RemoteAddr environ);
/// [(name, value), …], str or bytes; of longer tuples the first and the last.
void put_header_list(Printer& out, RemoteAddr list);

}  // namespace pyexc::cpython
