"""Tests of the load balancing."""
