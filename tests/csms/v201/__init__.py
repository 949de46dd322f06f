"""Tests of csms/v201."""
