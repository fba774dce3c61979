"""What keeps a certificate from being issued, read or verified: coded, each with its next step.

VER-01  no run directory                    VER-06  the public key cannot be read
VER-02  a file that no run writes           VER-07  the signing key cannot be used
VER-03  the certificate is no DSSE envelope VER-08  the key file cannot be written
VER-04  the payload is no statement of ours VER-09  the date cannot be read
VER-05  the certificate is too large        VER-10  the results are not of the form that runs write
"""

from __future__ import annotations


class CertificateError(Exception):
    """Wrong use, or something that cannot be read. `code` is one of the table above."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(f"{code}: {message} {hint}")
        self.code = code
        self.message = message
        self.hint = hint
