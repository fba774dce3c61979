"""Imports in each format that the account takes."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Answer, NotApplicable, NotTested, Oip, requirement

BOUNDARY = "oip-conformance-boundary"


def need(oip: Oip, format_: str) -> None:
    """The profile says that the account takes a format. Formats are agreed with each client: where others are named,
    this one does not apply; where none is, nothing can be tested."""
    agreed = oip.profile.fixtures.import_formats
    if not agreed:
        raise NotTested("[fixtures] import_formats of the profile names no format")
    if format_ not in agreed:
        raise NotApplicable(f"[fixtures] import_formats of the profile names {', '.join(agreed)}, not {format_}")


def upload(
    oip: Oip, *, part: str = "file", name: str = "medlemmer.csv", content: bytes = b"name\r\nKari\r\n"
) -> Answer:
    """Send a file as a part of this name."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"\r\n'
    body = (
        head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    return oip.call("importFile", content=body, media_type=f"multipart/form-data; boundary={BOUNDARY}")


@requirement("OIP-IMP-01")
def test_json_is_imported(oip: Oip) -> None:
    """The published sample answers 200."""
    need(oip, "json")
    for sample in oip.contract.operation("importBody").request_examples("application/json").values():
        oip.call("importBody", json=sample).expect(200)


@requirement("OIP-IMP-02")
def test_xml_is_imported(oip: Oip) -> None:
    """A well-formed document answers 200."""
    need(oip, "xml")
    document = '<?xml version="1.0" encoding="UTF-8"?><members><member><name>Kari Prøve</name></member></members>'
    oip.call("importBody", content=document.encode(), media_type="application/xml").expect(200)


@requirement("OIP-IMP-03")
def test_csv_is_imported(oip: Oip) -> None:
    """Comma-separated text answers 200."""
    need(oip, "csv")
    oip.call("importBody", content="name,city\r\nKari Prøve,Tromsø\r\n".encode(), media_type="text/csv").expect(200)


@requirement("OIP-IMP-04")
@pytest.mark.parametrize("form", [b"name=Kari+Pr%C3%B8ve&city=Oslo", b"name=a%2Bb%25&city=%C3%85s", b"name=Kari&city="])
def test_a_form_is_imported(oip: Oip, form: bytes) -> None:
    """Fields with plus, percent and non-ASCII characters answer 200."""
    need(oip, "form")
    oip.call("importForm", content=form, media_type="application/x-www-form-urlencoded").expect(200)


@requirement("OIP-IMP-05")
def test_a_file_is_taken(oip: Oip) -> None:
    """A part named `file` answers 202."""
    need(oip, "file")
    upload(oip).expect(202)


@requirement("OIP-IMP-06")
def test_an_upload_without_the_file_is_refused(oip: Oip) -> None:
    """Another part name answers 400; `file` answers 202."""
    need(oip, "file")
    upload(oip).expect(202)
    upload(oip, part="document").expect_error(400)


@requirement("OIP-IMP-07")
def test_a_broken_xml_document_is_refused(oip: Oip) -> None:
    """XML that is not well-formed answers 400, and an external entity is not resolved."""
    need(oip, "xml")
    oip.call("importBody", content=b"<members><member/></members>", media_type="application/xml").expect(200)
    for broken in (b"<members><member></members>", b"<members", b"no xml at all"):
        oip.call("importBody", content=broken, media_type="application/xml").expect_error(400)
    entity = b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m>&x;</m>'
    answer = oip.call("importBody", content=entity, media_type="application/xml").expect(200, 400)
    if "root:" in answer.reply.text:
        raise answer.unmet("the entity left alone", "the content of a file of the server")


@requirement("OIP-IMP-08")
@pytest.mark.parametrize("name", ["medlemmer 2024.csv", "smørbrød.csv", "../../etc/passwd", "a;b.csv"])
def test_a_file_may_have_any_name_and_content(oip: Oip, name: str) -> None:
    """Names with spaces, other letters or paths, and binary content, are taken, and no server path is shown."""
    need(oip, "file")
    answer = upload(oip, name=name, content=bytes(range(256))).expect(202)
    for shown in ("/tmp", "/var/", "/home/", ":\\"):
        if shown in answer.reply.text:
            raise answer.unmet("no path of the server", answer.reply.text[:120])
