"""Universal truthfulness of a mechanism that draws at random: truthful whatever comes out, not only on average.

Definition   A tape answers every draw: to the k-th draw of a run, over a range R of options with their chances, it
             gives tape(k, R), one of the options. Under a fixed tape a mechanism is deterministic. It is universally
             truthful if under every tape that is possible at all it is dsic: for all tapes w, agents i, t, d and b_-i,
             u_i(t; t, b_-i; w) >= u_i(t; d, b_-i; w). Truth and lie read the same tape: where their k-th draws have
             the same range, the same option comes out; where the ranges differ, all combinations are possible. With
             tape(k, R) independent over k and R, every run has the distribution that it has by itself, so a mechanism
             that is universally truthful is a distribution over deterministic truthful ones.
Margin       the least over all tapes of the utility of the truth less utility of the lie, both at the true type.
Refutation   (i, t, d, b_-i) with the draws of both runs, which agree where they have to, both outcomes, the exact gain.
Decided by   exhaustive, for subjects whose draws are scripted: see [subject.random].
Not said     A refutation is about the tapes of this code. That its lotteries cannot be mixed from truthful mechanisms
             in some other way does not follow.
Source       Nisan, Ronen 2001, Section 4; Dobzinski, Nisan, Schapira 2006; Nisan et al. 2007, Chapter 9.
"""

from __future__ import annotations

from verifier.properties.base import ANYWHERE, Property
from verifier.properties.cases import DeviationCase, Over, Quantity, utility


def margin(case: DeviationCase) -> Quantity:
    """Utility of the truth less utility of the lie under one tape, both at the true type."""
    truthful = utility(case.truth, case.agent, case.type)
    return truthful - utility(case.lie, case.agent, case.type)  # type: ignore[no-any-return]


UNIVERSALLY_TRUTHFUL = Property(
    name="universally-truthful",
    statement="However its draws come out, no agent can gain by misreporting its type, whatever the others report.",
    formula="for all w, i, t, d, b_-i: u_i(t; t, b_-i; w) >= u_i(t; d, b_-i; w)",
    over=Over.TAPES,
    margin=margin,
    on_symbols=False,
    settings=ANYWHERE,
    lotteries=True,
)
