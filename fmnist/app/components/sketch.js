// A canvas to draw on; the server gets the drawing as a PNG.

import { make } from './elements.js';
import { pack, unpack } from './packing.js';
import { changed, inWords, outline, shapeOf } from './shapes.js';
import { BLACK, Drawing, EDGE, INKS, paint, png, sinceCleared, TOOLS, WHITE } from './strokes.js';

const ERASER_OF_A_PEN = 32; // the bit in `buttons` for the other end of a stylus

class View {
  constructor(root, drawing) {
    this.root = root;
    this.drawing = drawing;
    this.stroke = null; // the one under the pen
    this.shaped = null; // the shape that keys change, of which it is the outline
    this.canvas = root.querySelector('canvas');
    this.scale = Math.max(1, Math.round(devicePixelRatio));
    this.canvas.width = this.canvas.height = EDGE * this.scale;
    this.context = this.canvas.getContext('2d');
    this.context.scale(this.scale, this.scale);
    this.listen();
    this.show();
  }

  listen() {
    const pen = {
      pointerdown: 'begin',
      pointermove: 'move',
      pointerup: 'end',
      pointercancel: 'end',
      keydown: 'shape',
      blur: 'endShape',
    };
    for (const [event, method] of Object.entries(pen))
      this.canvas.addEventListener(event, (happened) => this[method](happened));
    for (const button of this.root.querySelectorAll('button'))
      button.addEventListener('click', () => this.edit(button.dataset.edit));
    this.root.querySelector('.inks').replaceChildren(...INKS.map(swatch));
    for (const radio of this.root.querySelectorAll('input')) {
      radio.checked = radio.value === this.drawing[radio.name];
      radio.addEventListener('change', () => this.choose({ [radio.name]: radio.value }));
    }
    this.onKey = (event) => this.key(event);
    document.addEventListener('keydown', this.onKey);
  }

  begin(event) {
    if (!event.isPrimary || (event.button > 0 && !(event.buttons & ERASER_OF_A_PEN))) return;
    this.endShape();
    this.canvas.setPointerCapture(event.pointerId);
    const tool = event.buttons & ERASER_OF_A_PEN ? 'eraser' : this.drawing.tool;
    this.stroke = { ...this.newStroke(tool), points: [this.at(event)] };
    this.show();
  }

  newStroke(tool = this.drawing.tool) {
    return { tool, ink: this.drawing.isColour ? this.drawing.ink : BLACK };
  }

  move(event) {
    if (!this.stroke || this.shaped || !event.isPrimary) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const point of between.length ? between : [event]) this.stroke.points.push(this.at(point));
    this.frame ??= requestAnimationFrame(() => this.show());
  }

  end(event) {
    if (!this.stroke || (event && !event.isPrimary)) return;
    this.drawing.add(this.stroke);
    this.stroke = this.shaped = null;
    this.show();
    this.send();
  }

  // A letter begins a shape; other keys change it, keep it or take it away again.
  shape(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const begun = shapeOf(event.key.toLowerCase());
    const shape = begun ?? (this.shaped && changed(this.shaped, event.key, event.shiftKey));
    if (begun) this.endShape();
    if (shape) this.showShape(shape);
    else if (this.shaped && event.key === 'Enter') this.endShape();
    else if (this.shaped && ['Escape', 'Delete', 'Backspace'].includes(event.key)) this.drop();
    else return;
    event.preventDefault();
  }

  showShape(shape) {
    this.shaped = shape;
    this.stroke = { ...this.newStroke(), points: outline(shape) };
    this.show();
    this.say(inWords(shape));
  }

  endShape() {
    if (!this.shaped) return;
    this.say(`${this.shaped.name} kept`);
    this.end();
  }

  drop() {
    this.say(`${this.shaped.name} removed`);
    this.stroke = this.shaped = null;
    this.show();
  }

  say(words) {
    this.root.querySelector('.said').textContent = words;
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return shares.map((share) => Math.round(10 * EDGE * share) / 10);
  }

  edit(what) {
    if (this.stroke) return;
    this.drawing[what]();
    this.show();
    this.send();
  }

  choose(choice) {
    this.drawing.choose(choice);
    this.show();
  }

  // For what is drawn: whether there are inks, the paper, and what stands on it while it is empty.
  prepare({ colour, dark, hint }) {
    this.drawing.isColour = colour;
    this.root.querySelector('.inks').hidden = !colour;
    this.root.querySelector('.hint').textContent = hint;
    this.root.classList.toggle('dark', dark);
    const isOther = this.drawing.lay(dark ? BLACK : WHITE);
    const first = this.root.querySelector(`[value=${BLACK}]`);
    first.style.setProperty('--ink', this.drawing.contrast);
    first.title = first.ariaLabel = this.drawing.contrast;
    this.show();
    if (isOther) this.send();
  }

  key(event) {
    const letter = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isText(event.composedPath()[0]))
      return;
    if (letter === 'y' || (letter === 'z' && event.shiftKey)) this.edit('redo');
    else if (letter === 'z') this.edit('undo');
    else return;
    event.preventDefault();
  }

  show() {
    this.frame = null;
    const { strokes, undone, blank, tool } = this.drawing;
    paint(this.context, this.stroke ? [...strokes, this.stroke] : strokes, this.drawing);
    const count = sinceCleared(strokes).length;
    this.canvas.setAttribute(
      'aria-label',
      `Drawing canvas, ${count} ${count === 1 ? 'stroke' : 'strokes'}`,
    );
    this.canvas.style.cursor = cursor(tool, this.canvas.clientWidth / EDGE);
    this.root.classList.toggle('drawn', !blank || this.stroke !== null);
    this.root.classList.toggle('shaped', this.shaped !== null);
    const possible = { undo: strokes.length, redo: undone.length, clear: !blank };
    for (const button of this.root.querySelectorAll('button'))
      button.disabled = !possible[button.dataset.edit];
  }

  close() {
    document.removeEventListener('keydown', this.onKey);
    if (this.stroke) this.drawing.add(this.stroke);
  }
}

function swatch(ink) {
  const radio = make('input', { type: 'radio', name: 'ink', value: ink, title: ink });
  radio.setAttribute('aria-label', ink);
  radio.style.setProperty('--ink', ink);
  return radio;
}

function isText(element) {
  const isOther =
    element.tagName === 'INPUT' && ['radio', 'checkbox', 'file'].includes(element.type);
  return element.isContentEditable || (!isOther && ['INPUT', 'TEXTAREA'].includes(element.tagName));
}

// A ring of the tool's size, light around dark: to be seen on paper and on ink.
function cursor(tool, scale) {
  const radius = (TOOLS[tool] / 2) * scale;
  const middle = Math.ceil(radius) + 2;
  const ring = (colour, width) =>
    `<circle cx="${middle}" cy="${middle}" r="${radius}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
  const edge = 2 * middle;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${edge}" height="${edge}">${ring('white', 3)}${ring('black', 1)}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}") ${middle} ${middle}, crosshair`;
}

// Put the drawing of a link onto the canvas, unless it is there already; whether it could be read.
function follow(link, drawing) {
  if (link.text === drawing.link) return true;
  const strokes = unpack(link.text);
  if (!strokes) return false;
  drawing.replace(strokes);
  drawing.keep(link.text);
  return true;
}

// What the server gets: the drawing as a PNG and as the text of a link, which is null if it is too long or nothing
// is drawn. `restored`: the drawing is that of this tab, from before the page was loaded.
function message(drawing, about) {
  if (drawing.link === undefined) drawing.keep(drawing.blank ? null : pack(drawing.strokes));
  return { id: drawing.id, png: png(drawing), link: drawing.link, ...about };
}

const drawing = new Drawing();
const views = new WeakMap();
const followed = { number: 0 }; // the last link

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.sketch');
  const known = views.get(root);
  const view = known ?? new View(root, drawing);
  views.set(root, view);
  view.send = (about) => setStateValue('drawing', message(drawing, about));
  view.prepare(data);
  const { link } = data;
  if (link && link.number !== followed.number) {
    followed.number = link.number;
    const unread = !follow(link, drawing);
    view.show();
    view.send({ unread });
  } else if (!known && drawing.id !== data.known) view.send({ restored: true });
  return () => view.close();
}
