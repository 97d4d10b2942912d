// A network layer by layer: choose a layer and one of its maps; its values as arithmetic are below.

import { make } from './elements.js';
import { addressOf, showImage } from './sprite.js';
import { showSums } from './step_sums.js';
import { Windows } from './step_windows.js';

const KEEP = -1; // the map that was open in that layer
const views = new WeakMap(); // of each place on the page

export default function ({ data, parentElement, setTriggerValue }) {
  const view = views.get(parentElement) ?? new View(parentElement);
  views.set(parentElement, view);
  view.choose = (step, map) => setTriggerValue('chosen', [step, map]);
  view.show(data);
}

class View {
  constructor(root) {
    this.root = root;
    for (const part of ['strip', 'about', 'tiles', 'values', 'said'])
      this[part] = root.querySelector(`.${part}`);
    this.windows = new Windows(this.values, (text) => this.say(text));
    for (const group of [this.strip, this.tiles]) group.onkeydown = (event) => walk(event, group);
  }

  show(data) {
    const focus = this.focused();
    this.data = data;
    this.fill(
      this.strip,
      data.strip,
      data.steps.map((step, at) => this.layer(step, at)),
      data.at,
    );
    this.about.textContent = data.about;
    this.showTiles(data.tiles);
    const { title } = data.steps[data.at];
    if (data.windows) this.showWindows(title);
    else if (data.sums) this.showSums(focus);
    else this.values.replaceChildren();
    if (focus) this.root.querySelector(focus)?.focus({ preventScroll: true });
  }

  showWindows(title) {
    const { at, map, windows, tiles } = this.data;
    const name = tiles?.count > 1 ? `${title}, map ${map}` : title;
    this.windows.show(windows, `${title} ${at} ${map}`, name);
  }

  // A click on a class or a unit is answered in words; a stroke of the drawing is not.
  showSums(isAnswer) {
    const text = showSums(this.values, this.data, (map) => this.choose(this.data.at, map));
    if (isAnswer) this.say(text);
  }

  showTiles(tiles) {
    this.tiles.hidden = !tiles;
    if (!tiles) return this.tiles.replaceChildren();
    const what = tiles.units ? 'Unit' : 'Feature map';
    const buttons = Array.from({ length: tiles.count }, (_, map) =>
      this.tile(`${what} ${map}`, map),
    );
    this.tiles.ariaLabel = `${what}s`;
    this.tiles.classList.toggle('units', tiles.units);
    this.fill(this.tiles, tiles, buttons, this.data.map);
  }

  // Buttons with an image each, of which Tab reaches the chosen one, and arrow keys the others.
  fill(group, sprite, buttons, chosen) {
    const address = addressOf(group, sprite.image);
    for (const [at, button] of buttons.entries()) {
      showImage(button.querySelector('i'), address, at, sprite);
      button.tabIndex = at === chosen ? 0 : -1;
      button.setAttribute('aria-pressed', at === chosen);
      button.dataset.at = at;
    }
    const { scrollLeft, scrollTop } = group;
    group.replaceChildren(...buttons);
    group.scrollTo({ left: scrollLeft, top: scrollTop });
    reveal(group, buttons[chosen]);
  }

  layer({ title, size }, at) {
    const words = [make('b', {}, title), make('span', {}, size)];
    const button = make('button', { type: 'button' }, make('i', {}), ...words);
    button.onclick = () => this.choose(at, KEEP);
    return button;
  }

  tile(name, map) {
    const button = make('button', { type: 'button', title: name, ariaLabel: name }, make('i', {}));
    button.onclick = () => this.choose(this.data.at, map);
    return button;
  }

  // A selector of the button that has the focus, to give it to its successor.
  focused() {
    const button = this.root.activeElement ?? this.root.getRootNode().activeElement;
    if (button?.dataset?.label) return `.classes [data-label="${button.dataset.label}"]`;
    const group = [this.strip, this.tiles].find((each) => each.contains(button));
    return group && button.dataset.at && `.${group.classList[0]} [data-at="${button.dataset.at}"]`;
  }

  // For screen readers: what the keys have moved to, once they rest.
  say(text) {
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      this.said.textContent = text;
    }, 300);
  }
}

function walk(event, group) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow(group), ArrowDown: perRow(group) };
  const next = group.children[Number(event.target.dataset.at) + steps[event.key]];
  if (!next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function perRow(group) {
  const [first, ...others] = group.children;
  const below = others.findIndex((button) => button.offsetTop > first.offsetTop);
  return below < 0 ? 1 : below + 1;
}

// Scroll the group, and nothing else, to where the button is in sight.
function reveal(group, button) {
  if (!button) return;
  const [left, top] = [button.offsetLeft, button.offsetTop];
  if (left < group.scrollLeft || left + button.offsetWidth > group.scrollLeft + group.clientWidth)
    group.scrollLeft = left - (group.clientWidth - button.offsetWidth) / 2;
  if (top < group.scrollTop || top + button.offsetHeight > group.scrollTop + group.clientHeight)
    group.scrollTop = top - (group.clientHeight - button.offsetHeight) / 2;
}
