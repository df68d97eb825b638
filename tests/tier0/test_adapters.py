"""How a stranger's mechanism is found, made, offered its bids and guarded while it runs."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verifier.adapters import ProtocolFault, load
from verifier.adapters.faults import worded
from verifier.adapters.loading import load_target, named_object, plain
from verifier.adapters.offering import kept_copy, offering, unchanged
from verifier.domains import Domain, Profile, parse_domain
from verifier.errors import DomainError, SubjectError
from verifier.exact import money
from verifier.spec import SubjectSpec

SINGLE = parse_domain({"kind": "single-item", "agents": ["ann", "bob"], "values": [0, "1/2", 3]})
UNITS = parse_domain({"kind": "multi-unit", "agents": ["ann", "bob"], "items": 2, "values": "0..2"})
ONE_UNIT = parse_domain({"kind": "multi-unit", "agents": ["ann", "bob"], "items": 1, "values": "0..2"})

AUCTION = '''
"""An auction of its own package."""
LIMIT = 7


def run(bids, reserve=0):
    return [1, 0], [reserve, 0]


def factory(reserve):
    return lambda bids: run(bids, reserve)


def batched(bids, reserve=0):
    return run(bids, reserve)


batched.run_batch = lambda profiles, reserve=0: (profiles, reserve)


class Auction:
    kind = "first"

    class Rules:
        @staticmethod
        def run(bids):
            return [0, 1], [0, 0]

    def __init__(self, reserve=0):
        if reserve == "none":
            raise ValueError("no reserve")
        self.reserve = reserve

    def __call__(self, bids):
        return run(bids, self.reserve)

    def go(self, bids, extra=0):
        return run(bids, self.reserve + extra)

    @property
    def broken(self):
        raise OSError("no network")


ready = Auction(5)
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty directory to run in; what is imported from it is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def auction(here: Path) -> str:
    (here / "stall.py").write_text(AUCTION, encoding="utf-8")
    return "stall"


def outcome(subject: SubjectSpec, target: Callable[..., object] | None = None, domain: Domain = SINGLE) -> Any:
    """Shares and payments at some profile."""
    (draw,) = load(subject, domain, target).observe(next(domain.profiles())).draws
    return draw.shares, draw.payments


def offered(profile: Profile, domain: Domain = SINGLE, **how: Any) -> Any:
    return offering(SubjectSpec("a:b", **how), domain)(profile)


# --- loading


@pytest.mark.parametrize(
    ("settings", "paid"),
    [
        ({"call": "stall:run"}, 0),
        ({"call": "stall:run", "arguments": {"reserve": 2}}, 2),
        ({"call": "stall:run", "arguments": {"reserve": {"money": "5/2"}}}, Fraction(5, 2)),
        ({"call": "stall:factory", "create": True, "arguments": {"reserve": 3}}, 3),
        ({"call": "stall:Auction", "create": True}, 0),
        ({"call": "stall:Auction", "create": True, "method": "go", "arguments": {"reserve": 4}}, 4),
        ({"call": "stall:ready"}, 5),
        ({"call": "stall:ready.go", "arguments": {"extra": 1}}, 6),
        ({"call": "stall:ready", "method": "go", "arguments": {"extra": 2}}, 7),
    ],
)
def test_functions_classes_instances_and_factories_are_mechanisms(
    auction: str, settings: dict[str, Any], paid: object
) -> None:
    assert outcome(SubjectSpec(**settings)) == ((1, 0), (paid, 0))


def test_a_path_may_lead_through_attributes(auction: str) -> None:
    assert outcome(SubjectSpec("stall:Auction.Rules.run")) == ((0, 1), (0, 0))


def test_the_root_joins_the_end_of_the_import_path(here: Path) -> None:
    (here / "code").mkdir()
    (here / "code" / "far_stall.py").write_text(AUCTION, encoding="utf-8")
    assert outcome(SubjectSpec("far_stall:run", root=str(here / "code"))) == ((1, 0), (0, 0))
    assert sys.path[-1] == str(here / "code")


def test_the_object_may_be_handed_over_and_is_made_ready_all_the_same(auction: str) -> None:
    """Else the certificate would name arguments that the mechanism never got."""
    module: Any = named_object("stall:Auction")
    spec = SubjectSpec("stall:Auction", create=True, method="go", arguments={"reserve": 4})
    assert load_target(spec, module)([1, 1]) == ([1, 0], [4, 0])
    bound = SubjectSpec("stall:run", arguments={"reserve": 2})
    assert load_target(bound, named_object("stall:run"))([1, 1]) == ([1, 0], [2, 0])


def test_a_mechanism_that_is_false_is_still_a_mechanism() -> None:
    class Empty:
        def __len__(self) -> int:
            return 0

        def __call__(self, bids: object) -> object:
            return [1, 0], [0, 0]

    assert outcome(SubjectSpec("no.such:module"), Empty()) == ((1, 0), (0, 0))


def test_arguments_are_bound_to_the_batch_too(auction: str) -> None:
    target: Any = load_target(SubjectSpec("stall:batched", arguments={"reserve": 2}))
    assert target([1, 1]) == ([1, 0], [2, 0])
    assert target.run_batch("profiles") == ("profiles", 2)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"call": "stall"}, "'stall' is no path to a mechanism; write package.module:callable"),
        ({"call": "stall:"}, "'stall:' is no path to a mechanism; write package.module:callable"),
        ({"call": ":run"}, "':run' is no path to a mechanism; write package.module:callable"),
        ({"call": "gone:run"}, "module 'gone' does not import: ModuleNotFoundError: No module named 'gone'"),
        ({"call": ".stall:run"}, "module '.stall' does not import: TypeError: "),
        ({"call": "stall:rum"}, "'stall:rum': no attribute 'rum' in stall"),
        ({"call": "stall:Auction.Rule.run"}, "'stall:Auction.Rule.run': no attribute 'Rule' in Auction"),
        ({"call": "stall:ready.broken"}, "attribute 'broken' cannot be read: OSError: no network"),
        ({"call": "stall:LIMIT"}, "stall:LIMIT is a int, which cannot be called; set `method` or `create`"),
        ({"call": "stall:ready", "method": "kind"}, "stall:ready is a str, which cannot be called; set "),
        ({"call": "stall:ready", "method": "went"}, "stall:ready has no method 'went'; mend `method` in the subject"),
        ({"call": "stall:LIMIT", "create": True}, "stall:LIMIT is a int, which cannot be created; drop `create`"),
        (
            {"call": "stall:Auction", "create": True, "arguments": {"reserve": "none"}},
            "creating stall:Auction failed: ValueError: no reserve",
        ),
        (
            {"call": "stall:run", "arguments": {"reserve": {"money": "ten"}}},
            "argument {'money': 'ten'}: 'ten' is not an amount",
        ),
    ],
)
def test_what_cannot_be_loaded_is_said_in_one_sentence(auction: str, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SubjectError) as caught:
        load_target(SubjectSpec(**settings))
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("1 // 0", "ZeroDivisionError: "),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def (:", "SyntaxError: "),
        ("import no_such_dependency", "ModuleNotFoundError: No module named 'no_such_dependency'"),
    ],
)
def test_a_module_that_fails_while_it_is_imported_is_named(here: Path, source: str, says: str) -> None:
    (here / "failing_stall.py").write_text(source, encoding="utf-8")
    with pytest.raises(SubjectError) as caught:
        named_object("failing_stall:run")
    assert str(caught.value).startswith(f"module 'failing_stall' does not import: {says}")


def test_ctrl_c_while_a_module_is_imported_or_made_is_no_mistake_of_it(here: Path) -> None:
    (here / "stopped_stall.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    (here / "slow_stall.py").write_text("def make():\n    raise KeyboardInterrupt", encoding="utf-8")
    for spec in (SubjectSpec("stopped_stall:run"), SubjectSpec("slow_stall:make", create=True)):
        with pytest.raises(KeyboardInterrupt):
            load_target(spec)


def test_what_a_module_prints_while_it_is_loaded_is_no_data(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "print('imported')\ndef make():\n    print('made')\n    return print\n"
    (here / "loud_stall.py").write_text(source, encoding="utf-8")
    load_target(SubjectSpec("loud_stall:make", create=True))
    assert capsys.readouterr() == ("", "imported\nmade\n")


def test_money_inside_arguments_is_exact_and_the_rest_stays() -> None:
    written = {"fee": {"money": "0.1"}, "steps": [1, {"money": "1/3"}], "name": "x", "deep": {"money": 1, "unit": "k"}}
    assert plain(written) == {
        "fee": Fraction(1, 10),
        "steps": [1, Fraction(1, 3)],
        "name": "x",
        "deep": {"money": 1, "unit": "k"},
    }


# --- offering

PROFILE = ((Fraction(1, 2),), (3,))
VECTORS = ((Fraction(1, 2), 0), (2, 1))


@pytest.mark.parametrize(
    ("how", "bids"),
    [
        ({}, [Fraction(1, 2), 3]),
        ({"bids": "tuple"}, (Fraction(1, 2), 3)),
        ({"bids": "arguments"}, (Fraction(1, 2), 3)),
        ({"bids": "dict"}, {"ann": Fraction(1, 2), "bob": 3}),
        ({"numbers": "float"}, [0.5, 3.0]),
        ({"numbers": "decimal"}, [Decimal("0.5"), Decimal(3)]),
        ({"numbers": "decimal", "bids": "dict"}, {"ann": Decimal("0.5"), "bob": Decimal(3)}),
    ],
)
def test_bids_come_in_the_declared_shape_and_numbers(how: dict[str, str], bids: Any) -> None:
    found = offered(PROFILE, **how)
    assert (type(found), found) == (type(bids), bids)
    values = list(found.values()) if isinstance(found, dict) else list(found)
    expected = list(bids.values()) if isinstance(bids, dict) else list(bids)
    assert list(map(type, values)) == list(map(type, expected))


def test_agents_with_several_values_bid_tuples() -> None:
    assert offered(VECTORS, UNITS) == [(Fraction(1, 2), 0), (2, 1)]
    assert offered(VECTORS, UNITS, bids="dict", numbers="float") == {"ann": (0.5, 0.0), "bob": (2.0, 1.0)}
    assert offered(((1,), (2,)), ONE_UNIT) == [1, 2]


@pytest.mark.parametrize(
    ("profile", "domain", "numbers", "dtype", "shape"),
    [
        (((0,), (3,)), SINGLE, "exact", "int64", (2,)),
        (PROFILE, SINGLE, "exact", "object", (2,)),
        (PROFILE, SINGLE, "float", "float64", (2,)),
        (PROFILE, SINGLE, "decimal", "object", (2,)),
        (((1, 0), (2, 1)), UNITS, "exact", "int64", (2, 2)),
        (VECTORS, UNITS, "exact", "object", (2, 2)),
        (((1,), (2**63,)), SINGLE, "exact", "object", (2,)),
        (((1,), (2**63 - 1,)), SINGLE, "exact", "int64", (2,)),
    ],
)
def test_arrays_are_exact_unless_doubles_are_asked_for(
    profile: Profile, domain: Domain, numbers: str, dtype: str, shape: tuple[int, ...]
) -> None:
    array = offered(profile, domain, bids="numpy", numbers=numbers)
    assert (type(array), str(array.dtype), array.shape) == (np.ndarray, dtype, shape)
    if numbers == "exact":
        assert [money(amount if dtype == "object" else int(amount)) for amount in array.flat] == [
            amount for report in profile for amount in report
        ]


def test_positional_arguments_are_spread() -> None:
    def run(one: object, two: object) -> object:
        return [1, 0], [two, one]

    assert outcome(SubjectSpec("a:b", bids="arguments"), run) == ((1, 0), (0, 0))


@pytest.mark.parametrize("how", [{"bids": "set"}, {"numbers": "complex"}])
def test_an_unknown_way_to_offer_bids_is_refused(how: dict[str, str]) -> None:
    with pytest.raises(SubjectError, match="not a known way to offer bids"):
        offered(PROFILE, **how)


@pytest.mark.parametrize("bids", ["list", "tuple", "dict", "numpy", "arguments"])
def test_every_call_gets_bids_of_its_own(bids: str) -> None:
    offer = offering(SubjectSpec("a:b", bids=bids), SINGLE)
    one = offer(PROFILE)
    kept = kept_copy(one)
    assert unchanged(one, kept)
    assert bids in ("tuple", "arguments") or (one is not kept and offer(PROFILE) is not one)


CHANGES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "sorted": ("list", lambda bids: bids.sort(reverse=True)),
    "longer": ("list", lambda bids: bids.append(0)),
    "shorter": ("list", lambda bids: bids.pop()),
    "an array for a number": ("list", lambda bids: bids.__setitem__(0, np.array([1, 2]))),
    "another number": ("numpy", lambda bids: bids.__setitem__(0, 9)),
    "another size": ("numpy", lambda bids: bids.resize(3, refcheck=False)),
    "a key less": ("dict", lambda bids: bids.pop("ann")),
    "a key more": ("dict", lambda bids: bids.update(cyd=1)),
}


@pytest.mark.parametrize(("bids", "change"), CHANGES.values(), ids=CHANGES.keys())
def test_a_mechanism_that_changes_its_callers_bids_is_at_fault(bids: str, change: Callable[[Any], object]) -> None:
    def run(bids: Any) -> object:
        change(bids)
        return [1, 0], [0, 0]

    with pytest.raises(ProtocolFault) as caught:
        load(SubjectSpec("a:b", bids=bids), SINGLE, run).observe(((0,), (3,)))
    assert (caught.value.kind, caught.value.message) == ("protocol", "changed the caller's bids")


# --- running


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("tie"), "KeyError: 'tie'"),
        (AssertionError(), "AssertionError"),
        (SystemExit(2), "SystemExit: 2"),
        (GeneratorExit(), "GeneratorExit"),
        (DomainError("no agents"), "DomainError: no agents"),
        (Silent(), "Silent: its message cannot be read"),
    ],
    ids=repr,
)
def test_whatever_a_mechanism_raises_is_a_crash_at_that_profile(error: BaseException, message: str) -> None:
    def run(bids: object) -> object:
        raise error

    with pytest.raises(ProtocolFault) as caught:
        load(SubjectSpec("a:b"), SINGLE, run).observe(PROFILE)
    assert (caught.value.kind, caught.value.message) == ("crash", message)


def test_a_mechanism_may_read_its_bids_as_money_and_fail() -> None:
    def run(bids: list[object]) -> object:
        return [1, 0], [money(str(bids[0]) + "?"), 0]

    with pytest.raises(ProtocolFault, match="crash: MoneyError: '0\\?' is not an amount"):
        outcome(SubjectSpec("a:b"), run)


def test_ctrl_c_in_a_mechanism_is_no_crash() -> None:
    def run(bids: object) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcome(SubjectSpec("a:b"), run)


def test_a_long_message_is_cut() -> None:
    assert worded(ValueError("x" * 1000)) == "ValueError: " + "x" * 288 + "..."


def with_a_reserve(bids, /, reserve=0, *, fee=0):
    return [1, *[0] * (len(bids) - 1)], [reserve + fee, *[0] * (len(bids) - 1)]


def open_handed(bids, **anything):
    return [1, *[0] * (len(bids) - 1)], [len(anything), *[0] * (len(bids) - 1)]


@functools.wraps(with_a_reserve)
def taxed(*bids, tax=0, **more):
    won, (first, *rest) = with_a_reserve(*bids, **more)
    return won, [first + tax, *rest]


class Counter:
    def __init__(self, start=0):
        self.start = start

    def __call__(self, bids):
        return [1, *[0] * (len(bids) - 1)], [self.start, *[0] * (len(bids) - 1)]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"reserv": 3}, "has no parameter 'reserv' that `arguments` could set; did you mean 'reserve'?"),
        ({"reserve": 3, "tax": 1}, "has no parameter 'tax' that `arguments` could set"),
        ({"bids": []}, "has no parameter 'bids' that `arguments` could set"),
    ],
)
def test_a_misspelt_argument_is_blamed_when_the_subject_is_loaded(arguments, complaint):
    with pytest.raises(SubjectError) as caught:
        load_target(SubjectSpec(f"{__name__}:with_a_reserve", arguments=arguments), with_a_reserve)
    assert complaint in str(caught.value)


def test_a_misspelt_argument_of_what_creates_the_subject_is_blamed_too():
    assert load_target(SubjectSpec("m:Counter", create=True, arguments={"start": 2}), Counter)([1]) == ([1], [2])
    with pytest.raises(SubjectError, match=r"m:Counter has no parameter 'strat' .* did you mean 'start'\?"):
        load_target(SubjectSpec("m:Counter", create=True, arguments={"strat": 2}), Counter)


def test_arguments_that_a_signature_takes_or_hides_are_passed_on():
    both = load_target(SubjectSpec("m:f", arguments={"reserve": 3, "fee": 1}), with_a_reserve)
    assert both([1, 2]) == ([1, 0], [4, 0])
    anything = load_target(SubjectSpec("m:f", arguments={"reserv": 3}), open_handed)
    assert anything([1, 2]) == ([1, 0], [1, 0])
    decorated = load_target(SubjectSpec("m:f", arguments={"tax": 2, "reserve": 3}), taxed)  # shows another signature
    assert decorated([1, 2]) == ([1, 0], [5, 0])
    assert load_target(SubjectSpec("m:f", arguments={"key": 1}), max)  # a builtin without a signature
