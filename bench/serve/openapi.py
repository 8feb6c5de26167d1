"""The OpenAPI document of a service: made of the model's own columns."""

from importlib.metadata import version
from typing import Any

from .scoring import Scoring

_FAULTS = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["at", "message"],
                "properties": {"at": {"type": "string"}, "message": {"type": "string"}},
            },
        }
    },
}
_ANSWER = {
    "type": "object",
    "required": ["predictions", "threshold", "notes"],
    "properties": {
        "predictions": {
            "type": "array",
            "description": "One for each case, in their order.",
            "items": {
                "type": "object",
                "required": ["probability", "decision"],
                "properties": {
                    "probability": {"type": "number", "minimum": 0, "maximum": 1},
                    "decision": {"type": "integer", "enum": [0, 1]},
                },
            },
        },
        "threshold": {"type": "number", "description": "From this probability on it is a yes."},
        "notes": {
            "type": "array",
            "items": {"type": "string"},
            "description": "What is unlike the cases that the model was fitted on.",
        },
    },
}
_REFUSED = {
    400: "The body is no JSON in UTF-8.",
    408: "The body did not arrive in time.",
    413: "The body is too long, or has too many cases.",
    415: "The body is not announced as application/json.",
    422: "The cases are not such as the model was fitted on.",
    503: "The model is being loaded, or too many requests wait.",
}


def document(scoring: Scoring, *, with_token: bool) -> dict[str, Any]:
    """Describe a service.

    Parameters
    ----------
    scoring : Scoring
    with_token : bool
        Whether it asks for one.

    Returns
    -------
    dict
        An OpenAPI document, version 3.1.
    """
    manifest = scoring.predictor.manifest
    body = scoring.types.schema()
    schemas = body.pop("$defs", {}) | {"Body": body, "Answer": _ANSWER, "Errors": _FAULTS}
    refused = _REFUSED | ({401: "There is no token, or a wrong one."} if with_token else {})
    errors = {
        str(status): {"description": said, "content": _json_of("Errors")}
        for status, said in sorted(refused.items())
    }
    paths: dict[str, Any] = {
        "/predict": {
            "post": {
                "summary": f"Probability of: {manifest.task.positive}",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Body"},
                            "example": scoring.example(),
                        }
                    },
                },
                "responses": {
                    "200": {"description": "One prediction a case.", "content": _json_of("Answer")}
                }
                | errors,
            }
        },
        "/health": _get("The process lives.", open_to_all=True),
        "/ready": _get("200 when it answers; 503 while it loads or stops.", open_to_all=True),
        "/model": _get("The model's card, its columns and what was judged."),
        "/metrics": _get("Counts in the text form of Prometheus."),
        "/openapi.json": _get("This document."),
    }
    made: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": f"{manifest.model.title}, {manifest.task.name}",
            "version": version("intentbench"),
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }
    if with_token:
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
    return made


def _json_of(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _get(summary: str, *, open_to_all: bool = False) -> dict[str, Any]:
    more = {"security": []} if open_to_all else {}
    return {"get": {"summary": summary, "responses": {"200": {"description": summary}}} | more}
