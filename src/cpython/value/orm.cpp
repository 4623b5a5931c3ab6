// Django's models and query sets; SQLAlchemy's engines, sessions, rows and mapped objects.

#include <fmt/format.h>

#include <array>

#include "cpython/value/families.hpp"
#include "cpython/value/packages.hpp"
#include "cpython/value/shown.hpp"

namespace pyexc::cpython {

namespace {

// django/db/models/base.py: fields, and what was cached, are in the instance's dict; _state is
// bookkeeping.
void show_django_model(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  if (const auto items = out.heap().instance_items(object)) shown.items(*items, {"_state"});
}

// django/db/models/query.py. Evaluating it would ask the database.
void show_query_set(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const RemoteAddr model = attribute(heap, object, "model");
  if (const auto info = heap.type_info(model); !model.null() && info)
    shown.part("model", [&] { out.put_type_name(**info); });
  const RemoteAddr cache = attribute(heap, object, "_result_cache");
  if (cache.null() || heap.is_none(cache)) return shown.remark("not evaluated");
  shown.value("result", cache);
}

void show_engine(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"url", "pool"});
}

void show_async(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"sync_engine", "sync_session"});
}

void show_connection(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown(out, object, type).attributes({"engine", "_transaction", "_nested_transaction"});
}

// sqlalchemy/engine/url.py: a named tuple from 1.4 on, an object with attributes before.
void show_url(Printer& out, RemoteAddr object, const TypeInfo& type) {
  static constexpr std::array names = {"drivername", "username", "password", "host",
                                       "port",       "database", "query"};
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  const auto items = heap.tuple_items(object, names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const RemoteAddr value = !items                    ? attribute(heap, object, names[i])
                             : i < items->items.size() ? items->items[i]
                                                       : RemoteAddr();
    if (!value.null() && !heap.is_none(value)) shown.value(names[i], value);
  }
}

void show_size(Shown& shown, Heap& heap, std::string_view name, RemoteAddr dict) {
  if (dict.null() || !heap.has_flag(dict, type_flags::dict_subclass)) return;
  if (const auto used = heap.dict_used(dict); used && *used >= 0)
    shown.number(name, static_cast<std::size_t>(*used));
}

// sqlalchemy/orm/session.py: _new and _deleted by state; identity.py: _modified is a set of states.
void show_session(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  shown.attribute("bind");
  show_size(shown, heap, "new", attribute(heap, object, "_new"));
  show_size(shown, heap, "deleted", attribute(heap, object, "_deleted"));
  const RemoteAddr identities = attribute(heap, object, "identity_map");
  if (!identities.null()) {
    const RemoteAddr modified = attribute(heap, identities, "_modified");
    if (!modified.null() && heap.is_exactly(modified, "set"))
      if (const auto used = heap.field<std::int64_t>(modified, heap.layout().set.used);
          used && *used >= 0)
        shown.number("modified", static_cast<std::size_t>(*used));
    show_size(shown, heap, "persistent", attribute(heap, identities, "_dict"));
  }
  const RemoteAddr transaction = attribute(heap, object, "_transaction");
  if (!transaction.null())
    shown.text("in_transaction", heap.is_none(transaction) ? "False" : "True");
}

// sqlalchemy/engine/row.py: the values are a tuple, in a slot of a Python class or in a structure
// of a compiled one, where it is the only tuple.
void show_row(Printer& out, RemoteAddr object, const TypeInfo& type) {
  constexpr std::int64_t most_words = 8;
  Heap& heap = out.heap();
  Shown shown(out, object, type);
  RemoteAddr data = attribute(heap, object, "_data");
  for (std::int64_t at = 16; data.null() && at + 8 <= type.basicsize && at < most_words * 8;
       at += 8) {
    const auto word = heap.memory().read_pointer(object + static_cast<std::uint64_t>(at));
    if (word && !word->null() && word->value() % 8 == 0 && heap.is_exactly(*word, "tuple"))
      data = *word;
  }
  shown.value("data", data);
}

constexpr std::array rows = {
    PackageRow{"django.db.models.base.Model", show_django_model},
    PackageRow{"django.db.models.query.QuerySet", show_query_set},
    PackageRow{"sqlalchemy.engine.base.Engine", show_engine},
    PackageRow{"sqlalchemy.engine.base.Connection", show_connection, true},
    PackageRow{"sqlalchemy.engine.url.URL", show_url},
    PackageRow{"sqlalchemy.orm.session.Session", show_session, true},
    PackageRow{"sqlalchemy.engine.row.Row", show_row},
    PackageRow{"sqlalchemy.ext.asyncio.engine.AsyncEngine", show_async, true},
    PackageRow{"sqlalchemy.ext.asyncio.session.AsyncSession", show_async, true},
};

}  // namespace

std::span<const PackageRow> orm_rows() noexcept { return rows; }

void show_mapped(Printer& out, RemoteAddr object, const TypeInfo& type) {
  Shown shown(out, object, type);
  if (const auto items = out.heap().instance_items(object))
    shown.items(*items, {"_sa_instance_state"});
}

}  // namespace pyexc::cpython
