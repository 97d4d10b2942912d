// A bar a class, the highest in full colour; the bars move to their next widths.

export default function ({ data, parentElement }) {
  const table = parentElement.querySelector('tbody');
  while (table.rows.length < data.length) table.insertRow().innerHTML = ROW;
  data.forEach(({ name, probability, best }, place) => {
    const row = table.rows[place];
    row.cells[0].textContent = name;
    row.querySelector('.share').style.width = `calc(${probability} * (100% - 2.6rem))`;
    row.querySelector('.number').textContent = `${Math.round(100 * probability)}%`;
    row.title = `${name}: ${(100 * probability).toFixed(2)}%`;
    row.classList.toggle('best', best);
  });
}

const ROW =
  '<th scope="row"></th><td><div><span class="share"></span><span class="number"></span></div></td>';
