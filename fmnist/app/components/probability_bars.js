// A bar a class, the highest in full colour; the bars move to their next widths. Where there are many, the
// least probable ones are folded behind a button.

export default function ({ data, parentElement }) {
  const table = parentElement.querySelector('tbody');
  const button = parentElement.querySelector('button');
  while (table.rows.length < data.rows.length) table.insertRow().innerHTML = ROW;
  while (table.rows.length > data.rows.length) table.deleteRow(-1);
  data.rows.forEach((row, place) => {
    fill(table.rows[place], row);
  });
  const fold = () => {
    const isOpen = button.ariaExpanded === 'true';
    for (const row of [...table.rows].slice(data.shown)) row.hidden = !isOpen;
    button.textContent = isOpen ? 'Show fewer' : others(data.rows.slice(data.shown));
  };
  for (const row of [...table.rows].slice(0, data.shown)) row.hidden = false;
  button.hidden = data.shown === data.rows.length;
  button.ariaExpanded ??= 'false';
  button.onclick = () => {
    button.ariaExpanded = button.ariaExpanded !== 'true';
    fold();
  };
  fold();
}

function fill(element, { name, probability, best, true: isTrue }) {
  const [head] = element.cells;
  head.querySelector('bdi').textContent = name;
  head.querySelector('i').textContent = isTrue ? ' ✓' : '';
  element.querySelector('.share').style.width = `calc(${probability} * (100% - 2.6rem))`;
  element.querySelector('.number').textContent = percent(probability);
  element.title = `${name}: ${(100 * probability).toFixed(2)}%`;
  element.classList.toggle('best', best);
}

function others(rows) {
  const sum = rows.reduce((total, { probability }) => total + probability, 0);
  return `${rows.length} others: ${percent(sum)}`;
}

function percent(share) {
  return `${Math.round(100 * share)}%`;
}

const ROW =
  '<th scope="row"><div><bdi></bdi><i></i></div></th><td><div><span class="share"></span><span class="number"></span></div></td>';
