// A map of thousands of points that are clicked, and that fly when the map changes.

import { make } from './elements.js';

const FLIGHT = 900; // milliseconds from the old map to the new
const NEAR = 14; // pixels around a point within which it can be hit
const LARGEST = 32767; // what 1 is sent as
const MOST_NAMES = 24; // on the map at once; the legend has all
const KEYS = 'arrow keys move between points, Enter opens one';
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MARGIN = 1.12; // the map's edge, where the outermost points are at 1

class PointMap {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector('canvas');
    this.tip = root.querySelector('.tip');
    this.pen = this.canvas.getContext('2d');
    this.at = null; // where the points are now: x, y, x, y, ...
    this.alone = null; // the class that is shown alone
    this.tipped = null; // the point that the tip is about
    this.canvas.onpointermove = (event) => this.hover(event);
    this.canvas.onpointerleave = () => this.showTip(null);
    this.canvas.onclick = (event) => this.click(event);
    this.canvas.onkeydown = (event) => this.walk(event);
    this.canvas.onblur = () => this.showTip(null);
  }

  show(data) {
    this.data = data;
    this.target = new Int16Array(bytes(data.places).buffer);
    this.labels = bytes(data.labels);
    if (this.at?.length !== this.target.length) this.forget();
    this.canvas.setAttribute('aria-label', `${data.name}; ${KEYS}`);
    this.places = this.names();
    this.root.querySelector('.places').replaceChildren(...this.places);
    this.buttons = data.names.map((name, label) => this.button(name, label));
    this.root.querySelector('.legend').replaceChildren(...this.buttons);
    this.press();
    this.move();
    if (this.observer) return;
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
  }

  // Other images than before: no point flies, and no class stands alone.
  forget() {
    this.at = Float32Array.from(this.target);
    this.alone = null;
  }

  names() {
    return this.data.class_places.map(([x, y], label) => {
      const element = make('span', { className: 'place' }, make('bdi', {}, this.data.names[label]));
      element.style.left = `${(1 + 0.97 * x) * 50}%`;
      element.style.top = `${(1 - 0.93 * y) * 50}%`;
      element.style.transform = `translate(${-50 * (1 + x)}%, -50%)`; // within the map, however long
      return element;
    });
  }

  button(name, label) {
    const dot = make('i', {});
    dot.style.background = this.data.colours[label];
    const button = make('button', {}, dot, make('bdi', {}, name));
    button.onclick = () => {
      this.alone = this.alone === label ? null : label;
      this.press();
      this.draw();
    };
    return button;
  }

  press() {
    for (const [label, button] of this.buttons.entries())
      button.setAttribute('aria-pressed', this.alone === label);
    // Of many classes only the name of the one that stands alone: others would cover each other.
    for (const [label, place] of this.places.entries())
      place.hidden = this.places.length > MOST_NAMES && this.alone !== label;
  }

  move() {
    const arrived = this.target.every((value, k) => value === this.at[k]);
    if (!arrived && !matchMedia('(prefers-reduced-motion: reduce)').matches) return this.fly();
    this.at.set(this.target);
    this.draw();
  }

  fly() {
    cancelAnimationFrame(this.frame);
    const from = this.at.slice();
    const start = performance.now();
    const step = (now) => {
      const time = Math.min(1, Math.max(0, now - start) / FLIGHT);
      const part = time * time * (3 - 2 * time);
      for (let k = 0; k < from.length; k++)
        this.at[k] = from[k] + part * (this.target[k] - from[k]);
      this.draw();
      if (time < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  draw() {
    const sharp = window.devicePixelRatio || 1;
    this.canvas.width = this.canvas.height = Math.round(this.size * sharp);
    this.pen.scale(sharp, sharp);
    for (const visible of [false, true]) {
      this.pen.globalAlpha = visible ? 0.8 : 0.08; // the rest is behind the class that stands alone
      this.drawPoints(visible);
    }
  }

  drawPoints(visible) {
    const few = Math.max(1, Math.min(2, Math.sqrt(1500 / this.labels.length)));
    const radius = few * (this.size < 450 ? 1.4 : 1.9);
    const place = this.onScreen();
    for (let index = 0; index < this.labels.length; index++) {
      if (this.isShown(index) !== visible) continue;
      this.pen.fillStyle = this.data.colours[this.labels[index]];
      this.pen.beginPath();
      this.pen.arc(...place(index), radius, 0, 7);
      this.pen.fill();
    }
  }

  get size() {
    return this.canvas.clientWidth;
  }

  // From a point's index to where it is drawn: (x, y) in pixels.
  onScreen() {
    const middle = this.size / 2;
    const scale = middle / LARGEST / MARGIN;
    return (index) => [
      middle + scale * this.at[2 * index],
      middle - scale * this.at[2 * index + 1],
    ];
  }

  isShown(index) {
    return this.alone === null || this.labels[index] === this.alone;
  }

  nearest(event) {
    const box = this.canvas.getBoundingClientRect();
    const place = this.onScreen();
    let best = null;
    let least = NEAR;
    for (let index = 0; index < this.labels.length; index++) {
      if (!this.isShown(index)) continue;
      const [x, y] = place(index);
      const away = Math.hypot(x - event.clientX + box.left, y - event.clientY + box.top);
      if (away < least) [best, least] = [index, away];
    }
    return best;
  }

  hover(event) {
    this.showTip(this.nearest(event));
  }

  click(event) {
    const index = this.nearest(event);
    this.showTip(null);
    if (index !== null) this.send(index);
  }

  walk(event) {
    if (event.key === 'Enter' && this.tipped !== null) this.send(this.tipped);
    else if (event.key in ARROWS) this.showTip(this.next(ARROWS[event.key]) ?? this.tipped);
    else return;
    event.preventDefault();
  }

  // The nearest point in a direction, from the one with the tip, else from the middle; null if none is there.
  next([right, down]) {
    const place = this.onScreen();
    const [x, y] = this.tipped === null ? [this.size / 2, this.size / 2] : place(this.tipped);
    let best = null;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.labels.length; index++) {
      const [toX, toY] = place(index);
      const ahead = (toX - x) * right + (toY - y) * down;
      const aside = Math.abs((toX - x) * down) + Math.abs((toY - y) * right);
      // At least a pixel on, and no further aside than ahead.
      if (!this.isShown(index) || ahead < 1 || aside > ahead) continue;
      if (ahead + aside < least) [best, least] = [index, ahead + aside];
    }
    return best;
  }

  showTip(index) {
    this.tipped = index;
    this.tip.hidden = index === null;
    if (index === null) return;
    this.tip.textContent = `${this.data.names[this.labels[index]]}, test image ${index}`;
    const [x, y] = this.onScreen()(index);
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.min(this.size - half, Math.max(half, x))}px`;
    this.tip.style.top = `${Math.max(36, y)}px`;
  }
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

const maps = new WeakMap(); // of each place on the page

export default function ({ data, parentElement, setTriggerValue }) {
  const map = maps.get(parentElement) ?? new PointMap(parentElement);
  maps.set(parentElement, map);
  map.send = (index) => setTriggerValue('clicked', index);
  map.show(data);
}
