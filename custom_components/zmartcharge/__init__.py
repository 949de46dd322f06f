"""ZmartCharge."""
