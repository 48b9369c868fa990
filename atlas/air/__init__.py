"""The review of observed air quality as a page, from the published marts."""
