"""An adapter file that wraps an installed package: the certificate binds the package too, the checker compares it."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import sys

import pytest
from in_process import in_this_process
from jsonschema import Draft202012Validator

from verifier import checker
from verifier.adapters import packages
from verifier.adapters.packages import wrapped_packages
from verifier.adapters.source import source_digests
from verifier.audit import ENGINES, audit
from verifier.certificate import seal
from verifier.properties import PROPERTIES
from verifier.resources import reports_dir
from verifier.spec import parse_spec, subject_from_json

ADAPTER = """
import json
from auctionkit.rules import second_price


def run(bids):
    return second_price(bids)
"""
RULES = """
from auctionkit import ties
from .best import largest


def second_price(bids):
    winner = largest(bids)
    price = max([0, *(bid for agent, bid in enumerate(bids) if agent != winner)])
    mine = [int(agent == winner) for agent in range(len(bids))]
    return mine, [price * share for share in mine]
"""
FILES = {
    "wrapping_adapter.py": ADAPTER,
    "lonely_adapter.py": "def run(bids):\n    return [0] * len(bids), [0] * len(bids)\n",
    "bare_adapter.py": "import bare_extension\n\n\ndef run(bids):\n    return [0] * len(bids), [0] * len(bids)\n",
    "auctionkit/__init__.py": "",
    "auctionkit/rules.py": RULES,
    "auctionkit/best.py": "def largest(bids):\n    return max(range(len(bids)), key=bids.__getitem__)\n",
    "auctionkit/ties.py": "",
    "auctionkit/unused.py": "",
    "auctionkit-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: auctionkit\nVersion: 1.2\n",
    "auctionkit-1.2.dist-info/top_level.txt": "auctionkit\n",
    "bare_extension/data.txt": "no source",
    "bare-3.dist-info/METADATA": "Metadata-Version: 2.1\nName: bare\nVersion: 3\n",
    "bare-3.dist-info/top_level.txt": "bare_extension\n",
}
MODULES = ("wrapping_adapter", "lonely_adapter", "bare_adapter", "bare_extension", "auctionkit")


@pytest.fixture
def site(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("verifier.engines.exhaustive.session.HASH_SEEDS", ())
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] in MODULES]:
        del sys.modules[name]


def certified(call):
    domain = {"kind": "single-item", "agents": 2, "values": "0..1"}
    table = {"title": "t", "subject": {"call": call}, "domain": domain, "claim": [{"property": "ex-post-ir"}]}
    *_, last = audit(parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES))
    return json.loads(json.dumps(last.certificate))


def checked(certificate, site):
    (report,) = checker.check(certificate, [str(site)], fresh=in_this_process)
    return report["status"], " ".join(report["reasons"])


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_package_that_an_adapter_wraps_is_named_with_the_modules_that_count(site):
    certificate = certified("wrapping_adapter:run")
    names = ("__init__", "best", "rules", "ties")
    files = {f"auctionkit/{name}.py": digest(site / "auctionkit" / f"{name}.py") for name in names}
    entry = {"module": "auctionkit", "name": "auctionkit", "version": "1.2", "files": files}
    assert certificate["subject"]["packages"] == [entry]
    assert list(certificate["subject"]["source"]) == ["wrapping_adapter.py"]
    assert checked(certificate, site) == ("CONFIRMED", "")
    schema = json.loads((reports_dir() / "schema" / "certificate-v1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(certificate)
    assert subject_from_json(certificate["subject"]).call == "wrapping_adapter:run"


def test_a_package_that_is_called_itself_has_its_files_in_the_source_already(site):
    subject = certified("auctionkit.rules:second_price")["subject"]
    assert subject["packages"] == [{"module": "auctionkit", "name": "auctionkit", "version": "1.2", "files": {}}]
    assert "auctionkit/best.py" in subject["source"]


def test_who_imports_nothing_that_is_installed_names_no_package(site):
    assert "packages" not in certified("lonely_adapter:run")["subject"]


def test_a_package_without_python_source_is_bound_by_its_version_alone(site):
    certificate = certified("bare_adapter:run")
    entry = {"module": "bare_extension", "name": "bare", "version": "3", "files": {}}
    assert certificate["subject"]["packages"] == [entry]
    assert checked(certificate, site) == ("CONFIRMED", "")


def test_a_package_of_too_many_modules_is_bound_by_its_version_alone(site, monkeypatch):
    monkeypatch.setattr(packages, "MOST_FILES", 3)
    assert certified("wrapping_adapter:run")["subject"]["packages"][0]["files"] == {}


def test_a_package_whose_metadata_is_gone_has_an_unknown_version(site, monkeypatch):
    monkeypatch.setattr(packages, "_distributions", lambda path: {"auctionkit": ["gone-away"]})
    assert certified("wrapping_adapter:run")["subject"]["packages"][0]["version"] == "unknown"


@pytest.mark.parametrize("call", ["exec:node x.js", "never_imported_anywhere:run"])
def test_programs_and_what_has_no_file_name_no_packages(call):
    table = {"title": "t", "subject": {"call": call}, "claim": [{"property": "feasible"}]}
    table["domain"] = {"kind": "single-item", "agents": 1, "values": "0..1"}
    spec = parse_spec(table, name="t", properties=PROPERTIES, engines=ENGINES).subject
    assert wrapped_packages(spec, source_digests(spec)) == []


def test_other_files_of_the_same_version_are_refused(site):
    certificate = certified("wrapping_adapter:run")
    (site / "auctionkit" / "best.py").write_text("def largest(bids):\n    return 0\n")
    status, reasons = checked(certificate, site)
    assert status == "REJECTED"
    assert "auctionkit 1.2 differs: auctionkit/best.py is not the file that was certified" in reasons
    (site / "auctionkit" / "best.py").unlink()
    assert "auctionkit 1.2 differs: there is no auctionkit/best.py" in checked(certificate, site)[1]


def test_another_version_is_another_thing_that_was_not_certified(site):
    certificate = certified("wrapping_adapter:run")
    shutil.move(site / "auctionkit-1.2.dist-info", site / "auctionkit-1.3.dist-info")
    (site / "auctionkit-1.3.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: auctionkit\nVersion: 1.3\n"
    )
    status, reasons = checked(certificate, site)
    assert status == "PARTLY"
    assert "auctionkit is 1.3 here, not 1.2" in reasons


def altered(certificate, changes):
    changed = copy.deepcopy(certificate)
    changed["subject"]["packages"][0].update(changes)
    return seal({key: value for key, value in changed.items() if key not in ("sha256", "format", "version")})


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"name": "no-such-thing"}, "PARTLY", "no-such-thing 1.2 is not installed here"),
        ({"version": "9"}, "PARTLY", "auctionkit is 1.2 here, not 9"),
        ({"files": {"nowhere/at/all.py": "0" * 64}}, "PARTLY", "the files of auctionkit 1.2 are not found here"),
        ({"files": {"auctionkit/best.py": "0" * 64}}, "REJECTED", "auctionkit 1.2 differs"),
        ({"files": {"../auctionkit/best.py": "0" * 64}}, "REJECTED", "is not a map from files"),
        ({"files": {}, "more": 1}, "REJECTED", "unknown key 'more'"),
    ],
)
def test_a_falsified_package_is_refused_or_said_not_to_be_there(changes, status, says, site):
    found = checked(altered(certified("wrapping_adapter:run"), changes), site)
    assert found[0] == status
    assert says in found[1]
