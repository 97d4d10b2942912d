"""Model files: third-party ones inspected, loaded within bounds, evaluated, imported; runs exported.

In: .keras, .h5 and what surrounds them, whose custom code is never executed; `exports`. Not in: our own
runs' model.tflite (`inference`).
"""
