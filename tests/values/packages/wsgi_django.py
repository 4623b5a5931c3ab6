"""A Django application whose one view is stuck while it handles an exception."""

import os

import django
from django.conf import settings

import sync

settings.configure(DEBUG=False, SECRET_KEY="settings-secret-5up3r", ALLOWED_HOSTS=["*"], ROOT_URLCONF="wsgi_django", MIDDLEWARE=[],
                   DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Cart(models.Model):
    owner = models.CharField(max_length=40)

    class Meta:
        app_label = "shop"


def cart(request, number):
    found = Cart(id=number, owner="Ada")
    order = {"items": request.POST.getlist("item"), "total": 12.5}
    carts = Cart.objects.filter(owner="Ada")
    try:
        raise LookupError("no cart %d" % number)
    except LookupError:
        sync.say(b"%d" % os.getpid())
        sync.ready_and_wait()
    return HttpResponse(str((found, order, carts)))


urlpatterns = [path("cart/<int:number>", cart)]
application = get_wsgi_application()
sync.say(b"loaded")
