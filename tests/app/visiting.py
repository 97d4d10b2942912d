"""A visitor opens a page of the app, without a browser."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from fmnist.runs import folders


def visit(page: str, /, **query: str) -> AppTest:
    """The app as a link opens it, run once: `page` is its address, `query` what follows the question mark."""
    app = AppTest.from_file(folders.ROOT / "streamlit_app.py", default_timeout=60)
    app._page_hash = calc_hash(page)  # `switch_page` knows the addresses only after a first run
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()
