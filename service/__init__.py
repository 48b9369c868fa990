"""Prefect: flows, schedules, the server of a home, and what watches the landing folder."""
