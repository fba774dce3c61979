"""A document is read as OpenAPI means it, or refused in a sentence with the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from oip_conformance.contract import ContractError
from oip_conformance.contract.document import digest_of, read_document
from oip_conformance.contract.yaml_text import line_of

from .documents import Write

FINE = {"a": "x", "b": [1, None, True], "c": {"d": 1.5}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"a": "x", "b": [1, null, true], "c": {"d": 1.5}}'),
        ("a.yaml", '{"a": "x", "b": [1, null, true], "c": {"d": 1.5}}'),
        ("a.yml", "a: x\nb: [1, null, true]\nc: {d: 1.5}\n"),
        ("a.txt", "\ufeffa: x\nb:\n- 1\n- ~\n- true\nc:\n  d: 1.5\n"),
        ("a", "{a: x, b: [1, , true], c: {d: 1.5}}".replace("1, ,", "1, null,")),
    ],
)
def test_json_and_yaml_mean_the_same(write: Write, name: str, text: str) -> None:
    assert read_document(write(name, text)) == FINE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"), ("on", "on"), ("yes", "yes"), ("0010", "0010"), ("12:30:00", "12:30:00"), ("1_000", "1_000"),
        ("2024-01-01", "2024-01-01"), ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"), ("20240101T2210", "20240101T2210"),
        ("true", True), ("False", False), ("~", None), ("null", None), ("", None), ("-5", -5), ("1e3", 1000.0), (".5", 0.5),
        ("'200'", "200"), ("0x1F", 31), ("0o17", 15),
    ],
)  # fmt: skip
def test_plain_values_are_those_of_yaml_1_2(write: Write, text: str, value: object) -> None:
    assert read_document(write("a.yaml", f"a: {text}\n"))["a"] == value


def test_keys_are_text(write: Write) -> None:
    assert read_document(write("a.yaml", "200: x\ntrue: y\n4XX: z\nnull: n\n1.5: f\n")) == {
        "200": "x", "true": "y", "4XX": "z", "null": "n", "1.5": "f",
    }  # fmt: skip


def test_aliases_and_merges_are_written_out(write: Write) -> None:
    text = "base: &base {a: 1, b: 2}\nmore: {<<: *base, b: 3}\nsame: *base\n"
    assert read_document(write("a.yaml", text))["more"] == {"a": 1, "b": 3}


@pytest.mark.parametrize(
    ("name", "text", "code", "says"),
    [
        ("a.yaml", "a: [", "CON-02", "line"),
        ("a.yaml", "a: 1\nb: 2\na: 3\n", "CON-02", "line 3, column 1: the key 'a' stands twice"),
        ("a.json", '{"a": 1,}', "CON-02", "line 1"),
        ("a.json", '{"a": 1, "a": 2}', "CON-02", "'a' stands twice"),
        ("a.yaml", "a: &x [*x]", "CON-02", "aliases"),
        ("a.yaml", "a: !!python/object:os.system x", "CON-02", "tag"),
        ("a.yaml", "? [1]\n: 2\n", "CON-02", "key"),
        ("a.json", "[" * 100_000, "CON-02", "deep"),
        ("a.yaml", "- 1\n", "CON-03", "/"),
        ("a.yaml", "text", "CON-03", "/"),
        ("a.yaml", "", "CON-03", "/"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(
    write: Write, name: str, text: str, code: str, says: str
) -> None:
    with pytest.raises(ContractError) as caught:
        read_document(write(name, text))
    assert caught.value.code == code
    assert says in " ".join(caught.value.causes)
    assert caught.value.hint


def test_a_million_values_behind_a_few_aliases_are_refused(write: Write) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ContractError) as caught:
        read_document(write("a.yaml", "\n".join(lines)))
    assert caught.value.code == "CON-02"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(ContractError) as caught:
            read_document(file)
        assert caught.value.code == "CON-01"
    (tmp_path / "latin.yaml").write_bytes("a: å".encode("latin-1"))
    with pytest.raises(ContractError) as caught:
        read_document(tmp_path / "latin.yaml")
    assert caught.value.code == "CON-02"


def test_the_line_of_a_place_is_found() -> None:
    text = "paths:\n  /a/b:\n    get:\n      tags: [x, y]\n      parameters:\n      - name: a\n      - name: b\n"
    assert line_of(text, "/paths/~1a~1b/get/parameters/1/name") == 7
    assert line_of(text, "/paths/~1a~1b/get/nowhere") == 4
    assert line_of("{", "/a") is None


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1}) != digest_of({"a": 1, "b": [3]})
