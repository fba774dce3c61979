"""A small contract with one operation of each sort, to draw cases for."""

from __future__ import annotations

import copy
from typing import Any

from oip_conformance.contract import Contract

_OK = {"200": {"description": "OK"}}
_CUSTOMER = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "required": ["mobilePhone"],
            "properties": {
                "mobilePhone": {"type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$"},
                "zip": {"type": ["string", "number"]},
                "points": {"type": "integer", "minimum": 0, "maximum": 100},
                "consents": {"type": "object", "properties": {"acceptsSms": {"type": "boolean"}}},
            },
        }
    },
}
_DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Loyalty", "version": "1"},
    "security": [{"api_key": []}],
    "paths": {
        "/customers": {
            "post": {
                "operationId": "createMember",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Customer"},
                            "examples": {"one": {"value": {"data": {"mobilePhone": "+4712345678"}}}},
                        }
                    },
                },
                "responses": _OK,
            }
        },
        "/customers/id/{id}": {
            "get": {
                "operationId": "getCustomerById",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": _OK,
            }
        },
        "/reports/{reportType}": {
            "get": {
                "operationId": "report1",
                "parameters": [
                    {"name": "reportType", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                ],
                "responses": _OK,
            }
        },
        "/import/file": {
            "post": {
                "operationId": "importFile",
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["file"],
                                "properties": {"file": {"type": "string", "format": "binary"}},
                            }
                        }
                    },
                },
                "responses": _OK,
            }
        },
    },
    "components": {
        "securitySchemes": {"api_key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        "schemas": {"Customer": _CUSTOMER},
    },
}


def document() -> dict[str, Any]:
    """A fresh copy of the document."""
    return copy.deepcopy(_DOCUMENT)


def contract() -> Contract:
    """The contract."""
    return Contract(document())
