"""The order of the steps and the command line. No arithmetic, no SQL beyond calls."""
