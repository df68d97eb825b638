"""Margins: each property against numbers worked by hand, and against the sentence that it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.domains import Domain, Draw, Outcome, Share, parse_domain
from verifier.errors import SpecError
from verifier.evidence import ObservedRun, Witness
from verifier.exact import Money
from verifier.properties import PROPERTIES, find_property
from verifier.properties.cases import (
    AgentCase,
    AlternativeCase,
    CoalitionCase,
    DeviationCase,
    Over,
    PairCase,
    ProfileCase,
    RepeatCase,
    SwapCase,
    utility,
    worth,
)
from verifier.properties.replay import margin_of
from verifier.properties.rounding import rounded_to

HALF = Fraction(1, 2)
NAMES = [
    "anonymous",
    "consumer-sovereignty",
    "core",
    "critical-payment",
    "deterministic",
    "dsic",
    "efficient",
    "envy-free",
    "ex-post-ir",
    "false-name-proof",
    "feasible",
    "losers-irrelevant",
    "monotone",
    "no-deficit",
    "no-free-riding",
    "no-positive-transfers",
    "null-bidder",
    "pairwise-strategyproof",
    "pareto-efficient",
    "revenue-monotone",
    "scale-invariant",
    "translation-invariant",
]


@dataclass(frozen=True)
class Given:
    """A run with these consumptions and payments: what a margin sees of a mechanism."""

    gets: tuple[tuple[Money, ...], ...]
    pays: tuple[Money, ...]
    spare: Money = 0

    def consumption(self, agent: int) -> tuple[Money, ...]:
        return self.gets[agent]

    def payment(self, agent: int) -> Money:
        return self.pays[agent]

    def slack(self) -> Money:
        return self.spare


def sold(to: int | None, price: Money, agents: int = 2) -> Given:
    """One item, sold at a price or kept."""
    return Given(
        tuple((int(agent == to),) for agent in range(agents)),
        tuple(price if agent == to else 0 for agent in range(agents)),
    )


def margin(name: str, case: object) -> object:
    return find_property(name).margin(case)


def test_the_properties_are_there() -> None:
    money = sorted(name for name, prop in PROPERTIES.items() if "money" in prop.settings and prop.over != "tapes")
    assert money == NAMES
    assert all(PROPERTIES[name].name == name for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_property_explains_itself(name: str) -> None:
    prop = find_property(name)
    text = prop.explanation()
    for heading in ("Definition", "Margin", "Refutation", "Decided by"):
        assert f"\n{heading} " in text
    assert prop.statement.endswith(".")
    assert prop.formula.startswith("for all")
    assert prop.over in Over


def test_an_unknown_property_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SpecError, match="unknown property 'dsci'; did you mean 'dsic'"):
        find_property("dsci")


def test_utility_is_worth_less_payment() -> None:
    run = Given(((1, HALF),), (3,))
    assert worth((4, 2), (1, HALF)) == 5
    assert utility(run, 0, (4, 2)) == 2


def test_worth_of_vectors_of_different_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        worth((1,), (1, 2))


def test_dsic_compares_both_outcomes_at_the_true_type() -> None:
    # worth 5; the truth loses, the lie 9 wins at price 4 and gains 1
    case = DeviationCase(0, (5,), (9,), truth=sold(1, 5), lie=sold(0, 4))
    assert margin("dsic", case) == -1
    # at price 6 the same lie loses 1
    case = DeviationCase(0, (5,), (9,), truth=sold(1, 5), lie=sold(0, 6))
    assert margin("dsic", case) == 1


def test_a_lie_that_changes_nothing_gains_nothing() -> None:
    assert margin("dsic", DeviationCase(1, (5,), (6,), truth=sold(0, 4), lie=sold(0, 4))) == 0


def test_dsic_weighs_every_coordinate_of_a_type() -> None:
    truth, lie = Given(((1, 0),), (2,)), Given(((1, 1),), (3,))
    assert margin("dsic", DeviationCase(0, (5, 2), (5, 5), truth, lie)) == 3 - 4


def test_ex_post_ir_is_the_utility_of_the_truthful_agent() -> None:
    assert margin("ex-post-ir", AgentCase(0, ((3,), (9,)), sold(0, 5))) == -2
    assert margin("ex-post-ir", AgentCase(1, ((3,), (9,)), sold(0, 5))) == 0


def test_no_deficit_adds_up_all_payments() -> None:
    run = Given(((0,), (0,), (0,)), (3, -5, 1))
    assert margin("no-deficit", ProfileCase(((0,), (0,), (0,)), run)) == -1


def test_no_positive_transfers_looks_at_each_agent() -> None:
    run = Given(((0,), (0,)), (3, -1))
    assert [margin("no-positive-transfers", AgentCase(agent, ((0,), (0,)), run)) for agent in (0, 1)] == [3, -1]


def test_feasibility_is_the_least_slack() -> None:
    assert margin("feasible", ProfileCase(((0,),), Given(((2,),), (0,), spare=-1))) == -1


def test_efficiency_counts_welfare_and_leaves_payments_out() -> None:
    case = AlternativeCase(((3,), (7,)), sold(0, 100), ((0,), (1,)))
    assert margin("efficient", case) == 3 - 7
    assert margin("efficient", AlternativeCase(((3,), (7,)), sold(1, 100), ((1,), (0,)))) == 7 - 3


def test_envy_compares_own_place_with_the_other_place_at_own_type() -> None:
    run = sold(0, 4)
    assert margin("envy-free", PairCase(1, 0, ((9,), (6,)), run)) == 0 - (6 - 4)
    assert margin("envy-free", PairCase(0, 1, ((9,), (6,)), run)) == 9 - 4


def test_monotonicity_is_change_in_report_times_change_in_share() -> None:
    more, less = sold(0, 1), sold(None, 0)
    assert margin("monotone", DeviationCase(0, (8,), (3,), truth=more, lie=less)) == 5
    assert margin("monotone", DeviationCase(0, (8,), (3,), truth=less, lie=more)) == -5
    two = DeviationCase(0, (4, 1), (3, 3), truth=Given(((1, 0),), (0,)), lie=Given(((1, 1),), (0,)))
    assert margin("monotone", two) == (4 - 3) * 0 + (1 - 3) * (0 - 1)


def test_a_critical_payment_is_between_the_losing_and_the_winning_reports() -> None:
    win, lose = sold(0, 4), sold(None, 0)

    def critical(report: int, truth: Given, lie: Given) -> object:
        return margin("critical-payment", DeviationCase(0, (8,), (report,), truth, lie))

    assert [critical(report, win, lose) for report in (3, 4, 5)] == [1, 0, -1]  # what loses may not exceed the price
    assert [critical(report, win, win) for report in (3, 4, 5)] == [-1, 0, 1]  # nor be below it, and yet win
    assert critical(9, sold(0, -1), sold(0, -1)) == -1  # nobody is paid for winning
    assert [critical(3, lose, other) for other in (win, lose)] == [0, 0]
    assert critical(3, Given(((0,), (0,)), (2, 0)), lose) == critical(3, Given(((0,), (0,)), (-2, 0)), win) == -2
    half = Given(((HALF,), (0,)), (2, 0))
    assert critical(4, half, lose) == critical(4, half, half) == 0  # one fixed share, at its price
    assert critical(4, half, win) == critical(4, win, half) == -HALF * (8 + 4)  # two shares have no critical report


def test_a_pair_gains_only_if_both_do() -> None:
    def together(truth: Given, lie: Given) -> object:
        return find_property("pairwise-strategyproof").margins(CoalitionCase((0, 2), ((7,), (5,)), truth, lie))

    alone, shared = Given(((1,), (0,), (0,)), (5, 0, 0)), Given(((1,), (0,), (0,)), (2, 0, -1))
    assert together(alone, shared) == (-3, -1)
    assert together(alone, sold(0, 2, 3)) == (-3, 0)
    assert together(shared, alone) == (3, 1)


def test_anonymity_wants_shares_and_payments_to_move_with_the_reports() -> None:
    assert margin("anonymous", SwapCase(0, 1, 2, sold(0, 4), sold(1, 4))) == 0
    # the item stays with agent 0: both shares differ by 1 and both payments by 4
    assert margin("anonymous", SwapCase(0, 1, 2, sold(0, 4), sold(0, 4))) == -10
    # a third agent that takes no part in the exchange must not notice it
    assert margin("anonymous", SwapCase(0, 1, 3, sold(2, 4, 3), sold(2, 4, 3))) == 0
    assert margin("anonymous", SwapCase(0, 1, 3, sold(2, 4, 3), sold(2, 5, 3))) == -1


def test_determinism_is_broken_by_any_difference_between_two_runs() -> None:
    assert margin("deterministic", RepeatCase(2, sold(0, 4), sold(0, 4))) == 0
    assert margin("deterministic", RepeatCase(2, sold(0, 4), sold(0, 5))) == -1
    assert margin("deterministic", RepeatCase(2, sold(0, 0), sold(1, 0))) == -2


def second_price(bids: tuple[int, ...]) -> Given:
    """The textbook rule in its own words, for the tests below."""
    order = sorted(range(len(bids)), key=lambda agent: (-bids[agent], agent))
    return sold(order[0], bids[order[1]], len(bids))


values = st.integers(0, 20)


@given(st.lists(values, min_size=2, max_size=4), values, st.data())
def test_second_price_has_no_negative_margin_of_truth_participation_or_welfare(
    bids: list[int], lie: int, data: st.DataObject
) -> None:
    agent = data.draw(st.integers(0, len(bids) - 1))
    types = tuple((bid,) for bid in bids)
    truth = second_price(tuple(bids))
    other = second_price((*bids[:agent], lie, *bids[agent + 1 :]))
    assert margin("dsic", DeviationCase(agent, types[agent], (lie,), truth, other)) >= 0  # type: ignore[operator]
    assert margin("monotone", DeviationCase(agent, types[agent], (lie,), truth, other)) >= 0  # type: ignore[operator]
    assert margin("ex-post-ir", AgentCase(agent, types, truth)) >= 0  # type: ignore[operator]
    elsewhere = tuple((int(index == agent),) for index in range(len(bids)))
    assert margin("efficient", AlternativeCase(types, truth, elsewhere)) >= 0  # type: ignore[operator]


@given(st.integers(1, 20), st.integers(1, 20))
def test_a_first_price_winner_gains_what_it_shades(value: int, shade: int) -> None:
    lie = max(0, value - shade)
    case = DeviationCase(0, (value,), (lie,), truth=sold(0, value), lie=sold(0, lie))
    assert margin("dsic", case) == -(value - lie)


# Replay: from recorded runs to the same margins ---------------------------------------------------------------


ITEM = parse_domain({"kind": "single-item", "agents": 2, "values": "0..9"})


def recorded(bids: tuple[int, ...], to: int | None, price: Money) -> ObservedRun:
    shares: tuple[Share, ...] = tuple(int(agent == to) for agent in range(len(bids)))
    payments = tuple(price if agent == to else 0 for agent in range(len(bids)))
    return ObservedRun(tuple((bid,) for bid in bids), Outcome((Draw(1, shares, payments),)))


@pytest.mark.parametrize(
    ("name", "witness", "expected"),
    [
        ("dsic", Witness((0,), (recorded((5, 4), 0, 5), recorded((4, 4), 0, 4)), 0), -1),
        ("monotone", Witness((0,), (recorded((5, 4), None, 0), recorded((3, 4), 0, 4)), 0), -2),
        ("ex-post-ir", Witness((0,), (recorded((5, 4), 0, 7),), 0), -2),
        ("critical-payment", Witness((0,), (recorded((5, 4), 0, 5), recorded((4, 4), 0, 4)), 0), -1),
        ("pairwise-strategyproof", Witness((0, 1), (recorded((5, 4), 0, 6), recorded((1, 0), 0, 0)), 0), 0),
        ("pairwise-strategyproof", Witness((0, 1), (recorded((5, 4), 0, 6), recorded((1, 0), 1, 3)), 0), -1),
        ("no-positive-transfers", Witness((1,), (recorded((5, 4), 1, -3),), 0), -3),
        ("no-deficit", Witness((), (recorded((5, 4), 1, -3),), 0), -3),
        ("feasible", Witness((), (recorded((5, 4), 0, 0),), 0), 0),
        ("efficient", Witness((), (recorded((5, 4), 1, 0),), 0, alternative=(1, 0)), -1),
        ("envy-free", Witness((1, 0), (recorded((5, 4), 0, 1),), 0), -3),
        ("anonymous", Witness((0, 1), (recorded((5, 4), 0, 4), recorded((4, 5), 0, 4)), 0), -10),
        ("deterministic", Witness((), (recorded((5, 4), 0, 4), recorded((5, 4), 0, 5)), 0, repeat="again"), -1),
    ],
)
def test_replay_finds_the_margin_of_each_property_in_recorded_runs(name: str, witness: Witness, expected: int) -> None:
    assert margin_of(find_property(name), ITEM, witness) == expected


def test_replay_judges_a_lottery_in_exact_expectation() -> None:
    draws = (Draw(Fraction(1, 3), (1, 0), (6, 0)), Draw(Fraction(2, 3), (0, 1), (0, 6)))
    run = ObservedRun(((5,), (5,)), Outcome(draws))
    assert margin_of(find_property("ex-post-ir"), ITEM, Witness((0,), (run,), 0)) == Fraction(-1, 3)


def test_replay_works_in_slots_by_clicks() -> None:
    slots: Domain = parse_domain({"kind": "slots", "agents": 2, "values": "0..9", "click_rates": [2, 1]})
    run = ObservedRun(((5,), (4,)), Outcome((Draw(1, (1, 0), (0, 0)),)))
    witness = Witness((), (run,), 0, alternative=(0, 1))
    assert margin_of(find_property("efficient"), slots, witness) == (5 + 8) - (10 + 4)


def test_only_a_violation_of_the_size_of_rounding_is_named_rounding() -> None:
    in_double = Fraction(0.1 + 0.2) - Fraction(3, 10)
    runs = (recorded((1, 0), 0, Fraction(0.1 + 0.2)),)
    assert rounded_to(ITEM, runs, -in_double) == "double"
    assert rounded_to(ITEM, runs, Fraction(-1, 10**6)) is None
