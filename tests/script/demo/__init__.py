"""Tests of the demo's own parts; tests/e2e drives the demo as a whole."""
