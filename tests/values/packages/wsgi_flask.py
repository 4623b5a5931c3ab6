"""A Flask application whose one view is stuck while it handles an exception."""

import os

import flask

import sync

application = flask.Flask("shop")


@application.route("/cart/<int:number>", methods=["POST"])
def cart(number):
    request = flask.request._get_current_object()
    order = {"items": flask.request.form.getlist("item"), "total": 12.5}
    try:
        raise LookupError("no cart %d" % number)
    except LookupError:
        sync.say(b"%d" % os.getpid())
        sync.ready_and_wait()
    return str((request, order))


sync.say(b"loaded")
