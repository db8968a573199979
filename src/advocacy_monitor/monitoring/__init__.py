"""What the program tells about itself: its log, its health, figures for a monitoring system, and alerts to staff."""
