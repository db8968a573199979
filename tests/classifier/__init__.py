"""Tests of the trained theme coding."""
