// A confusion matrix whose cells, rows and columns are buttons; -1 stands for a whole row or column.

import { make, term } from './elements.js';

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const MANY = 14; // classes that do not fit beside each other in half a page

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector('table');
  const had = table.contains(parentElement.activeElement) ? table.dataset.at : null;
  const click = (row, column) => {
    setTriggerValue('clicked', [row, column]);
    reveal(document.querySelector(`.st-key-${data.reveals}`));
  };
  fit(parentElement.querySelector('.all'), data.names);
  const matrix = new Matrix(data, table, click);
  table.replaceChildren(
    make('thead', {}, matrix.head()),
    make('tbody', {}, ...data.names.map((name, row) => matrix.row(name, row))),
  );
  const [row, column] = (had ?? '0,0').split(',').map(Number);
  const entry = matrix.button(row, column);
  entry.tabIndex = 0;
  if (had) entry.focus({ preventScroll: true });
}

// Names get the room that the longest needs, up to a limit; many classes get cells of one size, and scroll.
function fit(element, names) {
  const longest = Math.max(...names.map((name) => name.length));
  element.style.setProperty('--longest', longest);
  element.style.setProperty('--classes', names.length);
  element.classList.toggle('many', names.length > MANY);
}

class Matrix {
  constructor(data, table, click) {
    Object.assign(this, { data, table, click });
    this.buttons = new Map(); // by "row,column"
  }

  button(row, column) {
    return this.buttons.get(`${row},${column}`);
  }

  head() {
    const names = this.data.names.map((name, column) =>
      make('th', {}, this.name(-1, column, name, `All predicted as ${name}`)),
    );
    return make(
      'tr',
      {},
      make('th', {}, term('confusion matrix', 'true class ↓ predicted →')),
      ...names,
    );
  }

  row(name, row) {
    const head = make('th', {}, this.name(row, -1, name, `All labelled ${name}`));
    const cells = this.data.names.map((other, column) => {
      const shown = this.data.texts[row][column];
      const description =
        row === column ? `${name}, classified correctly` : `${name} predicted as ${other}`;
      const button = this.add(row, column, shown, `${description}: ${shown || 'none'}`);
      button.classList.add(row === column ? 'right' : 'wrong');
      button.style.setProperty('--share', this.data.shares[row][column]);
      button.title = description;
      return make('td', {}, button);
    });
    return make('tr', {}, head, ...cells);
  }

  name(row, column, name, label) {
    const button = this.add(row, column, make('bdi', {}, name), label);
    button.title = name;
    return button;
  }

  add(row, column, content, label) {
    const button = make('button', { tabIndex: -1, disabled: this.data.still }, content);
    button.setAttribute('aria-label', label);
    button.onclick = () => this.click(row, column);
    button.onfocus = () => {
      this.table.dataset.at = `${row},${column}`;
    };
    button.onkeydown = (event) => this.walk(event, row, column);
    const [chosenRow, chosenColumn] = this.data.chosen;
    if (row === chosenRow && column === chosenColumn) button.classList.add('chosen');
    this.buttons.set(`${row},${column}`, button);
    return button;
  }

  walk(event, row, column) {
    const [down, right] = STEPS[event.key] ?? [0, 0];
    const next = this.button(row + down, column + right);
    if (!next || !(down || right)) return;
    event.preventDefault();
    this.button(row, column).tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

// What a click changes lies below the matrix on a phone, and above it after a scroll.
function reveal(element) {
  const top = element?.getBoundingClientRect().top;
  if (top < 60 || top > 0.8 * innerHeight) element.scrollIntoView(); // at once: the new gallery would stop a smooth one
}
