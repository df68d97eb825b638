"""Reports: pure functions of certificates. Nothing here runs a subject or decides anything.

`html` (pages and index), `junit`, `console`; `words` and `worked` say a certificate in prose, `svg` draws it.
"""

from __future__ import annotations
