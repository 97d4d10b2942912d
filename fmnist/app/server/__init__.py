"""What the app's server does with requests before Streamlit sees them, and addresses of its own.

In: middleware, routes. Not in: what a visit shows; the HTTP server for predictions (`inference/serving`).
"""
