"""Tests of the exporters, on packs that are all invented."""
