"""Immediate acceptance (the Boston mechanism): a place that was given in an earlier round is gone.

Properties   Efficient for the students, not stable, and manipulable: a first choice that is lost costs the second, too.
Source       Abdulkadiroglu and Sonmez 2003, Section 1; Ergin and Sonmez 2006.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Lists = Mapping[str, Sequence[str]]


def immediate_acceptance(lists: Lists, priorities: Lists, capacities: Mapping[str, int]) -> dict[str, str | None]:
    """Every student's school; in round k schools with places left take those who rank them k-th, by priority."""
    left = dict(capacities)
    found: dict[str, str | None] = dict.fromkeys(lists)
    for choice in range(len(priorities)):
        for school, order in priorities.items():
            for student in order:
                wants = found[student] is None and lists[student][choice : choice + 1] == [school]
                if wants and left[school]:
                    found[student] = school
                    left[school] -= 1
    return found
