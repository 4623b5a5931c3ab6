"""A Celery application with one task that never ends."""

import os

import celery
import stuck

app = celery.Celery("shop", broker=os.environ.get("PYEXC_BROKER"))
app.conf.worker_hijack_root_logger = False


@app.task(name="shop.order")
def order(how):
    stuck.handle(how)
