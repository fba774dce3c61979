"""Imports: data in the body, in a form or as a file, kept as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.multipart import UploadedFile
from oip_reference.http.request import Call
from oip_reference.storage.import_records import ImportRecords
from oip_reference.wellknown import IMPORT_FORMATS

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer

_FORMATS: Final = {"application/json": "json", "application/xml": "xml", "text/xml": "xml", "text/csv": "csv"}


class Imports(Domain):
    """Our reading: an account takes the formats that its fixtures name, and what it does with the data is agreed."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.records = server.part(ImportRecords)

    # operations

    @handles("importBody")
    def import_body(self, call: Call) -> Answer:
        self.take(call, self.format_of(call), call.request.body, records=self.counted(call.body))
        return Answer(200)

    @handles("importForm")
    def import_form(self, call: Call) -> Answer:
        self.take(call, "form", call.request.body, records=1)
        return Answer(200)

    @handles("importFile")
    def import_file(self, call: Call) -> Answer:
        """Taken now and worked on later, as 202 says; the name is only a name."""
        file = call.body["file"]
        if isinstance(file, UploadedFile):
            self.take(call, "file", file.content, name=file.file_name)
        else:
            self.take(call, "file", file.encode())
        return Answer(202)

    # rules

    def format_of(self, call: Call) -> str:
        media_type = (call.request.header(b"content-type") or "").partition(";")[0].strip().lower()
        return _FORMATS[media_type]

    def check_format(self, call: Call, kind: str) -> None:
        if not self.is_configured(call, kind):
            raise Refused(400, f"The account does not import {kind}.")

    def is_configured(self, call: Call, kind: str) -> bool:
        return kind in (call.tenant.fixtures.import_formats or IMPORT_FORMATS)

    def counted(self, value: Any) -> int:
        """How many records the data holds: the items of the list, or of the first list that the document has."""
        if isinstance(value, list):
            return len(value)
        if isinstance(value, dict):
            for held in value.values():
                if isinstance(held, list | dict):
                    return self.counted(held)
        return 1

    def take(
        self, call: Call, kind: str, content: bytes, *, name: str | None = None, records: int | None = None
    ) -> None:
        self.check_format(call, kind)
        self.records.add(call.tenant.name, kind, content, call.now, name=name, records=records)
