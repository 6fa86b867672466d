"""The pages of batches: many payments in one request."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from ussd_app.simulator.networks.gsma import batches, deviations
from ussd_app.simulator.networks.gsma.accounts import FLOAT
from ussd_app.simulator.networks.gsma.magic import PLAIN
from ussd_app.simulator.networks.gsma.pages import listed, page
from ussd_app.simulator.networks.gsma.receiving import json_body, take, take_change
from ussd_app.simulator.networks.gsma.validation import check_request
from ussd_app.simulator.networks.parts import Parts


def batch_pages(pages: Blueprint, parts: Parts) -> None:
    @pages.post("/batchtransactions")
    def ask_batch() -> Response:
        body = json_body(request)
        as_the_cases = deviations.malformed_batch(body) if parts.configuration.sandbox else None
        if as_the_cases is None:
            check_request("requestBatchTransaction", body)
        elif deviations.at_once():
            raise as_the_cases
        return take(parts, request, "batch", FLOAT, body, fate=PLAIN)

    @pages.get("/batchtransactions/<batch>")
    def show_batch(batch: str) -> Response:
        return jsonify(batches.one(parts.book, batch))

    @pages.patch("/batchtransactions/<batch>")
    def change_batch(batch: str) -> Response:
        batches.one(parts.book, batch)
        return take_change(parts, request, "change_batch", FLOAT, batch)

    @pages.get("/batchtransactions/<batch>/completions")
    def completed(batch: str) -> Response:
        wanted = page(request.args)
        return listed(*batches.completions(parts.book, batch, wanted.limit, wanted.offset))

    @pages.get("/batchtransactions/<batch>/rejections")
    def rejected(batch: str) -> Response:
        wanted = page(request.args)
        return listed(*batches.rejections(parts.book, batch, wanted.limit, wanted.offset))
