// Runs as boxes, parents left of their children, with lines between them.

import { make } from './elements.js';

const SVG = 'http://www.w3.org/2000/svg';
const observers = new WeakMap(); // of each place on the page

export default function ({ data, parentElement, setTriggerValue }) {
  const family = parentElement.querySelector('.family');
  const svg = parentElement.querySelector('svg');
  const boxes = data.members.map((member) => box(member, data.lines, data.members));
  for (const [number, button] of boxes.entries())
    button.onclick = () => setTriggerValue('clicked', data.members[number].name);
  const generations = [];
  for (const [number, { generation }] of data.members.entries()) {
    generations[generation] ??= make('div', { className: 'generation' });
    generations[generation].append(boxes[number]);
  }
  family.replaceChildren(svg, ...generations.filter(Boolean));
  observers.get(parentElement)?.disconnect();
  const observer = new ResizeObserver(() => connect(svg, boxes, data.lines));
  observers.set(parentElement, observer);
  observer.observe(family);
}

// A box; its accessible name has what the lines show.
function box({ name, about, chosen, gone }, lines, members) {
  const button = make('button', { disabled: gone }, make('b', {}, name), about);
  if (chosen) button.setAttribute('aria-current', 'true');
  const roles = lines
    .filter(({ parent }) => members[parent].name === name)
    .map(({ role, child }) => `${role} of ${members[child].name}`);
  button.setAttribute('aria-label', [name, about, ...roles].join(', '));
  return button;
}

// From the right edge of each parent to the left edge of its child, with the role on the line.
function connect(svg, boxes, lines) {
  const drawn = lines.flatMap(({ parent, child, role }) => {
    const from = boxes[parent];
    const to = boxes[child];
    const [x, y] = [right(from), middle(from)];
    const [endX, endY] = [left(to), middle(to)];
    const half = (x + endX) / 2;
    const path = shape('path', { d: `M${x},${y} C${half},${y} ${half},${endY} ${endX},${endY}` });
    return [path, ...labels(role, half, (y + endY) / 2)];
  });
  svg.replaceChildren(...drawn);
}

// The roles of a parent, a line each, above the middle of the line that they name.
function labels(role, x, y) {
  const roles = role.split(', ');
  return roles.map((name, place) => {
    const text = shape('text', { x, y: y - 7 - 12 * (roles.length - 1 - place) });
    text.textContent = name;
    return text;
  });
}

function left(element) {
  return element.parentElement.offsetLeft + element.offsetLeft;
}

function right(element) {
  return left(element) + element.offsetWidth;
}

function middle(element) {
  return element.parentElement.offsetTop + element.offsetTop + element.offsetHeight / 2;
}

function shape(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
