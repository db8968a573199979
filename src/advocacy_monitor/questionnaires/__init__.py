"""The questionnaires that come with the package."""
