"""How lean an image could be: plans with their patches and predicted sizes."""
