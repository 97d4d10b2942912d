"""Class: who is let in, how to join, and how everybody's runs compare."""
