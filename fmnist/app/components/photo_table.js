// A table of photos and their predictions. Rows are made once, so that nothing flickers while more come.

import { make } from './elements.js';

const DOUBT = ['not read', "can't tell", 'probably', 'sure'];
const SIGNS = { sure: '●', probably: '◐', "can't tell": '○', 'not read': '✕' };
const ORDERS = [
  ['', 'As brought'],
  ['doubt', 'Least sure first'],
  ['label', 'By class'],
  ['name', 'By file name'],
];
const KEYS = {
  '': () => '',
  doubt: (row) => DOUBT.indexOf(row.certainty) + row.confidence,
  label: (row) => row.label,
  name: (row) => row.name,
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.photos');
  const isNew = root.about !== data.about;
  if (isNew)
    Object.assign(root, { about: data.about, made: [], view: { ...data.view }, tools: '' });
  for (const [index, row] of data.rows.entries()) root.made[index] ??= rowOf(row);
  const change = (part) => {
    Object.assign(root.view, part);
    setTriggerValue('view', root.view);
    arrange(root, data.rows);
  };
  showTools(root, data.rows, change);
  arrange(root, data.rows);
  for (const [index, element] of root.made.entries()) {
    element.onclick = () => open(index, data.rows[index], setTriggerValue);
    element.toggleAttribute('data-last', index === data.last);
  }
  if (isNew && data.last !== null) root.made[data.last]?.scrollIntoView({ block: 'center' });
}

function open(index, row, setTriggerValue) {
  if (!row.label) return;
  setTriggerValue('opened', index);
  document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);
}

// The rows that the view has, in its order.
function arrange(root, rows) {
  const { certainty, label, order } = root.view;
  const isShown = (row) =>
    (!certainty || (certainty === 'wrong' ? row.wrong : row.certainty === certainty)) &&
    (!label || row.label === label);
  const of = KEYS[order];
  const places = [...rows.keys()].filter((index) => isShown(rows[index]));
  if (order)
    places.sort((a, b) => {
      const [first, second] = [of(rows[a]), of(rows[b])];
      return typeof first === 'number' ? first - second : first.localeCompare(second);
    });
  const elements = places.map((index) => root.made[index]);
  const body = root.querySelector('tbody');
  const isSame =
    elements.length === body.children.length &&
    elements.every((element, place) => element === body.children[place]);
  if (!isSame) body.replaceChildren(...elements);
  root.querySelector('.none').hidden = !rows.length || elements.length > 0;
}

function showTools(root, rows, change) {
  const kinds = ['', 'sure', 'probably', "can't tell"];
  // What was chosen can be seen and taken back, though no row has it with another model.
  const chosen = root.view;
  if (chosen.certainty === 'not read' || rows.some((row) => !row.label)) kinds.push('not read');
  if (chosen.certainty === 'wrong' || rows.some((row) => row.wrong)) kinds.push('wrong');
  const found = new Set([chosen.label, ...rows.map((row) => row.label)]);
  const labels = [...found].filter(Boolean).sort();
  const content = JSON.stringify([kinds, labels]);
  if (content === root.tools) return;
  root.tools = content;
  const buttons = kinds.map((kind) => {
    const button = make('button', { type: 'button' }, capital(kind || 'all'));
    button.setAttribute('aria-pressed', kind === root.view.certainty);
    button.onclick = () => {
      for (const each of buttons) each.setAttribute('aria-pressed', each === button);
      change({ certainty: kind });
    };
    return button;
  });
  const group = make('div', { className: 'kinds' }, ...buttons);
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'Show');
  const choices = [['', 'All classes'], ...labels.map((label) => [label, label])];
  root.querySelector('.tools').replaceChildren(
    group,
    select('Class', choices, root.view.label, (label) => change({ label })),
    select('Order', ORDERS, root.view.order, (order) => change({ order })),
  );
}

function select(name, choices, chosen, onChange) {
  const options = choices.map(([value, text]) =>
    make('option', { value, selected: value === chosen }, text),
  );
  const element = make('select', {}, ...options);
  element.setAttribute('aria-label', name);
  element.onchange = () => onChange(element.value);
  return element;
}

function rowOf(row) {
  const sign = make('span', { className: 'sign' }, SIGNS[row.certainty]);
  sign.setAttribute('aria-hidden', 'true');
  const certainty = make('span', { className: 'certainty' }, sign, capital(row.certainty));
  const answer = make(
    'td',
    { className: 'answer' },
    ...(row.label ? [titleOf(row)] : []),
    certainty,
  );
  if (row.words) answer.append(make('div', { className: 'words' }, row.words));
  if (row.wrong) {
    const wrong = make('div', { className: 'wrong' }, '✗ Labelled ', make('bdi', {}, row.wrong));
    answer.append(wrong);
  }
  const file = make('td', { className: 'file' }, make('bdi', { title: row.name }, row.name));
  const element = make(
    'tr',
    {},
    picture(row.thumbnail),
    picture(row.pixels, 'pixels'),
    answer,
    file,
  );
  element.toggleAttribute('data-opens', Boolean(row.label));
  return element;
}

// The class, a button that opens the photo, and its confidence.
function titleOf(row) {
  const button = make('button', { type: 'button' }, make('bdi', {}, row.label));
  button.setAttribute('aria-label', `${row.label}, ${percent(row)}: open ${row.name}`);
  const isTold = row.certainty !== "can't tell";
  const words = [isTold ? '' : 'At best ', button, ` ${percent(row)}`];
  return make('div', { className: isTold ? 'title told' : 'title' }, ...words);
}

function picture(address, className = 'photo') {
  const image = address ? make('img', { src: address, alt: '' }) : make('span', {});
  return make('td', { className }, image);
}

function percent(row) {
  return `${Math.round(100 * row.confidence)}%`;
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
