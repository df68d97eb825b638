"""Games induced by mechanisms: payoffs against runs one by one, truthfulness against the theory of auctions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

import pytest

from verifier.adapters import Subject, load
from verifier.domains import Bid, Domain, parse_domain, value
from verifier.errors import DomainError, MoneyError, SpecError, TooLarge
from verifier.exact import Money
from verifier.games.bayesian import BayesianGame, agent_form, independent
from verifier.games.claimed import truthful_robustness, verify_profile
from verifier.games.files import read_game_file
from verifier.games.formats import read_game
from verifier.games.induced import NoOutcome, Outcomes, induced_game, run_outcomes
from verifier.games.normal_form import Actions
from verifier.games.pure import dominant_actions, dominant_equilibria, pure_equilibria, welfare, welfares
from verifier.oracles.anarchy import price_of_anarchy
from verifier.oracles.anarchy_bayesian import bayes_nash_price
from verifier.returns import Returns
from verifier.spec import SubjectSpec

GRID = parse_domain({"kind": "single-item", "agents": 3, "values": "0..4"})
PAIR = parse_domain({"kind": "single-item", "agents": ["ann", "bob"], "values": "0..10"})


def auction(name: str, domain: Domain, **arguments: object) -> Subject:
    returns = Returns(randomised=name.startswith("lotteries"))
    return load(SubjectSpec(f"mechanisms.auctions.{name}", arguments=arguments, returns=returns), domain)


def made_of(target: Callable[..., object], domain: Domain) -> Subject:
    return load(SubjectSpec("a:b"), domain, target)


RATES = ["1", "1/3"]
SLOTS = parse_domain({"kind": "slots", "agents": 2, "click_rates": RATES, "values": "0..3"})
UNITS = parse_domain({"kind": "multi-unit", "agents": 2, "items": 2, "values": "0..2"})


@pytest.mark.parametrize(
    ("subject", "values"),
    [
        (auction("single_item:first_price", GRID), (4, Fraction(5, 2), 1)),
        (auction("single_item:second_price", GRID), (0, 3, 3)),
        (auction("single_item:all_pay", GRID), (1, 2, 3)),
        (auction("lotteries:second_price", GRID), (1, 2, 3)),
        (auction("slots:generalized_second_price", SLOTS, click_rates=[1, {"money": "1/3"}]), (3, Fraction(1, 2))),
        (auction("multi_unit:uniform_price", UNITS, items=2), ((2, 1), (Fraction(3, 2), Fraction(1, 3)))),
    ],
)
def test_payoffs_are_the_utilities_of_runs_one_by_one(subject: Subject, values: Sequence[Bid]) -> None:
    domain = subject.domain
    game = induced_game(subject, values)
    true = [worth if isinstance(worth, tuple) else (worth,) for worth in values]
    assert game.shape == tuple(map(len, domain.types))
    for place, profile in zip(game.profiles(), domain.profiles(), strict=True):
        outcome = subject.observe(profile)
        for agent, worth in enumerate(true):
            expected = value(worth, domain.expected_consumption(outcome, agent)) - outcome.expected_payment(agent)
            assert game.payoff(agent, place) == expected


def test_truth_is_dominant_in_the_second_price_auction_for_all_values() -> None:
    outcomes = run_outcomes(auction("single_item:second_price", GRID))
    report = outcomes.misreports()
    assert (report.most, report.rate, report.worst) == (0, 1, None)
    assert report.scenarios == 3 * 5 * 25
    values = (3, 1, 4)
    game, truth = outcomes.game(values), outcomes.truth(values)
    assert truth == (3, 1, 4)
    assert truth in dominant_equilibria(game)
    assert verify_profile(game, truth).kind == "dominant-strategy"
    assert truthful_robustness(game, truth).most == 0


def test_shading_gains_in_the_first_price_auction_and_the_worst_case_replays() -> None:
    outcomes = run_outcomes(auction("single_item:first_price", GRID))
    report = outcomes.misreports()
    # alone against zeros, a value of 4 is best bid as 0 by who wins ties: all of it is gained
    assert report.most == 4
    assert report.worst is not None
    agent, place, bids = report.worst
    game = outcomes.game((GRID.types[agent][place],) * 3)
    honest = (*bids[:agent], place, *bids[agent + 1 :])
    assert game.payoff(agent, bids) - game.payoff(agent, honest) == report.most
    assert 0 < report.rate < 1


def test_counts_of_misreports_are_those_of_every_scenario_alone() -> None:
    domain = parse_domain({"kind": "single-item", "agents": 2, "values": "0..3"})
    outcomes = run_outcomes(auction("single_item:first_price", domain))
    report = outcomes.misreports()
    most, truthful = 0, 0
    for agent in range(2):
        for true in range(4):
            game = outcomes.game((true, true))
            for other in range(4):
                row = [game.payoff(agent, (bid, other) if agent == 0 else (other, bid)) for bid in range(4)]
                most = max(most, max(row) - row[true])
                truthful += max(row) == row[true]
    assert (report.most, report.truthful, report.scenarios) == (most, truthful, 32)


def test_first_price_equilibria_let_the_larger_value_win_at_about_the_second() -> None:
    game = induced_game(auction("single_item:first_price", PAIR), (9, 5))
    # ann wins ties. She wins at b only if bob bids b as well (else b - 1 would do), and he must not want b + 1
    assert pure_equilibria(game) == [(bid, bid) for bid in range(4, 10)]


def test_only_the_value_is_dominant_among_bids_that_others_can_undercut() -> None:
    game = induced_game(auction("single_item:second_price", PAIR), ("9/2", 5))
    assert dominant_actions(game, 0) == (4,)  # wins ties: bids 4 against 4 and lets 5 go
    assert dominant_actions(game, 1) == (5, 6)  # loses ties: 6 wins against 5 as well, and gains nothing by it


def test_a_value_need_not_be_a_bid_unless_it_is_to_be_told() -> None:
    outcomes = run_outcomes(auction("single_item:second_price", PAIR))
    assert outcomes.game((Fraction(9, 2), 5)).payoff(0, (4, 3)) == Fraction(3, 2)
    with pytest.raises(DomainError, match=r"ann cannot bid its value 9/2"):
        outcomes.truth(("9/2", 5))


def test_a_grid_that_is_too_large_is_refused_with_its_count_before_any_run() -> None:
    def never(bids: list[int]) -> object:
        raise AssertionError("must not be run")

    with pytest.raises(TooLarge) as caught:
        induced_game(made_of(never, PAIR), (1, 1), budget=120)
    assert caught.value.profiles == 121
    wide = parse_domain({"kind": "single-item", "agents": 3, "values": "0..999"}, 10**10)
    with pytest.raises(TooLarge, match="1,000,000,000 profiles"):
        induced_game(made_of(never, wide), (1, 1, 1), budget=10**12)


def test_bids_without_a_feasible_outcome_are_named() -> None:
    def crashes(bids: list[int]) -> object:
        return ([1, 0], [1 // (7 - bids[1]), 0])

    with pytest.raises(NoOutcome, match=r"at the bids \(0, 7\): crash: ZeroDivisionError") as caught:
        induced_game(made_of(crashes, PAIR), (1, 1))
    assert caught.value.bids == ((0,), (7,))
    with pytest.raises(NoOutcome, match=r"infeasible, broken: no more than 1 of 1 units are given out \(by 1\)"):
        induced_game(made_of(lambda bids: ([1, 1], [0, 0]), PAIR), (1, 1))


@pytest.mark.parametrize(
    ("values", "error", "text"),
    [
        ((1,), DomainError, "1 true values, but 2 agents"),
        ((1, (1, 2)), DomainError, "the value of bob has 2 coordinates; types have 1 here"),
        ((1, 0.5), MoneyError, "binary float"),
    ],
)
def test_values_that_do_not_fit_are_refused(values: Sequence[Bid], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        induced_game(auction("single_item:second_price", PAIR), values)


@pytest.mark.parametrize(
    ("call", "options", "how"),
    [
        ("hidden_inputs:LearnedReserve", {"create": True, "method": "run"}, "when it was asked again"),
        ("hidden_inputs:tie_by_chance", {}, "when it was asked again"),
        ("hidden_inputs:cached_by_sorted_bids", {}, "in a fresh process"),  # which asks in another order
        ("hidden_inputs:tie_by_set_order", {}, "in a fresh process"),
    ],
)
def test_a_mechanism_that_does_not_repeat_itself_induces_no_game(
    call: str, options: dict[str, object], how: str
) -> None:
    subject = load(SubjectSpec(f"mechanisms.flawed.{call}", **options), GRID)  # type: ignore[arg-type]
    with pytest.raises(NoOutcome, match=how):
        run_outcomes(subject, importable=True)


@pytest.mark.parametrize("name", ["single_item:first_price", "single_item:second_price", "single_item:all_pay"])
def test_welfare_is_the_winners_value_whatever_is_paid(name: str) -> None:
    values = (4, Fraction(5, 2), 1)
    subject = auction(name, GRID)
    game = induced_game(subject, values)
    for place, profile in zip(game.profiles(), GRID.profiles(), strict=True):
        outcome = subject.observe(profile)
        gross = sum(value((worth,), GRID.expected_consumption(outcome, i)) for i, worth in enumerate(values))
        assert (
            welfare(game, place) == gross == Fraction(int(welfares(game).numerators[place]), welfares(game).denominator)
        )


def utility_of(seen: Outcomes, types: Sequence[Sequence[int]]) -> Callable[[int, Actions, Actions], Money]:
    """What the direct definition says: the types' values at the bids, revenue left to the measure."""
    games = {
        drawn: seen.game([own[k] for own, k in zip(types, drawn, strict=True)])
        for drawn in product(*(range(len(own)) for own in types))
    }
    return lambda agent, drawn, actions: games[drawn].payoff(agent, actions)


@pytest.mark.parametrize("name", ["first_price", "second_price", "all_pay"])
@pytest.mark.parametrize("types", [[[1, 2], [1, 3]], [[3], [1, 2, 3]], [[2, 3], [2]]])
def test_the_agent_form_has_the_prices_of_the_bayesian_game(name: str, types: list[list[int]]) -> None:
    pair = parse_domain({"kind": "single-item", "agents": 2, "values": "0..3"})
    seen = run_outcomes(auction(f"single_item:{name}", pair))
    chances = [[Fraction(k + 1, len(own) * (len(own) + 1) // 2) for k in range(len(own))] for own in types]
    form = seen.agent_form(types, chances)
    bids = tuple(tuple(map(str, range(4))) for _ in types)
    direct = BayesianGame(
        ("a", "b"), tuple(tuple(map(str, own)) for own in types), bids, independent(chances), utility_of(seen, types)
    )

    def measure(drawn: Actions, actions: Actions) -> Money:
        return welfare(seen.game([own[k] for own, k in zip(types, drawn, strict=True)]), actions)

    assert pure_equilibria(form) == pure_equilibria(agent_form(direct)[0])
    for concept in ("pure", "coarse correlated"):
        one, other = price_of_anarchy(form, concept), bayes_nash_price(direct, concept, measure=measure)
        assert (one.poa, one.pos, one.optimum) == (other.poa, other.pos, other.optimum)


def test_with_one_type_each_the_agent_form_is_the_game_itself() -> None:
    seen = run_outcomes(auction("single_item:first_price", PAIR))
    form, game = seen.agent_form([[7], [4]], [[1], [1]]), seen.game([7, 4])
    assert form.players == ("ann at 7", "bob at 4")
    assert [form.payoff(0, p) for p in form.profiles()] == [game.payoff(0, p) for p in game.profiles()]
    assert [welfare(form, p) for p in form.profiles()] == [welfare(game, p) for p in game.profiles()]


@pytest.mark.parametrize(
    ("types", "chances", "said"),
    [
        ([[1]], [[1]], "types of 1 agents"),
        ([[1], []], [[1], []], "bob has 0 types"),
        ([[1], [1, 2]], [[1], [1]], "bob has 2 types and 1 probabilities"),
        ([[1], [1, 2]], [[1], [1, 0]], "not positive, or not 1 in sum"),
        ([[1], [1, 2]], [[1], ["1/2", "1/3"]], "not positive, or not 1 in sum"),
        ([[1], [2, 2]], [[1], ["1/2", "1/2"]], "bob has a type twice"),
    ],
)
def test_types_and_probabilities_that_make_no_sense_are_refused(
    types: list[list[int]], chances: list[list[object]], said: str
) -> None:
    seen = run_outcomes(auction("single_item:first_price", PAIR))
    with pytest.raises(DomainError, match=said):
        seen.agent_form(types, [[Fraction(str(chance)) for chance in row] for row in chances])


def test_a_grid_on_which_no_strategies_are_efficient_is_refused() -> None:
    """With two bids, of which the first wins ties, a value of 4 cannot outbid one of 3 that outbids one of 2."""
    narrow = parse_domain({"kind": "single-item", "agents": 2, "values": "1..2"})
    seen = run_outcomes(auction("single_item:first_price", narrow))
    half = Fraction(1, 2)
    with pytest.raises(DomainError, match="no strategies attain the expected optimum"):
        seen.agent_form([[1, 3], [2, 4]], [[half, half], [half, half]])


def test_types_are_read_from_a_game_file_with_their_line() -> None:
    text = (
        "[game]\ntypes = [[1, 2], [1]]\n[subject]\ncall = 'mechanisms.auctions.single_item:second_price'\n"
        "[domain]\nkind = 'single-item'\nagents = 2\nvalues = '0..2'\n[[claim]]\ntruth = 'dominant'\n"
    )
    found = read_game_file(text, "x.game.toml", read_game)
    assert found.game.players == ("bidder 1 at 1", "bidder 1 at 2", "bidder 2 at 1")
    assert found.asked[0].content == ["1", "2", "1"]
    for old, new, said in (
        ("[[1, 2], [1]]", "[[1, 2], 1]", "types are a list of values"),
        ("[[1, 2], [1]]", "[[1, 2], [1]]\nchances = 3", "chances are a list"),
        ("[[1, 2], [1]]", "[[1, 2], [1]]\nchances = [['1/2', '1/3'], [1]]", "not 1 in sum"),
        ("[[1, 2], [1]]", "[[1, 2], [1]]\nvalues = [1, 1]", "unknown key 'values'"),
    ):
        with pytest.raises(SpecError, match=said):
            read_game_file(text.replace(old, new), "x.game.toml", read_game)
