"""What a city could take instead, each a small program as its own documentation shows it. Only the bench runs them."""
