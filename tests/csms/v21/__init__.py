"""Tests of csms.v21."""
