"""The ledger of evidence: what is written stays, is written once, and whoever changes the file is found out."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from mechanisms.services.group_commit import GroupCommit
from mechanisms.services.ledger import NOTHING, Ledger, LedgerError, canonical, chained
from verifier.cli import main
from verifier.ledger import LedgerUnreadable, check_ledger


@pytest.fixture
def file(tmp_path):
    return tmp_path / "evidence.sqlite"


@pytest.fixture
def ledger(file):
    opened = Ledger(file)
    yield opened
    opened.close()


def written(ledger, count=5):
    return [ledger.append("grant", {"agent": "a", "tokens": number}, time=10 * number) for number in range(count)]


def tampered(file, *statements):
    """Change the file as somebody would who has it: triggers taken off first."""
    database = sqlite3.connect(file)
    for trigger in ("no_update", "no_delete"):
        database.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def rechained(sequence, text, previous, time=20):
    """An entry that hashes rightly by itself."""
    made = chained(previous, sequence, time, "grant", None, text)
    return f"({sequence}, {time}, 'grant', NULL, '{text}', '{previous}', '{made}')"


def test_entries_are_chained_and_both_sides_agree(ledger, file):
    entries = written(ledger)
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == NOTHING
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert list(ledger.entries(after=3)) == entries[3:]
    found = check_ledger(file)
    assert (found.entries, found.head, found.problem) == (5, ledger.head(), None)
    assert check_ledger(file, head=entries[2].hash).problem is None  # a head that was kept some time ago


def test_the_hash_is_the_documented_one(ledger):
    entry = ledger.append("grant", {"b": 1, "a": "ü"}, time=7, key="k")
    assert canonical(entry.body) == '{"a":"\\u00fc","b":1}'
    assert entry.hash == chained(NOTHING, 1, 7, "grant", "k", '{"a":"\\u00fc","b":1}')


def test_an_empty_ledger_is_whole(ledger, file):
    assert ledger.head() == NOTHING
    assert check_ledger(file).entries == 0


def test_entries_cannot_be_changed_or_deleted_through_sql(ledger):
    written(ledger, 1)
    for statement in ("UPDATE entries SET kind = 'x'", "DELETE FROM entries"):
        with pytest.raises(sqlite3.IntegrityError, match="entries stay"):
            ledger.database.execute(statement)


def test_a_key_is_written_once(ledger):
    first = ledger.append("grant", {"tokens": 1}, time=1, key="request 1")
    assert ledger.append("grant", {"tokens": 1}, time=9, key="request 1") == first
    with pytest.raises(LedgerError, match="belongs to entry 1, which says something else"):
        ledger.append("grant", {"tokens": 2}, time=9, key="request 1")
    assert len(list(ledger.entries())) == 1


def test_time_never_runs_back(ledger, file):
    times = [ledger.append("tick", {}, time=time).time for time in (5, 3, 8, 1)]
    assert times == [5, 5, 8, 8]
    assert check_ledger(file).problem is None


def test_a_transaction_is_written_whole_or_not_at_all(ledger, file):
    def half_way():
        with ledger.transaction():
            written(ledger, 3)
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert list(ledger.entries()) == []
    written(ledger, 1)
    assert check_ledger(file).entries == 1


@pytest.mark.parametrize("body", [{"x": float("nan")}, {"x": object()}, {("a",): 1}])
def test_what_is_no_json_is_refused(ledger, body):
    with pytest.raises(LedgerError, match="body is JSON"):
        ledger.append("grant", body, time=1)


@pytest.mark.parametrize(("kind", "key"), [("", None), ("a\nb", None), ("a", ""), ("a", "b\nc")])
def test_names_of_several_lines_would_blur_the_hash(ledger, kind, key):
    with pytest.raises(LedgerError, match="texts of one line"):
        ledger.append(kind, {}, time=1, key=key)


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "text").write_text("no database, but long enough to be taken for one" * 100)
    with pytest.raises(LedgerError):
        Ledger(tmp_path / "text")
    with pytest.raises(LedgerUnreadable, match="is no ledger"):
        check_ledger(tmp_path / "text")
    with pytest.raises(LedgerUnreadable, match="no such file"):
        check_ledger(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (['UPDATE entries SET body = \'{"agent":"a","tokens":9}\' WHERE sequence = 3'], "entry 3 was changed"),
        (["UPDATE entries SET time = 0 WHERE sequence = 3"], "entry 3 was changed"),
        (["DELETE FROM entries WHERE sequence = 3"], "entry 3 is missing: behind entry 2 comes 4"),
        (["DELETE FROM entries WHERE sequence = 1"], "entry 1 is missing"),
        (
            [
                "UPDATE entries SET sequence = 9 WHERE sequence = 3",
                "UPDATE entries SET sequence = 3 WHERE sequence = 4",
                "UPDATE entries SET sequence = 4 WHERE sequence = 9",
            ],
            "entry 3 was changed",
        ),
        (
            ["DELETE FROM entries WHERE sequence = 3", f"INSERT INTO entries VALUES {rechained(3, '{}', NOTHING)}"],
            "entry 3 does not follow the one before it",
        ),
        ([f"INSERT INTO entries VALUES {rechained(6, '{}', NOTHING)}"], "entry 6 does not follow"),
    ],
)
def test_whoever_changes_the_file_is_found_out(ledger, file, statements, problem):
    written(ledger)
    ledger.close()
    tampered(file, *statements)
    assert problem in check_ledger(file).problem


def test_a_rewritten_entry_needs_all_that_follow(ledger, file):
    entries = written(ledger, 3)
    ledger.close()
    tampered(
        file,
        "DELETE FROM entries WHERE sequence = 2",
        f"INSERT INTO entries VALUES {rechained(2, '{}', entries[0].hash, 10)}",
    )
    assert "entry 3 does not follow" in check_ledger(file).problem


def test_a_cut_end_shows_by_a_head_that_was_kept_and_not_otherwise(ledger, file):
    head = written(ledger)[-1].hash
    ledger.close()
    tampered(file, "DELETE FROM entries WHERE sequence > 3")
    assert check_ledger(file).problem is None
    assert "it was cut, or written anew" in check_ledger(file, head).problem


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (rechained(1, '{"a": 1}', NOTHING), "not written in the one way"),
        (rechained(1, "[", NOTHING), "cannot be read"),
        (rechained(1, "{}", NOTHING).replace("'grant'", "'transfer'"), "was changed"),
    ],
)
def test_entries_of_another_form_are_named(ledger, file, row, problem):
    ledger.close()
    tampered(file, f"INSERT INTO entries VALUES {row}")
    assert problem in check_ledger(file).problem


def forged(file, *rows):
    """A chain of entries that hash rightly, whatever they say."""
    previous, database = NOTHING, sqlite3.connect(file)
    for sequence, (kind, key, body, time) in enumerate(rows, 1):
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        made = chained(previous, sequence, time, kind, key, text)
        database.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", (sequence, time, kind, key, text, previous, made)
        )
        previous = made
    database.commit()
    database.close()


ACCOUNTS = [
    ("account", None, {"account": name, "currency": "credit", "credit": credit}, 0)
    for name, credit in (("a", 5), ("b", 0))
]


def transfer(*postings):
    return ("transfer", None, {"currency": "credit", "memo": "", "postings": [list(one) for one in postings]}, 1)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([*ACCOUNTS, transfer(("a", -5), ("b", 5))], None),
        ([*ACCOUNTS, transfer(("a", -5), ("b", 6))], "entry 3 makes money: its postings sum to 1"),
        ([*ACCOUNTS, transfer(("a", -6), ("b", 6))], "takes 'a' to -6, below its credit of 5"),
        ([*ACCOUNTS, transfer(("a", -1), ("c", 1))], "moves 'c', which is not open in credit"),
        ([*ACCOUNTS, transfer(("a", -1.5), ("b", 1.5))], "which is no whole number"),
        ([("transfer", None, {"currency": "credit"}, 1)], "cannot be read: KeyError"),
        ([("tick", None, {}, 5), ("tick", None, {}, 4)], "entry 2 is dated before"),
    ],
)
def test_money_and_order_are_added_up_again(ledger, file, rows, problem):
    ledger.close()
    forged(file, *rows)
    found = check_ledger(file).problem
    assert found is None if problem is None else problem in found


def test_one_key_twice_is_one_deed_twice(ledger, file):
    ledger.close()
    database = sqlite3.connect(file)
    database.executescript("DROP TABLE entries; CREATE TABLE entries (sequence, time, kind, key, body, previous, hash)")
    database.close()
    forged(file, ("tick", "k", {}, 1), ("tick", "k", {}, 1))
    assert "entry 2 has the key of an earlier one" in check_ledger(file).problem


def test_a_damaged_file_is_named(ledger, file):
    written(ledger, 400)
    ledger.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    content = bytearray(file.read_bytes())
    content[5 * 4096 : 9 * 4096] = bytes(4 * 4096)
    file.write_bytes(content)
    assert "the file is damaged" in check_ledger(file).problem or "was changed" in check_ledger(file).problem


def test_the_command_says_it_in_a_line_and_as_json(ledger, file):
    head = written(ledger)[-1].hash
    done = CliRunner().invoke(main, ["ledger", str(file)])
    assert (done.exit_code, done.stdout) == (0, f"{file}: 5 entries, the chain is whole; head {head}\n")
    done = CliRunner().invoke(main, ["ledger", str(file), "--json", "--head", "0f"])
    assert done.exit_code == 4
    assert "it was cut" in json.loads(done.stdout)["problem"]
    assert CliRunner().invoke(main, ["ledger", str(file), "--head", "0f"]).exit_code == 4
    assert CliRunner().invoke(main, ["ledger", str(file) + "x"]).exit_code == 2


def test_many_writers_share_commits_and_each_gets_its_own_entry(ledger, file):
    group = GroupCommit(ledger)

    def write(number):
        return group.submit(lambda: ledger.append("grant", {"number": number}, time=1, key=f"k{number % 50}")).result()

    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(write, number) for number in range(100)]
        entries = [one.result() if one.exception() is None else one.exception() for one in found]
    group.close()
    good = [entry for entry in entries if not isinstance(entry, LedgerError)]
    assert len({entry.sequence for entry in good}) == 50 == len(list(ledger.entries()))
    assert sum(isinstance(entry, LedgerError) for entry in entries) == 50  # the same key for another body
    assert check_ledger(file).problem is None
    with pytest.raises(LedgerError, match="closed to new work"):
        group.submit(list)


def test_where_the_commit_fails_nobody_is_told_that_it_did_not(ledger):
    group = GroupCommit(ledger)

    def breaks():
        ledger.append("grant", {}, time=1)
        ledger.database.execute("ROLLBACK")  # as SQLite does by itself where a disk is full

    future = group.submit(breaks)
    assert isinstance(future.exception(), LedgerError)
    group.close()
    assert list(ledger.entries()) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from("ab"), st.dictionaries(st.text(max_size=3), st.integers())))
)
def test_whatever_is_written_is_whole_and_read_back(tmp_path_factory, drafts):
    file = tmp_path_factory.mktemp("ledgers") / "any.sqlite"
    ledger = Ledger(file)
    for time, kind, body in drafts:
        ledger.append(kind, body, time=time)
    assert [entry.body for entry in ledger.entries()] == [body for _, _, body in drafts]
    assert check_ledger(file, ledger.head()).problem is None
    ledger.close()
