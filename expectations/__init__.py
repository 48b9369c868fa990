"""The two quality gates: raw roles before modelling, marts before publishing."""
