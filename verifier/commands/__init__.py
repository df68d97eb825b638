"""What the subcommands of `verify` do; `cli` only reads their arguments."""
