"""Studies in files: the plan is fixed first, instances are exact, the journal goes on, and what is wrong is said."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from verifier.anarchy_study import carry_out, decide, read_study, simplest_worst, sizes
from verifier.cli import main
from verifier.commands import exits
from verifier.errors import SpecError
from verifier.statistics.journal import Decided, Status

FILE = """
title = "First price"

[study]
concept = "pure"
poa = "6/5"
tie_rule = "lowest index"
instances = 60
seed = 20
share = "1/2"

[subject]
call = "mechanisms.auctions.single_item:first_price"

[domain]
kind = "single-item"
agents = 2
values = "1..8"
"""


def test_a_plan_names_everything_that_could_be_chosen_to_please():
    plan = read_study(FILE, "x.study.toml").plan
    assert (plan.instances, plan.seed, plan.gate, plan.share) == (60, 20, Fraction(6, 5), Fraction(1, 2))
    settings = dict(plan.settings)
    assert settings["overbidding"] == "allowed"
    assert json.loads(settings["domain"])["kind"] == "single-item"
    assert any("single_item" in name for name in json.loads(settings["source"]))
    other = read_study(FILE.replace('share = "1/2"', 'share = "51%"'), "x.study.toml").plan
    assert other.digest != plan.digest


def test_instances_are_decided_exactly_and_fail_where_ties_cost_welfare():
    """Bids are 1 to 8, the first bidder wins ties: with values 3 and 4 both bid 3, and 3 of 4 is left."""
    seen = {tuple(decide(FILE, "x", k).instance[a][0] for a in (0, 1)): decide(FILE, "x", k) for k in range(60)}
    assert len(seen) > 20
    for (first, second), found in seen.items():
        one, two = int(first), int(second)
        expected = Fraction(two, one) if two == one + 1 else Fraction(1)
        assert Fraction(found.ratio) >= expected or one >= two
        assert (found.status is Status.PASS) == (Fraction(found.ratio) < Fraction(6, 5))


def test_the_study_counts_them_and_goes_on_where_it_ended(tmp_path):
    journal = tmp_path / "x.jsonl"
    whole = carry_out(FILE, "x", journal)
    text = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(text[:31]))  # the plan and 30 instances
    assert carry_out(FILE, "x", journal).summary == whole.summary
    passes = sum(decide(FILE, "x", k).status is Status.PASS for k in range(60))
    assert whole.summary.passes == passes


def test_truthful_second_price_always_passes_and_an_idle_auction_is_undecided(tmp_path):
    text = FILE.replace("first_price", "second_price").replace('"pure"', '"truthful"')
    found = carry_out(text, "x", tmp_path / "a.jsonl")
    assert found.summary.passes == 60
    assert found.summary.supported
    idle = carry_out(text.replace("1..8", "0..0"), "x", tmp_path / "b.jsonl")
    assert idle.summary.undecided == 60
    assert not idle.summary.supported


def test_without_overbidding_fewer_equilibria_count(tmp_path):
    text = FILE.replace("first_price", "second_price").replace("1..8", "0..4")
    bold = carry_out(text, "x", tmp_path / "a.jsonl").summary
    modest = carry_out(text.replace("seed = 20", "seed = 20\noverbidding = false"), "x", tmp_path / "b.jsonl").summary
    assert modest.passes > bold.passes


def test_an_upper_bound_decides_where_only_that_is_known(tmp_path):
    text = FILE.replace('"pure"', '"mixed"').replace("agents = 2", "agents = 3").replace("1..8", "1..2")
    found = carry_out(text.replace("instances = 60", "instances = 8"), "x", tmp_path / "a.jsonl")
    assert found.summary.counted == 8


def test_values_come_from_the_declared_distribution_which_belongs_to_the_plan():
    rare = FILE.replace("seed = 20", 'seed = 20\ndistribution = "geometric"')
    small = sum(decide(rare, "x", k).instance[0][0] in "12" for k in range(60))
    assert small > 35 > sum(decide(FILE, "x", k).instance[0][0] in "12" for k in range(60))
    plan, other = (read_study(text, "x").plan for text in (FILE, rare))
    assert plan.digest != other.digest
    assert "independent geometric values from the 8 x 8 types" in other.distribution


def test_a_class_of_valuations_is_a_distribution_of_its_own(tmp_path):
    text = FILE.replace("single_item:first_price", "combinatorial:vcg").replace(
        "[domain]", "arguments = { goods = 2 }\n[domain]"
    )
    text = text.replace('"single-item"', '"combinatorial"\ngoods = 2').replace("1..8", "0..2")
    text = text.replace("seed = 20", 'seed = 20\nvaluations = "additive"').replace('"pure"', '"truthful"')
    found = carry_out(text.replace("instances = 60", "instances = 12"), "x", tmp_path / "a.jsonl")
    for one in found.results:
        assert all(int(both) == int(first) + int(second) for first, second, both in one.instance)
    assert "6 x 6 additive types" in found.plan.distribution


def test_the_worst_instance_is_made_simple_and_stays_as_bad(tmp_path):
    found = carry_out(FILE, "x", tmp_path / "a.jsonl")
    _, worst = found.summary.worst
    assert (worst.ratio, worst.instance) == ("3/2", [["2"], ["3"]])
    assert simplest_worst(FILE, "x", worst) == worst
    fine = Decided(Status.PASS, "1", [["8"], ["8"]])
    assert simplest_worst(FILE, "x", fine).instance == [["1"], ["1"]]
    unbounded = FILE.replace("first_price", "second_price").replace("1..8", "0..8")
    infinite = next(one for one in (decide(unbounded, "x", k) for k in range(60)) if one.ratio == "infinity")
    assert simplest_worst(unbounded, "x", infinite).ratio == "infinity"


def test_every_number_of_agents_is_a_study_and_shares_the_confidence(here):
    text = FILE.replace("seed = 20", "seed = 20\nagents = [2, 3]").replace("agents = 2\n", "").replace("1..8", "1..4")
    text = text.replace("instances = 60", "instances = 20").replace('share = "1/2"', 'share = "1/4"')
    assert sizes(text, "x") == [2, 3]
    assert read_study(text, "x", 3).plan.comparisons == 2
    (here / "grow.study.toml").write_text(text, encoding="utf-8")
    result = verify("grow.study.toml")
    assert result.exit_code in (exits.MET, exits.MISSED), result.output
    assert "3 agents:" in result.output
    page = (here / "verify-report" / "grow.study.html").read_text(encoding="utf-8")
    assert "Growth with the number of agents" in page
    told = json.loads((here / "verify-report" / "grow.study.json").read_text(encoding="utf-8"))
    assert [one["agents"] for one in told["studies"]] == [2, 3]
    assert (here / "verify-report" / "grow-3.study.jsonl").exists()


def test_without_any_price_there_is_no_picture_of_growth(here):
    text = FILE.replace("seed = 20", "seed = 20\nagents = [1, 2]").replace("agents = 2\n", "").replace("1..8", "0..0")
    (here / "idle.study.toml").write_text(text.replace("instances = 60", "instances = 2"), encoding="utf-8")
    assert verify("idle.study.toml").exit_code == exits.MISSED
    assert "Growth" not in (here / "verify-report" / "idle.study.html").read_text(encoding="utf-8")


WRONG = [
    (FILE.replace("seed = 20", "seed = 20\nvaluations = 3"), "valuations must be the name of a class"),
    (FILE.replace("seed = 20", "seed = 20\ndistribution = 'odd'"), "unknown distribution"),
    ("[study", "x.study.toml:"),
    (FILE.replace("title", "name"), "unknown key 'name'"),
    (FILE.replace("[domain]", "[domains]"), "unknown key 'domains'"),
    (FILE[: FILE.index("[domain]")], r"a study needs a \[domain\] table"),
    (FILE.replace("seed = 20", "sead = 20"), "unknown key 'sead'; did you mean 'seed'"),
    (FILE.replace("seed = 20", "seed = 'x'"), "seed must be a whole number, not 'x'"),
    (FILE.replace("instances = 60", "instances = 0"), "instances must be a whole number of at least 1, not 0"),
    (FILE.replace('"pure"', '"nash"'), "concept must be one of"),
    (FILE.replace('tie_rule = "lowest index"', ""), "tie_rule is missing: fix it before anything is sampled"),
    (FILE.replace('poa = "6/5"', ""), "poa is missing"),
    (FILE.replace('share = "1/2"', 'stopping = "soon"'), 'choose "fixed" or "anytime"'),
    (FILE.replace('share = "1/2"', "overbidding = 1"), "overbidding must be true or false"),
    (FILE.replace('share = "1/2"', 'share = "150%"'), "share"),
    (FILE.replace("single-item", "single"), "kind"),
    (FILE.replace("single_item:first_price", "nothing:first_price"), "nothing"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_file_is_refused_with_its_line(text, said):
    with pytest.raises(SpecError, match=said):
        carry_out(text, "x.study.toml", None)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.study.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def verify(*words):
    return CliRunner().invoke(main, ["study", *words])


def test_the_command_says_what_is_shown_and_draws_the_prices(here):
    result = verify("first.study.toml")
    assert result.exit_code == exits.MET, result.output
    assert "Supported: With 19/20 confidence at least 1/2 of the instances" in result.output
    page = (here / "verify-report" / "first.study.html").read_text(encoding="utf-8")
    assert 'class="gate"' in page
    assert "Supported." in page
    told = json.loads(verify("first.study.toml", "--json", "--quiet").stdout)
    assert told["summary"]["supported"] is True
    strict = FILE.replace('share = "1/2"', 'share = "99%"\nconfidence = "99%"')
    (here / "strict.study.toml").write_text(strict, encoding="utf-8")
    missed = verify("strict.study.toml")
    assert missed.exit_code == exits.MISSED
    assert "Not supported" in missed.output


def test_a_changed_plan_a_missing_file_and_a_broken_folder_are_named(here):
    assert verify("first.study.toml", "--quiet").exit_code == exits.MET
    (here / "first.study.toml").write_text(FILE.replace("seed = 20", "seed = 21"), encoding="utf-8")
    changed = verify("first.study.toml")
    assert changed.exit_code == exits.USAGE
    assert "seed" in changed.output
    assert "cannot be read" in verify("none.study.toml").output
    (here / "file").write_text("", encoding="utf-8")
    assert verify("first.study.toml", "--output", "file/x").exit_code == exits.USAGE


def test_ctrl_c_keeps_what_was_decided(here, monkeypatch):
    real = decide

    def stopped(text, path, number):
        if number == 5:
            raise KeyboardInterrupt
        return real(text, path, number)

    monkeypatch.setattr("verifier.anarchy_study.decide", stopped)
    result = verify("first.study.toml")
    assert result.exit_code == exits.INTERRUPTED
    assert "the same command goes on where it ended" in result.output
    assert "shows nothing yet" in result.output
    monkeypatch.undo()
    monkeypatch.chdir(here)
    assert verify("first.study.toml").exit_code == exits.MET


@pytest.mark.parametrize("agents", ["3", "[]", "[0]", "[2, 2]", "['x']"])
def test_numbers_of_agents_are_a_list(agents):
    with pytest.raises(SpecError, match="a list of different numbers of agents"):
        sizes(FILE.replace("seed = 20", f"seed = 20\nagents = {agents}"), "x.study.toml")


def test_the_study_or_the_domain_says_how_many_agents_there_are():
    with pytest.raises(SpecError, match="leave them out of the domain"):
        sizes(FILE.replace("seed = 20", "seed = 20\nagents = [2]"), "x.study.toml")
