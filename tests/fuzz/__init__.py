"""Damaged and hostile inputs, made at random: each ends in an answer or a sentence, within bounds. `make fuzz`."""
