"""The server on the wire: requests, answers, routing, reading and refusing; knows no domain rule."""

from oip_reference.http.answer import NOTHING, Answer, Refused
from oip_reference.http.request import Call, Request

__all__ = ["NOTHING", "Answer", "Call", "Refused", "Request"]
