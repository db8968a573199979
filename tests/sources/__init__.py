"""Tests of the sources, one file a source; payloads are cases found by glob."""
