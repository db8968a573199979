"""Stage 1 of the theme coding: what people coded teaches a classifier, theme by theme, where it beats the lexicon.

A statement becomes numbers (encoder.py, features.py); people's codes become weights, calibrated and measured on
statements that were kept apart (training.py, folds.py, calibration.py, figures.py); the model is a folder of plain
files with a card (model.py, card.py); hybrid.py codes texts with it and occlusion.py says which words decided.
"""
