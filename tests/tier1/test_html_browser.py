"""Pages in a real browser: the verdict is in the document, something is painted, light differs from dark."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from verifier.reporting import html

SAMPLES = Path(__file__).parents[1] / "samples"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIETLY = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH, so no browser to render pages in")


def browse(page, profile, *options):
    """Run the browser once, headless, on a page; what it printed."""
    done = subprocess.run(
        [CHROMIUM, *QUIETLY, f"--user-data-dir={profile}", *options, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def colours(picture):
    """How often each colour occurs in a PNG of 8-bit channels, by the pixel's bytes."""
    data, place, packed, header = picture.read_bytes(), 8, b"", None
    while place < len(data):
        (length,), kind = struct.unpack(">I", data[place : place + 4]), data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        place += length + 12
    width, height, depth, colour, _, _, interlaced = header
    assert (depth, interlaced) == (8, 0)
    size = {2: 3, 6: 4}[colour]
    return width, height, _count(zlib.decompress(packed), width * size, size)


def _count(raw, stride, size):
    """Undo the row filters of PNG (W3C PNG, section 9) and count pixels."""
    found, above = {}, bytes(stride)
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for i in range(stride if kind else 0):
            left, up, corner = (row[i - size] if i >= size else 0), above[i], (above[i - size] if i >= size else 0)
            near = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
            row[i] = (row[i] + (left, up, (left + up) // 2, near)[kind - 1]) % 256
        for i in range(0, stride, size):
            pixel = bytes(row[i : i + 3])
            found[pixel] = found.get(pixel, 0) + 1
        above = row
    return found


@pytest.fixture
def page(tmp_path):
    certificate = json.loads((SAMPLES / "first-price.json").read_text("utf-8"))
    path = tmp_path / "first-price.html"
    path.write_text(html.page(certificate), encoding="utf-8")
    return path


def test_the_document_holds_the_verdict_in_words(page, tmp_path):
    document = browse(page, tmp_path / "profile", "--dump-dom")
    said = " ".join(re.sub("<[^>]*>", " ", document).split())
    assert "All 5 claims are as expected: 4 true on the whole grid and 1 refuted." in said
    assert "False: Ann gains 1 by reporting 0 when the item is worth 1 to it" in said
    assert 'class="bracket"' in document


def test_a_page_of_proofs_and_exact_regrets_is_shown(tmp_path):
    path = tmp_path / "regret.html"
    path.write_text(html.page(json.loads((SAMPLES / "regret.json").read_text("utf-8"))), encoding="utf-8")
    document = browse(path, tmp_path / "profile", "--dump-dom")
    said = " ".join(re.sub("<[^>]*>", " ", document).split())
    assert "True for all real bids in [0, 1], for every agent: 6 paths through the code were explored" in said
    assert "no lie of any agent gains more than 1/2, and some lie gains just that." in said
    assert document.count('class="verdict proved"') == 3  # in the table, in the legend, over the claim


def test_hostile_text_runs_no_script_in_a_browser(tmp_path):
    certificate = json.loads((SAMPLES / "hostile.json").read_text("utf-8"))
    path = tmp_path / "hostile.html"
    path.write_text(html.page(certificate), encoding="utf-8")
    document = browse(path, tmp_path / "profile", "--dump-dom")
    assert "<script" not in document
    assert "<img" not in document
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in document


@pytest.mark.parametrize(("scheme", "paper"), [("1", "ffffff"), ("0", "17181a")])
def test_the_page_is_painted_in_both_schemes(page, tmp_path, scheme, paper):
    picture = tmp_path / "page.png"
    browse(
        page,
        tmp_path / "profile",
        f"--screenshot={picture}",
        "--window-size=420,900",
        f"--blink-settings=preferredColorScheme={scheme}",
    )
    width, height, found = colours(picture)
    assert (width, height) == (420, 900)
    assert max(found, key=found.get).hex() == paper
    assert len(found) > 50  # smoothed letters and rules, not an empty sheet
    assert width * height * 0.02 < sum(found.values()) - found[bytes.fromhex(paper)]
