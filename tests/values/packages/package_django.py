import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, INSTALLED_APPS=[],
                   SECRET_KEY="k", ALLOWED_HOSTS=["*"], DEBUG=False)
django.setup()

from django.db import connection, models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils.functional import SimpleLazyObject  # noqa: E402

from names import header, opening, pairs  # noqa: E402


class Book(models.Model):
    title = models.CharField(max_length=40)
    pages = models.IntegerField(default=0)

    class Meta:
        app_label = "library"

    def __str__(self):
        return "code of the program"


def values():
    with connection.schema_editor() as editor:
        editor.create_model(Book)
    book = Book.objects.create(title="Dune", pages=412)
    evaluated, lazy = Book.objects.all(), Book.objects.filter(pages=1)
    list(evaluated)
    get = RequestFactory().get("/books/7?shelf=b%26c", HTTP_AUTHORIZATION="Basic eA==", HTTP_X_TRACE="t-1")
    get.user = SimpleLazyObject(lambda: book)
    post = RequestFactory().post("/books", {"title": "Emma"})
    post.POST
    response = HttpResponse("x", status=404)
    forced = SimpleLazyObject(lambda: book)
    str(forced)
    return [
        ("model", book, [opening(book) + ", ".join(pairs(id=book.pk, title="Dune", pages=412)) + ">"]),
        ("query set", lazy, [opening(lazy), "model=%s.%s" % (Book.__module__, Book.__qualname__), "not evaluated>"]),
        ("query set with results", evaluated, ["result=[" + opening(book), "title='Dune'"]),
        ("GET", get, [opening(get)] + pairs(method=get.method, path=get.path, query_string=get.META["QUERY_STRING"])
         + [header("Authorization", "Basic eA=="), header("X-Trace", "t-1"), "user=<%s.SimpleLazyObject not evaluated>" % SimpleLazyObject.__module__]),
        ("POST", post, pairs(method="POST", path="/books") + ["POST=<", "{'title': ['Emma']}",
                                                              header("Content-Type", post.META["CONTENT_TYPE"])]),
        ("query dict", post.POST, [opening(post.POST), "items={'title': ['Emma']}>"]),
        ("response", response, [opening(response), "status_code=404", header("Content-Type", response["Content-Type"])]),
        ("lazy", forced, ["wrapped=" + opening(book)]),
        ("settings", settings, ["<django.conf.LazySettings ", "DEBUG=False"]),
    ]
