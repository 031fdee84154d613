"""Facts from every topic, and the programme's numbers made of them."""
