"""One module a publisher: a genuine file in, one role's tidy table out."""
