"""The GEOS-Chem engine's files: emissions, run directories, running, reading."""
