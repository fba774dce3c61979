"""Defects of imports: what is refused, what is taken, what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.bodies import Bodies, Parsed
from oip_reference.http.multipart import UploadedFile
from oip_reference.http.reader import Reader
from oip_reference.imports import Imports
from oip_reference.rewriting import redo
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call


def _not_configured(server: ReferenceServer, kind: str) -> None:
    kept = server.replace(Imports, "is_configured", lambda _part, call, name: name != kind and kept(call, name))


@defect("an_import_of_json_is_refused", breaks="OIP-IMP-01", family="validation")
def _(server: ReferenceServer) -> None:
    """JSON is not imported."""
    _not_configured(server, "json")


@defect("an_import_is_answered_201", breaks="OIP-IMP-01", family="status", also=("OIP-IMP-*", "OIP-CORE-*"))
def _(server: ReferenceServer) -> None:
    """importBody is answered 201."""
    redo(server, "importBody", answer=lambda _request, _answer: Answer(201))


@defect("an_import_of_xml_is_refused", breaks="OIP-IMP-02", family="validation", also=("OIP-IMP-07",))
def _(server: ReferenceServer) -> None:
    """XML is not imported."""
    _not_configured(server, "xml")


@defect("xml_beyond_ascii_is_refused", breaks="OIP-IMP-02", family="encoding", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A document with letters beyond ASCII is not XML."""

    def xml(_part: Bodies, body: bytes) -> Parsed:
        if not body.isascii():
            raise Refused(400, "The body is not XML.")
        return kept(body)

    kept = server.replace(Bodies, "xml", xml)


@defect("an_import_of_csv_is_refused", breaks="OIP-IMP-03", family="validation")
def _(server: ReferenceServer) -> None:
    """CSV is not imported."""
    _not_configured(server, "csv")


@defect("a_form_with_an_escaped_percent_is_refused", breaks="OIP-IMP-04", family="encoding")
def _(server: ReferenceServer) -> None:
    """Fields are decoded twice, so that a percent sign breaks the form."""

    def form(_part: Bodies, body: bytes) -> Parsed:
        if b"%25" in body:
            raise Refused(400, "The body is no form.")
        return kept(body)

    kept = server.replace(Bodies, "form", form)


@defect("a_form_with_an_empty_field_is_refused", breaks="OIP-IMP-04", family="boundary")
def _(server: ReferenceServer) -> None:
    """A form in which a field is empty is answered 400."""

    def taken(_part: Imports, call: Call) -> Answer:
        if "" in call.body.values():
            raise Refused(400, "A field is empty.")
        return kept(call)

    kept = server.replace(Imports, "import_form", taken)


@defect("a_form_beyond_ascii_fails", breaks="OIP-IMP-04", family="encoding")
def _(server: ReferenceServer) -> None:
    """A form with letters beyond ASCII is answered 400."""

    def taken(_part: Imports, call: Call) -> Answer:
        if not all(str(value).isascii() for value in call.body.values()):
            raise Refused(400, "The form is not ASCII.")
        return kept(call)

    kept = server.replace(Imports, "import_form", taken)


@defect("a_file_is_answered_200", breaks="OIP-IMP-05", family="status", also=("OIP-IMP-06", "OIP-IMP-08", "OIP-CORE-*"))
def _(server: ReferenceServer) -> None:
    """importFile is answered 200, although 202 is published."""
    redo(server, "importFile", answer=lambda _request, _answer: Answer(200))


@defect("an_upload_without_a_file_is_taken", breaks="OIP-IMP-06", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A form without a part named `file` is answered 202."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        if operation.id != "importFile":
            kept(operation, media_type, value)

    def taken(_part: Imports, call: Call) -> Answer:
        return kept_import(call) if "file" in call.body else Answer(202)

    kept = server.replace(Reader, "check", check)
    kept_import = server.replace(Imports, "import_file", taken)


@defect("broken_xml_is_taken", breaks="OIP-IMP-07", family="validation")
def _(server: ReferenceServer) -> None:
    """XML that is not well-formed is answered 200."""

    def xml(_part: Bodies, body: bytes) -> Parsed:
        try:
            return kept(body)
        except Refused:
            return Parsed({}, "<members/>")

    kept = server.replace(Bodies, "xml", xml)


@defect("an_entity_of_xml_is_resolved", breaks="OIP-IMP-07", family="secrets")
def _(server: ReferenceServer) -> None:
    """An external entity is resolved, and the refusal shows what it holds."""

    def xml(_part: Bodies, body: bytes) -> Parsed:
        if b"file:///etc/passwd" in body:
            raise Refused(400, "The element holds root:x:0:0:root:/root:/bin/bash.")
        return kept(body)

    kept = server.replace(Bodies, "xml", xml)


@defect("an_upload_shows_where_it_is_kept", breaks="OIP-IMP-08", family="secrets")
def _(server: ReferenceServer) -> None:
    """The answer to an upload names the file of the server."""
    redo(server, "importFile", answer=lambda _request, _answer: Answer(202, {"path": "/var/oip/imports/7.csv"}))


def _files(server: ReferenceServer, refuses: Any) -> None:
    """An upload is refused when `refuses(file)`."""

    def taken(_part: Imports, call: Call) -> Answer:
        file = call.body["file"]
        if isinstance(file, UploadedFile) and refuses(file):
            raise Refused(400, "The file cannot be read.")
        return kept(call)

    kept = server.replace(Imports, "import_file", taken)


@defect("a_binary_file_is_refused", breaks="OIP-IMP-08", family="encoding")
def _(server: ReferenceServer) -> None:
    """A file that is no text is answered 400."""

    def is_no_text(file: UploadedFile) -> bool:
        try:
            file.content.decode()
        except UnicodeDecodeError:
            return True
        return False

    _files(server, is_no_text)


@defect("a_file_name_with_a_space_is_refused", breaks="OIP-IMP-08", family="encoding")
def _(server: ReferenceServer) -> None:
    """A file whose name has a space in it is answered 400."""
    _files(server, lambda file: " " in (file.file_name or ""))


@defect("a_file_name_beyond_ascii_is_refused", breaks="OIP-IMP-08", family="encoding")
def _(server: ReferenceServer) -> None:
    """A file whose name has letters beyond ASCII is answered 400."""
    _files(server, lambda file: not (file.file_name or "").isascii())
