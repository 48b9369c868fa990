"""The marts in a notebook: three lines from `import tradeplume` to an answer.

>>> import tradeplume
>>> marts = tradeplume.open()
>>> marts.sql("from fct_export_emission limit 5").df()
"""

from tradeplume.notebook import figure, marts, open

__all__ = ["figure", "marts", "open"]
