"""Tests that drive a real Home Assistant, broker and browser."""
