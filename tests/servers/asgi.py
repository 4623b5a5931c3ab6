"""An ASGI application whose /stuck view awaits inside an `except`, for ever; anything else is answered."""

import asyncio

import stuck


async def never():
    await asyncio.get_running_loop().create_future()


async def view(path):
    try:
        stuck.place_order(path)
    except stuck.OutOfStock:
        stuck.tell(how="await", task=asyncio.current_task().get_name(),
                   tasks=sorted(task.get_name() for task in asyncio.all_tasks()))
        await never()


async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"].startswith("/stuck/"):
        await view(scope["path"][len("/stuck/"):])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
    await send({"type": "http.response.body", "body": b"ok\n"})
