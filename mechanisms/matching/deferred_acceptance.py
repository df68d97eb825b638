"""Deferred acceptance: proposers go down their lists, receivers keep the best offer so far.

Properties   Stable; the best stable matching for every proposer. No proposer can gain by lying, a receiver can.
Source       Gale and Shapley 1962; Roth 1982 (truthfulness of proposers); Dubins and Freedman 1981.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Lists = Mapping[str, Sequence[str]]  # each agent's acceptable partners, the best first


def deferred_acceptance(proposers: Lists, receivers: Lists) -> dict[str, str | None]:
    """Every proposer's partner, None for nobody.

    Parameters
    ----------
    proposers, receivers : lists of acceptable names of the other side, the best first; who is not listed is refused
    """
    held: dict[str, str] = {}
    next_choice = dict.fromkeys(proposers, 0)
    waiting = list(proposers)
    while waiting:
        proposer = waiting.pop()
        if next_choice[proposer] == len(proposers[proposer]):
            continue
        receiver = proposers[proposer][next_choice[proposer]]
        next_choice[proposer] += 1
        order = receivers[receiver]
        rival = held.get(receiver)
        if proposer not in order or (rival is not None and order.index(rival) < order.index(proposer)):
            waiting.append(proposer)
            continue
        held[receiver] = proposer
        if rival is not None:
            waiting.append(rival)
    partner = {proposer: receiver for receiver, proposer in held.items()}
    return {proposer: partner.get(proposer) for proposer in proposers}


def student_proposing(lists: Lists, priorities: Lists, capacities: Mapping[str, int]) -> dict[str, str | None]:
    """Deferred acceptance for school choice: each school keeps the students of highest priority, up to its capacity.

    Source: Abdulkadiroglu and Sonmez 2003, Section 2.B.
    """
    held: dict[str, list[str]] = {school: [] for school in priorities}
    next_choice = dict.fromkeys(lists, 0)
    waiting = list(lists)
    while waiting:
        student = waiting.pop()
        if next_choice[student] == len(lists[student]):
            continue
        school = lists[student][next_choice[student]]
        next_choice[student] += 1
        held[school].append(student)
        held[school].sort(key=list(priorities[school]).index)
        waiting += held[school][capacities[school] :]
        del held[school][capacities[school] :]
    return {student: school for school, students in held.items() for student in students}
