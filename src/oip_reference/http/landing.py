"""The page that a person sees who opens the server in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>OIP reference server</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}}
code,pre{{background:#8882;border-radius:4px;padding:.1em .3em}}pre{{padding:.8em;overflow:auto}}</style>
<h1>OIP reference server</h1>
<p>A sandbox that implements <b>{title} {version}</b> with real state. The API lives under <code>/v4</code>;
every call carries a sandbox key, printed when the server started, in the header <code>x-api-key</code>.
Accounts: {tenants}; each has its own data.</p>
<pre>curl -H "x-api-key: $OIP_API_KEY" http://127.0.0.1:PORT/v4/stores</pre>
<p>There from the start: {stores}, promotions of every kind, and a member in each account
({members}). Persons who are looked up are made up; numbers that end in 000 are nobody's.</p>
<p>Nothing is ever sent to anybody. Outside the API, on this machine only:</p>
<ul>
<li><code>GET /_sandbox/outbox?tenant=main&amp;recipient=%2B47…</code>
shows the messages, codes and triggers that would have gone out.</li>
<li><code>GET /_sandbox/imports?tenant=main</code> shows what was imported.</li>
<li><code>POST /_sandbox/gateways</code> with <code>{{"status": 502, "operations": ["sendSms"], "times": 3}}</code>
makes the system behind these operations fail (429 or 502; without <code>operations</code> all, without
<code>times</code> until <code>DELETE /_sandbox/gateways</code>; with <code>"mentioning": "text"</code> only calls that
hold the text); <code>GET</code> lists what is ordered.</li>
</ul>
</html>
"""


def landing_page(
    title: str, version: str, *, tenants: Iterable[str], stores: Iterable[str], members: Iterable[str]
) -> str:
    listed = {"tenants": tenants, "stores": stores, "members": members}
    return _PAGE.format(
        title=escape(title),
        version=escape(version),
        **{name: escape(", ".join(items)) for name, items in listed.items()},
    )
