"""Pages: self-contained, escaped, without scripts, accessible; light and dark inks that can be read."""

from __future__ import annotations

import copy
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from verifier.errors import CertificateError
from verifier.reporting import html
from verifier.reporting.views import argument, quoted
from verifier.resources import reports_dir

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
VOID = {"meta", "br", "img", "input", "link", "hr"}


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


class Page(HTMLParser):
    """Tags with their attributes in order, text, and whether every tag is closed in turn."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    def all(self, *tags):
        return [attributes for tag, attributes in self.tags if tag in tags]

    def words(self):
        return " ".join(" ".join(self.text).split())


def page(name, curves=None):
    return Page(html.page(sample(name), curves))


PAGES = [*(pytest.param(lambda name=name: html.page(sample(name)), id=name) for name in NAMES),
         pytest.param(lambda: html.index(map(sample, NAMES)), id="index")]  # fmt: skip


@pytest.mark.parametrize("make", PAGES)
def test_a_page_loads_nothing_and_runs_nothing(make):
    text = make()
    parsed = Page(text)
    assert not parsed.all("script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use")
    for tag, attributes in parsed.tags:
        assert not {"src", "srcset", "style", "xlink:href", "action"} & set(attributes), tag
        assert not [name for name in attributes if name.startswith("on")], tag
        if "href" in attributes:
            assert tag == "a"
            assert attributes["href"].startswith(("#", "./"))
    style = text[text.index("<style>") : text.index("</style>")]
    assert not re.search(r"url\(|@import|https?:", style)
    (policy,) = [a["content"] for a in parsed.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("make", PAGES)
def test_a_page_can_be_read_aloud(make):
    parsed = Page(make())
    assert parsed.all("html")[0]["lang"] == "en"
    assert all(attributes.get("scope") in ("row", "col") for attributes in parsed.all("th"))
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(second <= first + 1 for first, second in pairwise(levels))
    ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in parsed.tags:
        assert set(attributes.get("aria-labelledby", "").split()) <= set(ids)
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids
    assert all("aria-label" in attributes or "aria-labelledby" in attributes for attributes in parsed.all("svg"))


@pytest.mark.parametrize("make", PAGES)
def test_a_page_is_a_utf8_file_without_control_characters(make):
    assert not [sign for sign in make().encode("utf-8").decode("utf-8") if ord(sign) < 32 and sign not in "\n\t\r"]


def test_hostile_text_stays_text():
    parsed = page("hostile")
    assert "</title><script>alert(1)</script>" in parsed.words()
    assert "<script src='http://evil.example/x.js'></script>" in parsed.words()
    assert not parsed.all("i", "b", "script", "img")
    assert "verify check 'a\"><b>&c.json'" in parsed.words()


def test_hostile_names_are_quoted_in_links():
    (link,) = {a["href"] for a in Page(html.index([sample("hostile")])).all("a") if a["href"].endswith(".html")}
    assert link == "./a%22%3E%3Cb%3E%26c.html"


def test_the_verdict_in_words_comes_first():
    said = page("first-price").words()
    places = [
        said.index(part)
        for part in (
            "All 5 claims are as expected: 4 true on the whole grid and 1 refuted.",
            "What was covered, and what was not",
            "Nothing is said about values between grid points or past the grid",
            "Regret",
            "The simplest witness, worked by hand",
            "for all i, t, d, b_-i",
            "verify replay first-price.json#dsic",
            "The source that was run",
            "verify check first-price.json",
            "python -I checker.py first-price.json --source DIR",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_stands_on_the_page_with_its_verdict_as_a_word(name):
    certificate = sample(name)
    said = page(name).words()
    for claim in certificate["claims"]:
        assert f"{claim['id']} {claim['verdict']} {'yes' if claim['met'] else 'no'}" in said
        assert claim["statement"] in said
    assert certificate["sha256"] in said
    for digest in certificate["subject"]["source"].values():
        assert digest in said


def test_a_table_of_regret_has_a_bar_only_where_there_is_regret():
    bars = [attributes for attributes in page("biased").all("svg") if attributes["class"] == "bar"]
    assert [attributes["aria-label"] for attributes in bars] == ["regret of bidder 1: 1"]
    assert not page("exhausted").all("svg")


def test_the_worst_case_is_worked_when_it_differs_from_the_simplest():
    said = page("first-price").words()
    assert "Ann gains 10 by reporting 0 when the item is worth 10 to it." in said
    assert "Gain 10 \u2212 0 = 10" in said
    assert "No case of the grid is violated by more." in page("biased").words()


def test_a_page_of_proofs_says_nothing_about_a_grid_that_it_does_not_rest_on():
    said = page("proved").words()
    assert "Nothing is said about values between grid points" not in said
    assert "nothing is said about values between grid points" not in said
    assert "Proofs range over all real bids \u2265 0." in said
    assert "no verdict rests on these runs alone" in said
    assert said.count("Details Formula") == 9
    assert "Proof 45 lemmas in 3 blocks of cases, one per agent." in said
    assert "repeat every proof without a solver: verify check proved.json" in said
    assert said.count("such as 0 < 0") == 1


def test_a_page_of_both_engines_says_of_which_claims_each_sentence_is_true():
    said = page("regret").words()
    assert "For dsic and ex-post-ir, the unmodified code ran on symbolic bids" in said
    assert "For dsic-2 and deterministic, the mechanism was run on every one of 27 profiles" in said
    assert "For dsic-2 and deterministic, nothing is said about values between grid points or past the grid" in said
    assert "EXHAUSTED true at every profile of a finite grid; nothing is said about values between grid points." in said
    assert said.count("Nothing is said about values between grid points.") == 0  # deterministic has words of its own


def test_the_exact_regret_of_every_agent_is_told_with_its_place():
    parsed = page("regret")
    said = parsed.words()
    assert "Exact regret, for all real bids in [0, 1] Agent Regret Where it arises" in said
    assert "reached at the reports (1, 0, 1), by reporting 0 in place of the truth, 1" in said
    assert (
        "approached but never reached on the way from the reports (0, 1/3, 1/2) with the lie 1/6 to (0, 1, 1) "
        "with the lie 0"
    ) in said
    bars = [attributes["aria-label"] for attributes in parsed.all("svg") if attributes["class"] == "bar"]
    assert bars[:3] == [f"exact regret of bidder {number}: 1/2" for number in (1, 2, 3)]
    assert "Exact regret" not in page("slots").words()


def test_a_witness_is_the_simplest_only_where_all_of_a_grid_was_looked_at():
    said = page("regret").words()
    assert said.count("A witness, worked by hand") == 1
    assert said.count("The simplest witness, worked by hand") == 1


def test_an_exploration_that_stopped_leaves_no_word_of_proofs():
    said = page("unknown-symbolic").words()
    assert "Nothing is proved" in said
    assert "Proofs range over" not in said
    assert "such as 0 < 0" not in said
    assert "The exploration stopped after 0 paths: int() of a symbolic number, in rounded, line 7" in said


def test_the_index_sets_proofs_apart_from_what_is_true_on_a_grid():
    said = Page(html.index(map(sample, ["regret"]))).words()
    assert "Mechanism Proved True in its scope Refuted Open As expected" in said
    assert "regret ex-post-ir deterministic dsic , dsic-2 \u2013 yes" in said


def test_proved_stands_out_from_exhausted_in_print_too():
    style = (reports_dir() / "templates" / "style.css").read_text("utf-8")
    (rule,) = re.findall(r"\.verdict\.proved \{(.*?)\}", style)
    assert "border:" in rule  # a frame is printed where a background is not


def test_a_curve_is_drawn_where_one_is_given():
    points = [{"bid": str(bid), "utility": str(1 - bid), "payment": str(bid), "amount": "1"} for bid in range(11)]
    curves = {"dsic": {"agent": 0, "type": ["1"], "others": [["0"]], "points": points}}
    said = page("first-price", curves).words()
    assert "11 reports, each of them run; the lines between them only guide the eye." in said
    assert "The two reports that the certificate records" in page("first-price").words()


def test_faults_are_listed_and_counted():
    said = page("faults").words()
    assert "24 in all; the first 5 are shown." in said
    assert "ZeroDivisionError: no positive bid to divide by" in said
    assert "Faults" not in page("first-price").words()


def test_a_partial_certificate_says_so_at_the_top():
    said = page("interrupted").words()
    assert said.index("so this certificate is partial") < said.index("Verdicts")
    assert "(interrupted)" in Page(html.index([sample("interrupted")])).words()


def test_how_the_mechanism_was_called_is_told():
    certificate = copy.deepcopy(sample("exhausted"))
    certificate["subject"].update(create=True, method="run", source={})
    certificate["claims"][0]["tolerance"] = "1/100"
    said = Page(html.page(certificate)).words()
    assert "which is called once to make the mechanism" in said
    assert "by its method run" in said
    assert "reserve = 3" in said
    assert "source of the mechanism was not recorded" in said
    assert "tolerance 1/100" in said
    assert "a lottery with declared probabilities" in page("lottery").words()


def test_the_index_links_every_certificate_and_what_was_missed():
    parsed = Page(html.index(map(sample, NAMES)))
    links = {attributes["href"] for attributes in parsed.all("a")}
    assert {f"./{name}.html" for name in NAMES if name != "hostile"} <= links
    assert "./faults.html#claim-dsic" in links
    assert "./first-price.html#claim-dsic" not in links
    assert parsed.words().startswith("Certificates Skip to the content mechanism-verifier Certificates 13 of 92 claims")


def test_an_index_of_nothing_says_that_nothing_was_checked():
    said = Page(html.index([])).words()
    assert "Nothing was checked." in said
    assert "Mechanisms" not in said


def test_a_page_of_the_same_certificate_is_the_same_text():
    assert html.page(sample("slots")) == html.page(sample("slots"))


def test_a_certificate_that_does_not_fit_is_an_error_and_no_page():
    with pytest.raises(CertificateError, match="lacks the key 'domain'"):
        html.page({key: value for key, value in sample("slots").items() if key != "domain"})


def test_arguments_are_shown_as_they_were_written():
    written = [{"money": "5/2"}, True, "english", [1, {"money": "1/2"}], {"a": 1}]
    assert [argument(value) for value in written] == ["5/2", "true", "'english'", "[1, 1/2]", "{a: 1}"]


def test_commands_can_be_pasted_into_a_shell():
    assert quoted("second-price.json#dsic-2") == "second-price.json#dsic-2"
    assert quoted("my file.json") == "'my file.json'"
    assert quoted("-x.json") == "./-x.json"
    assert quoted("$(rm).json") == "'$(rm).json'"


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def schemes():
    """The colours of each scheme, by name: light, dark, print."""
    style = (reports_dir() / "templates" / "style.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in blocks]


def test_every_ink_is_readable_on_every_paper():
    found = schemes()
    assert len(found) == 3
    for colours in found:
        for ink in ("ink", "soft", "link", "good", "bad", "warn", "truth"):
            assert contrast(colours[ink], colours["paper"]) >= 4.5, (ink, colours)
        assert contrast(colours["ink"], colours["panel"]) >= 4.5


def test_contrast_is_measured_as_wcag_defines_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
