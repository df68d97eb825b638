"""Certificates that were changed by hand and sealed again, as somebody would who wants to be believed."""

from __future__ import annotations

import copy
import hashlib
import json

ABSENT = object()


def sealed(certificate):
    """The certificate with the digest that belongs to it, computed as the format is documented."""
    body = {key: value for key, value in certificate.items() if key != "sha256"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return {**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def altered(certificate, path, value):
    """A sealed copy with another value at a place, or without that key where the value is ABSENT."""
    changed = copy.deepcopy(certificate)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is ABSENT:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return sealed(changed)
