"""Every request and every answer is held against the standard's own OpenAPI schemas."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from jsonschema import Draft4Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match

from ussd_app.simulator.networks.gsma.errors import Refusal, missing

Schema = Literal[
    "requestAuthorisationCode",
    "requestTransactionType",
    "requestGenericPatchArray",
    "responseAuthorisationCode",
    "responseTransaction",
    "responseAccountBalance",
    "responseAccountStatus",
    "responseHeartbeat",
    "responseResponse",
    "requestStateObject",
    "errorObject",
]

_OPENAPI = Path(__file__).with_name("openapi-agent-services-1.2.0.yaml")
_DEFINED_HERE = {
    # In the whole specification, but left out of its agent-services part.
    "responseAccountStatus": {
        "type": "object",
        "required": ["accountStatus"],
        "properties": {"accountStatus": {"$ref": "#/components/schemas/accountStatus"}},
    }
}
_formats = FormatChecker(formats=())


@_formats.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def _components() -> dict[str, Any]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    schemas = yaml.load(_OPENAPI.read_text("utf-8"), loader)["components"]["schemas"]  # noqa: S506 - a safe loader
    return {"schemas": schemas | _DEFINED_HERE}


@cache
def validator(schema: Schema) -> Draft4Validator:
    """OpenAPI 3.0 schemas are JSON Schema of draft 4's kind; these use none of OpenAPI's own additions."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": _components()}
    return Draft4Validator(whole, format_checker=_formats)


def check_request(schema: Schema, body: Any) -> None:
    problem = best_match(validator(schema).iter_errors(body))
    if problem is not None:
        raise _told(problem)


def checked(schema: Schema, answer: Any) -> Any:
    """Our own answer, unless it breaks the standard: then jsonschema's ValidationError, which is a bug of ours."""
    validator(schema).validate(answer)
    return answer


def _told(problem: ValidationError) -> Refusal:
    where = "/".join(str(each) for each in problem.absolute_path) or "the body"
    match problem.validator:
        case "required" | "anyOf":
            return missing(f"A value required in {where}")
        case "minLength" | "maxLength" | "minItems" | "maxItems":
            return Refusal("validation", "lengthError", f"{where} is too long or too short.")
        case "enum" if where == "currency":
            return Refusal("validation", "currencyNotSupported", "There is no such currency.")
        case "pattern" if isinstance(problem.instance, str) and problem.instance.startswith("-"):
            return Refusal("validation", "negativeValue", f"{where} must not be negative.")
        case _:
            return Refusal("validation", "formatError", f"{where} is not as the standard wants it.")


def whole_dong(body: dict[str, Any]) -> int:
    """The amount of a request that has passed its schema, or a refusal: đồng come whole, and more than none."""
    for name in ("amount", "currency"):
        if name not in body:
            raise missing(name)
    if body["currency"] != "VND":
        raise Refusal("validation", "currencyNotSupported", "Only VND is kept here.")
    if not body["amount"].isdigit():
        raise Refusal("validation", "formatError", "đồng have no fraction.")
    if body["amount"] == "0":
        raise Refusal("businessRule", "lessThanTransactionMinValue", "The amount must be more than nothing.")
    return int(body["amount"])
