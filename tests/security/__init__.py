"""The statements on security that the integration makes, each a test with its number."""
