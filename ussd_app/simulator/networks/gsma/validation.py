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
    "requestTransaction",
    "requestTransactionType",
    "requestReversal",
    "requestBatchTransaction",
    "requestGenericPatchArray",
    "responseAuthorisationCode",
    "responseTransaction",
    "responseReversal",
    "responseBatchTransaction",
    "responseBatchTransactionCompletion",
    "responseBatchTransactionRejection",
    "responseAccount",
    "responseAccountBalance",
    "responseAccountName",
    "responseAccountStatus",
    "responseStatementEntry",
    "responseHeartbeat",
    "responseResponse",
    "requestStateObject",
    "genericUpdateSuccess",
    "errorObject",
]

_OPENAPI = ("openapi-disbursements-1.2.0.yaml", "openapi-agent-services-1.2.0.yaml")
_TRANSACTION_SHOWN = ("amount", "currency", "transactionReference", "transactionStatus", "creditParty", "debitParty")
_DEFINED_HERE = {
    # In the whole specification, but left out of the two parts of it that lie here.
    "responseAccountStatus": {
        "type": "object",
        "required": ["accountStatus"],
        "properties": {"accountStatus": {"$ref": "#/components/schemas/accountStatus"}},
    },
    "responseStatementEntry": {
        "type": "object",
        "required": list(_TRANSACTION_SHOWN),
        "properties": {
            "amount": {"$ref": "#/components/schemas/amount"},
            "transactionReference": {"$ref": "#/components/schemas/transactionReference"},
            "transactionStatus": {"$ref": "#/components/schemas/transactionStatus"},
            "creditParty": {"$ref": "#/components/schemas/creditPartyArray"},
            "debitParty": {"$ref": "#/components/schemas/debitPartyArray"},
            "displayType": {"type": "string", "minLength": 1, "maxLength": 256},
            "creationDate": {"$ref": "#/components/schemas/creationDate"},
            "modificationDate": {"$ref": "#/components/schemas/modificationDate"},
            "metadata": {"$ref": "#/components/schemas/metadataArray"},
        },
    },
}
_formats = FormatChecker(formats=())


@_formats.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def _components() -> dict[str, Any]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    schemas: dict[str, Any] = {}
    for name in _OPENAPI:
        text = Path(__file__).with_name(name).read_text("utf-8")
        schemas |= yaml.load(text, loader)["components"]["schemas"]  # noqa: S506 - a safe loader
    # These two parts forbid 60.00, which the whole specification allows and GSMA's own cases send.
    amount = schemas["amount"] | {"pattern": schemas["amount"]["pattern"].replace("[1-9])?$", "[0-9])?$")}
    return {"schemas": schemas | {"amount": amount} | _DEFINED_HERE}


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
        case "enum" if where.endswith("currency"):
            return Refusal("validation", "currencyNotSupported", "There is no such currency.")
        case "pattern" if isinstance(problem.instance, str) and problem.instance.startswith("-"):
            return Refusal("validation", "negativeValue", f"{where} must not be negative.")
        case _:
            return Refusal("validation", "formatError", f"{where} is not as the standard wants it.")
