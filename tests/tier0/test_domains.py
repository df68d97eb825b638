"""Settings: how they are written, what is feasible, what is worth what, which alternatives there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.domains import Domain, Draw, Outcome, Share, parse_domain, value
from verifier.domains.grid import parse_grid
from verifier.domains.outcome import Type
from verifier.errors import DomainError, MoneyError, TooLarge

HALF = Fraction(1, 2)
ITEM: dict[str, object] = {"kind": "single-item", "agents": 3, "values": "0..2"}
SLOTS: dict[str, object] = {"kind": "slots", "agents": 3, "values": "0..2", "click_rates": [2, 1]}


def domain(**changes: object) -> Domain:
    return parse_domain({**ITEM, **changes})


@pytest.mark.parametrize(
    ("written", "amounts"),
    [
        ("0..3", (0, 1, 2, 3)),
        ("2..2", (2,)),
        (" 0 .. 1   step 1/4 ", (0, Fraction(1, 4), HALF, Fraction(3, 4), 1)),
        ("0..1 step 0.3", (0, Fraction(3, 10), Fraction(3, 5), Fraction(9, 10))),
        ("0.5..2.5", (HALF, Fraction(3, 2), Fraction(5, 2))),
        ("1/3..4/3 step 1/3", (Fraction(1, 3), Fraction(2, 3), 1, Fraction(4, 3))),
        ([3, "1/2", 0], (0, HALF, 3)),
        (range(2, 5), (2, 3, 4)),
        ((7,), (7,)),
    ],
)
def test_a_grid_names_exactly_these_amounts(written: object, amounts: tuple[object, ...]) -> None:
    grid = parse_grid(written)
    assert grid.values() == amounts
    assert grid.count == len(amounts)
    assert grid.high == amounts[-1]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("0-10", "are no grid"),
        ("", "are no grid"),
        ("0..10 by 2", "are no grid"),
        (7, "are no grid"),
        (None, "are no grid"),
        ("a..b", "is not an amount"),
        ("0..1 step x", "is not an amount"),
        ("0..1 step 1/0", "is not an amount"),
        ([0, 0.5], "binary float"),
        ([[1], [2]], "is not an amount"),
        ("0..1 step 0", "step must be positive"),
        ("0..1 step -1", "step must be positive"),
        ("5..1", "no amount at all"),
        ([], "no amount at all"),
        ("-1..3", "below zero"),
        ([2, -1], "below zero"),
        ([1, 2, "2/2"], "name an amount twice"),
    ],
)
def test_what_is_no_grid_is_refused_in_one_sentence(written: object, complaint: str) -> None:
    with pytest.raises(DomainError, match=complaint):
        parse_grid(written)


@given(
    low=st.fractions(0, 50),
    length=st.fractions(0, 50),
    step=st.fractions(min_value=Fraction(1, 8), max_value=60),
)
def test_a_range_runs_from_its_low_end_in_equal_steps_and_stops_at_its_high_end(
    low: Fraction, length: Fraction, step: Fraction
) -> None:
    high = low + length
    values = parse_grid(f"{low}..{high} step {step}").values()
    assert values[0] == low
    assert values[-1] <= high < values[-1] + step
    assert all(after - before == step for before, after in pairwise(values))


def test_a_huge_range_is_counted_without_being_built() -> None:
    assert parse_grid("0..1000000000000").count == 10**12 + 1


def test_a_count_of_agents_names_them() -> None:
    assert domain(agents=2).agents == ("bidder 1", "bidder 2")
    assert domain(agents=["ann", "bob"]).agents == ("ann", "bob")


def test_every_agent_may_have_its_own_grid() -> None:
    made = domain(agents=["ann", "bob"], values={"bob": [5], "ann": "0..1"})
    assert made.types == (((0,), (1,)), ((5,),))
    assert made.size() == 2
    assert list(made.profiles()) == [((0,), (5,)), ((1,), (5,))]


def test_profiles_are_all_combinations_the_last_agent_varying_fastest() -> None:
    made = domain(agents=2)
    profiles = list(made.profiles())
    assert profiles[:4] == [((0,), (0,)), ((0,), (1,)), ((0,), (2,)), ((1,), (0,))]
    assert len(set(profiles)) == len(profiles) == made.size() == 9


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "single-itme"}, "unknown domain kind 'single-itme'; did you mean 'single-item'"),
        ({"kind": None}, "unknown domain kind None"),
        ({"kind": 3}, "unknown domain kind 3"),
        ({"agent": 3}, "unknown key 'agent' in the domain; did you mean 'agents'"),
        ({"items": 2}, "unknown key 'items'"),
        ({"agents": 0}, "at least one agent"),
        ({"agents": []}, "at least one agent"),
        ({"agents": -2}, "at least one agent"),
        ({"agents": True}, "a count or a list of names"),
        ({"agents": "ann"}, "a count or a list of names"),
        ({"agents": ["ann", 2]}, "a count or a list of names"),
        ({"agents": ["ann", "ann"]}, "repeat a name"),
        ({"agents": ["ann"], "values": {"ann": "0..1", "bbo": "0..1"}}, "'bbo', who is no agent"),
        ({"agents": ["ann", "bob"], "values": {"ann": "0..1"}}, "no values are given for agent 'bob'"),
        ({"upper": 1}, "upper is 1, below some of the values"),
        ({"upper": 2.5}, "binary float"),
        ({"upper": "much"}, "is not an amount"),
    ],
)
def test_a_senseless_setting_is_refused_in_one_sentence(changes: Mapping[str, object], complaint: str) -> None:
    with pytest.raises(DomainError, match=complaint):
        domain(**changes)


@pytest.mark.parametrize("key", ["agents", "values", "click_rates"])
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(DomainError, match=f"lacks the key '{key}'"):
        parse_domain({name: written for name, written in SLOTS.items() if name != key})


@pytest.mark.parametrize("items", [0, -1, True, "2", 1.5])
@pytest.mark.parametrize("kind", ["unit-demand", "multi-unit"])
def test_items_must_be_a_positive_whole_number(kind: str, items: object) -> None:
    with pytest.raises(DomainError, match="items must be a whole number of at least 1"):
        domain(kind=kind, items=items)


@pytest.mark.parametrize(
    ("rates", "complaint"),
    [
        ("1", "must be a list"),
        ([], "must be a list"),
        ([1, 2], "must not increase"),
        ([1, -1], "non-negative"),
        ([0.5], "binary float"),
    ],
)
def test_click_rates_must_not_increase(rates: object, complaint: str) -> None:
    with pytest.raises(DomainError, match=complaint):
        parse_domain({**SLOTS, "click_rates": rates})


@pytest.mark.parametrize(
    ("table", "profiles"),
    [
        ({**ITEM, "agents": 12, "values": "0..9"}, 10**12),
        ({**ITEM, "agents": 1, "values": "1..1000000000000"}, 10**12),
        ({**ITEM, "kind": "multi-unit", "items": 4, "values": "0..99", "agents": 2}, 4421275**2),
    ],
)
def test_a_grid_past_the_budget_is_refused_before_it_is_built(table: Mapping[str, object], profiles: int) -> None:
    with pytest.raises(TooLarge) as refused:
        parse_domain(table)
    assert refused.value.profiles == profiles


def test_a_senseless_number_of_agents_is_refused_before_they_are_named() -> None:
    with pytest.raises(DomainError, match="agents is 1000000000000000; at most 1000"):
        domain(agents=10**15)


def test_a_count_that_nobody_would_read_is_given_by_its_magnitude() -> None:
    with pytest.raises(TooLarge, match=r"about 10\^900 profiles"):
        domain(agents=900, values="0..9")


def test_a_grid_of_exactly_the_budget_is_admitted() -> None:
    assert parse_domain(ITEM, budget=27).size() == 27
    with pytest.raises(TooLarge, match="27 profiles and the budget allows 26"):
        parse_domain(ITEM, budget=26)


def test_multi_unit_types_are_all_decreasing_vectors_of_the_grid_smallest_first() -> None:
    made = domain(kind="multi-unit", items=3, agents=1, values="0..2")
    (types,) = made.types
    assert set(types) == {v for v in product(range(3), repeat=3) if v[0] >= v[1] >= v[2]}
    assert len(set(types)) == len(types) == made.size()
    assert [sum(type_) for type_ in types] == sorted(sum(type_) for type_ in types)


def test_combinatorial_types_are_all_monotone_values_of_bundles_smallest_first() -> None:
    made = domain(kind="combinatorial", goods=2, agents=1, values="0..2")
    (types,) = made.types  # values of the bundles {0}, {1} and {0, 1}
    assert set(types) == {v for v in product(range(3), repeat=3) if max(v[0], v[1]) <= v[2]}
    assert len(set(types)) == len(types) == made.size()
    assert [sum(type_) for type_ in types] == sorted(sum(type_) for type_ in types)


def test_a_bundle_is_worth_its_own_coordinate() -> None:
    made = domain(kind="combinatorial", goods=2)
    assert [value((5, 3, 6), made.consumption(bundle)) for bundle in (0, 1, 2, 3)] == [0, 5, 3, 6]


@pytest.mark.parametrize("share", [None, -1, 4, HALF])
def test_what_is_no_bundle_has_no_meaning(share: Share) -> None:
    with pytest.raises(DomainError, match="is no bundle"):
        domain(kind="combinatorial", goods=2).consumption(share)


def test_bids_are_plain_numbers_exactly_when_types_have_one_coordinate() -> None:
    assert domain().bids(((1,), (0,), (2,))) == (1, 0, 2)
    assert domain(kind="unit-demand", items=2).bids(((1,), (0,), (2,))) == (1, 0, 2)
    two = domain(kind="multi-unit", items=2, agents=1)
    assert two.bids(((2, 1),)) == ((2, 1),)
    one = domain(kind="multi-unit", items=1, agents=2)
    assert one.bids(((2,), (1,))) == (2, 1)


def test_a_slot_is_worth_its_clicks_and_no_slot_is_worth_nothing() -> None:
    made = parse_domain({**SLOTS, "click_rates": [1, "1/2"]})
    assert [made.consumption(share) for share in (0, 1, None)] == [(1,), (HALF,), (0,)]
    assert value((6,), made.consumption(1)) == 3


@pytest.mark.parametrize("share", [2, -1, HALF])
def test_a_slot_that_does_not_exist_has_no_meaning(share: Share) -> None:
    with pytest.raises(DomainError, match="does not exist"):
        parse_domain(SLOTS).consumption(share)


@pytest.mark.parametrize("kind", ["single-item", "unit-demand", "multi-unit"])
def test_nothing_is_written_zero_outside_slot_domains(kind: str) -> None:
    made = domain(kind=kind, **({} if kind == "single-item" else {"items": 2}))
    assert set(made.consumption(0)) == {0}
    with pytest.raises(DomainError, match="write 0 for nothing"):
        made.consumption(None)


def test_a_number_of_items_is_worth_its_first_marginal_values() -> None:
    made = domain(kind="multi-unit", items=3)
    assert [value((5, 3, 1), made.consumption(amount)) for amount in (0, 1, 2, 3)] == [0, 5, 8, 9]
    assert made.consumption(Fraction(3, 2)) == (1, HALF, 0)
    assert made.consumption(4) == (1, 1, 1)
    assert made.consumption(-1) == (0, 0, 0)


def wanting(supply: int) -> Callable[[tuple[Share, ...]], bool]:
    """Feasible: everybody has nothing or one unit, and no more than `supply` in all."""
    return lambda shares: all(share in (0, 1) for share in shares) and sum(share == 1 for share in shares) <= supply


def dividing(supply: int) -> Callable[[tuple[Share, ...]], bool]:
    """Feasible: whole non-negative numbers of items, no more than `supply` in all."""
    return lambda shares: all(share in range(supply + 1) for share in shares) and sum(map(int, shares)) <= supply  # type: ignore[arg-type]


def seating(shares: tuple[Share, ...]) -> bool:
    """Feasible: no slot has two holders."""
    held = [share for share in shares if share is not None]
    return len(set(held)) == len(held)


def disjoint(shares: tuple[Share, ...]) -> bool:
    """Feasible: no good, that is no binary digit, is in two bundles."""
    digits = [good for share in shares for good in (0, 1) if int(share or 0) // 2**good % 2]
    return len(set(digits)) == len(digits)


AMOUNTS: tuple[Share, ...] = (-1, 0, HALF, 1, Fraction(3, 2), 2, 3)
SEATS: tuple[Share, ...] = (None, 0, 1)
SETTINGS = [
    pytest.param(ITEM, AMOUNTS, wanting(1), id="single-item"),
    pytest.param({**ITEM, "agents": 1}, AMOUNTS, wanting(1), id="single-item, alone"),
    pytest.param({**ITEM, "kind": "unit-demand", "items": 2}, AMOUNTS, wanting(2), id="unit-demand"),
    pytest.param({**ITEM, "kind": "unit-demand", "items": 5}, AMOUNTS, wanting(5), id="unit-demand, plenty"),
    pytest.param({**ITEM, "kind": "multi-unit", "items": 2}, AMOUNTS, dividing(2), id="multi-unit"),
    pytest.param({**ITEM, "kind": "multi-unit", "items": 3, "agents": 1}, AMOUNTS, dividing(3), id="multi-unit, alone"),
    pytest.param(SLOTS, SEATS, seating, id="slots"),
    pytest.param({**SLOTS, "agents": 1}, SEATS, seating, id="slots, alone"),
    pytest.param({**ITEM, "kind": "combinatorial", "goods": 2, "agents": 2}, (0, 1, 2, 3), disjoint, id="two goods"),
    pytest.param({**SLOTS, "click_rates": [3, 3]}, SEATS, seating, id="equal slots"),
]


@pytest.mark.parametrize(("table", "shares", "feasible"), SETTINGS)
def test_no_slack_is_negative_exactly_at_the_feasible_allocations(
    table: dict[str, object], shares: tuple[Share, ...], feasible: Callable[[tuple[Share, ...]], bool]
) -> None:
    made = parse_domain(table)
    for allocation in product(shares, repeat=len(made.agents)):
        assert (min(slack for _, slack in made.slacks(allocation)) >= 0) == feasible(allocation), allocation


@pytest.mark.parametrize(("table", "shares", "feasible"), SETTINGS)
def test_the_alternatives_are_feasible_distinct_and_hold_an_optimum_of_every_profile(
    table: dict[str, object], shares: tuple[Share, ...], feasible: Callable[[tuple[Share, ...]], bool]
) -> None:
    made = parse_domain(table)
    alternatives = list(made.alternatives())
    every = [allocation for allocation in product(shares, repeat=len(made.agents)) if feasible(allocation)]
    assert len(set(alternatives)) == len(alternatives)
    assert set(alternatives) <= set(every)
    for profile in made.profiles():
        assert most_welfare(made, profile, alternatives) == most_welfare(made, profile, every)


def most_welfare(made: Domain, profile: tuple[Type, ...], allocations: list[tuple[Share, ...]]) -> object:
    return max(
        sum(value(type_, made.consumption(share)) for type_, share in zip(profile, allocation, strict=True))
        for allocation in allocations
    )


def test_the_alternatives_of_equal_agents_and_slots_are_all_the_matchings() -> None:
    alternatives = set(parse_domain(SLOTS).alternatives())
    assert alternatives == {shares for shares in product(SEATS, repeat=3) if set(shares) == set(SEATS)}


def lottery(*draws: tuple[Fraction | int, tuple[Share, ...], tuple[int, ...]]) -> Outcome:
    return Outcome(tuple(Draw(*draw) for draw in draws))


def test_a_lottery_gives_its_expected_consumption_and_payment() -> None:
    tossed = lottery((Fraction(1, 3), (1, 0, 0), (6, 0, 0)), (Fraction(2, 3), (0, 0, 1), (3, 0, 9)))
    made = domain()
    shares = [made.expected_consumption(tossed, agent) for agent in range(3)]
    assert shares == [(Fraction(1, 3),), (0,), (Fraction(2, 3),)]
    assert [tossed.expected_payment(agent) for agent in range(3)] == [4, 0, 6]


def test_a_lottery_over_slots_is_taken_in_expected_clicks_not_in_slot_numbers() -> None:
    made = parse_domain({**SLOTS, "agents": 2, "click_rates": [4, 1]})
    tossed = lottery((HALF, (0, None), (0, 0)), (HALF, (1, 0), (0, 0)))
    assert made.expected_consumption(tossed, 0) == (Fraction(5, 2),)
    assert made.expected_consumption(tossed, 1) == (2,)


def test_a_lottery_over_numbers_of_items_is_taken_unit_by_unit() -> None:
    made = domain(kind="multi-unit", items=3, agents=1)
    tossed = lottery((HALF, (1,), (0,)), (HALF, (3,), (0,)))
    assert made.expected_consumption(tossed, 0) == (1, HALF, HALF)


def test_a_lottery_is_infeasible_when_one_of_its_draws_is() -> None:
    made = domain()
    tossed = lottery((HALF, (1, 0, 0), (0, 0, 0)), (HALF, (1, 1, 0), (0, 0, 0)))
    name, slack = made.least_slack(tossed)
    assert slack == -1
    assert "no more than 1 of 1 units" in name


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2), st.integers(-5, 5)), min_size=1, max_size=4),
    st.fractions(0, 10),
)
def test_the_value_of_expected_consumption_is_the_expected_value(
    weighted: list[tuple[int, int, int]], worth: Fraction
) -> None:
    made = domain(kind="multi-unit", items=2, agents=1)
    type_ = (worth, worth / 2)
    whole = sum(weight for weight, _, _ in weighted)
    tossed = lottery(*((Fraction(weight, whole), (share,), (paid,)) for weight, share, paid in weighted))
    expected = sum(Fraction(weight, whole) * value(type_, made.consumption(share)) for weight, share, _ in weighted)
    assert value(type_, made.expected_consumption(tossed, 0)) == expected
    assert tossed.expected_payment(0) == sum(Fraction(weight * paid, whole) for weight, _, paid in weighted)


@pytest.mark.parametrize(
    ("table", "extra"),
    [
        (ITEM, {}),
        ({**ITEM, "kind": "unit-demand", "items": 2}, {"items": 2}),
        ({**ITEM, "kind": "multi-unit", "items": 1}, {"items": 1}),
        ({**ITEM, "kind": "combinatorial", "goods": 1}, {"goods": 1}),
        ({**SLOTS, "click_rates": [1, "1/2"]}, {"click_rates": ["1", "1/2"]}),
    ],
)
def test_the_certificate_form_holds_everything_the_setting_consists_of(
    table: dict[str, object], extra: dict[str, object]
) -> None:
    written = parse_domain({**table, "values": [0, "1/2"], "agents": 2, "upper": "7/2"}).to_json()
    assert written == {
        "kind": table["kind"],
        "agents": ["bidder 1", "bidder 2"],
        "types": [[["0"], ["1/2"]], [["0"], ["1/2"]]],
        "upper": "7/2",
        "amounts": "reals",
        **extra,
    }


def inside(made: Domain, type_: tuple[int, ...]) -> bool:
    """Whether a vector keeps every linear constraint on types."""
    return all(
        sum(weight * type_[place] for place, weight in form.items()) + constant <= 0
        for form, constant in made.type_constraints()
    )


@pytest.mark.parametrize("upper", [None, 2])
def test_the_continuum_holds_the_vectors_that_are_types(upper: int | None) -> None:
    ends = {} if upper is None else {"upper": upper}
    one = domain(**ends)
    assert [inside(one, (worth,)) for worth in (-1, 0, 2, 3)] == [False, True, True, upper is None]
    three = domain(kind="multi-unit", items=3, **ends)
    for vector in product(range(-1, 4), repeat=3):
        decreasing = vector[0] >= vector[1] >= vector[2] >= 0
        assert inside(three, vector) == (decreasing and (upper is None or vector[0] <= upper)), vector
    bundles = domain(kind="combinatorial", goods=2, agents=1, **ends)
    for vector in product(range(-1, 4), repeat=3):
        monotone = min(vector) >= 0 and max(vector[0], vector[1]) <= vector[2]
        assert inside(bundles, vector) == (monotone and (upper is None or vector[2] <= upper)), vector


def test_an_endless_continuum_is_null() -> None:
    assert domain().to_json()["upper"] is None


def test_a_vector_is_worth_nothing_to_a_type_of_another_length() -> None:
    with pytest.raises(ValueError, match="zip"):
        value((1, 2), (1,))


def test_money_errors_in_a_setting_are_told_as_domain_errors() -> None:
    with pytest.raises(DomainError) as told:
        parse_domain({**SLOTS, "click_rates": ["x"]})
    assert isinstance(told.value.__cause__, MoneyError)
