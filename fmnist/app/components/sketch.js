// A canvas to draw on. Strokes, undo and redo live here; the server gets the drawing as a PNG.
// They outlast a change of page in this module, and a reload in the tab's session storage.

import { make } from './elements.js';
import { changed, inWords, outline, shapeOf } from './shapes.js';

const EDGE = 320; // pixels of a drawing, whatever size it is shown at
const TOOLS = { pen: 9, brush: 30, eraser: 30 }; // width of each in pixels
const BLACK = 'black'; // the first ink; on black paper it is white
const WHITE = 'white';
const INKS = [
  ...[BLACK, 'red', 'darkorange', 'gold', 'limegreen', 'dodgerblue', 'rebeccapurple'],
  ...['hotpink', 'saddlebrown', 'gray'],
];
const STORE = 'fmnist.sketch';
const MOST_STROKES = 500;
const ERASER_OF_A_PEN = 32; // the bit in `buttons` for the other end of a stylus

class Drawing {
  constructor() {
    Object.assign(this, { id: 0, tool: 'pen', ink: BLACK, strokes: [], undone: [] }, stored());
    Object.assign(this, { isColour: false, paper: WHITE });
  }

  get contrast() {
    return this.paper === WHITE ? BLACK : WHITE;
  }

  // Change the paper; whether what is drawn looks another way now.
  lay(paper) {
    if (paper === this.paper) return false;
    this.paper = paper;
    if (!this.blank) this.#changed();
    return !this.blank;
  }

  get blank() {
    return !this.strokes.length || this.strokes.at(-1).tool === 'clear';
  }

  add(stroke) {
    this.strokes = [...this.strokes, stroke];
    if (this.strokes.length > MOST_STROKES) this.strokes = sinceCleared(this.strokes);
    this.undone = [];
    this.#changed();
  }

  clear() {
    if (!this.blank) this.add({ tool: 'clear', points: [] });
  }

  undo() {
    if (!this.strokes.length) return;
    this.undone.push(this.strokes.pop());
    this.#changed();
  }

  redo() {
    if (!this.undone.length) return;
    this.strokes.push(this.undone.pop());
    this.#changed();
  }

  choose(choice) {
    Object.assign(this, choice);
    this.#store();
  }

  #changed() {
    this.id = Math.max(Date.now(), this.id + 1);
    this.#store();
  }

  #store() {
    const { id, tool, ink, strokes, undone } = this;
    try {
      sessionStorage.setItem(STORE, JSON.stringify({ id, tool, ink, strokes, undone }));
    } catch {
      // Full or forbidden: the drawing is kept until the page is loaded again.
    }
  }
}

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

function sinceCleared(strokes) {
  return strokes.slice(strokes.findLastIndex((stroke) => stroke.tool === 'clear') + 1);
}

function paint(context, strokes, { paper, contrast }) {
  context.fillStyle = paper;
  context.fillRect(0, 0, EDGE, EDGE);
  for (const { tool, ink, points } of sinceCleared(strokes)) {
    const drawn = (ink ?? BLACK) === BLACK ? contrast : ink;
    trace(context, TOOLS[tool], tool === 'eraser' ? paper : drawn, points);
  }
}

// A smooth line: curves from middle to middle of the straight ones, bent towards the points.
function trace(context, width, colour, points) {
  Object.assign(context, { lineWidth: width, strokeStyle: colour });
  Object.assign(context, { lineCap: 'round', lineJoin: 'round' });
  context.beginPath();
  context.moveTo(...points[0]);
  for (let place = 1; place < points.length - 1; place++) {
    const [x, y] = points[place];
    const [nextX, nextY] = points[place + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  const [x, y] = points.at(-1);
  context.lineTo(x + 0.01, y); // a dot has some length, too
  context.stroke();
}

// The drawing as a PNG in base64, the same from every screen; null if nothing is to be seen.
function png(drawing) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = EDGE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  paint(context, drawing.strokes, drawing);
  const { data } = context.getImageData(0, 0, EDGE, EDGE);
  const blank = drawing.paper === WHITE ? 255 : 0;
  const isInked = data.some((value, place) => place % 4 < 3 && Math.abs(value - blank) > 95);
  return isInked ? canvas.toDataURL('image/png').split(',')[1] : null;
}

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

const drawing = new Drawing();
const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.sketch');
  const known = views.get(root);
  const view = known ?? new View(root, drawing);
  views.set(root, view);
  view.send = () => setStateValue('drawing', { id: drawing.id, png: png(drawing) });
  view.prepare(data);
  if (!known && drawing.id !== data.known) view.send();
  return () => view.close();
}
