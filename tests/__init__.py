"""The tests. A package of its own: pymrio installs one of the same name, which would come first."""
