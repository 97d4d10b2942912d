"""The networks: Keras builders, their source code, what they cost.

In: what a network is. Not in: how it is trained (`recipes`, `training`). Importing it loads no Keras.
"""
