"""What keeps a daemon running by itself: hours, the lock beside the database, signals, the clock, systemd."""
