"""Claims files: what is read from a good one, and which line and sentence a bad one is blamed with."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from verifier.errors import SpecError
from verifier.evidence import Verdict
from verifier.properties import find_property
from verifier.resources import specs_dir
from verifier.returns import Returns
from verifier.spec import Spec, SubjectSpec, blame, load_spec, parse_spec, subject_from_json

PROPERTIES = {name: find_property(name) for name in ("dsic", "efficient", "ex-post-ir")}
ENGINES = ("exhaustive",)

GOOD = """\
title = "An auction"

[subject]
call = "auctions:Auction.run"
arguments = { reserve = 3, increment = { money = "0.10" } }

[domain]
kind = "single-item"
agents = 2
values = "0..3"

[[claim]]
property = "dsic"

[[claim]]
property = "efficient"
expect = "REFUTED"
tolerance = "1/2"

[[claim]]
property = "dsic"
expect = "PROVED"
"""


def load(tmp_path: Path, text: str, budget: int = 10_000) -> Spec:
    path = tmp_path / "auction.toml"
    path.write_text(text, encoding="utf-8")
    return load_spec(path, properties=PROPERTIES, engines=ENGINES, budget=budget)


def mistake(tmp_path: Path, text: str, budget: int = 10_000) -> SpecError:
    with pytest.raises(SpecError) as caught:
        load(tmp_path, text, budget)
    return caught.value


def parse(table: dict[str, object]) -> Spec:
    return parse_spec(table, name="x", properties=PROPERTIES, engines=ENGINES)


def table(**changes: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "title": "t",
        "subject": {"call": "a:b"},
        "domain": {"kind": "single-item", "agents": 1, "values": "0..1"},
        "claim": [{"property": "dsic"}],
    }
    return {**whole, **changes}


def test_a_good_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    spec = load(tmp_path, GOOD)
    assert (spec.name, spec.title, spec.tier) == ("auction", "An auction", 0)
    assert spec.subject.call == "auctions:Auction.run"
    assert (spec.subject.bids, spec.subject.numbers, spec.subject.create) == ("list", "exact", False)
    assert spec.subject.returns == Returns()
    assert spec.domain.size() == 16


def test_claims_on_the_same_property_get_different_ids(tmp_path: Path) -> None:
    claims = load(tmp_path, GOOD).claims
    assert [claim.id for claim in claims] == ["dsic", "efficient", "dsic-2"]
    assert [claim.expect for claim in claims] == [Verdict.EXHAUSTED, Verdict.REFUTED, Verdict.PROVED]
    assert [claim.tolerance for claim in claims] == [0, Fraction(1, 2), 0]


def test_arguments_stay_as_they_are_written(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).subject.to_json()["arguments"] == {"reserve": 3, "increment": {"money": "0.10"}}


def test_the_root_is_found_next_to_the_file_and_never_written_down(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    spec = load(tmp_path, GOOD.replace("arguments", 'root = "code"\narguments'))
    assert spec.subject.root == str(tmp_path / "code")
    assert "root" not in spec.subject.to_json()


def test_a_subject_reads_back_from_a_certificate() -> None:
    subject = SubjectSpec("a:b", create=True, method="run", arguments={"k": 2}, returns=Returns(payments="paid"))
    assert subject_from_json({**subject.to_json(), "source": {"a.py": "0" * 64}}) == subject


def test_a_certificate_without_a_subject_is_refused() -> None:
    with pytest.raises(SpecError, match="call is missing"):
        subject_from_json({"source": {}})


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + GOOD).title == "An auction"


@pytest.mark.parametrize("path", sorted((specs_dir() / "claims").glob("*.toml")), ids=lambda path: path.stem)
def test_every_packaged_claims_file_is_well_formed(path: Path) -> None:
    from verifier.audit import ENGINES
    from verifier.properties import PROPERTIES

    assert load_spec(path, properties=PROPERTIES, engines=ENGINES).claims


BAD = {
    # what is changed in GOOD: (old, new, line of the blame, what the sentence says)
    "malformed": ("agents = 2", "agents = = 2", 9, "not valid TOML: Invalid value"),
    "open at the end": ('expect = "PROVED"', "expect = [1,", 22, "not valid TOML"),
    "unknown key": ("title", "titel", 1, "unknown key 'titel'; did you mean 'title'?"),
    "unknown key in a table": ("call", "cal", 4, "unknown key 'cal' in [subject]; did you mean 'call'?"),
    "unknown key in a claim": ("tolerance", "tolerence", 18, "unknown key 'tolerence' in [[claim]]; did you mean"),
    "unknown key in returns": (
        "\n[domain]",
        '\n[subject.returns]\nalocation = "."\n\n[domain]',
        8,
        "unknown key 'alocation' in [subject.returns]; did you mean 'allocation'?",
    ),
    "unknown key in the domain": ("agents = 2", "agnets = 2", 9, "unknown key 'agnets' in the domain; did you mean"),
    "misspelt next to the right one": ("agents = 2", "agents = 2\nagnets = 2", 10, "unknown key 'agnets'"),
    "unknown property": ('"efficient"', '"eficient"', 16, "unknown property 'eficient'; did you mean 'efficient'?"),
    "property in capitals": ('"efficient"', '"Efficient"', 16, "did you mean 'efficient'?"),
    "unknown verdict": ('"PROVED"', '"proved"', 22, "unknown expect 'proved'; did you mean 'PROVED'?"),
    "unknown engine": ('"PROVED"', '"PROVED"\nengine = "magic"', 23, "unknown engine 'magic'; known: exhaustive"),
    "unknown kind": ('"single-item"', '"single-itm"', 8, "unknown domain kind 'single-itm'; did you mean 'single"),
    "no kind": ('kind = "single-item"\n', "", 7, "the domain lacks the key 'kind'; known: single-item"),
    "unknown bids": ("arguments", 'bids = "array"\narguments', 5, "unknown bids 'array'"),
    "unknown form": ("\n[domain]", '\n[subject.returns]\nallocation_as = "won"\n[domain]', 8, "unknown allocation_as"),
    "senseless path": ('"auctions:Auction.run"', '"auctions.Auction"', 4, "is no path to a mechanism"),
    "no root": ("arguments", 'root = "nowhere"\narguments', 5, "root 'nowhere' is no directory next to this file"),
    "a float as a value": ('"0..3"', "[0, 0.5]", 10, '0.5 is a binary float; write "0.5"'),
    "a float as an argument": ("reserve = 3", "reserve = 1e3", 5, '1e3 is a binary float; write "1e3"'),
    "a float as a tolerance": ('"1/2"', "0.50", 18, '0.50 is a binary float; write "0.50"'),
    "no number": ("reserve = 3", "reserve = nan", 5, "nan is a binary float; amounts are finite"),
    "a date as an argument": ("reserve = 3", "reserve = [2020-01-01]", 5, "an argument of type date is not supported"),
    "money that is none": ('"0.10"', '"ten"', 5, "increment: 'ten' is not an amount"),
    "a tolerance that is none": ('"1/2"', '"half"', 18, "tolerance: 'half' is not an amount"),
    "a negative tolerance": ('"1/2"', '"-1/2"', 18, "tolerance -1/2 is negative"),
    "wrong type of a text": ('"An auction"', "3", 1, "title must be a text, not 3"),
    "wrong type of a table": ("[subject]", "[[subject]]", 3, "subject must be a table, [subject]"),
    "wrong type of arguments": (
        '{ reserve = 3, increment = { money = "0.10" } }',
        '"none"',
        5,
        "arguments must be a table of keyword arguments",
    ),
    "wrong type of returns": ("arguments", "returns = 1\narguments", 5, "returns must be a table"),
    "wrong type of a flag": ("arguments", "create = 1\narguments", 5, "create must be true or false, not 1"),
    "wrong type of agents": ("agents = 2", "agents = true", 9, "agents must be a count or a list of names"),
    "wrong tier": ("[subject]", "[unused]", 3, "unknown key 'unused'"),
    "negative values": ('"0..3"', '"-1..3"', 10, "go below zero"),
    "too large": ("agents = 2", "agents = 20", 7, "the grid has 1,099,511,627,776 profiles and the budget"),
    "too large to print": ("agents = 2", "agents = 900", 7, "the grid has about 10^541 profiles"),
}


@pytest.mark.parametrize(("old", "new", "line", "says"), BAD.values(), ids=BAD.keys())
def test_a_mistake_is_blamed_on_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    error = mistake(tmp_path, GOOD.replace(old, new, 1))
    assert error.line == line, error
    assert says in error.message
    assert str(error) == f"{tmp_path / 'auction.toml'}:{line}: {error.message}"
    assert "\n" not in error.message


def test_a_missing_claim_is_said_to_be_missing(tmp_path: Path) -> None:
    error = mistake(tmp_path, GOOD.partition("[[claim]]")[0])
    assert (error.line, error.message) == (1, "there is no claim; add a [[claim]] table with a property")


def test_a_claim_in_single_brackets_is_explained(tmp_path: Path) -> None:
    error = mistake(tmp_path, GOOD.partition("[[claim]]")[0] + '[claim]\nproperty = "dsic"\n')
    assert error.line == 12
    assert "write [[claim]], in two brackets" in error.message


def test_an_empty_file_lacks_a_title(tmp_path: Path) -> None:
    error = mistake(tmp_path, "")
    assert (error.line, error.message) == (1, "title is missing")


@pytest.mark.parametrize("tier", ["3", "-1", "true", '"0"'])
def test_tiers_are_0_1_and_2(tmp_path: Path, tier: str) -> None:
    error = mistake(tmp_path, f"tier = {tier}\n{GOOD}")
    assert error.line == 1
    assert error.message.startswith("tier must be 0, 1 or 2, not ")


def test_an_integer_of_thousands_of_digits_is_no_crash(tmp_path: Path) -> None:
    assert "not valid TOML" in mistake(tmp_path, "x = " + "9" * 5000).message


def test_brackets_without_end_are_no_crash(tmp_path: Path) -> None:
    assert mistake(tmp_path, "x = " + "[" * 5000).message == "not a claims file: brackets are nested too deeply"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"missing\.toml: cannot be read \(No such file"):
        load_spec(tmp_path / "missing.toml", properties=PROPERTIES, engines=ENGINES)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError, match=r"binary\.toml: cannot be read \(not UTF-8 text\)"):
        load_spec(tmp_path / "binary.toml", properties=PROPERTIES, engines=ENGINES)


def test_a_table_in_memory_has_no_line() -> None:
    with pytest.raises(SpecError) as caught:
        parse(table(title=""))
    assert (caught.value.path, caught.value.line) == ("", 0)
    assert str(caught.value) == "title must be a text, not ''"


def test_a_table_in_memory_may_hold_a_range_and_none() -> None:
    spec = parse(table(domain={"kind": "single-item", "agents": 1, "values": range(3)}))
    assert spec.domain.size() == 3
    assert parse(table(subject={"call": "a:b", "arguments": {"reserve": None}})).subject.arguments == {"reserve": None}


def test_a_fraction_is_no_argument_since_a_certificate_cannot_hold_it() -> None:
    with pytest.raises(SpecError, match=r'type Fraction is not supported; write a text, or { money = "5/2" }'):
        parse(table(subject={"call": "a:b", "arguments": {"reserve": Fraction(5, 2)}}))


def test_a_mistake_found_later_is_blamed_on_its_line(tmp_path: Path) -> None:
    spec = load(tmp_path, GOOD)
    assert str(blame(spec, ("subject", "call"), "gone")) == f"{tmp_path / 'auction.toml'}:4: gone"
    assert str(blame(parse(table()), ("subject", "call"), "gone")) == "gone"
