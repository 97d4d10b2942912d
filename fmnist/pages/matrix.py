"""A confusion matrix whose cells, rows and columns are buttons: for mouse, finger and keys."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from fmnist.labels import CLASS_NAMES

CSS = """
table { border-collapse: separate; border-spacing: 2px; width: 100%; table-layout: fixed;
  color: var(--st-text-color); font: 13px/1 var(--st-font); }
th:first-child { width: 5.6rem; }
th { font-weight: normal; padding: 0; }
thead th { vertical-align: bottom; height: 5.6rem; }
thead th:first-child { font-size: 11px; opacity: .7; text-align: right; line-height: 1.5;
  padding: 0 6px 4px 0; }
button { all: unset; box-sizing: border-box; width: 100%; height: 30px; line-height: 30px; text-align: center;
  cursor: pointer; border-radius: 4px; display: block; overflow: hidden; white-space: nowrap; }
tbody th button { text-align: right; padding-right: 6px; }
thead button { writing-mode: vertical-rl; transform: rotate(180deg); height: 100%; padding: 6px 0;
  display: flex; align-items: center; line-height: 1; }
button:disabled { cursor: default; }
button:enabled:hover, button:focus-visible { box-shadow: 0 0 0 2px var(--st-primary-color); }
.wrong { background: color-mix(in srgb, #d97706 calc(var(--share) * 70%), var(--empty)); }
.right { background: color-mix(in srgb, #0d9488 calc(var(--share) * 60%), var(--empty)); }
table { --empty: var(--st-secondary-background-color); }
.chosen { box-shadow: 0 0 0 2px var(--st-primary-color); font-weight: 600; }
@media (max-width: 640px) {
  table { font-size: 10px; border-spacing: 1px; }
  th:first-child { width: 4.2rem; }
  thead th { height: 4.6rem; }
  button { height: 28px; line-height: 28px; }
  thead button { line-height: 1; }
}
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector('table'), names = data.names;
  const had = table.contains(parentElement.activeElement) ? table.dataset.at : null;
  const grid = [];
  const cell = (row, column, tag, text, label) => {
    const button = document.createElement('button');
    button.textContent = text;
    button.setAttribute('aria-label', label);
    button.tabIndex = -1;
    button.disabled = data.still;
    button.onclick = () => setTriggerValue('clicked', [row, column]);
    button.onfocus = () => { table.dataset.at = `${row},${column}`; };
    button.onkeydown = (event) => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      const [down, right] = step[event.key] ?? [0, 0];
      const next = grid[row + 1 + down]?.[column + 1 + right];
      if (!next || !(down || right)) return;
      event.preventDefault();
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    };
    (grid[row + 1] ??= [])[column + 1] = button;
    if (row === data.chosen[0] && column === data.chosen[1]) button.classList.add('chosen');
    const place = document.createElement(tag);
    place.append(button);
    return place;
  };
  const head = document.createElement('tr'), corner = document.createElement('th');
  corner.textContent = 'true class ↓ predicted →';
  head.append(corner, ...names.map((name, column) =>
    cell(-1, column, 'th', name, `Everything taken for ${name}`)));
  const rows = names.map((name, row) => {
    const line = document.createElement('tr');
    line.append(cell(row, -1, 'th', name, `Everything that is ${name}`));
    names.forEach((other, column) => {
      const shown = data.texts[row][column];
      const said = row === column ? `${name}, classified correctly` : `${name} taken for ${other}`;
      const place = cell(row, column, 'td', shown, `${said}: ${shown || 'none'}`);
      const button = place.firstChild;
      button.classList.add(row === column ? 'right' : 'wrong');
      button.style.setProperty('--share', data.shares[row][column]);
      line.append(place);
    });
    return line;
  });
  const thead = document.createElement('thead'), tbody = document.createElement('tbody');
  thead.append(head);
  tbody.append(...rows);
  table.replaceChildren(thead, tbody);
  const [row, column] = (had ?? '0,0').split(',').map(Number);
  const entry = grid[row + 1][column + 1];
  entry.tabIndex = 0;
  if (had) entry.focus();
}
"""

_component = st.components.v2.component(
    "fmnist_matrix",
    html='<table aria-label="Confusion matrix: rows are true classes, columns predicted ones"></table>',
    css=CSS,
    js=JS,
)

ANY = -1  # in the place of a class: all of them


def matrix(
    counts: np.ndarray,
    key: str,
    shares: bool = False,
    diagonal: bool = True,
    chosen: tuple[int, int] = (ANY, ANY),
    on_click: Callable[[], None] | None = None,
) -> None:
    """Show a confusion matrix.

    Args:
        counts: (10, 10) int, true classes as rows.
        key: the widget's key.
        shares: show percent of the true class in the place of counts.
        diagonal: show what was classified correctly, too.
        chosen: true and predicted class of the cell with a frame.
        on_click: called before the page runs again; `clicked(key)` tells it what was clicked.
            Without it there is nothing to click.
    """
    wrong = counts - np.diag(np.diag(counts))
    shown = counts if diagonal else wrong
    highest = np.where(np.eye(10, dtype=bool), max(1, counts.max()), max(1, wrong.max()))
    data = {
        "names": CLASS_NAMES,
        "texts": _texts(shown, counts.sum(axis=1) if shares else None),
        "shares": np.round(shown / highest, 3).tolist(),
        "chosen": chosen,
        "still": on_click is None,
    }
    _component(data=data, key=key, on_clicked_change=on_click or (lambda: None))


def clicked(key: str) -> tuple[int, int]:
    """True and predicted class that were just clicked, `ANY` for a whole row or column."""
    true, predicted = st.session_state[key].clicked or (ANY, ANY)
    return int(true), int(predicted)


def _texts(counts: np.ndarray, of: np.ndarray | None) -> list[list[str]]:
    """What each cell says: nothing where it counts nothing."""
    if of is None:
        return [[f"{count}" if count else "" for count in row] for row in counts]
    percent = 100 * counts / np.maximum(1, of)[:, None]
    return [
        [f"{value:.1f}".removesuffix(".0") if value else "" for value in row] for row in percent
    ]
