"""What training does to images: shifts, flips, erasing, mixing, sketches and photos made of them.

In: NumPy in, NumPy out, reproducible by a generator. Not in: preparing what people bring
(`preprocessing`), test images changed to measure robustness (`analysis.corruptions`).
"""
