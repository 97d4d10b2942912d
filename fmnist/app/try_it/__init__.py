"""Try it: a drawing or photo, and what the network sees and predicts."""
