"""The engine that orders the steps, and runs of it. No arithmetic, no SQL, no Prefect."""
