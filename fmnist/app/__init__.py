"""The Streamlit app: a folder a page, components of our own, and what several pages share.

In: everything that imports Streamlit, and only here. Not in: a computation that a person at a shell
could want, too; TensorFlow and Keras, which the server never loads.
"""
