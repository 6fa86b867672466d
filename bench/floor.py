"""The floor under a USSD turn: bare Flask, one Redis GET and one SETEX, no checks, no money, nothing kept."""

from __future__ import annotations

import os

from flask import Flask, Response, request
from redis import Redis

SESSION_S = 180

app = Flask(__name__)
redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://"))

PAGES = {
    "menu": "CON Kinh chao #{digits}\n1 Xem so du\n2 Tien da nhan\n3 Xac nhan nhan tien\n4 Rut tien mat\n0 Thoat",
    "balance": "CON So du cua #{digits}: 400.000d\n1 Rut tien\n2 Tien da nhan\n0 Ve dau",
    "payments": "CON Tien da chuyen cua #{digits}\n01/2027: 400.000d\n0 Ve dau",
}
NEXT = {"": "menu", "menu": "balance", "balance": "payments"}


@app.post("/ussd")
def turn() -> Response:
    form = request.form
    key = "floor:" + form["sessionId"]
    before = redis.get(key)
    page = NEXT[before.decode() if isinstance(before, bytes) else ""]
    redis.setex(key, SESSION_S, page)
    return Response(PAGES[page].format(digits=form["phoneNumber"][-4:]), content_type="text/plain; charset=utf-8")


@app.get("/live")
def live() -> str:
    return "ok"
