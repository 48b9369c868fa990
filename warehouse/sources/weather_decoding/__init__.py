"""Weather files decoded, for all readers alike: time, units, statistics, releases, members, overlapping files.

`files.fields` opens files and gives Fields; `join.joined` makes one of several; `precipitation.as_rate` knows what
amounts are; `averages` has days and months.  docs/weather_files.md has the table of download forms.
"""
