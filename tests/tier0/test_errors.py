"""The error tree: one root, builtin value errors where values are to blame, messages that name the way out."""

from __future__ import annotations

import inspect

import pytest

from verifier import errors
from verifier.errors import (
    CertificateError,
    DomainError,
    MoneyError,
    SpecError,
    SubjectError,
    TooLarge,
    VerifierError,
    nearest,
)

CLASSES = [item for item in vars(errors).values() if inspect.isclass(item) and item.__module__ == errors.__name__]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_has_the_one_root_and_says_what_to_do(error: type) -> None:
    assert issubclass(error, VerifierError)
    assert inspect.getdoc(error)


@pytest.mark.parametrize("error", [MoneyError, DomainError, TooLarge, SpecError, CertificateError])
def test_errors_about_values_are_value_errors(error: type) -> None:
    assert issubclass(error, ValueError)


def test_a_subject_that_does_not_load_is_no_value_error() -> None:
    assert not issubclass(SubjectError, ValueError)


def test_too_large_carries_the_count_and_says_what_to_do() -> None:
    error = TooLarge(10**12, 10**7)
    assert (error.profiles, error.budget) == (10**12, 10**7)
    assert "1,000,000,000,000 profiles" in str(error)
    assert "10,000,000" in str(error)
    assert "fewer agents or values" in str(error)


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [("a.toml", 3, "a.toml:3: wrong"), ("a.toml", 0, "a.toml: wrong"), ("", 3, "wrong"), ("", 0, "wrong")],
)
def test_a_spec_error_opens_with_what_is_known_of_the_place(path: str, line: int, text: str) -> None:
    error = SpecError("wrong", path, line)
    assert str(error) == text
    assert (error.message, error.path, error.line) == ("wrong", path, line)


def test_nearest_names_the_one_near_word() -> None:
    assert nearest("agnets", ["agents", "values"]) == "; did you mean 'agents'?"


def test_nearest_lists_all_words_in_order_when_none_is_near() -> None:
    assert nearest("qqq", ["values", "agents"]) == "; known: agents, values"
