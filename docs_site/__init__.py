"""The documentation site: pages that are written from the program when the site is built."""
