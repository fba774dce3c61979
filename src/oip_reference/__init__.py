"""An OIP implementation with real state: the embedded default target, and a sandbox to integrate against.

How a domain is added: one module, one repository, one line.
1. `storage/<subject>_records.py`: a `Repository` with `tables` (CREATE ... IF NOT EXISTS) and methods of SQL; every row
   carries the tenant's name. Values it hands out are frozen dataclasses.
2. `<subject>.py`: a `Domain`; `__init__` takes the parts it needs with `server.part(...)`; a method marked
   `@handles("operationId")` gets a `Call` (tenant, checked path, query and body, now) and returns an `Answer`; to
   refuse it raises `call.not_found(...)`, `call.invalid(field, message)` or `Refused(status, detail)`.
3. Each business rule is its own small method, because a defect replaces exactly one (`server.replace`).
4. `seed(tenant)` writes what a fresh account holds; `Members.welcomes.append(method)` gives something to new members;
   `Members.named(call, id)` finds a person by any configured kind of id; `Outbox.post` keeps what would be sent.
5. One line in `domains.py`; an operation that no domain handles answers 403, as one that is not activated does.
"""
