"""The compiled engine: many whole steps in one call of code that torch.compile's inductor wrote."""
