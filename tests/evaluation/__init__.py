"""Tests of the measuring of the coding."""
