"""The atlas: a static site and pictures from the published marts, for people who do not write SQL."""
