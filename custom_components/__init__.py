"""Home Assistant loads the integration from this package."""
