"""Who gets whom or what, from rankings alone: two-sided matching, school choice, houses with and without owners."""
