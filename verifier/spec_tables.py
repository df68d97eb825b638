"""Reading the tables of a claims file: every mistake knows the key path that it is about."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from verifier.errors import MoneyError, nearest
from verifier.exact import Money, money
from verifier.toml_lines import Keys


class At(Exception):
    """A mistake and the key path that it is about."""

    def __init__(self, message: str, keys: Keys) -> None:
        self.message = message
        self.keys = keys
        super().__init__(message)


def refuse_floats(written: object, where: Keys) -> None:
    """A decimal that went through a double is no longer the number that its author wrote, wherever it stands."""
    if isinstance(written, float):
        advice = f'write "{written!r}"' if math.isfinite(written) else "amounts are finite"
        raise At(f"{written!r} is a binary float; {advice}", where)
    if isinstance(written, Mapping):
        for key, inner in written.items():
            refuse_floats(inner, (*where, key))
    elif isinstance(written, list | tuple):
        for place, inner in enumerate(written):
            refuse_floats(inner, (*where, place))


def known_keys(table: Mapping[str, object], where: Keys, keys: tuple[str, ...]) -> None:
    """Refuse a key that the table does not have."""
    for key in table:
        if key not in keys:
            place = f" in {_header(where)}" if where else ""
            raise At(f"unknown key {key!r}{place}{nearest(key, list(keys))}", (*where, key))


def _header(where: Keys) -> str:
    """The header of a table as the file has it."""
    if isinstance(where[-1], int):
        return f"[[{where[0]}]]"
    return f"[{'.'.join(map(str, where))}]"


def table_at(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The table under a key."""
    found = table.get(key)
    if not isinstance(found, Mapping):
        raise At(f"the table [{key}] is missing" if found is None else f"{key} must be a table, [{key}]", (key,))
    return found


def text_at(table: Mapping[str, object], where: Keys, key: str, default: str | None = None) -> str:
    """The text under a key, or the default."""
    found = table.get(key, default)
    if not isinstance(found, str) or not found.strip():
        kind = "is missing" if key not in table else f"must be a text, not {found!r}"
        raise At(f"{key} {kind}", (*where, key))
    return found


def choice_at(table: Mapping[str, object], where: Keys, key: str, known: Collection[str], default: str) -> str:
    """The text under a key, which must be one of those known."""
    found = text_at(table, where, key, default)
    if found not in known:
        alike = next((word for word in known if word.casefold() == found.casefold()), found)
        raise At(f"unknown {key} {found!r}{nearest(alike, list(known))}", (*where, key))
    return found


def flag_at(table: Mapping[str, object], where: Keys, key: str) -> bool:
    """The truth value under a key; false where there is none."""
    found = table.get(key, False)
    if not isinstance(found, bool):
        raise At(f"{key} must be true or false, not {found!r}", (*where, key))
    return found


def amount_at(written: object, where: Keys) -> Money:
    """An exact amount; a tolerance is not negative."""
    try:
        amount = money(written)
    except MoneyError as error:
        raise At(f"{where[-1]}: {error}", where) from error
    if where[-1] == "tolerance" and amount < 0:
        raise At(f"tolerance {amount} is negative", where)
    return amount
