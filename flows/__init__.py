"""The engine that orders the steps, and what runs it. No arithmetic, no SQL, no Prefect."""
