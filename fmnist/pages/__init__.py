"""The Streamlit app: pages that only show. ARCHITECTURE.md tells which file is part of which page."""
