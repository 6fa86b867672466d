"""Holds an answer against the paths of GSMA's own OpenAPI files as they are published, strict amounts and all."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

import ussd_app.simulator.networks.gsma as gsma

_FILES = ("openapi-disbursements-1.2.0.yaml", "openapi-agent-services-1.2.0.yaml")
_BASE = re.compile(r"^.*/mm(?=/)")


@cache
def _files() -> list[dict[str, Any]]:
    room = Path(gsma.__file__).parent
    return [yaml.load((room / name).read_text("utf-8"), yaml.CSafeLoader) for name in _FILES]


def _exact(template: str) -> str:
    """One identity has its type in the path before it; several are joined by @ and $."""
    return template.replace("{identifierType}", "[a-z]+").replace("{accountId}", "[^/]*@[^/]*")


@cache
def _operations() -> list[tuple[str, re.Pattern[str], int, Draft4Validator]]:
    found = []
    for file in _files():
        for template, item in file["paths"].items():
            path = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", _exact(template)))
            for method in item.keys() & {"get", "post", "patch"}:
                for status, answer in item[method]["responses"].items():
                    content = answer.get("content", {}).get("application/json")
                    if content:
                        schema = content["schema"] | {"components": file["components"]}
                        found.append((method, path, int(status), _validator(schema)))
    return found


def _validator(schema: dict[str, Any]) -> Draft4Validator:
    reference = schema.pop("$ref", None)
    return Draft4Validator({"allOf": [{"$ref": reference}], **schema} if reference else schema)


def conforms(method: str, address: str, status: int, body: Any) -> int:
    """How many operations of the files tell of such an answer; raises where one of them forbids it."""
    path = "/" + _BASE.sub("", address.partition("?")[0]).lstrip("/")
    held = [
        validator
        for each, pattern, code, validator in _operations()
        if (each, code) == (method.lower(), status) and pattern.fullmatch(path)
    ]
    for validator in held:
        validator.validate(body)
    return len(held)
