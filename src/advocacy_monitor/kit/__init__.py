"""The campaign kit: flyers to write on, posters and other prints, pictures for social media, letters, a web snippet."""
