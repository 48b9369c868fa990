"""A made-up economy in the publishers' layouts: what the licensed editions are tried and proved with.

Everything that it writes is synthetic and says so. The rules are in docs/editions.md ("The synthetic economy").
"""
