"""Imports are taken in the account's formats and kept as they came."""

from __future__ import annotations

import pytest

from oip_conformance.profile import load_profile
from oip_reference.storage.import_records import KEPT, ImportRecords


def upload(oip, *, part="file", file_name='filename="a.csv"', content=b"\x00\xff"):
    body = f'--b\r\nContent-Disposition: form-data; name="{part}"; '.encode() + (
        file_name if isinstance(file_name, bytes) else file_name.encode()
    )
    return oip.ask(
        "POST", "/import/file", raw=body + b"\r\n\r\n" + content + b"\r\n--b--\r\n",
        media_type="multipart/form-data; boundary=b",
    )  # fmt: skip


def kept(oip, tenant="main"):
    return oip.application.server.part(ImportRecords).latest(tenant)


@pytest.mark.parametrize(
    ("raw", "media_type", "format_", "records"),
    [
        (b'{"members": [{"name": "Kari"}, {"name": "Ola"}]}', "application/json", "json", 2),
        (b"[1, 2, 3]", "application/json", "json", 3),
        ("<ms><m>Åse</m><m>B</m></ms>".encode(), "application/xml; charset=utf-8", "xml", 2),
        (b"<m/>", "text/xml", "xml", 1),
        (b"name,city\r\nKari,Oslo\r\nOla,Bergen\r\n", "text/csv", "csv", 2),
    ],
)
def test_each_format_is_kept_as_it_came(oip, raw, media_type, format_, records):
    assert oip.ask("POST", "/import", raw=raw, media_type=media_type).status == 200
    (one,) = kept(oip)
    assert (one["format"], one["records"], one["bytes"]) == (format_, records, len(raw))
    assert oip.application.server.part(ImportRecords).content("main", one["number"]) == raw
    assert kept(oip, "second") == []


def test_a_form_is_kept(oip):
    form = b"name=Kari+Pr%C3%B8ve&city="
    assert oip.ask("POST", "/import/form", raw=form, media_type="application/x-www-form-urlencoded").status == 200
    assert kept(oip)[0]["format"] == "form"


@pytest.mark.parametrize(
    ("given", "name"),
    [('filename="smørbrød 2.csv"', "smørbrød 2.csv"), ('filename="../../etc/passwd"', "../../etc/passwd"),
     ('filename="a;b.csv"', "a;b.csv"), (b'filename="\xe5.csv"', "\ufffd.csv")],
)  # fmt: skip
def test_a_file_may_have_any_name_and_content(oip, given, name):
    content = bytes(range(256))
    assert upload(oip, file_name=given, content=content).status == 202
    (one,) = kept(oip)
    assert one["name"] == name
    assert oip.application.server.part(ImportRecords).content("main", one["number"]) == content


def test_an_upload_without_the_file_is_refused(oip):
    assert upload(oip, part="document").refused(400)
    assert kept(oip) == []


@pytest.mark.parametrize("broken", [b"<a><b></a>", b"<a", b"no xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'])
def test_a_broken_document_is_refused_and_not_kept(oip, broken):
    oip.ask("POST", "/import", raw=broken, media_type="application/xml").refused(400)
    assert kept(oip) == []


def test_only_the_latest_imports_are_kept(oip):
    for number in range(KEPT + 5):
        oip.ask("POST", "/import", {"number": number})
    oip.ask("POST", "/import", {}, tenant="second")
    numbers = [one["number"] for one in kept(oip)]
    assert len(numbers) == KEPT
    assert numbers[0] - numbers[-1] == KEPT - 1
    assert len(kept(oip, "second")) == 1


def test_a_profile_names_the_formats(made, tmp_path):
    (tmp_path / "vendor.toml").write_text('name = "A vendor"\n[fixtures]\nimport_formats = ["json", "file"]\n')
    oip = made(profile=load_profile(tmp_path / "vendor.toml"))
    assert oip.ask("POST", "/import", {}).status == 200
    assert upload(oip).status == 202
    oip.ask("POST", "/import", raw=b"<m/>", media_type="application/xml").refused(400)
    oip.ask("POST", "/import/form", raw=b"a=b", media_type="application/x-www-form-urlencoded").refused(400)
