"""The engine that orders the steps, and Prefect. No arithmetic, no SQL."""
