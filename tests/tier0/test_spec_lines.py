"""Lines of keys: found by the reader's own grammar, so that no way of writing TOML fools it."""

from __future__ import annotations

import pytest

from verifier.toml_lines import Keys, complaint, line_of

TEXT = '''\
# a comment = 1
title = """
[domain]
call = 1
"""

[ subject ]  # spaces and a comment
"call" = "a:b"
returns.allocation = "0"
arguments = { reserve = { money = "1" } }

[subject.more]
list = [
  1,
  # two = 2
  2,
]
[[claim]]
property = "dsic"
[[claim]]
[claim.extra]
deep = 1
[[claim]]
property = "efficient"
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("title",), 2),
        (("subject",), 7),
        (("subject", "call"), 8),
        (("subject", "returns", "allocation"), 9),
        (("subject", "arguments", "reserve", "money"), 10),
        (("subject", "more", "list"), 13),
        (("subject", "more", "list", 1), 13),
        (("claim", 0), 18),
        (("claim", 0, "property"), 19),
        (("claim", 1), 20),
        (("claim", 1, "extra", "deep"), 22),
        (("claim", 2, "property"), 24),
    ],
)
def test_a_key_is_found_on_its_line(keys: Keys, line: int) -> None:
    assert line_of(TEXT, keys) == line


@pytest.mark.parametrize(("keys", "line"), [(("subject", "gone"), 7), (("claim", 2, "gone"), 23), (("domain",), 0)])
def test_of_a_missing_key_as_much_is_found_as_there_is(keys: Keys, line: int) -> None:
    assert line_of(TEXT, keys) == line


def test_windows_line_ends_count_once() -> None:
    assert line_of(TEXT.replace("\n", "\r\n"), ("claim", 2, "property")) == 24


def test_a_line_separator_inside_a_string_is_no_line_end() -> None:
    assert line_of('a = "\u2028"\nb = 1\n', ("b",)) == 2


def test_a_complaint_loses_its_position_and_gains_a_line() -> None:
    assert complaint("Invalid value (at line 3, column 9)", "") == ("not valid TOML: Invalid value", 3)
    assert complaint("Unclosed array (at end of document)", "a = [\n1,\n") == ("not valid TOML: Unclosed array", 2)
    assert complaint("something else", "") == ("not valid TOML: something else", 0)
