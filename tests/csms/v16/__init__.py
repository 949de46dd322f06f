"""Tests of the OCPP server."""
