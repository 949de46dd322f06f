"""Tests of the meter room."""
