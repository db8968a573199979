"""The daemon over time: platforms that fail at random, people who send, kills; and the books that must balance."""
