// What a click changes lies below the matrix on a phone, and above it after a scroll.
const reveal = (element) => {
  const top = element?.getBoundingClientRect().top;
  if (top < 60 || top > 0.8 * innerHeight) element.scrollIntoView();  // at once: the new gallery would stop a smooth one
};

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
    button.onclick = () => {
      setTriggerValue('clicked', [row, column]);
      reveal(document.querySelector(`.st-key-${data.reveals}`));
    };
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
  if (had) entry.focus({ preventScroll: true });
}
