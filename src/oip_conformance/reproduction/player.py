"""The text of every reproduction script: it sends recorded requests again and compares the last answer.

Its source is copied below a recipe (see `script`); the suite never runs it. It uses the standard
library alone, so that a script runs wherever Python 3.9 or newer does.

Exit codes: 1 reproduced, 0 not reproduced, 2 wrong use, 3 could not be decided.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import ssl
import sys
import threading
import time
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

REPRODUCED, NOT_REPRODUCED, WRONG_USE, UNDECIDED = 1, 0, 2, 3
MISSING = object()
MOST_PROBLEMS = 2
"""Tries that may go another way than the run did before no more are made."""
TOLERANCE = 120.0
"""Seconds by which a story may be told faster or slower than it was."""


class Undecided(Exception):
    """The recorded story cannot be told to its end on this target."""


class Player:
    """Plays a recipe against a target: values that the target mints, and those that must be new, are put in place."""

    def __init__(self, recipe: dict[str, Any], base: str, keys: dict[str, str]) -> None:
        self.recipe = recipe
        self.base = urlsplit(base.rstrip("/"))
        self.keys = keys
        self.texts: dict[str, str] = {}
        self.told: list[tuple[dict[str, Any], tuple[int, dict[str, str], bytes] | None]] = []
        salt = secrets.token_hex(8)
        for value in recipe["fresh"]:
            self.learn(value["value"], fresh(value, salt))
        for token, credential in recipe["tokens"].items():
            if credential in keys:
                self.texts[token] = keys[credential]

    def learn(self, old: str, new: str) -> None:
        """From now on `old` reads `new`, in every spelling."""
        if old == new:
            return
        for spell in (str, str.lower, str.upper, lambda text: quote(text, safe="")):
            self.texts.setdefault(spell(old), spell(new))
        if old.startswith("+"):
            self.texts.setdefault(old[1:], new[1:])
            if old.startswith("+47") and len(old) == 11:
                self.texts.setdefault(old[3:], new[3:])

    def put(self, text: str) -> str:
        """A recorded text with everything learned in its place."""
        if not self.texts:
            return text
        words = "|".join(re.escape(one) for one in sorted(self.texts, key=len, reverse=True))
        pattern = rf"(?<![0-9A-Za-z])(?:{words})(?![0-9A-Za-z])"
        return re.sub(pattern, lambda found: self.texts[found.group()], text)

    def play(self) -> bool:
        """Tell the whole story; whether the answer that ends it is wrong in the recorded way."""
        number = 0
        for group in in_groups(self.recipe["steps"]):
            answers = self.at_once(group) if len(group) > 1 else [self.send(group[0])]
            for place, step in enumerate(group):
                answer = answers[place]
                number += 1
                self.told.append((step, answer))
                told = "no answer" if answer is None else str(answer[0])
                beside = f" (lane {step['lane']})" if step["lane"] else ""
                print(f"{number:3}. {step['method']} {self.put(step['path'])[:100]}{beside} -> {told}")
                if not step["lane"] and not step["end"]:
                    self.must_go_on(number, step, answer)
            if any(step["end"] for step in group) and not self.recipe["claim"]:
                return self.judge(group, answers)
            for place, step in enumerate(group):
                for pointer, value in step["minted"]:
                    self.mint(answers[place], pointer, value)
        return self.shows(*self.recipe["claim"])

    def shows(self, kind: str, *details: Any) -> bool:
        """Whether the answers of the whole story, taken together, show the fault again. Raises Undecided."""
        for step, answer in self.told:
            if answer is None or answer[0] >= 500:
                raise Undecided(f"{step['method']} {step['path'][:80]} got no answer, or an error of the server")
        if kind == "asked for":
            return self.mixed_up(details[0])
        bodies = [read(answer[2]) if answer else MISSING for _, answer in self.told]
        if kind == "distinct":
            chosen = [bodies[place] for place, (step, _) in enumerate(self.told) if step["operation"] == details[0]]
            values = [json.dumps(one) for body in chosen for one in at(body, details[1])]
            print(f"     {len(values)} values at {details[1]}, {len(set(values))} of them different")
            return len(set(values)) < len(values)
        if kind == "in all":
            counts = [one for body in bodies[details[2] :] for one in at(body, details[1])]
            print(f"     {counts} in all, {details[0]} should be")
            if len(counts) < len(bodies) - details[2] or not all(isinstance(one, (int, float)) for one in counts):
                raise Undecided(f"{details[1]} is not shown in every answer")
            return bool(sum(counts) != details[0] or min(counts) < 0)
        last = next(bodies[place] for place, (step, _) in enumerate(self.told) if step["end"])
        if kind in ("succeeded", "counted"):
            return self.miscounted(kind, last, *details)
        for step, answer in self.told:
            if step["lane"] and answer and answer[0] >= 400 > (step["status"] or 400):
                raise Undecided(f"{step['method']} {step['path'][:80]} was refused, where the run had {step['status']}")
        if kind == "once each":
            return self.amiss(last, *details)
        right = json.loads(self.put(json.dumps(details[1], ensure_ascii=False)))
        there = list(at(last, details[0]))
        print(f"     {details[0]} is {there[0] if there else 'absent'}, {right} should be")
        return bool(there) and bool(there[0] != right)

    def miscounted(self, kind: str, last: Any, places: list[int], *details: Any) -> bool:
        """Whether not as many of these steps succeeded as should, or the last answer counts others than did."""
        answers = [self.told[place] for place in places]
        done = sum(answer is not None and answer[0] < 400 for _, answer in answers)
        seen = {step["status"] for step, _ in answers}
        unknown = {answer[0] for _, answer in answers if answer and answer[0] >= 400} - seen
        if kind == "succeeded":
            right, how = details
            print(f"     {done} of {len(answers)} succeeded, {right} should")
            if how == "fewer" and unknown:
                raise Undecided(f"some were refused with {sorted(unknown)}, which the run did not see")
            return bool(done > right if how == "more" else done < right)
        name, member = self.put(details[0]).lower(), details[1]
        for item in last if isinstance(last, list) else []:
            if isinstance(item, dict) and str(item.get("id")).lower() == name and member in item:
                print(f"     {member} is {item[member]}, {done} succeeded")
                return bool(item[member] != done)
        raise Undecided(f"the last answer shows no {member} of {name}")

    def amiss(self, answer: Any, names: list[str], usual: int, how: str) -> bool:
        """Whether one of the names that were sent is missing in an answer, or stands there more often than usual."""
        shown = [str(one) for one in scalars(answer)]
        counts = [shown.count(self.put(name)) for name in names]
        missing, repeated = counts.count(0), sum(count > usual for count in counts)
        print(f"     of {len(names)} that were sent {missing} are missing and {repeated} repeated")
        if missing == len(names):
            raise Undecided("nothing of what was sent is shown")
        return bool(missing if how == "missing" else repeated)

    def mixed_up(self, asked: list[list[Any]]) -> bool:
        """Whether an answer does not name what its request asked for, and names what another one did."""
        names = {place: self.put(name).lower() for place, name in asked}
        wrong = 0
        for place, name in names.items():
            answer = self.told[place][1]
            text = answer[2].decode("utf-8", "replace").lower() if answer and answer[0] < 300 else name
            others = {one for one in names.values() if one != name}
            wrong += name not in text and any(one in text for one in others)
        print(f"     {wrong} of {len(names)} answers name what another request asked for")
        return wrong > 0

    def must_go_on(self, number: int, step: dict[str, Any], answer: tuple[int, dict[str, str], bytes] | None) -> None:
        """Nothing, when a step went as it did in the run. Raises Undecided otherwise."""
        if answer is None and step["status"] is not None:
            raise Undecided(f"step {number} got no answer; the run had {step['status']}")
        there_already = answer is not None and answer[0] == 409 and not step["minted"]
        if answer is not None and (step["status"] or 400) < 400 <= answer[0] and not there_already:
            shown = answer[2][:200].decode("utf-8", "replace")
            raise Undecided(f"step {number} answered {answer[0]} where the run had {step['status']}: {shown}")

    def at_once(self, group: list[dict[str, Any]]) -> list[tuple[int, dict[str, str], bytes] | None]:
        """The answers to requests that the run had under way at the same moment, each lane in its own order."""
        answers: list[tuple[int, dict[str, str], bytes] | None] = [None] * len(group)
        problems: list[Undecided] = []
        lanes = sorted({step["lane"] for step in group})
        start = threading.Barrier(len(lanes))

        def run(lane: int) -> None:
            start.wait()
            try:
                for place, step in enumerate(group):
                    if step["lane"] == lane:
                        answers[place] = self.send(step)
            except Undecided as problem:
                problems.append(problem)

        threads = [threading.Thread(target=run, args=(lane,)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]
        return answers

    def judge(self, group: list[dict[str, Any]], answers: list[tuple[int, dict[str, str], bytes] | None]) -> bool:
        """Whether the answers to the requests that end the story, one or several at once, are wrong as they were."""
        for kind, *details in self.recipe["checks"]:
            if kind == "successes":
                count = sum(answer is not None and answer[0] < 400 for answer in answers)
                print(f"     {count} of {len(answers)} succeeded, {details[0]} should")
                refusals = {answer[0] if answer else None for answer in answers if answer is None or answer[0] >= 400}
                if details[1] == "fewer" and count < details[0] and not refusals <= {step["status"] for step in group}:
                    raise Undecided(f"it was refused with {refusals}, which the run did not see")
                return bool(count > details[0] if details[1] == "more" else count < details[0])
        end = next(step["operation"] for step in group if step["end"])
        return any(self.compare(answers[place]) for place, step in enumerate(group) if step["operation"] == end)

    def mint(self, answer: tuple[int, dict[str, str], bytes] | None, pointer: str, old: str) -> None:
        """Learn what the target made this time where it made `old` in the run."""
        if answer is None or old in answer[2].decode("utf-8", "replace"):
            return
        places = list(found(read(answer[2]), pointer.split("/")[1:], any_item=False))
        if places and isinstance(places[0], (str, int)):
            self.learn(old, str(places[0]))

    def send(self, step: dict[str, Any]) -> tuple[int, dict[str, str], bytes] | None:
        """One request; its status, headers and body, or nothing when no whole answer came."""
        body = base64.b64decode(step["base64"]) if "base64" in step else self.put(step["body"]).encode("utf-8")
        secure = self.base.scheme == "https"
        port = self.base.port or (443 if secure else 80)
        host = self.base.hostname or ""
        timeout = float(os.environ.get("OIP_TIMEOUT", "30"))
        connection = (
            http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
            if secure
            else http.client.HTTPConnection(host, port, timeout=timeout)
        )
        headers = [(name, self.put(value)) for name, value in step["headers"]]
        key = self.keys.get(step["key"] or "")
        if key:
            headers.append(("x-api-key", key))
        try:
            connection.putrequest(step["method"], self.base.path + self.put(step["path"]), skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value.encode("utf-8" if value == key else "latin-1", "replace"))
            if not any(name.lower() == "content-length" for name, _ in headers) and (
                body or step["method"] in ("POST", "PUT", "PATCH")
            ):
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        except ConnectionRefusedError:
            raise Undecided(f"nothing answers at {host}:{port}") from None
        except (OSError, http.client.HTTPException) as problem:
            if isinstance(problem, http.client.InvalidURL):
                raise Undecided(f"the recorded request cannot be sent from here: {problem}") from None
            return None
        finally:
            connection.close()

    def compare(self, answer: tuple[int, dict[str, str], bytes] | None) -> bool:
        """Whether an answer is wrong in the recorded way; says what differs."""
        for check in self.recipe["checks"]:
            problem = self.differs(check, answer)
            if problem:
                print(f"     differs: {problem}")
                return False
        return True

    def differs(self, check: list[Any], answer: tuple[int, dict[str, str], bytes] | None) -> str:
        """What keeps an answer from being the recorded one, in one respect; nothing when it is."""
        kind, details = check[0], check[1:]
        if answer is None or kind == "no answer":
            same = (answer is None) == (kind == "no answer")
            return "" if same else "an answer came" if answer else "no answer came"
        status, headers, body = answer
        value = read(body)
        if kind == "status":
            return "" if status == details[0] else f"status {status}, the run had {details[0]}"
        if kind == "media type":
            now = headers.get("content-type", "").split(";")[0].strip().lower()
            return "" if now == details[0] else f"content type {now or 'none'}, the run had {details[0] or 'none'}"
        if kind == "header":
            now = headers.get(details[0], "")
            return "" if self.put(details[1]) == now else f"{details[0]} is {now or 'missing'}"
        if kind == "empty":
            return "a body came" if body else ""
        if kind == "not JSON":
            return "the body is JSON" if body and value is not MISSING else ""
        if kind == "not an object":
            return "the body is a JSON object" if isinstance(value, dict) else ""
        if kind == "text":
            return "" if re.search(details[0], body.decode("utf-8", "replace")) else "the recorded text is not shown"
        if kind == "key shown":
            text = body.decode("utf-8", "replace") + repr(headers)
            return "" if any(key in text for key in self.keys.values()) else "no key is shown"
        pointer, wanted = details
        if kind == "moment":
            moments = [seconds_after(one, time.time()) for one in found(value, pointer.split("/")[1:], any_item=False)]
            same = any(one is not None and abs(one - wanted) <= TOLERANCE for one in moments)
            return "" if same else f"{pointer} is another moment, not {wanted} s from the request"
        wanted = json.loads(self.put(json.dumps(wanted, ensure_ascii=False)))
        places = list(found(value, pointer.split("/")[1:], any_item=kind in ("form", "value")))
        if kind in ("form", "same form"):
            same = any(form(one, wanted["by"]) == wanted["form"] for one in places) or (
                not places and wanted["form"] == "absent"
            )
            return "" if same else f"{pointer or 'the body'} has another form"
        same = any(one == wanted and type(one) is type(wanted) for one in places)
        now = json.dumps(places[0], ensure_ascii=False)[:120] if places else "absent"
        return "" if same else f"{pointer or 'the body'} is {now}, the run had {json.dumps(wanted, ensure_ascii=False)}"


def in_groups(steps: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The steps one by one, and those with lanes together, as far as they follow each other."""
    groups: list[list[dict[str, Any]]] = []
    for step in steps:
        if step["lane"] and groups and groups[-1][-1]["lane"]:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def fresh(value: dict[str, Any], salt: str) -> str:
    """A value like the recorded one that nobody used before."""
    text = str(value["value"])
    if value["kind"] == "phone":
        low, high = value["between"]
        return f"+{low + secrets.randbelow(high - low + 1)}"
    if value["kind"] == "email":
        name, _, host = text.partition("@")
        return f"{name}.{secrets.token_hex(3)}@{host}"
    if value["kind"] == "token":
        return text[:-16] + secrets.token_hex(8)
    return text[:-8] + hashlib.sha256(f"{text}{salt}".encode()).hexdigest()[:8]


def seconds_after(value: Any, moment: float) -> float | None:
    """How many seconds a timestamp lies after a moment; nothing for what is no timestamp. Without a zone it is UTC."""
    parts = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        return None
    zone = (parts.group(3) or "Z").replace("Z", "+00:00")
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        return datetime.fromisoformat(f"{parts.group(1)}T{parts.group(2)}{zone}").timestamp() - moment
    except ValueError:
        return None


_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?")


def read(body: bytes) -> Any:
    """A body as JSON, or MISSING."""
    try:
        return json.loads(body.decode("utf-8"))
    except ValueError:
        return MISSING


def found(value: Any, steps: list[str], *, any_item: bool) -> Any:
    """The values at a place; with `any_item`, an index stands for every item of its list."""
    if not steps:
        if value is not MISSING:
            yield value
        return
    step = steps[0].replace("~1", "/").replace("~0", "~")
    if isinstance(value, dict) and step in value:
        yield from found(value[step], steps[1:], any_item=any_item)
    elif isinstance(value, list) and step.isdigit():
        items = value if any_item else value[int(step) : int(step) + 1]
        for item in items:
            yield from found(item, steps[1:], any_item=any_item)


def at(value: Any, pointer: str) -> Any:
    """The value at a place, if there is one."""
    return found(value, pointer.split("/")[1:], any_item=False)


def scalars(value: Any) -> Any:
    """All values of a JSON document that have no parts."""
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from scalars(part)
    else:
        yield value


def form(value: Any, by: str) -> Any:
    """What a value is, in one respect: its type, the names of its members, how many items it has, or itself."""
    if by == "members":
        return sorted(value) if isinstance(value, dict) else type(value).__name__
    if by == "length":
        return len(value) if isinstance(value, (list, dict, str)) else type(value).__name__
    if by == "type":
        return type(value).__name__
    if isinstance(value, dict):
        return {name: form(part, by) for name, part in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(form(part, by), sort_keys=True) for part in value})
    return type(value).__name__


def main(recipe: dict[str, Any], arguments: list[str]) -> int:
    """Run a recipe: `python3 F01.py [BASE_URL]`, the key in OIP_API_KEY."""
    if "-h" in arguments or "--help" in arguments or len(arguments) > 1:
        print(f"usage: OIP_API_KEY=... python3 {sys.argv[0]} [BASE_URL]   (default {recipe['base']})")
        return WRONG_USE if len(arguments) > 1 else 0
    base = arguments[0] if arguments else recipe["base"]
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        print(f"REP-01: {base} is no http(s) address. Give a base URL like http://127.0.0.1:8080/v4.", file=sys.stderr)
        return WRONG_USE
    named = {"main": os.environ.get("OIP_API_KEY", ""), "second": os.environ.get("OIP_SECOND_API_KEY", "")}
    keys = {name: key for name, key in named.items() if key}
    for name in recipe["keys"]:
        if name not in keys:
            variable = "OIP_API_KEY" if name == "main" else "OIP_SECOND_API_KEY"
            print(f"REP-02: {variable} is not set. export {variable}=... and try again.", file=sys.stderr)
            return WRONG_USE
    local = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
    if recipe["external"] and not local and os.environ.get("OIP_ALLOW_EXTERNAL") != "1":
        names = ", ".join(recipe["external"])
        print(
            f"REP-03: {names} reaches people or systems behind the target, and recipients were redacted.",
            file=sys.stderr,
        )
        print("Put recipients of your own into the recipe, then set OIP_ALLOW_EXTERNAL=1.", file=sys.stderr)
        return UNDECIDED
    print(f"{recipe['id']} {recipe['requirement']}: {recipe['title']}")
    print(f"     expected {recipe['expected']}")
    print(f"     got      {recipe['got']}")
    again, told, problems = False, False, []
    for _ in range(recipe["tries"]):
        try:
            again, told = Player(recipe, base, keys).play(), True
        except Undecided as problem:  # a number that somebody has already is no reason to give up
            problems.append(problem)
        if again or len(problems) == MOST_PROBLEMS:
            break
    if problems and not told:
        print(f"Not decided: {problems[0]}", file=sys.stderr)
        return UNDECIDED
    if again and not recipe["decisive"]:
        print("Not decided: what the requests at the same time did is for a person to compare.", file=sys.stderr)
        print(f"Or try: oip-conformance certify --target {base} --only {recipe['requirement']}", file=sys.stderr)
        return UNDECIDED
    tries = f" in {recipe['tries']} tries" if recipe["tries"] > 1 else ""
    print("Reproduced: the target answers in the recorded wrong way." if again else f"Not reproduced{tries}.")
    return REPRODUCED if again else NOT_REPRODUCED
