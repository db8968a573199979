"""What the program offers over HTTP: the receiver of form services' deliveries."""
