// A drawing as strokes: kept, undone, painted. It outlasts a change of page in this module, and a reload
// in the tab's session storage.

export const EDGE = 320; // pixels of a drawing, whatever size it is shown at
export const TOOLS = { pen: 9, brush: 30, eraser: 30 }; // width of each in pixels
export const BLACK = 'black'; // the first ink; on black paper it is white
export const WHITE = 'white';
export const INKS = [
  ...[BLACK, 'red', 'darkorange', 'gold', 'limegreen', 'dodgerblue', 'rebeccapurple'],
  ...['hotpink', 'saddlebrown', 'gray'],
];
const STORE = 'fmnist.sketch';
const MOST_STROKES = 500;

export class Drawing {
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

  // Put other strokes in the place of what is drawn; undo brings that back.
  replace(strokes) {
    const cleared = this.blank ? [] : [{ tool: 'clear', points: [] }];
    this.strokes = [...this.strokes, ...cleared, ...strokes];
    this.undone = [];
    this.#changed();
  }

  // Keep the link's text of what is drawn; it holds until that changes.
  keep(link) {
    this.link = link;
    this.#store();
  }

  choose(choice) {
    Object.assign(this, choice);
    this.#store();
  }

  #changed() {
    this.id = Math.max(Date.now(), this.id + 1);
    this.link = undefined;
    this.#store();
  }

  #store() {
    const { id, tool, ink, strokes, undone, link } = this;
    try {
      sessionStorage.setItem(STORE, JSON.stringify({ id, tool, ink, strokes, undone, link }));
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

export function sinceCleared(strokes) {
  return strokes.slice(strokes.findLastIndex((stroke) => stroke.tool === 'clear') + 1);
}

export function paint(context, strokes, { paper, contrast }) {
  context.fillStyle = paper;
  context.fillRect(0, 0, EDGE, EDGE);
  for (const stroke of sinceCleared(strokes)) {
    const { tool, ink } = stroke;
    const drawn = (ink ?? BLACK) === BLACK ? contrast : ink;
    trace(context, TOOLS[tool], tool === 'eraser' ? paper : drawn, stroke);
  }
}

// A smooth line: curves from middle to middle of the straight ones, bent towards the points. That of a link, which
// has as many points as it needs, is of straight ones.
function trace(context, width, colour, { points, straight }) {
  Object.assign(context, { lineWidth: width, strokeStyle: colour });
  Object.assign(context, { lineCap: 'round', lineJoin: 'round' });
  context.beginPath();
  context.moveTo(...points[0]);
  for (let place = 1; place < points.length - 1; place++) {
    const [x, y] = points[place];
    const [nextX, nextY] = points[place + 1];
    if (straight) context.lineTo(x, y);
    else context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  const [x, y] = points.at(-1);
  context.lineTo(x + 0.01, y); // a dot has some length, too
  context.stroke();
}

// The drawing as a PNG in base64, the same from every screen; null if nothing is to be seen.
export function png(drawing) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = EDGE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  paint(context, drawing.strokes, drawing);
  const { data } = context.getImageData(0, 0, EDGE, EDGE);
  const blank = drawing.paper === WHITE ? 255 : 0;
  const isInked = data.some((value, place) => place % 4 < 3 && Math.abs(value - blank) > 95);
  return isInked ? canvas.toDataURL('image/png').split(',')[1] : null;
}
