"""How agents of one value per token share what does not suffice for all of them. No value is lost either way."""

from __future__ import annotations

from collections.abc import Sequence

from mechanisms.allocation.context.requests import Want


def shared(wants: Sequence[Want], extra: Sequence[int], fairness: str | None) -> list[int]:
    """(n,) tokens beyond the guarantees, with those above what anybody needs shared among agents of one value.

    Parameters
    ----------
    extra : (n,) an allocation; who has its least amount keeps it, and nobody else is served
    fairness : "proportional" or "max-min"; None leaves everything as it is
    """
    found = list(extra)
    if fairness is None:
        return found
    for value in dict.fromkeys(want.value for want in wants):
        members = [
            agent
            for agent, want in enumerate(wants)
            if want.value == value and (want.least == 0 or extra[agent] >= want.least)
        ]
        total = sum(extra[agent] - wants[agent].least for agent in members)
        for agent, more in zip(members, _split([wants[agent] for agent in members], total, fairness), strict=True):
            found[agent] = wants[agent].least + more
    return found


def _split(wants: Sequence[Want], total: int, fairness: str) -> list[int]:
    """(n,) whole tokens above the least amounts that add up to the total."""
    rooms = [want.most - want.least for want in wants]
    if fairness == "max-min":
        held = [want.floor + want.least for want in wants]
        return _levelled(held, rooms, total)
    everything = max(1, sum(rooms))
    parts = [total * room // everything for room in rooms]
    rest = sorted(range(len(wants)), key=lambda agent: -(total * rooms[agent] % everything))
    for agent in rest[: total - sum(parts)]:
        parts[agent] += 1
    return parts


def _levelled(held: Sequence[int], rooms: Sequence[int], total: int) -> list[int]:
    """Tokens one level after the other to those who hold least; what is left of a level in the order of agents."""

    def filled(level: int) -> list[int]:
        return [max(0, min(room, level - own)) for own, room in zip(held, rooms, strict=True)]

    low, high = 0, max([0, *(own + room for own, room in zip(held, rooms, strict=True))])
    while low < high:  # the highest level that the total pays for
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(filled(middle)) <= total else (low, middle - 1)
    parts = filled(low)
    for agent, more in enumerate(filled(low + 1)):
        if more > parts[agent] and sum(parts) < total:
            parts[agent] += 1
    return parts
