"""Landing, raw roles, the working database and the published file. Knows nothing of the other rooms."""
