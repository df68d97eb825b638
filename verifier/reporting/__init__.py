"""Reports: pure functions of certificates. Nothing here runs a subject or decides anything.

`html` (pages and index), `junit`, `sarif`, `attestation`, `console`; `words` and `worked` say a certificate in prose,
`svg` draws it. `dsse` signs, and `events` tells what happens while a certificate is made.
"""

from __future__ import annotations
