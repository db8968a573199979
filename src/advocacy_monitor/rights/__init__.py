"""What people may ask for: to be told everything that is held of them, and to be taken out."""
