"""`python -m verifier` is the command `verify`."""

from __future__ import annotations

from verifier.cli import main

if __name__ == "__main__":
    main(prog_name="verify")
