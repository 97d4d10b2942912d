"""Third-party Keras files: inspected, loaded within bounds, evaluated, imported as a run.

In: .keras, .h5 and what surrounds them; custom code is never executed. Not in: our own runs'
model.tflite (`inference`).
"""
