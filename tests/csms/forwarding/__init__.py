"""The other central system."""
