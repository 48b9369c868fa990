"""Pure functions on labelled arrays: balancing, footprints, paths. Knows no file and no database."""
