"""What goes out over SOAP 1.1: the reply as text in an operation's result, faults, and the WSDL of a path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.intake.decode.layout import Soap
from core.intake.decode.soap import ENVELOPE
from core.intake.markup import document

WSDL = "http://schemas.xmlsoap.org/wsdl/"
BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
HTTP = "http://schemas.xmlsoap.org/soap/http"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
SERVICE = "Weighing"


def answered(soap: Soap, text: str, charset: str) -> tuple[bytes, str]:
    """(the reply `text` in the operation's result, its content type)."""
    response = {"@xmlns": soap.namespace, soap.result: text}
    return _envelope({f"{soap.operation}Response": response}, charset)


def fault(whose: str, text: str, code: str | int, charset: str) -> tuple[bytes, str]:
    """(a fault, its content type); `whose` is Client or Server, `code` the partner's code of the outcome."""
    said = {"faultcode": f"soap:{whose}", "faultstring": text, "detail": {"errorcode": code}}
    return _envelope({"soap:Fault": said}, charset)


def _envelope(body: dict[str, Any], charset: str) -> tuple[bytes, str]:
    data = {"soap:Envelope": {"@xmlns:soap": ENVELOPE, "soap:Body": body}}
    return document(data, charset), f"text/xml; charset={charset}"


def wsdl(operations: Sequence[Soap], address: str) -> bytes:
    """The WSDL 1.1 of the operations at one address; they share a namespace."""
    namespace = operations[0].namespace
    definitions = {
        "@xmlns": WSDL,
        "@xmlns:soap": BINDING,
        "@xmlns:xs": SCHEMA,
        "@xmlns:own": namespace,
        "@name": SERVICE,
        "@targetNamespace": namespace,
        "types": {
            "xs:schema": {
                "@targetNamespace": namespace,
                "@elementFormDefault": "qualified",
                "xs:element": [element for soap in operations for element in _elements(soap)],
            }
        },
        "message": [
            {"@name": f"{soap.operation}{way}", "part": {"@name": "parameters", "@element": f"own:{element}"}}
            for soap in operations
            for way, element in (("In", soap.operation), ("Out", f"{soap.operation}Response"))
        ],
        "portType": {"@name": f"{SERVICE}Port", "operation": [_abstract(soap) for soap in operations]},
        "binding": {
            "@name": f"{SERVICE}Binding",
            "@type": f"own:{SERVICE}Port",
            "soap:binding": {"@style": "document", "@transport": HTTP},
            "operation": [_bound(soap) for soap in operations],
        },
        "service": {
            "@name": f"{SERVICE}Service",
            "port": {
                "@name": f"{SERVICE}Port",
                "@binding": f"own:{SERVICE}Binding",
                "soap:address": {"@location": operations[0].address or address},
            },
        },
    }
    return document({"definitions": definitions}, "utf-8")


def _elements(soap: Soap) -> list[dict[str, Any]]:
    results = {soap.result: "string"}
    return [
        {
            "@name": name,
            "xs:complexType": {
                "xs:sequence": {
                    "xs:element": [
                        {"@name": part, "@type": f"xs:{kind}", "@minOccurs": "0", "@nillable": "true"}
                        for part, kind in parts.items()
                    ]
                }
            },
        }
        for name, parts in ((soap.operation, soap.parameters), (f"{soap.operation}Response", results))
    ]


def _abstract(soap: Soap) -> dict[str, Any]:
    return {
        "@name": soap.operation,
        "input": {"@message": f"own:{soap.operation}In"},
        "output": {"@message": f"own:{soap.operation}Out"},
    }


def _bound(soap: Soap) -> dict[str, Any]:
    return {
        "@name": soap.operation,
        "soap:operation": {"@soapAction": f"{soap.namespace.rstrip('/')}/{soap.operation}"},
        "input": {"soap:body": {"@use": "literal"}},
        "output": {"soap:body": {"@use": "literal"}},
    }
