"""The cases of the OCPP Compliance Test Tool for a central system (OCPP 1.6), each as a test.

Their ids and titles are those of the Open Charge Alliance's certification profiles.
"""
