"""Random small auctions as Python source: piecewise linear, full of ties, thresholds and wrong prices.

`program(seed)` gives the same source for the same seed. One item, two or three bidders; some programs are truthful,
most are not; some declare a lottery, few sell the item twice.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import NamedTuple

CONSTANTS = ("0", "1", "2", "3", "F(1, 2)", "F(3, 2)")
FACTORS = ("2", "3", "F(1, 2)", "-1")
GRIDS = {
    2: [Fraction(half, 2) for half in (0, 1, 2, 3, 4, 5, 6, 8)],
    3: [Fraction(half, 2) for half in (0, 1, 2, 3, 4, 6)],
}


class Program(NamedTuple):
    """`source` defines run(b) for `agents` bids; `upper` ends the continuum, None where it has no end."""

    source: str
    agents: int
    randomised: bool
    upper: int | None

    def domain(self):
        """The table of the setting, with a grid that holds the constants and what lies between them."""
        values = [str(amount) for amount in GRIDS[self.agents]]
        table = {"kind": "single-item", "agents": self.agents, "values": values}
        return table if self.upper is None else {**table, "upper": self.upper}

    def run(self):
        """The function that the source defines."""
        namespace = {}
        exec(compile(self.source, "<program>", "exec"), namespace)
        return namespace["run"]


class _Writer:
    def __init__(self, seed):
        self.random = Random(seed)
        self.agents = self.random.choice((2, 2, 3))
        self.lines = []

    def write(self, *lines):
        self.lines += lines

    def pick(self, *options):
        return self.random.choice(options)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def bid(self):
        return f"b[{self.random.randrange(self.agents)}]"

    def constant(self):
        return self.pick(*CONSTANTS)

    def linear(self, depth=2):
        """An expression that is piecewise linear in the bids."""
        kind = self.random.randrange(10) if depth else self.random.randrange(3)
        if kind < 2:
            return self.bid()
        if kind == 2:
            return self.constant()
        one, other = self.linear(depth - 1), self.linear(depth - 1)
        return {
            3: f"({one} + {other})",
            4: f"({one} - {other})",
            5: f"{self.pick(*FACTORS)} * {one}",
            6: f"max({one}, {other})",
            7: f"min({one}, {other})",
            8: f"abs({one} - {other})",
            9: self.pick("sum(b)", "sorted(b)[-2]", "max(b)", "min(b)", "sorted(b, reverse=True)[-1]"),
        }[kind]

    def condition(self):
        """A comparison, a chain of them, or two joined."""
        relation = self.pick("<", "<=", ">", ">=", "==", "!=")
        kind = self.random.randrange(6)
        if kind == 0:
            return f"{self.linear(1)} {relation} {self.linear(1)}"
        if kind == 1:
            return f"2 * {self.bid()} {relation} {self.bid()} + {self.constant()}"
        if kind == 2:
            return f"{self.constant()} {self.pick('<', '<=')} {self.bid()} {self.pick('<', '<=')} {self.constant()}"
        if kind == 3:
            joint = self.pick("and", "or")
            return f"{self.bid()} {relation} {self.bid()} {joint} not {self.bid()} >= {self.constant()}"
        return f"{self.bid()} {relation} {self.pick(self.bid(), self.constant())}"

    def tree(self, name, leaf, depth, indent="    "):
        """Nested if and else, with an assignment to `name` at every leaf."""
        if depth == 0 or self.chance(15):
            self.write(f"{indent}{name} = {leaf()}")
            return
        self.write(f"{indent}if {self.condition()}:")
        self.tree(name, leaf, depth - 1, indent + "    ")
        self.write(f"{indent}else:")
        self.tree(name, leaf, depth - 1, indent + "    ")

    def agent_or_none(self):
        return self.pick(*map(str, range(self.agents)), "None")

    def winner(self):
        """Statements that set `w`."""
        n = self.agents
        scores = ", ".join(f"{self.pick('1', '1', '2')} * b[{i}] + {self.constant()}" for i in range(n))
        kind = self.random.randrange(9)
        if kind < 3:
            self.write(
                self.pick(
                    f"    w = max(range({n}), key=lambda i: b[i])",
                    "    w = b.index(max(b))",
                    f"    w = sorted(range({n}), key=lambda i: b[i], reverse=True)[0]",
                    f"    w = sorted(range({n}), key=lambda i: (-b[i], {self.pick('i', '-i')}))[0]",
                    f"    w = min(range({n}), key=lambda i: (-b[i], i))",
                )
            )
        elif kind == 3:
            self.write("    w = 0", f"    for i in range(1, {n}):")
            self.write(f"        if b[i] {self.pick('>', '>=')} b[w]:", "            w = i")
        elif kind == 4:
            self.write(f"    s = [{scores}]", f"    w = {self.pick('s.index(max(s))', 's.index(min(s))')}")
        elif kind == 5:
            order = list(range(n))
            self.random.shuffle(order)
            self.write(f"    w = next((i for i in {order} if b[i] {self.pick('>', '>=')} {self.constant()}), None)")
        elif kind == 6:
            self.write("    w = max(range(len(b)), key=lambda i: min(b[i], 2))")
        else:
            self.tree("w", self.agent_or_none, self.pick(1, 2, 3))

    def price(self):
        """An expression for what the winner pays; right for many of the rules above, wrong for others."""
        others = "[b[i] for i in range(len(b)) if i != w]"
        c = self.constant()
        kind = self.random.randrange(12)
        if kind < 5:
            return f"max([{self.pick('0', c)}, *{others}])"
        return {
            5: "b[w]",
            6: c,
            7: f"sum({others})",
            8: "sorted(b)[-2]",
            9: f"F(1, 2) * (b[w] + min({others}))",
            10: f"min([b[w], {c}, *{others}])",
        }.get(kind) or self.linear()

    def tweaks(self):
        """Special cases that a grid may or may not meet."""
        if self.chance(35):
            self.write(f"    if w is not None and b[w] {self.pick('<', '<=')} {self.constant()}:", "        w = None")
        if self.chance(12):
            self.write("    if sorted(b)[-1] == sorted(b)[-2]:", f"        w = {self.agent_or_none()}")
        if self.chance(15):
            self.write(f"    if {self.condition()}:", f"        w = {self.agent_or_none()}")
        self.write(f"    p = 0 if w is None else {self.price()}")
        if self.chance(10):
            self.write(f"    if p == {self.constant()}:", f"        p = p + {self.constant()}")
        if self.chance(8):
            self.write("    p = max(p, 0)" if self.chance(50) else f"    p = min(p, {self.constant()})")

    def payments(self):
        if self.chance(12):
            loss = self.pick(self.constant(), "F(1, 2) * b[i]", "-F(1, 3) * p", self.linear(1))
            return f"[p if i == w else {loss} for i in range({self.agents})]"
        if self.chance(15):
            return "[" + ", ".join(self.linear() for _ in range(self.agents)) + "]"
        return f"[p if i == w else 0 for i in range({self.agents})]"

    def shares(self):
        if self.chance(3):
            return f"[int(i == w or b[i] == max(b)) for i in range({self.agents})]"
        return f"[int(i == w) for i in range({self.agents})]"


def writer_of(seed, agents):
    """A writer of conditions and trees over the bids b of so many agents."""
    writer = _Writer(seed)
    writer.agents = agents
    return writer


def program(seed):
    """The program of a seed."""
    writer = _Writer(seed)
    writer.write("from fractions import Fraction as F", "", "", "def run(b):")
    writer.winner()
    writer.tweaks()
    randomised = writer.chance(10)
    result = f"{writer.shares()}, {writer.payments()}"
    if randomised:
        other = writer.pick("0", f"{writer.agents - 1}", "b.index(max(b))", "b.index(min(b))")
        writer.write(f"    first = ({result})", f"    w = {other}", f"    second = ({result})")
        condition = writer.pick("True", writer.condition())
        writer.write(f"    if {condition}:", "        return [(F(1, 3), first), (F(2, 3), second)]")
        writer.write("    return [(F(1), first)]")
    else:
        writer.write(f"    return {result}")
    upper = writer.pick(None, None, None, 4)
    return Program("\n".join(writer.lines) + "\n", writer.agents, randomised, upper)
