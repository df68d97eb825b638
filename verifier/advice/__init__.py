"""What comes after a refutation: the shape of the violation in words, a test that fails until it is mended, and whether
any payments could mend it.
"""
