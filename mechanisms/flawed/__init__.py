"""Known-bad variants that people really write. Each docstring names the bug and the property it breaks."""
