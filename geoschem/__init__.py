"""Campaigns of GEOS-Chem: emissions, run directories, linter, jobs, reading."""
