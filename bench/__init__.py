"""Measurements, each against a peer measured in the same run. Nothing here is part of the test run."""
