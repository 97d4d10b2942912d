"""The Streamlit app: one file a page, which only shows; what pages share is in `widgets`."""
